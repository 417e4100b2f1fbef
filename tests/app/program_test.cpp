// The built program, as a user's shell sees it.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int code = -1;
  std::string out, err;
};

class Program : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::temp_directory_path() / (std::string("headway-app-") + info->name() + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string read(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  [[nodiscard]] Outcome headway(const std::string& arguments) const {
    const std::string command = "cd '" + folder_.string() + "' && '" HEADWAY_PROGRAM "' " + arguments + " >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(path("out.txt")), read(path("err.txt"))};
  }

  static void fits(const std::string& text, const std::string& of) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << of;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });  // UTF-8
      EXPECT_LE(columns, 100) << of << ": " << line;
    }
  }

  // A model small enough for any device, on one node.
  std::string tiny(const std::string& name = "tiny.yaml", const std::string& batch = "16") const {
    return write(name,
                 "question: Does it run?\n"
                 "cluster: {use: dgx-h100, devices: 8}\n"
                 "workload:\n"
                 "  model: llama-3.1-8b\n"
                 "  precision: bf16\n"
                 "  sequence: 4096\n"
                 "  global_batch: " +
                     batch +
                     "\n"
                     "  microbatch: 1\n"
                     "  parallel: {tensor: 2, sequence: true, pipeline: 2}\n"
                     "  schedule: 1f1b\n"
                     "  sharding: optimizer\n"
                     "  recompute: none\n"
                     "  software: megatron-core\n");
  }
  // 405 billion parameters on 8 devices.
  std::string huge() const {
    return write("huge.yaml",
                 "cluster: {use: dgx-h100, devices: 8}\n"
                 "workload:\n"
                 "  model: llama-3.1-405b\n"
                 "  precision: bf16\n"
                 "  sequence: 4096\n"
                 "  global_batch: 8\n"
                 "  microbatch: 1\n"
                 "  parallel: {tensor: 8, sequence: true, pipeline: 1}\n"
                 "  schedule: 1f1b\n"
                 "  sharding: none\n"
                 "  recompute: full\n"
                 "  software: megatron-core\n");
  }

  std::filesystem::path folder_;
};

TEST_F(Program, TellsItsVersion) {
  const Outcome got = headway("--version");
  EXPECT_EQ(got.code, 0);
  EXPECT_THAT(got.out, testing::StartsWith("headway "));
}

TEST_F(Program, WrongUsageIsTwo) {
  EXPECT_EQ(headway("").code, 2);
  EXPECT_EQ(headway("fly").code, 2);
  EXPECT_EQ(headway("run").code, 2);
  EXPECT_EQ(headway("list planets").code, 2);
  EXPECT_EQ(headway("--help").code, 0);
  EXPECT_THAT(headway("").err, HasSubstr("commands: run, compare, "));
  EXPECT_THAT(headway("comprae").err, HasSubstr("no command \"comprae\" (did you mean \"compare\"?)"));
  EXPECT_THAT(headway("run").err, HasSubstr("(see headway run --help)"));
  EXPECT_THAT(headway("run x.yaml --jobs 0").err, HasSubstr("must be a whole number from 1 on, not \"0\""));
}

TEST_F(Program, WhatIsNoScenarioIsToldApart) {
  write("binary.yaml", std::string("\x7f"
                                   "ELF\0\0\x01",
                                   7));
  write("empty.yaml", "");
  EXPECT_THAT(headway("run binary.yaml").err, HasSubstr("binary.yaml: error: is not a text file"));
  EXPECT_THAT(headway("run empty.yaml").err, HasSubstr("must be a map, not nothing"));
  EXPECT_THAT(headway("run .").err, HasSubstr(".: error: is a folder"));
  EXPECT_THAT(headway("validate .").err, HasSubstr(".: error: is a folder"));
  EXPECT_THAT(headway("validate empty.yaml").err, HasSubstr("the file is empty"));
  for (const char* file : {"binary.yaml", "empty.yaml", ".", "nowhere.yaml"})
    EXPECT_EQ(headway(std::string("run ") + file).code, 2) << file;
}

TEST_F(Program, AMissingFileIsTwo) {
  const Outcome got = headway("run nowhere.yaml");
  EXPECT_EQ(got.code, 2);
  EXPECT_THAT(got.err, HasSubstr("error: "));
  EXPECT_EQ(got.out, "");
}

