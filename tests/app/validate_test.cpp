// headway validate on tables of kernels and memory, as a user's shell sees it.
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

class Validate : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("headway-validate-") + info->name() + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "gemm.csv") << "device,precision,m,n,k,layout,time_us,source,note\n"
                                           "h100-sxm,bf16,8192,8192,8192,NT,1400,somebody,\n"
                                           "abacus,bf16,8192,8192,8192,NT,1400,somebody,\n";
    std::ofstream(folder_ / "attention.csv")
        << "device,precision,pass,kernel,batch,heads,kv_heads,seq,head_dim,causal,time_us,source,note\n"
           "h100-sxm,bf16,fwd,FA3,4,16,16,4096,128,1,474.8,FA3 paper,\n";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string read(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string validate(const std::string& arguments) {
    const std::string command =
        "cd '" + folder_.string() + "' && '" HEADWAY_PROGRAM "' validate " + arguments + " >out.txt 2>err.txt";
    const int status = std::system(command.c_str());
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return read("out.txt");
  }

  std::filesystem::path folder_;
  int code_ = -1;
};

TEST_F(Validate, ATableOfProductsIsToldByItsHeader) {
  const json j = json::parse(validate("gemm.csv --json -"));
  ASSERT_EQ(code_, 0) << read("err.txt");
  EXPECT_EQ(j.at("kind"), "gemm");
  EXPECT_EQ(j.at("rows"), 2);
  EXPECT_EQ(j.at("scored"), 1);
  EXPECT_EQ(j.at("cells").at(0).at("source"), "bf16");
  EXPECT_EQ(j.at("cells").at(0).at("device"), "h100-sxm");
  EXPECT_LT(j.at("mape").get<double>(), 0.1);
  EXPECT_EQ(j.at("skipped").at(0).at("id"), "gemm-3");
  EXPECT_EQ(j.at("skipped").at(0).at("why"), "device \"abacus\" is not in the catalogue");
}

TEST_F(Validate, SeveralKindsAreAList) {
  const json j = json::parse(validate("gemm.csv attention.csv --json -"));
  ASSERT_EQ(code_, 0) << read("err.txt");
  ASSERT_TRUE(j.is_array());
  EXPECT_EQ(j.at(1).at("kind"), "attention");
  EXPECT_EQ(j.at(1).at("cells").at(0).at("source"), "flash3 fwd");
  EXPECT_THAT(validate("gemm.csv attention.csv"), HasSubstr("attention: macro MAPE"));
}

}  // namespace
