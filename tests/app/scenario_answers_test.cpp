// Every shipped scenario asks a question, and answers it in its comment: with the figures the program gives today.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const fs::path kScenarios = fs::path(HEADWAY_SOURCE_DIR) / "scenarios";

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// The comment a file begins with, as one line.
std::string comment_of(const fs::path& file) {
  std::istringstream lines(read(file));
  std::string text;
  for (std::string line; std::getline(lines, line) && line.starts_with("#");) {
    std::istringstream words(line.substr(1));
    for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

class ScenarioAnswer : public testing::Test {
 protected:
  ScenarioAnswer() : folder_(fs::temp_directory_path() / ("headway-answers-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~ScenarioAnswer() override { fs::remove_all(folder_); }

  // Simulates it; what follows is about this scenario.
  void about(const std::string& name) {
    comment_ = comment_of(kScenarios / (name + ".yaml"));
    answers_.clear();
    for (const json& answer : run(name)) answers_[answer.at("scenario")] = answer;
    alone_ = name;
  }
  [[nodiscard]] json run(const std::string& arguments) const {
    headway("run " + arguments + " --quiet --json '" + (folder_ / "answer.json").string() + "'");
    json answers = json::parse(read(folder_ / "answer.json"));
    return answers.is_array() ? answers : json::array({answers});
  }
  void headway(const std::string& arguments) const {
    const std::string command = "'" HEADWAY_PROGRAM "' " + arguments;
    const int code = WEXITSTATUS(std::system(command.c_str()));
    ASSERT_TRUE(code == 0 || code == 3) << command;
  }

  // The comment holds this, with these values.
  template <class... Values>
  void says(const char* form, Values... values) const {
    EXPECT_THAT(comment_, HasSubstr(fmt::format(fmt::runtime(form), values...)));
  }

  [[nodiscard]] const json& of(const std::string& name = "") const { return answers_.at(name.empty() ? alone_ : name); }
  [[nodiscard]] double step(const std::string& name = "") const { return of(name).at("step_time_s"); }
  [[nodiscard]] double tokens(const std::string& name = "") const { return of(name).at("tokens_per_s"); }
  [[nodiscard]] double mfu(const std::string& name = "") const { return 100 * of(name).at("mfu").get<double>(); }
  [[nodiscard]] double gib(const std::string& name = "") const { return of(name).at("memory_gib").at("peak"); }
  [[nodiscard]] bool fits(const std::string& name = "") const { return of(name).at("fits"); }
  // Per cent of the step.
  [[nodiscard]] double share(const std::string& part, const std::string& name = "") const {
    return 100 * of(name).at("breakdown_s").at(part).get<double>() / step(name);
  }
  // How much longer a step is, in per cent.
  [[nodiscard]] double longer(const std::string& slow, const std::string& fast) const {
    return 100 * (step(slow) / step(fast) - 1);
  }
  // Which part of the rate is lost, in per cent.
  [[nodiscard]] double lost(const std::string& slow, const std::string& fast) const {
    return 100 * (1 - tokens(slow) / tokens(fast));
  }

  [[nodiscard]] static double mean(const json& spread) { return spread.at("mean"); }

  fs::path folder_;

 private:
  std::string comment_, alone_;
  std::map<std::string, json> answers_;
};

TEST_F(ScenarioAnswer, EveryScenarioAsksAndAnswersAndIsHeldHere) {
  const std::string here = read(fs::path(HEADWAY_SOURCE_DIR) / "tests/app/scenario_answers_test.cpp");
  for (const fs::directory_entry& entry : fs::directory_iterator(kScenarios)) {
    const fs::path& file = entry.path();
    EXPECT_THAT(read(file), HasSubstr("\nquestion: ")) << file;
    EXPECT_THAT(comment_of(file), HasSubstr("Answer: ")) << file;
    EXPECT_THAT(here, HasSubstr("about(\"" + file.stem().string() + "\")")) << "no test holds its answer";
  }
}

TEST_F(ScenarioAnswer, UnifiedBusAgainstRoce) {
  about("910c-ub-vs-roce");
  const std::string bus = "Unified Bus", roce = "nodes of 16 dies, RoCE between", once = "RoCE, once per node";
  says("exchange of the experts costs {:.0f} %", share("exposed_expert", bus));
  says("it costs {:.0f} %, and the step takes {:.0f} instead of {:.0f} s", share("exposed_expert", roce), step(roce), step(bus));
  says("more than half of that back ({:.0f} s)", step(once));
  EXPECT_GT(step(roce) - step(once), 0.5 * (step(roce) - step(bus)));
  says("pipeline bubble: {:.0f} s of the {:.0f}", of(bus).at("breakdown_s").at("bubble").get<double>(), step(bus));
}

TEST_F(ScenarioAnswer, Fp8AgainstFp8) {
  about("950-vs-h200-fp8");
  const std::string h200 = "256 H200, FP8", bf16 = "256 H200, BF16", ascend = "256 Ascend 950DT, MXFP8";
  says("takes {:.1f} s a step where the 950DT takes {:.1f}: {:.2f} times as fast", step(h200), step(ascend),
       step(ascend) / step(h200));
  says("needs {:.1f} s, {:.0f} % fewer", step(bf16), lost(bf16, h200));
  says("still {:.2f} times as fast", step(ascend) / step(bf16));
}

TEST_F(ScenarioAnswer, TheCutOfTheA800) {
  about("a100-vs-a800");
  says("{:.0f} % with eight devices a tensor group ({:.1f} to {:.1f} s a step), {:.0f} % with four", longer("A800", "A100"),
       step("A100"), step("A800"), longer("A800, tensor 4", "A100, tensor 4"));
  EXPECT_LT(longer("A100, tensor 4", "A100"), 1);
  EXPECT_LT(step("A800, tensor 4"), step("A800"));
}

TEST_F(ScenarioAnswer, AllReduceOfAGigabyte) {
  about("all-reduce-4096-h100");
  const json& j = of();
  says("{:.2f} ms, busbw {:.0f} GB/s, {:.0f} %", 1e3 * j.at("time_s").get<double>(), j.at("busbw_gb_per_s").get<double>(),
       100 * j.at("bound_share").get<double>());
  says("{:.2f} ms of it pass before", 1e3 * j.at("latency_s").get<double>());
}

TEST_F(ScenarioAnswer, SlipsOfThePress) {
  about("article-claims");
  const auto times = [&](const char* one, const char* other) { return tokens(one) / tokens(other); };
  says("{:.2f} times the real one", times("H100, as printed", "H100, as its datasheet"));
  says("delivers {:.2f} times", times("P800, as printed", "P800, as surveyed"));
  says("{:.0f} % less than its datasheet's", lost("H200, as printed", "H200, as its datasheet"));
  says("lie {:.0f} %", 100 * times("4 x 910C of 800 TFLOPS", "4 x 910C of 752 TFLOPS") - 100);
}

TEST_F(ScenarioAnswer, DevicesOfThePress) {
  about("article-devices");
  const auto per_card = [&](const char* name) { return tokens(name) / of(name).at("packages").get<double>(); };
  says("per card ({:.0f},{:03.0f} tokens/s)", std::floor(per_card("256 H200, NVLink network") / 1000),
       std::fmod(per_card("256 H200, NVLink network"), 1000));
  says("delivers {:.1f} times as much", per_card("32 MLU590") / per_card("256 H20"));
  says("{:.0f} % less than it", 100 * (1 - per_card("64 P800") / per_card("32 MLU590")));
  says("with {:.0f},000 tokens/s", std::floor(tokens("1,024 Ascend 950DT") / 1000));
}

TEST_F(ScenarioAnswer, DeepSeekAsAnybodyRunsIt) {
  about("deepseek-v3-2048-h800");
  says("{:.0f} s, {:.0f} % of it waiting for expert traffic and {:.0f} % pipeline bubble", step(), share("exposed_expert"),
       share("bubble"));
  const json theirs = run("deepseek-v3-2048-h800 --set workload.software=hai-llm --set workload.schedule=dualpipe");
  says("it is {:.1f} s", theirs.front().at("step_time_s").get<double>());
}

// What docs/validation.md says of the parts of the published step.
TEST_F(ScenarioAnswer, DeepSeeksPhases) {
  const json answer = run("deepseek-v3-2048-h800 --set workload.software=hai-llm --set workload.schedule=dualpipe").front();
  const std::string page = read(kScenarios.parent_path() / "docs" / "validation.md");
  const auto part = [&](const char* name) { return answer.at("passes_s").at(name).get<double>(); };
  const auto holds = [&](const char* row, double seconds) {
    EXPECT_THAT(page, HasSubstr(fmt::format("{} | {:.2f} |\n", row, seconds)));
  };
  holds("| forward alone (1F) | 1.13", part("forward"));
  holds("| backward alone (1B) | 1.99", part("backward") + part("input_gradient"));
  holds("| weight gradients alone (1W) | 0.48", part("weight_gradient"));
  holds("| forward beside backward (1F1B) | 13.95", part("together"));
  holds("| the rest: bubble 2.06, optimizer 0.29 | 2.38", part("outside"));
  holds("| step | 19.93", answer.at("step_time_s"));
}

TEST_F(ScenarioAnswer, DeepSeeksSchedules) {
  about("deepseek-v3-schedules");
  const std::string again = "DualPipe, experts computed again";
  says("DualPipe, {:.2f} times as fast", step("1F1B") / step("DualPipe"));
  for (const char* name : {"interleaved, 2 chunks", "zero bubble, ZB-H1", "zero bubble, ZB-V", "DualPipe", "DualPipeV"})
    EXPECT_FALSE(fits(name)) << name;
  says("adds {:.0f} % to the kernels' time", 100 * share("exposed_expert", "1F1B") / share("compute", "1F1B"));
  says("{:.1f} s a step where 1F1B takes {:.1f}", step("DualPipe"), step("1F1B"));
  says("want {:.0f} of 80 GiB", gib("DualPipe"));
  says("fits ({:.0f} GiB, {:.1f} s)", gib(again), step(again));
  EXPECT_TRUE(fits(again) && fits("1F1B") && !fits("DualPipe"));
  says("{:.2f} times as fast as the 1F1B", step("1F1B") / step(again));
  says("{:.1f} s in {:.0f} GiB", step("DualPipeV"), gib("DualPipeV"));
  says("exposed: {:.1f} s as ZB-V, {:.1f} s as ZB-H1", step("zero bubble, ZB-V"), step("zero bubble, ZB-H1"));
  says("what they win: {:.1f} s", step("interleaved, 2 chunks"));
  says("needs {:.0f} GiB", gib("zero bubble, ZB-H1"));
}

TEST_F(ScenarioAnswer, SizeOfTheDomain) {
  about("domains-8-72-256");
  const std::string rack = "72 cards, 64 of each used";
  says("spend {:.0f} % of the step on links", share("exposed_expert", rack));
  says("boxes of 8 it is {:.0f} %", share("exposed_expert", "8 cards"));
  says("{:.1f} times slower, and still {:.1f} times", step("8 cards") / step(rack), step("8 cards, once per node") / step(rack));
  EXPECT_NEAR(step("256 cards") / step(rack), 1, 0.005) << "adds nothing";
}

TEST_F(ScenarioAnswer, SoftwareOf2021) {
  about("gpt3-175b-1024-a100");
  says("{:.1f} s, {:.0f} % MFU: kernels run for {:.0f} % of the step", step(), mfu(), share("compute"));
  says("takes {:.0f} %", share("exposed_tensor"));
}

TEST_F(ScenarioAnswer, H20Against910B) {
  about("h20-vs-910b");
  const std::string nvlink = "256 Ascend 910B2 with NVLink's 450 GB/s";
  says("{:.0f} s a step on 910B2 and {:.0f} s on 910B3, where H20 takes {:.0f}", step("256 Ascend 910B2"),
       step("256 Ascend 910B3"), step("256 H20"));
  says("{:.0f} % of the step, at {:.0f} % MFU", share("compute", "256 H20"), mfu("256 H20"));
  says("spends {:.0f} % of it on tensor-parallel traffic", share("exposed_tensor", "256 Ascend 910B2"));
  says("win back {:.0f} %", 100 - 100 * step(nvlink) / step("256 Ascend 910B2"));
}

TEST_F(ScenarioAnswer, TheFlagship) {
  about("h200-256-vs-910c-384");
  const std::string nvlink = "256 H200, NVLink network, FP8", infiniband = "256 H200, 400G InfiniBand, FP8";
  says("yes, {:.0f} to {:.0f} s a step", step(nvlink), step("384 Ascend 910C, BF16"));
  says("as fast ({:.1f} s), with 100G Ethernet {:.0f} % slower", step(infiniband),
       longer("256 H200, 100G Ethernet, FP8", infiniband));
}

TEST_F(ScenarioAnswer, TheMainPhaseOfLlama) {
  about("llama-3.1-405b-16384-h100");
  says("{:.2f} s a step, {:.2f} M tokens/s, {:.0f} % MFU; {:.0f} %", step(), tokens() / 1e6, mfu(), share("bubble"));
  says("wants {:.1f} of {:.1f} GiB", gib(), of().at("memory_gib").at("capacity").get<double>());
  const auto fits_with = [&](const std::string& recompute) {
    return run("llama-3.1-405b-16384-h100 --set workload.recompute=" + recompute).front().at("fits").get<bool>();
  };
  EXPECT_FALSE(fits());
  EXPECT_FALSE(fits_with("attention_core"));
  EXPECT_TRUE(fits_with("norm"));
}

TEST_F(ScenarioAnswer, ThePressesLargestClusterOfMlu690) {
  about("llama-3.1-70b-32-mlu690");
  says("{:.0f},{:03.0f} tokens/s, a step of {:.1f} s at {:.0f} % MFU; {:.0f} %", std::floor(tokens() / 1000),
       std::fmod(tokens(), 1000), step(), mfu(), share("exposed_tensor"));
}

TEST_F(ScenarioAnswer, ThePressesLargestClusterOfP800) {
  about("llama-3.1-70b-64-p800");
  const double other = run("llama-3.1-70b-64-p800 --set cluster.device.memory_bandwidth='4 TB/s'").front().at("tokens_per_s");
  says("{:.0f},{:03.0f} tokens/s, and with the other report {:.0f},{:03.0f}", std::floor(tokens() / 1000),
       std::fmod(tokens(), 1000), std::floor(other / 1000), std::fmod(other, 1000));
  says("({:.0f} %) waits", share("exposed_tensor"));
}

TEST_F(ScenarioAnswer, TheCutOfTheH800) {
  about("llama-3.1-70b-h100-vs-h800");
  says("{:.0f} % longer steps, {:.1f} instead of {:.1f} s", longer("512 H800", "512 H100"), step("512 H800"), step("512 H100"));
  says("from {:.0f} to {:.0f} %", share("exposed_tensor", "512 H100"), share("exposed_tensor", "512 H800"));
  says("{:.1f} s.", step("512 H100 with NVLink at 100 GB/s"));
}

TEST_F(ScenarioAnswer, ExportCuts) {
  about("nvlink-and-infiniband-cuts");
  const std::string cut = "H200 with H800's NVLink";
  EXPECT_NEAR(lost(cut, "H200"), 20, 1) << "a fifth of its rate";
  says("({:.1f} to {:.1f} s a step: tensor-parallel traffic grows from {:.0f} to {:.0f} %", step("H200"), step(cut),
       share("exposed_tensor", "H200"), share("exposed_tensor", cut));
  says("InfiniBand {:.0f} %; both {:.0f} %", lost("H200, 100G Ethernet", "H200"), lost("H200 with both cuts", "H200"));
  says("{:.1f} times slower", step("H20, 400G InfiniBand") / step("H200"));
  says("({:.0f} % between", longer("H20, 100G Ethernet", "H20, 400G InfiniBand"));
}

TEST_F(ScenarioAnswer, TwoJobs) {
  about("two-jobs-one-spine");
  EXPECT_NEAR(of("first").at("job").at("cost_of_others").get<double>(), 0.75, 0.03) << "three quarters of a step";
  says("takes {:.1f} s; together they share them max-min and both take {:.1f} s",
       of("first").at("job").at("alone_step_time_s").get<double>(), step("second"));
  const json packed = run("two-jobs-one-spine --set job_placement=packed");
  says("they never meet: {:.1f} s", packed.front().at("step_time_s").get<double>());
  EXPECT_EQ(packed.front().at("job").at("cost_of_others"), 0);
}

TEST_F(ScenarioAnswer, FullyShardedOrThreeDimensions) {
  about("fsdp-vs-3d-512-h100");
  const std::string whole = "tensor 4, pipeline 4, data 32";
  says("{:.1f} s a step at {:.0f} % MFU against {:.1f} s at {:.0f} %", step(whole), mfu(whole), step("FSDP"), mfu("FSDP"));
  says("({:.1f} % of the step", share("exposed_data", "FSDP"));
  says("{:.1f} s for FSDP, {:.1f} s for the other", step("FSDP at a quarter of the network"),
       step("3-D at a quarter of the network"));
  EXPECT_GT(step("FSDP in blocks of 64 (HSDP)"), 0.98 * step("FSDP"));
  EXPECT_GT(step("FSDP and tensor 2"), 0.98 * step("FSDP"));
  EXPECT_FALSE(run("fsdp-vs-3d-512-h100 --set compare.0.workload.recompute=norm").front().at("fits").get<bool>());
}

TEST_F(ScenarioAnswer, LongSequences) {
  about("context-parallel-128k");
  const std::string eight = "128k tokens, context 8", four = "128k tokens, context 4";
  says("{:.1f} times the device time per token ({:.1f} instead of {:.1f} s", step(eight) / step("8k tokens"), step(eight),
       step("8k tokens"));
  says("half the network costs {:.1f} %", longer("128k tokens, context 8, adapters at half", eight));
  says("{:.0f} % faster but wants {:.0f} of 80 GiB", 100 - 100 * step(four) / step(eight), gib(four));
}

TEST_F(ScenarioAnswer, OneSlowDevice) {
  about("one-slow-device-in-1024");
  const auto costs = [&](const char* name) { return longer(name, "all alike"); };
  says("{:.1f} % longer, and {:.1f} % in the last stage", costs("one at 90 %"), costs("one at 90 %, in the last stage"));
  EXPECT_NEAR(costs("two at 90 %, in two replicas"), costs("one at 90 %"), 0.1) << "adds nothing";
  says("At half speed, {:.0f} %. An adapter at half costs {:.1f} %", costs("one at half"), costs("one adapter at half"));
}

TEST_F(ScenarioAnswer, SevenToOne) {
  about("oversubscribed-1-to-7");
  says("loses {:.0f} %", longer("Llama 70B, 7 to 1", "Llama 70B, full spine"));
  says("takes {:.1f} times as long", step("Qwen3 235B, 7 to 1") / step("Qwen3 235B, full spine"));
  says("({:.1f} s) beat even the full spine ({:.1f} s)", step("Qwen3 235B, 7 to 1, experts within racks"),
       step("Qwen3 235B, full spine"));
}

TEST_F(ScenarioAnswer, ExpertsOverRoce) {
  about("experts-over-roce");
  says("nothing ({:.1f} s a step either way)", step("RoCE 400G"));
  EXPECT_NEAR(step("RoCE 400G") / step("InfiniBand 400G"), 1, 0.002);
  says("{:.2f} times as long", step("RoCE 200G") / step("RoCE 400G"));
  EXPECT_NEAR(share("exposed_expert", "RoCE 400G"), 50, 3) << "half of the step";
  says("takes {:.1f} s", step("RoCE 400G, once per node"));
  says("make room, {:.1f} s", step("experts inside the node"));
}

// Of a sweep the comment tells the rows.
TEST_F(ScenarioAnswer, WhereLinksStopMattering) {
  const auto about = [&](const std::string& name) {
    headway("sweep " + name + " --quiet -o '" + folder_.string() + "'");
    return comment_of(kScenarios / (name + ".yaml"));
  };
  const std::string comment = about("nvlink-and-network-70b");
  std::map<std::pair<double, double>, double> step;  // by NVLink and network
  std::istringstream lines(read(folder_ / "results.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line), set = row.at("set");
    step[{std::stod(set.at("restrict.0.scale").get<std::string>()), std::stod(set.at("restrict.1.scale").get<std::string>())}] =
        row.at("step_time_s");
  }
  const auto shrinks = [&](double before, double after) { return 100 - 100 * after / before; };
  EXPECT_THAT(comment,
              HasSubstr(fmt::format("shrinks by {:.0f} %, from a quarter to the whole by {:.0f} %",
                                    shrinks(step[{1, 0.125}], step[{1, 0.25}]), shrinks(step[{1, 0.25}], step[{1, 1}]))));
  EXPECT_LT(shrinks(step[{1, 1}], step[{1, 2}]), 1);
  EXPECT_THAT(comment, HasSubstr(fmt::format("half of it costs {:.0f} %, twice as much wins {:.0f} %, four times {:.0f} %",
                                             100 * step[{0.5, 1}] / step[{1, 1}] - 100, shrinks(step[{1, 1}], step[{2, 1}]),
                                             shrinks(step[{1, 1}], step[{4, 1}]))));
}

TEST_F(ScenarioAnswer, FiftyFourDaysOfLlama3) {
  about("llama-3-54-days");
  const json& weeks = of().at("weeks");
  says("Answer: {:.0f} %, with {:.0f} failures and {:.0f} windows", 100 * mean(weeks.at("effective")), mean(weeks.at("failures")),
       weeks.at("maintenance_windows").get<double>());
  EXPECT_GT(mean(weeks.at("effective")), 0.9);               // the paper's
  EXPECT_NEAR(mean(weeks.at("failures")), 419, 0.05 * 419);  // unexpected interruptions, likewise
  EXPECT_EQ(weeks.at("improvements").at(0).at("what"), "detection in half the time");
}

TEST_F(ScenarioAnswer, BloomLosesADeviceAWeek) {
  about("bloom-176b-118-days");
  const json& weeks = of().at("weeks");
  says("Answer: {:.0f} days, {:.0f} failures, {:.0f} % of the time training", mean(weeks.at("days")), mean(weeks.at("failures")),
       100 * mean(weeks.at("effective")));
  EXPECT_NEAR(mean(weeks.at("days")) / mean(weeks.at("failures")), 7, 1);
  EXPECT_NEAR(mean(weeks.at("days")), 117.5, 0.1 * 117.5);
}

TEST_F(ScenarioAnswer, MegaScaleRestartsAHundredTimes) {
  about("megascale-175b-weeks");
  const json& weeks = of().at("weeks");
  says("Answer: {:.0f} % with those upper ends, {:.0f} failures in five weeks", 100 * mean(weeks.at("effective")),
       mean(weeks.at("failures")));
  EXPECT_GT(mean(weeks.at("effective")), 0.9);
}

TEST_F(ScenarioAnswer, RestartsOfOpt) {
  about("opt-175b-60-days");
  const json& weeks = of().at("weeks");
  says("Answer: {:.0f} restarts in 60 days, one every {:.0f} hours, and {:.0f} % of the time training",
       mean(weeks.at("failures")), 60 * 24 / mean(weeks.at("failures")), 100 * mean(weeks.at("effective")));
  says("would have given {:.0f} %", 100 * weeks.at("checkpoint").at("other_intervals").at(0).at("effective").get<double>());
}

TEST_F(ScenarioAnswer, WhatATrillionTokensCost) {
  about("priced-h200-910c-h20-a800");
  const auto owned = [&](const char* name) { return of(name).at("cost").at("owned").at("per_trillion_tokens").get<double>(); };
  const auto energy = [&](const char* name) { return of(name).at("energy").at("mwh_per_trillion_tokens").get<double>(); };
  const char *h200 = "256 H200", *ascend = "384 Ascend 910C", *h20 = "256 H20", *a800 = "256 A800";
  says("cost least on 910C, {:.1f} times that on H200, {:.1f} on A800 (whose server has no price), {:.0f} on H20",
       owned(h200) / owned(ascend), owned(a800) / owned(ascend), owned(h20) / owned(ascend));
  says("energy is least on H200: {:.1f} times that on 910C, {:.1f} on A800, {:.1f} on H20", energy(ascend) / energy(h200),
       energy(a800) / energy(h200), energy(h20) / energy(h200));
  EXPECT_GT(of(h200).at("cost").at("rented").at("per_trillion_tokens").get<double>(), 3 * owned(h200));
}

}  // namespace
