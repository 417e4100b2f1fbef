#include "study/comparison.h"

#include <gmock/gmock.h>

#include <utility>

namespace headway {
namespace {

using testing::HasSubstr;

// A step of which `compute` seconds compute and the rest is data-parallel traffic, on 1000 tokens.
Result result(double compute, double data, int devices = 8) {
  Result r;
  r.step_time = Seconds(compute + data);
  r.tokens_per_s = 1000 / (compute + data);
  r.breakdown.compute = Seconds(compute);
  r.breakdown.exposed_data = Seconds(data);
  r.devices = devices;
  r.mfu = 0.4;
  r.mfu_peak_tflops = 1000;
  return r;
}

std::vector<Standing> standings(const std::vector<Result>& results) {
  std::vector<const Result*> pointers;
  for (const Result& r : results) pointers.push_back(&r);
  return compare(pointers);
}

TEST(Comparison, BestIsTheMostTokensPerSecond) {
  const auto table = standings({result(2, 2), result(1, 1), result(3, 3)});
  EXPECT_EQ(table[0].run, 1U);
  EXPECT_EQ(table[1].run, 0U);
  EXPECT_EQ(table[2].run, 2U);
  EXPECT_DOUBLE_EQ(table[1].share_of_best, 0.5);
  EXPECT_EQ(table[0].why, "");
}

TEST(Comparison, EqualsKeepTheirOrder) {
  const auto table = standings({result(1, 1), result(1, 1)});
  EXPECT_EQ(table[0].run, 0U);
  EXPECT_EQ(table[1].why, "as fast within 0.5 %");
}

TEST(Comparison, APlanThatDoesNotFitCannotWin) {
  Result fast = result(1, 0);
  fast.fits = false;
  const auto table = standings({fast, result(2, 2)});
  EXPECT_EQ(table[0].run, 1U);
  EXPECT_THAT(table[1].why, HasSubstr("does not fit in memory; 4.00x as fast if it did"));
}

// 3 s more data traffic and 1 s more compute: three quarters of the loss is data.
TEST(Comparison, NamesThePartThatGrewMost) {
  const auto table = standings({result(1, 1), result(2, 4)});
  EXPECT_EQ(table[1].why, "3.00x slower per token: 75 % of the loss is exposed data-parallel traffic");
}

TEST(Comparison, NamesWhatIsBehindSlowCompute) {
  Result weak = result(4, 1);
  weak.mfu_peak_tflops = 148;
  EXPECT_THAT(standings({result(1, 1), weak})[1].why, HasSubstr("compute, on devices of 148 TFLOPS dense peak against 1000"));
  EXPECT_THAT(standings({result(1, 1), result(4, 1, 4)})[1].why, HasSubstr("compute, on 4 devices against 8"));
}

TEST(Comparison, SharesPerDeviceToo) {
  const auto table = standings({result(1, 1, 16), result(2, 2, 4)});
  EXPECT_DOUBLE_EQ(table[1].share_per_device, 2.0);
}

}  // namespace
}  // namespace headway
