// headway sweep, as a user's shell sees it: interrupted, resumed, in shards, over MPI, always the same bytes.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Sweep : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("headway-sweep-") + info->name() + "-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    std::ofstream(folder_ / "grid.yaml") << kGrid;
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }
  int headway(const std::string& arguments, const std::string& before = "") const {
    const std::string command = "cd '" + folder_.string() + "' && " + before + " '" HEADWAY_PROGRAM "' sweep grid.yaml " +
                                arguments + " >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] std::string rows(const std::string& where) const { return read(where + "/results.jsonl"); }
  [[nodiscard]] std::string table(const std::string& where) const { return read(where + "/results.csv"); }

  void expect_the_whole_in(const std::string& where) const {
    EXPECT_EQ(rows(where), rows("whole"));
    EXPECT_EQ(table(where), table("whole"));
    for (const auto& entry : fs::directory_iterator(folder_ / where))
      EXPECT_FALSE(entry.path().filename().string().starts_with("rows.")) << entry.path();
  }

  // 48 points; those with tensor 3 contradict the model.
  static constexpr const char* kGrid = R"(cluster: {use: dgx-h100, devices: 16}
workload:
  model: llama-3.1-8b
  precision: bf16
  sequence: 4096
  global_batch: 64
  parallel: {tensor: 2, sequence: true}
restrict:
  - {link: scale_up, bandwidth: 450 GB/s}
sweep:
  workload.parallel.tensor: [1, 2, 3, 4]
  restrict.0.bandwidth: [50 GB/s, 100 GB/s, 200 GB/s, 400 GB/s]
  workload.microbatch: [1, 2, 4]
)";
  fs::path folder_;
};

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST_F(Sweep, WritesARowForEveryPointInOrder) {
  ASSERT_EQ(headway("-o whole"), 0);
  EXPECT_EQ(lines(rows("whole")), 48U);
  EXPECT_EQ(lines(table("whole")), 49U);
  EXPECT_THAT(table("whole"),
              testing::StartsWith("point,scenario,workload.parallel.tensor,restrict.0.bandwidth,workload.microbatch,"
                                  "step_time_s,tokens_per_s,"));
  std::istringstream all(rows("whole"));
  std::size_t point = 0;
  for (std::string line; std::getline(all, line); ++point) {
    const auto row = nlohmann::json::parse(line);
    EXPECT_EQ(row["point"], point);
    EXPECT_EQ(row["set"]["workload.microbatch"], std::to_string(1 << point % 3));
    EXPECT_EQ(row.contains("error"), point / 12 == 2) << "a bad point is a row with its reason";
    if (row.contains("error")) {
      EXPECT_THAT(row["error"].get<std::string>(), HasSubstr("tensor 3 x pipeline 1 x context 1 = 3 does not divide"));
    }
  }
  EXPECT_THAT(read("out.txt"), testing::AllOf(HasSubstr("48 points"), HasSubstr("12 without an answer")));
}

TEST_F(Sweep, ThreadsChangeNothing) {
  ASSERT_EQ(headway("-o whole --jobs 1"), 0);
  ASSERT_EQ(headway("-o many --jobs 8"), 0);
  expect_the_whole_in("many");
}

TEST_F(Sweep, GoesOnAfterAKill) {
  ASSERT_EQ(headway("-o whole"), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(folder_.c_str()) != 0) _exit(127);
    execl(HEADWAY_PROGRAM, "headway", "sweep", "grid.yaml", "-o", "killed", "--quiet", "--jobs", "1", nullptr);
    _exit(127);
  }
  while (lines(rows("killed")) < 10 && kill(child, 0) == 0) std::this_thread::yield();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_EQ(headway("-o killed --resume"), 0);
  expect_the_whole_in("killed");
}

// Twenty whole rows and half of one; the table lost altogether.
TEST_F(Sweep, DropsAHalfWrittenRow) {
  ASSERT_EQ(headway("-o whole"), 0);
  std::size_t at = 0;
  for (int i = 0; i < 20; ++i) at = rows("whole").find('\n', at) + 1;
  fs::create_directories(folder_ / "broken");
  fs::copy(folder_ / "whole/sweep.json", folder_ / "broken/sweep.json");
  std::ofstream(folder_ / "broken/results.jsonl", std::ios::binary) << rows("whole").substr(0, at + 37);
  ASSERT_EQ(headway("-o broken --resume"), 0);
  expect_the_whole_in("broken");
}

TEST_F(Sweep, ResumesNothingAsAFreshStartAndAWholeAsItIs) {
  ASSERT_EQ(headway("-o whole --resume"), 0);
  EXPECT_EQ(lines(rows("whole")), 48U);
  const std::string before = rows("whole");
  ASSERT_EQ(headway("-o whole --resume"), 0);
  EXPECT_EQ(rows("whole"), before);
}

TEST_F(Sweep, RefusesToGoOnWithAnotherSweep) {
  ASSERT_EQ(headway("-o whole"), 0);
  EXPECT_EQ(headway("-o whole --resume --set workload.sequence=2048"), 2);
  EXPECT_THAT(read("err.txt"), HasSubstr("another sweep"));
}

TEST_F(Sweep, ShardsOneAfterAnotherAreTheWhole) {
  ASSERT_EQ(headway("-o whole"), 0);
  std::string all;
  for (const std::string i : {"1", "2", "3", "4", "5"}) {
    ASSERT_EQ(headway("-o part" + i + " --shard " + i + "/5"), 0);
    all += rows("part" + i);
  }
  EXPECT_EQ(all, rows("whole"));
}

TEST_F(Sweep, ShardsMayShareAFolder) {
  ASSERT_EQ(headway("-o whole"), 0);
  for (const std::string i : {"3", "1", "2"}) ASSERT_EQ(headway("-o shared --shard " + i + "/3"), 0);
  expect_the_whole_in("shared");
}

TEST_F(Sweep, AShardIsOneOfN) {
  for (const std::string shard : {"0/2", "3/2", "1", "a/b"}) EXPECT_EQ(headway("-o whole --shard " + shard), 2) << shard;
}

#ifdef HEADWAY_MPIRUN
TEST_F(Sweep, FourProcessesWriteTheSame) {
  ASSERT_EQ(headway("-o whole"), 0);
  const std::string together =
      "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 " HEADWAY_MPIRUN " --oversubscribe -n 4";
  ASSERT_EQ(headway("-o together --jobs 1", together), 0) << read("err.txt");
  expect_the_whole_in("together");
}
#endif

}  // namespace