TEST_F(Program, EveryMistakeIsALine) {
  write("wrong.yaml", read(tiny()) + "colour: blue\n");
  const Outcome got = headway("run wrong.yaml");
  EXPECT_EQ(got.code, 2);
  EXPECT_THAT(got.err, HasSubstr("wrong.yaml:14:1: error: "));
  EXPECT_THAT(headway("run tiny.yaml --set nonsense").err, HasSubstr("\"nonsense\" is not path=value"));
}

TEST_F(Program, RunsAndPrintsTheVerdictFirst) {
  tiny();
  const Outcome got = headway("run tiny.yaml");
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_THAT(got.out, testing::StartsWith("tiny: "));
  EXPECT_THAT(got.out, Not(HasSubstr("\x1b"))) << "colour is for terminals";
}

TEST_F(Program, JsonToStandardOutputStandsAlone) {
  tiny();
  const Outcome got = headway("run tiny.yaml --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  const json j = json::parse(got.out);
  EXPECT_EQ(j.at("scenario"), "tiny");
  EXPECT_EQ(j.at("devices"), 8);
  EXPECT_GT(j.at("mfu").get<double>(), 0);
  EXPECT_FALSE(j.contains("stats"));
  EXPECT_EQ(got.out, headway("run tiny.yaml --json - --jobs 1").out) << "equal scenarios, equal bytes";
}

TEST_F(Program, OneOutputTakesStandardOutput) {
  tiny();
  EXPECT_TRUE(json::parse(headway("run tiny.yaml --trace -").out).contains("traceEvents"));
  const Outcome both = headway("run tiny.yaml --trace - --json -");
  EXPECT_EQ(both.code, 2);
  EXPECT_EQ(both.out, "");
}

TEST_F(Program, FoldedAndUnfoldedAgree) {
  tiny();
  const json folded = json::parse(headway("run tiny.yaml --json -").out);
  const json whole = json::parse(headway("run tiny.yaml --no-fold --json -").out);
  EXPECT_EQ(folded.at("step_time_s"), whole.at("step_time_s"));
  EXPECT_EQ(whole.at("fold").at("rank_classes"), 8);
}

TEST_F(Program, APlanThatDoesNotFitIsThreeAndStillWritten) {
  huge();
  const Outcome got = headway("run huge.yaml --json answer.json --trace trace.json");
  EXPECT_EQ(got.code, 3) << got.err;
  EXPECT_THAT(got.out, HasSubstr("does not fit"));
  EXPECT_EQ(json::parse(read(path("answer.json"))).at("fits"), false);
  EXPECT_GT(json::parse(read(path("trace.json"))).at("traceEvents").size(), 0U);
}

// One process per rank class, streams as threads, every pass there, nothing after the step and nothing on top of anything.
TEST_F(Program, TheTraceHoldsTheStep) {
  tiny();
  const Outcome got = headway("run tiny.yaml --json answer.json --trace trace.json --quiet");
  ASSERT_EQ(got.code, 0) << got.err;
  const json answer = json::parse(read(path("answer.json")));
  const json trace = json::parse(read(path("trace.json")));

  std::map<int, std::string> processes;
  std::map<std::pair<int, int>, std::string> threads;
  std::map<std::pair<int, int>, double> busy_until;
  std::map<int, std::set<std::string>> passes;
  double end = 0;
  for (const json& event : trace.at("traceEvents")) {
    const int pid = event.at("pid");
    if (event.at("name") == "process_name" && event.at("args").at("name") != "links")
      processes[pid] = event.at("args").at("name");
    if (event.at("name") == "thread_name") threads[{pid, event.at("tid")}] = event.at("args").at("name");
    if (event.at("ph") != "X") continue;
    const std::pair<int, int> thread(pid, event.at("tid"));
    ASSERT_TRUE(processes.contains(pid) && threads.contains(thread)) << event;
    const double start = event.at("ts"), duration = event.at("dur");
    EXPECT_GE(start, busy_until[thread] - 1e-3) << event;
    EXPECT_GE(duration, 0) << event;
    busy_until[thread] = start + duration;
    end = std::max(end, start + duration);
    const std::string name = event.at("name");
    if (event.contains("args") && event.at("args").contains("microbatch") && event.at("cat") != "wait")
      passes[pid].insert(name.substr(0, name.find(' ', 2)));
  }
  EXPECT_EQ(processes.size(), answer.at("fold").at("rank_classes"));
  for (const auto& [pid, name] : processes) {
    EXPECT_THAT(name, testing::MatchesRegex("stage [01] × [0-9]+ ranks?"));
    const std::string first = threads[{pid, 1}];
    EXPECT_EQ(first, "compute");
  }
  for (const auto& [pid, seen] : passes)  // 16 sequences over 2 data ranks
    for (int microbatch = 0; microbatch < 8; ++microbatch)
      for (const char* kind : {"F ", "B "}) EXPECT_TRUE(seen.contains(kind + std::to_string(microbatch))) << pid;
  EXPECT_EQ(passes.size(), processes.size());
  EXPECT_NEAR(end * 1e-6, answer.at("step_time_s").get<double>(), 1e-9);
}

TEST_F(Program, SetLaysAValueOverTheScenario) {
  tiny();
  const json j = json::parse(headway("run --set workload.global_batch=32 tiny.yaml --json -").out);
  EXPECT_EQ(j.at("global_batch"), 32);
  write("half.yaml", read(tiny()) + "restrict:\n  - {link: scale_up, scale: 0.5}\n");
  const json whole = json::parse(headway("run half.yaml --set restrict.0.scale=1.0 --json -").out);
  const json half = json::parse(headway("run half.yaml --json -").out);
  EXPECT_GT(half.at("step_time_s").get<double>(), whole.at("step_time_s").get<double>());
}

TEST_F(Program, QuietPrintsNothing) {
  tiny();
  const Outcome got = headway("run tiny.yaml --quiet --json answer.json");
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.out + got.err, "");
  EXPECT_TRUE(json::parse(read(path("answer.json"))).is_object());
}

