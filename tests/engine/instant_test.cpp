#include "engine/instant.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace headway {
namespace {

TEST(Instant, WholePicosecondsStayAndPartsRoundUp) {
  EXPECT_EQ(to_picoseconds(Seconds(0)), 0);
  EXPECT_EQ(to_picoseconds(Seconds(3e-12)), 3);
  EXPECT_EQ(to_picoseconds(Seconds(3.25e-12)), 4);
  EXPECT_EQ(to_picoseconds(Seconds(1e-15)), 1);
}

TEST(Instant, NothingLastsLongerThanTime) {
  EXPECT_EQ(to_picoseconds(Seconds(1e9)), kEndOfTime);
  EXPECT_EQ(to_picoseconds(Seconds(INFINITY)), kEndOfTime);
}

TEST(InstantProperty, RoundsAsCeilDoes) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-14, 5);
  for (int i = 0; i < 100'000; ++i) {
    const Seconds time(std::pow(10, exponent(random)));
    ASSERT_EQ(to_picoseconds(time), static_cast<Picoseconds>(std::ceil(time.value() * 1e12)));
  }
}

}  // namespace
}  // namespace headway
