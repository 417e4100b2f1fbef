// The built program, as a user's shell sees it.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

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

TEST_F(Program, SetLaysAValueOverTheScenario) {
  tiny();
  const json j = json::parse(headway("run --set workload.global_batch=32 tiny.yaml --json -").out);
  EXPECT_EQ(j.at("global_batch"), 32);
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

TEST_F(Program, ListsAndShows) {
  const json devices = json::parse(headway("list devices --json -").out);
  EXPECT_THAT(devices.dump(), HasSubstr("\"h100-sxm\""));
  EXPECT_THAT(headway("list clusters").out, HasSubstr("dgx-h100"));
  EXPECT_THAT(headway("show h100-sxm").out, HasSubstr("vendor"));
  EXPECT_THAT(headway("show llama-3.1-405b").out, HasSubstr("parameters"));
  EXPECT_THAT(headway("show dgx-h100").out, HasSubstr("scale_up"));
  const Outcome wrong = headway("show h100-sxn");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean \"h100-sxm\"?"));
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

}  // namespace