TEST_F(Program, StatsOnRequest) {
  tiny();
  EXPECT_TRUE(json::parse(headway("run tiny.yaml --stats --json -").out).at("stats").contains("wall_s"));
}

TEST_F(Program, SeveralScenariosAreAList) {
  tiny();
  tiny("more.yaml", "64");
  const json j = json::parse(headway("run tiny.yaml more.yaml --json -").out);
  ASSERT_TRUE(j.is_array());
  EXPECT_EQ(j.at(1).at("scenario"), "more");
}

TEST_F(Program, ComparePutsTheBestFirst) {
  tiny();
  tiny("more.yaml", "64");
  const Outcome got = headway("compare tiny.yaml more.yaml --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  const json j = json::parse(got.out);
  EXPECT_GE(j.at(0).at("tokens_per_s").get<double>(), j.at(1).at("tokens_per_s").get<double>());
  EXPECT_THAT(headway("compare tiny.yaml more.yaml").out, HasSubstr(" is best: "));
}

TEST_F(Program, RunsABareCollective) {
  write("bare.yaml", "cluster: {use: dgx-h100, devices: 64}\nworkload: {collective: all_reduce, bytes: 1 GiB}\n");
  const Outcome got = headway("run bare.yaml --json answer.json --trace trace.json --stats");
  ASSERT_EQ(got.code, 0) << got.err;
  EXPECT_THAT(got.out, HasSubstr("bare: all_reduce of 1.00 GiB over 64 devices: "));
  const json j = json::parse(read(path("answer.json")));
  EXPECT_EQ(j.at("devices"), 64);
  EXPECT_TRUE(j.contains("stats"));
  const json trace = json::parse(read(path("trace.json")));
  double end = 0;
  for (const json& event : trace.at("traceEvents"))
    if (event.at("ph") == "X") end = std::max(end, event.at("ts").get<double>() + event.at("dur").get<double>());
  EXPECT_NEAR(end * 1e-6, j.at("time_s").get<double>(), 1e-9);
  EXPECT_EQ(headway("run bare.yaml --json -").out, headway("run bare.yaml --json - --jobs 1").out)
      << "equal scenarios, equal bytes";
  const json whole = json::parse(headway("run bare.yaml --no-fold --json -").out);
  EXPECT_EQ(whole.at("time_s"), j.at("time_s"));
  EXPECT_EQ(whole.at("fold").at("rank_classes"), 64);
  EXPECT_EQ(headway("run bare.yaml --quiet").out, "");
}

TEST_F(Program, CollectivesAreComparedWithCollectives) {
  tiny();
  write("bare.yaml", R"(base: {cluster: {use: dgx-h100, devices: 64}, workload: {collective: all_reduce, bytes: 1 GiB}}
compare:
  - {name: slow, restrict: [{link: scale_out, scale: 0.5}]}
  - {name: fast}
)");
  const Outcome got = headway("compare bare.yaml --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(json::parse(got.out).at(0).at("scenario"), "fast");
  EXPECT_THAT(headway("compare bare.yaml").out, HasSubstr("fast is fastest: "));
  const Outcome mixed = headway("compare bare.yaml tiny.yaml");
  EXPECT_EQ(mixed.code, 2);
  EXPECT_THAT(mixed.err, HasSubstr("bare.yaml:1:70: error: workload.collective: "));
  EXPECT_EQ(json::parse(headway("run bare.yaml tiny.yaml --json -").out).size(), 3U) << "each by itself is no comparison";
}

TEST_F(Program, ListsAndShows) {
  const json devices = json::parse(headway("list devices --json -").out);
  EXPECT_THAT(devices.dump(), HasSubstr("\"h100-sxm\""));
  EXPECT_THAT(headway("list clusters").out, HasSubstr("dgx-h100"));
  EXPECT_THAT(headway("show h100-sxm").out, HasSubstr("vendor"));
  EXPECT_THAT(headway("show llama-3.1-405b").out, HasSubstr("parameters"));
  EXPECT_THAT(headway("show dgx-h100").out, HasSubstr("scale_up"));
  EXPECT_THAT(headway("show dgx-h100 --dot").out, HasSubstr("\"scale_out leaf\" -- \"scale_out spine\""));
  EXPECT_THAT(headway("show nvlink5").out, HasSubstr("hop"));
  EXPECT_THAT(headway("show mxfp8").out, HasSubstr("compute"));
  EXPECT_THAT(headway("show megatron-core").out, HasSubstr("overlaps"));
  const Outcome wrong = headway("show h100-sxn");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean \"h100-sxm\"?"));
}

