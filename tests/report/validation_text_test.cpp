#include "report/validation_text.h"

#include <gmock/gmock.h>

#include "report/sample_answer.h"

namespace headway {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ValidationText, ScoresCellsAndWorstRows) {
  ValidationScore score;
  score.kind = "runs";
  score.rows = 4;
  score.runs = {{"a-1", "a", "d", "", true, 1.0, 1.1, 0.1, {}, "", false},
                {"a-2", "a", "d", "", true, 1.0, 0.7, -0.3, {}, "", false},
                {"b-1", "b", "d", "", false, 1.0, 9.0, 8.0, {}, "", false}};
  score.skipped = {{"a-3", "mixture of experts is not simulated yet"}};
  headway::score(score);
  const std::string text = validation_text(score);
  EXPECT_THAT(text, StartsWith("runs: macro MAPE 20.0 %; MAPE 20.0 %, median 20.0 %, bias -10.0 % over 2 scored rows of 4\n"));
  EXPECT_THAT(text, HasSubstr("  a       d          2  20.0 %  -10.0 %\n"));
  EXPECT_LT(text.find("a-2 "), text.find("a-1 ")) << "worst first";
  EXPECT_EQ(text.find("b-1"), std::string::npos) << "tier B is outside the scores";
  EXPECT_THAT(text, HasSubstr("      1  mixture of experts is not simulated yet\n"));
}

TEST(ValidationText, KernelsSayWhatTheyAreAndMemoryIsInGibibytes) {
  ValidationScore kernels;
  kernels.kind = "gemm";
  kernels.rows = 1;
  kernels.runs = {{"gemm-2", "bf16", "d", "", true, 1e-3, 1.1e-3, 0.1, {}, "bf16 4096 x 4096 x 4096"}};
  headway::score(kernels);
  EXPECT_THAT(validation_text(kernels), HasSubstr("By kind and device"));
  EXPECT_THAT(validation_text(kernels), HasSubstr("bf16 4096 x 4096 x 4096"));

  ValidationScore memory;
  memory.kind = "memory";
  memory.rows = 1;
  memory.runs = {{"a-1", "a", "d", "", true, 66.5, 66.0, -0.0075, {}, "", false}};
  headway::score(memory);
  EXPECT_THAT(validation_text(memory), HasSubstr("66.50 GiB"));
}

TEST(ValidationText, NothingScored) {
  ValidationScore score;
  score.kind = "runs";
  score.rows = 3;
  EXPECT_THAT(validation_text(score), StartsWith("runs: none of 3 rows could be scored\n"));
}

TEST(ValidationText, CollectivesBySize) {
  const ValidationScore score = sample::small_and_large_collective();
  const std::string text = validation_text(score);
  EXPECT_THAT(text, testing::HasSubstr(";\nfrom 8.00 MiB on MAPE 50.0 %, bias +50.0 % over 1"));
  EXPECT_THAT(text, testing::HasSubstr("collective  device  rows    MAPE     bias  from 8.00 MiB    MAPE     bias"));
}

}  // namespace
}  // namespace headway
