#include "study/uncertainty.h"

#include <gtest/gtest.h>

namespace headway {
namespace {

// `count` runs predicted at 1 s and measured at 0.9 + 0.02 i.
std::vector<ScoredRun> runs(int count, const std::string& device, const std::string& software) {
  std::vector<ScoredRun> all;
  for (int i = 0; i < count; ++i) all.push_back({"r", "s", device, software, true, 0.9 + 0.02 * i, 1.0, 0, {}, "", false});
  return all;
}

TEST(Uncertainty, ABandHoldsTheMiddleEightTenths) {
  // 11 ratios 0.90 .. 1.10: a tenth of the way is the second, nine tenths the tenth
  const std::vector<ErrorBand> bands = error_bands(runs(11, "h100", "core"));
  ASSERT_EQ(bands.size(), 4U);  // all, by software, by device, by both
  for (const ErrorBand& band : bands) {
    EXPECT_EQ(band.runs, 11);
    EXPECT_NEAR(band.low, 0.92, 1e-12);
    EXPECT_NEAR(band.high, 1.08, 1e-12);
  }
  const Uncertainty u = uncertainty_of(Seconds(10), "h100", "core", bands);
  EXPECT_NEAR(u.low.value(), 9.2, 1e-9);
  EXPECT_NEAR(u.high.value(), 10.8, 1e-9);
  EXPECT_EQ(u.comparable, "on h100 with core");
}

TEST(Uncertainty, TheMostTellingGroupWithEnoughRunsCounts) {
  std::vector<ScoredRun> known = runs(12, "h100", "core");
  for (const ScoredRun& run : runs(9, "a100", "core")) known.push_back(run);
  for (const ScoredRun& run : runs(5, "h100", "old")) known.push_back(run);
  const std::vector<ErrorBand> bands = error_bands(known);
  const auto comparable = [&](const char* device, const char* software) {
    return uncertainty_of(Seconds(1), device, software, bands).comparable;
  };
  EXPECT_EQ(comparable("h100", "core"), "on h100 with core");
  EXPECT_EQ(comparable("h100", "old"), "on h100");
  EXPECT_EQ(comparable("a100", "core"), "with core");
  EXPECT_EQ(comparable("b200", "new"), "of all kinds");
  EXPECT_EQ(uncertainty_of(Seconds(1), "b200", "new", bands).runs, 26);
}

TEST(Uncertainty, RowsThatDoNotCountMakeNoBand) {
  std::vector<ScoredRun> known = runs(20, "h100", "core");
  for (ScoredRun& run : known) run.scored = false;
  EXPECT_TRUE(error_bands(known).empty());
}

}  // namespace
}  // namespace headway