TEST_F(Program, ControlsClassesDevices) {
  const Outcome all = headway("controls");
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("ascend-910c-die"));
  const Outcome one = headway("controls h20-96g");
  EXPECT_THAT(one.out, HasSubstr("TPP 2,368, PD 2.91 < 3.2"));
  EXPECT_THAT(one.out, HasSubstr("98.67 % of 2,400 (3A090.b from PD 1.6)"));
  EXPECT_THAT(one.out, HasSubstr("printed TPP 2,368 holds"));
  EXPECT_THAT(headway("controls h20-96g h200-sxm").out, HasSubstr("Oct 23"));

  const json list = json::parse(headway("controls --json -").out);
  ASSERT_TRUE(list.is_array());
  for (const json& sheet : list) {
    EXPECT_TRUE(sheet.at("device").is_string());
    EXPECT_TRUE(sheet.at("tpp").is_number() || sheet.at("tpp").is_null()) << sheet.at("device");
    EXPECT_EQ(sheet.at("classes").size(), 6U);
    EXPECT_EQ(sheet.at("clauses").size(), 6U);
  }
}

TEST_F(Program, ControlsTakesInventedDevices) {
  write("mine.yaml",
        "title: A GH100 cut to the line\nvendor: Nobody\n"
        "matrix: {bf16: {peak: {value: 299.9 TFLOPS, source: plan, grade: estimated}}}\n"
        "die_area: {value: 814 mm2, source: plan, grade: estimated}\n"
        "sources: {plan: A thought}\n");
  const json sheet = json::parse(headway("controls mine.yaml --json -").out).at(0);
  EXPECT_EQ(sheet.at("device"), "mine");
  EXPECT_NEAR(sheet.at("tpp").get<double>(), 4798.4, 0.01);
  EXPECT_EQ(sheet.at("classes").at("oct2023"), "3A090.b");
  EXPECT_EQ(sheet.at("classes").at("oct2022"), "not controlled");
  const Outcome wrong = headway("controls h20-96h gone.yaml");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("no device \"h20-96h\" (did you mean \"h20-96g\"?)"));
  EXPECT_THAT(wrong.err, HasSubstr("gone.yaml: error: no file \"gone.yaml\""));
}

