#include "operations/prices.h"

#include <gtest/gtest.h>

namespace headway {
namespace {

template <class T>
Sourced<T> given(T value) {
  return {value, Grade::press, "test", true};
}

// 16 packages in 2 nodes that draw 20 kW.
const PricedFleet kFleet{16, 2, Watts(20e3)};

TEST(Prices, RentIsByThePackageAndHour) {
  Prices prices;
  prices.rent = given(2.5);
  const HourlyCost cost = hourly_cost(prices, kFleet);
  EXPECT_DOUBLE_EQ(*cost.rent, 40);
  EXPECT_FALSE(cost.owned());
  EXPECT_DOUBLE_EQ(*cost.least(), 40);
  EXPECT_TRUE(cost.left_out.empty());
}

TEST(Prices, OwningIsWritingOffAndPower) {
  // (16 x (30,000 + 5,000) + 2 x 20,000) / 40,000 h = 15;  20 kW x 1.25 x 0.1 = 2.5;  20 x 1.25 x 0.4 = 10 kg
  Prices prices;
  prices.device = given(30000.0);
  prices.network = given(5000.0);
  prices.server = given(20000.0);
  prices.life = given(Seconds(40000 * 3600.0));
  prices.electricity = given(0.1);
  prices.pue = given(1.25);
  prices.grid = given(0.4);
  const HourlyCost cost = hourly_cost(prices, kFleet);
  EXPECT_DOUBLE_EQ(*cost.capital, 15);
  EXPECT_DOUBLE_EQ(*cost.power, 2.5);
  EXPECT_DOUBLE_EQ(*cost.owned(), 17.5);
  EXPECT_DOUBLE_EQ(*cost.carbon, 10);
  prices.rent = given(1.0);
  EXPECT_DOUBLE_EQ(*hourly_cost(prices, kFleet).least(), 16) << "renting is cheaper here";
}

// What is not given is left out and said, never taken from anywhere.
TEST(Prices, WhatIsMissingIsSaid) {
  Prices prices;
  prices.device = given(30000.0);
  EXPECT_EQ(hourly_cost(prices, kFleet).left_out,
            std::vector<std::string>{"what owning costs: no \"life\" to write it off over"});
  prices.life = given(Seconds(1e8));
  EXPECT_EQ(hourly_cost(prices, kFleet).left_out, std::vector<std::string>{"electricity: no \"pue\""});
  prices.pue = given(1.2);
  EXPECT_EQ(hourly_cost(prices, kFleet).left_out, std::vector<std::string>{"electricity: no \"electricity\""});
  prices.electricity = given(0.1);
  EXPECT_TRUE(hourly_cost(prices, kFleet).left_out.empty());
  EXPECT_FALSE(hourly_cost(prices, {16, 2, std::nullopt}).power) << "power is unknown";
  EXPECT_EQ(hourly_cost(Prices{}, kFleet).left_out.size(), 1U);
}

}  // namespace
}  // namespace headway
