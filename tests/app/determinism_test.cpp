// The same scenario gives the same bytes: for any number of threads, and again.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

class Determinism : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("headway-determinism-") + info->name() + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "several.yaml") << kSeveral;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Standard output of `headway COMMAND several.yaml --json - --jobs JOBS`.
  [[nodiscard]] std::string answer(const std::string& command, const std::string& jobs) const {
    const std::string line = "cd '" + folder_.string() + "' && '" HEADWAY_PROGRAM "' " + command +
                             " several.yaml --json - --jobs " + jobs + " >out.txt 2>err.txt";
    const int status = std::system(line.c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    EXPECT_TRUE(code == 0 || code == 3) << line << " exits with " << code;  // 3: some plan does not fit, an answer too
    std::ostringstream text;
    text << std::ifstream(folder_ / "out.txt").rdbuf();
    return text.str();
  }

  // Enough unlike scenarios to keep eight threads apart; two of them tie for ever, being the same but for their names.
  static constexpr const char* kSeveral = R"(base:
  cluster: {use: dgx-h100, devices: 64}
  workload:
    model: llama-3.1-8b
    precision: bf16
    sequence: 4096
    global_batch: 64
    microbatch: 1
    parallel: {tensor: 4, sequence: true, pipeline: 2}
    schedule: 1f1b
    sharding: optimizer
    recompute: none
    software: megatron-core
compare:
  - {name: even}
  - {name: twin}
  - {name: wide, workload: {parallel: {tensor: 8, sequence: true, pipeline: 1}}}
  - {name: deep, workload: {parallel: {tensor: 2, sequence: true, pipeline: 8}}}
  - {name: replicated, workload: {sharding: none}}
  - {name: filled, workload: {schedule: gpipe}}
  - {name: recomputed, workload: {recompute: full}}
  - {name: larger, cluster: {use: dgx-h100, devices: 128}}
  - {name: older, cluster: {use: dgx-a100, devices: 64}}
  - {name: ascend, cluster: {use: atlas-900-a2, devices: 64}}
)";

  std::filesystem::path folder_;
};

TEST_F(Determinism, RunGivesTheSameBytesForAnyNumberOfJobs) {
  const std::string one = answer("run", "1");
  ASSERT_FALSE(one.empty());
  for (const char* jobs : {"1", "2", "2", "8", "8", "8"}) EXPECT_EQ(answer("run", jobs), one) << "--jobs " << jobs;
}

TEST_F(Determinism, CompareGivesTheSameBytesForAnyNumberOfJobs) {
  const std::string one = answer("compare", "1");
  ASSERT_FALSE(one.empty());
  for (const char* jobs : {"1", "2", "2", "8", "8", "8"}) EXPECT_EQ(answer("compare", jobs), one) << "--jobs " << jobs;
}

}  // namespace