// A device with a hole is listed and shown, and runs once somebody gives the value.
TEST_F(Program, AHoleIsNamedAndFilled) {
  write("p800.yaml",
        "cluster: {use: kunlun-p800-64, devices: 8}\n"
        "workload: {model: llama-3.1-8b, precision: fp16, sequence: 4096, global_batch: 16, parallel: {tensor: 8}}\n");
  EXPECT_THAT(headway("show kunlun-p800").out, HasSubstr("memory bandwidth              unknown"));
  const Outcome hole = headway("run p800.yaml");
  EXPECT_EQ(hole.code, 2);
  EXPECT_THAT(hole.err, HasSubstr("kunlun-p800: no published value for \"memory_bandwidth\""));
  const Outcome filled = headway("run p800.yaml --set cluster.device.memory_bandwidth='2048 GB/s'");
  EXPECT_TRUE(filled.code == 0 || filled.code == 3) << filled.err;
}

TEST_F(Program, ComparedDevicesShowTheirPerformanceUnderTheRules) {
  const Outcome got = headway("compare h200-256-vs-910c-384");
  EXPECT_THAT(got.out, HasSubstr("TPP"));
  EXPECT_THAT(got.out, HasSubstr("12,032"));
  tiny();
  tiny("again.yaml", "32");
  EXPECT_THAT(headway("compare tiny.yaml again.yaml").out, Not(HasSubstr("TPP"))) << "one device: nothing to tell apart";
  EXPECT_NEAR(json::parse(headway("run tiny.yaml --json -").out).at("tpp").get<double>(), 15832, 0.1);
}

// The weeks of a fleet, and what they cost: from a file nobody has seen before to text and JSON.
TEST_F(Program, WeeksArePartOfTheAnswerWhereAsked) {
  write("weeks.yaml",
        "cluster: {use: dgx-h100, devices: 64}\n"
        "workload: {model: llama-3.1-8b, precision: bf16, sequence: 4096, global_batch: 64, parallel: {tensor: 4}}\n"
        "campaign:\n"
        "  tokens: 1T\n"
        "  reliability: llama-3-h100\n"
        "  checkpoint: {bandwidth: 5 GB/s}\n"
        "  recovery: {detection: 30 min, restart: 10 min}\n"
        "  spares: {nodes: 1, repair: 2 d}\n"
        "prices: {use: h100-2026, life: 1460 d, electricity: 0.1 USD, pue: 1.3, grid: 0.4}\n");
  const Outcome got = headway("run weeks.yaml");
  ASSERT_EQ(got.code, 0) << got.err;
  EXPECT_THAT(got.out, HasSubstr("The weeks"));
  EXPECT_THAT(got.out, HasSubstr("What to improve next"));
  EXPECT_THAT(got.out, HasSubstr("Power and cost"));
  fits(got.out, "run weeks.yaml");
  const json j = json::parse(headway("run weeks.yaml --json -").out);
  EXPECT_GT(j.at("weeks").at("days").at("p50"), j.at("weeks").at("undisturbed_days"));
  EXPECT_NEAR(j.at("cost").at("rented").at("per_hour").get<double>(), 72 * 2.95, 1e-9) << "64 and a spare node of 8";
  EXPECT_EQ(headway("run weeks.yaml --json - --jobs 1").out, headway("run weeks.yaml --json - --jobs 7").out);
  EXPECT_NEAR(json::parse(headway("run weeks.yaml --weeks 2 --json -").out).at("weeks").at("days").at("mean").get<double>(), 14,
              1e-9);

  const Outcome size = headway("size weeks.yaml --tokens 200G --within 60d --most 64");
  EXPECT_EQ(size.code, 0) << size.err;
  EXPECT_THAT(size.out, HasSubstr("cheapest"));
  fits(size.out, "size weeks.yaml");
  const json sized = json::parse(headway("size weeks.yaml --tokens 200G --within 60d --most 64 --json -").out);
  EXPECT_EQ(sized.at("devices_by_date").at(0), 32);
  EXPECT_EQ(sized.at("currency"), "USD");

  tiny();
  const Outcome without = headway("run tiny.yaml --weeks 2");
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.err, HasSubstr("\"tiny\" has no \"campaign\""));
}

