#include "study/validation.h"

#include <gtest/gtest.h>

#include <atomic>

namespace headway {
namespace {

ScoredRun scored(const std::string& source, const std::string& device, double error, bool tier_a = true) {
  return {source + "-1", source, device, tier_a, 1.0, 1.0 + error, error, {}};
}

// Cell (a, x): errors +0.2, -0.1 -> MAPE 0.15. Cell (b, x): +0.3. MAPE 0.6/3, macro (0.15 + 0.3)/2, bias 0.4/3, median 0.2.
TEST(Validation, ScoresByHand) {
  ValidationScore result;
  result.runs = {scored("b", "x", 0.3), scored("a", "x", 0.2), scored("a", "x", -0.1), scored("a", "x", 5.0, false)};
  score(result);
  EXPECT_EQ(result.scored, 3);
  EXPECT_DOUBLE_EQ(result.mape, 0.2);
  EXPECT_DOUBLE_EQ(result.macro_mape, 0.225);
  EXPECT_NEAR(result.bias, 0.4 / 3, 1e-15);
  EXPECT_DOUBLE_EQ(result.median_ape, 0.2);
  ASSERT_EQ(result.cells.size(), 2U);
  EXPECT_EQ(result.cells[0].source, "a");
  EXPECT_EQ(result.cells[0].rows, 2);
  EXPECT_DOUBLE_EQ(result.cells[0].mape, 0.15);
  EXPECT_DOUBLE_EQ(result.cells[0].bias, 0.05);
}

TEST(Validation, MedianOfAnEvenNumberIsTheMiddle) {
  ValidationScore result;
  result.runs = {scored("a", "x", 0.1), scored("a", "x", 0.4), scored("a", "x", -0.2), scored("a", "x", 0.3)};
  score(result);
  EXPECT_DOUBLE_EQ(result.median_ape, 0.25);
}

TEST(Validation, NothingScoredIsZeroNotNothing) {
  ValidationScore result;
  result.runs = {scored("a", "x", 5.0, false)};
  score(result);
  EXPECT_EQ(result.scored, 0);
  EXPECT_EQ(result.mape, 0);
  EXPECT_EQ(result.macro_mape, 0);
}

TEST(Validation, RowsThatCannotBePredictedAreSkippedWithTheirReason) {
  MeasuredRun lacking;
  lacking.id = "a-1";
  lacking.tier = "A";
  lacking.measured_s = 1;
  lacking.why = "mixture of experts is not simulated yet";
  std::atomic<std::size_t> calls{0};
  const ValidationScore result = validate_runs({lacking, lacking}, [&](std::size_t) { ++calls; });
  EXPECT_EQ(result.kind, "runs");
  EXPECT_EQ(result.rows, 2);
  EXPECT_EQ(result.scored, 0);
  ASSERT_EQ(result.skipped.size(), 2U);
  EXPECT_EQ(result.skipped[0].why, "mixture of experts is not simulated yet");
  EXPECT_EQ(calls, 2U);
}

}  // namespace
}  // namespace headway