// The articles' prices: every fleet has a price and an energy, and what is left out is said.
TEST_F(Program, PricedFleetsAreCompared) {
  const Outcome got = headway("compare priced-h200-910c-h20-a800 --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  std::map<std::string, json> fleets;
  for (const json& fleet : json::parse(got.out)) fleets[fleet.at("scenario")] = fleet;
  const auto cost = [&](const char* name) {
    const json& c = fleets.at(name).at("cost");
    return std::min(c.value("/rented/per_trillion_tokens"_json_pointer, 1e99),
                    c.at("owned").at("per_trillion_tokens").get<double>());
  };
  const auto energy = [&](const char* name) { return fleets.at(name).at("energy").at("mwh_per_trillion_tokens").get<double>(); };
  EXPECT_LT(cost("384 Ascend 910C"), cost("256 H200"));
  EXPECT_LT(cost("256 H200"), cost("256 A800"));
  EXPECT_LT(cost("256 A800"), cost("256 H20"));
  EXPECT_LT(1.4 * energy("256 H200"), energy("384 Ascend 910C"));
  EXPECT_LT(energy("384 Ascend 910C"), energy("256 A800"));
  EXPECT_LT(energy("256 A800"), energy("256 H20"));
  for (const auto& [name, fleet] : fleets) EXPECT_EQ(fleet.at("cost").at("left_out"), json::array()) << name;
  fits(headway("compare priced-h200-910c-h20-a800").out, "priced");
}

TEST_F(Program, SchemaIsJson) { EXPECT_TRUE(json::parse(headway("schema").out).is_object()); }

TEST_F(Program, ValidateScoresATable) {
  write("runs.csv",
        "id,tier,model,layers,hidden,ffn,gated_mlp,heads,kv_heads,head_dim,attention,vocab,experts,seq,global_batch,microbatch,"
        "device,devices,"
        "devices_per_node,scale_up_domain,nic_gbps,tp,sp,pp,vpp,cp,dp,sharding,precision,recompute,schedule,framework,step_"
        "seconds\n"
        "x-1,A,\"Llama-3 8B, "
        "plain\",32,4096,14336,1,32,8,128,gqa,128256,,8192,128,1,h100-sxm,8,8,8,,2,1,1,,,4,optimizer,bf16,none,,NeMo,10\n"
        "x-2,A,Mixtral,32,4096,14336,1,32,8,128,gqa,32000,8,4096,128,1,h100-sxm,8,8,8,,2,1,1,,,4,optimizer,bf16,none,,NeMo,10\n");
  const Outcome got = headway("validate runs.csv --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  const json j = json::parse(got.out);
  EXPECT_EQ(j.at("kind"), "runs");
  EXPECT_EQ(j.at("scored"), 1);
  EXPECT_EQ(j.at("skipped").at(0).at("id"), "x-2");
  EXPECT_THAT(headway("validate runs.csv").out, HasSubstr("macro MAPE"));
  write("broken.csv", "id\n");
  EXPECT_EQ(headway("validate broken.csv").code, 2);
}

TEST_F(Program, ValidateScoresCollectives) {
  write("collectives.csv",
        "device,collective,devices,devices_per_node,nic_gbps,bytes,time_us,in_switch_reduction,fabric,source,note\n"
        "h200-sxm,reduce_scatter,8,8,,17179869184,41500,Ring,NVLink4,nccl-tests,\n"
        "h200-sxm,all_reduce,16,8,,1048576,100,,somewhere,x,\n");
  const Outcome got = headway("validate collectives.csv --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  const json j = json::parse(got.out);
  EXPECT_EQ(j.at("kind"), "collectives");
  EXPECT_EQ(j.at("scored"), 1);
  EXPECT_EQ(j.at("large").at("rows"), 1);
  EXPECT_LT(j.at("mape").get<double>(), 0.1);
  EXPECT_THAT(j.at("skipped").at(0).at("why").get<std::string>(), HasSubstr("nic_gbps"));
}

// Every published run shipped with the program is predicted, none wildly: a model that breaks cannot pass.
TEST_F(Program, ValidateWithoutAFileScoresTheBuiltInSet) {
  const Outcome got = headway("validate --json -");
  ASSERT_EQ(got.code, 0) << got.err;
  const json j = json::parse(got.out);
  EXPECT_EQ(j.at("kind"), "runs");
  EXPECT_GE(j.at("rows"), 60);
  EXPECT_EQ(j.at("scored"), j.at("rows"));
  EXPECT_EQ(j.at("skipped"), json::array());
  EXPECT_LT(j.at("macro_mape").get<double>(), 0.10);
  EXPECT_LT(std::abs(j.at("bias").get<double>()), 0.06);
  for (const json& run : j.at("runs")) EXPECT_LT(std::abs(run.at("error").get<double>()), 0.35) << run;
}

// Every device and every cluster there is.
TEST_F(Program, ShowPrintsTheWholeCatalogue) {
  for (const char* kind : {"devices", "clusters"})
    for (const json& entry : json::parse(headway(std::string("list ") + kind + " --json -").out)) {
      const std::string name = entry.at("name");
      EXPECT_FALSE(entry.at("about").get<std::string>().empty()) << name;
      const Outcome got = headway("show " + name);
      EXPECT_EQ(got.code, 0) << name << ": " << got.err;
      EXPECT_THAT(got.out, testing::StartsWith(name + ": "));
      EXPECT_THAT(got.out, HasSubstr("\nSources\n")) << name;
      fits(got.out, name);
    }
}

// What is in the page is tested in a browser.
TEST_F(Program, AReportIsAPageOfItsOwn) {
  tiny();
  const Outcome both = headway("run tiny.yaml --report page.html --json -");
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_TRUE(json::parse(both.out).contains("links"));
  EXPECT_THAT(read(path("page.html")), testing::StartsWith("<!DOCTYPE html>\n"));
  const Outcome page = headway("run tiny.yaml --report -");
  EXPECT_EQ(page.out, read(path("page.html")));

  const Outcome mixed = headway("run tiny.yaml --report - --json -");
  EXPECT_EQ(mixed.code, 2);
  EXPECT_THAT(mixed.err, HasSubstr("--report: error: --json has standard output already"));
}

TEST_F(Program, QuietIsQuietWhateverIsAsked) {
  tiny();
  for (const char* command : {"run tiny.yaml", "compare tiny.yaml tiny.yaml --needs", "explain tiny.yaml", "plan tiny.yaml",
                              "size tiny.yaml --tokens 1T --within 60d --most 16", "controls h100-sxm"}) {
    const Outcome got = headway(std::string(command) + " --quiet");
    EXPECT_TRUE(got.code == 0 || got.code == 3) << command << ": " << got.err;
    EXPECT_EQ(got.out + got.err, "") << command;
  }
}

TEST_F(Program, EveryShippedScenarioFitsAHundredColumns) {
  for (const json& entry : json::parse(headway("list scenarios --json -").out)) {
    const std::string name = entry.at("name");
    if (entry.dump().find("a sweep of") != std::string::npos) continue;
    const Outcome got = headway("run " + name);
    EXPECT_TRUE(got.code == 0 || got.code == 3) << name << ": " << got.err;
    fits(got.out, name);
  }
}

TEST_F(Program, TextFitsAHundredColumnsWithoutEscapes) {
  write("grid.yaml", read(tiny()) + "sweep:\n  workload.global_batch: [16, 32]\n");
  huge();
  for (const char* command : {"controls",
                              "explain tiny.yaml",
                              "explain huge.yaml",
                              "plan tiny.yaml",
                              "plan huge.yaml",
                              "size tiny.yaml --tokens 1T --within 60d --most 64",
                              "sweep grid.yaml -o results",
                              "validate",
                              "controls mlu590 ascend-910c-die",
                              "compare article-claims",
                              "run tiny.yaml --stats",
                              "compare tiny.yaml huge.yaml",
                              "compare h200-256-vs-910c-384",
                              "run huge.yaml",
                              "run all-reduce-4096-h100 --stats",
                              "show all-reduce-4096-h100",
                              "list devices",
                              "list clusters",
                              "list models",
                              "list scenarios",
                              "list links",
                              "list recipes",
                              "list software",
                              "list reliability",
                              "list prices",
                              "show llama-3-h100",
                              "show h200-2026",
                              "run llama-3-54-days",
                              "run bloom-176b-118-days",
                              "show h100-sxm",
                              "show cloudmatrix384",
                              "show gpt3-175b",
                              "show h200-256-vs-910c-384",
                              "show tiny.yaml"}) {
    const Outcome got = headway(command);
    EXPECT_TRUE(got.code == 0 || got.code == 3) << command << ": " << got.err;
    fits(got.out, command);
  }
}

}  // namespace
