// Weeks and prices as a scenario writes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace headway {
namespace {

using namespace testing_config;

Scenario scenario(const std::string& more) {
  const TemporaryFile file(
      "weeks.yaml",
      "cluster: {use: pair}\n"
      "workload: {model: small, precision: bf16, sequence: 2048, global_batch: 16, parallel: {tensor: 8}}\n" +
          more);
  return invented().scenarios(file.path()).front();
}

const std::string kCampaign =
    "campaign:\n"
    "  tokens: 1.5T\n"
    "  reliability: {use: flaky}\n"
    "  checkpoint: {bandwidth: 10 GB/s, asynchronous: {stall: 5 s, slow_down: 0.1}}\n"
    "  recovery: {detection: 10 min, restart: 5 min}\n"
    "  spares: {nodes: 2, repair: 1 d}\n"
    "  seed: 7\n";

TEST(Campaign, IsReadAsWritten) {
  const Campaign c = *scenario(kCampaign).campaign;
  EXPECT_EQ(c.goal.tokens, 1.5e12);
  EXPECT_FALSE(c.goal.lasts || c.goal.steps);
  EXPECT_EQ(c.reliability.title, "Cards that fail");
  ASSERT_EQ(c.reliability.failures.size(), 2U);
  EXPECT_EQ(c.reliability.failures[0].between.value, Seconds(1000 * 86400.0));
  EXPECT_EQ(c.reliability.failures[0].repaired.value, 0.5);
  EXPECT_EQ(c.reliability.failures[1].per, FailsPer::job);
  EXPECT_EQ(c.checkpoint.asynchronous->stall, Seconds(5));
  EXPECT_EQ(c.recovery.detection, Seconds(600));
  EXPECT_EQ(c.spares->nodes, 2);
  EXPECT_EQ(c.seed, 7U);
  EXPECT_EQ(c.runs, 2000);
}

// What is left out is told: no spare nodes, no windows, no stragglers.
TEST(Campaign, WhatIsLeftOutIsAssumed) {
  EXPECT_THAT(scenario(kCampaign).assumed,
              testing::IsSupersetOf({"campaign.maintenance: none (default)", "campaign.stragglers: none (default)"}));
  EXPECT_THAT(scenario("").assumed, testing::Each(testing::Not(testing::StartsWith("campaign"))));
}

TEST(Campaign, FailuresMayBeWrittenInPlace) {
  const Campaign c = *scenario(
                          "campaign:\n"
                          "  lasts: 20 d\n"
                          "  reliability: {title: mine, failures: [{name: card, per: device, between: 2000 d}]}\n"
                          "  checkpoint: {write_time: 40 s}\n"
                          "  recovery: {detection: 10 min, restart: 5 min}\n")
                          .campaign;
  EXPECT_EQ(c.reliability.failures[0].between.grade, Grade::estimated);
  EXPECT_EQ(*c.goal.lasts, Seconds(20 * 86400.0));
}

// 140,000 yuan at 0.14 dollars are 19,600 dollars; in yuan at 7 yuan a dollar the rent of 2 dollars is 14.
TEST(Prices, AreTurnedIntoOneCurrency) {
  const Prices dollars = *scenario("prices: cheap\n").prices;
  EXPECT_EQ(dollars.currency, "USD");
  EXPECT_DOUBLE_EQ(dollars.device.value, 19600);
  EXPECT_DOUBLE_EQ(dollars.rent.value, 2);
  const Prices yuan = *scenario("prices: {use: cheap, currency: CNY, exchange: {USD: 7}, pue: 1.3}\n").prices;
  EXPECT_DOUBLE_EQ(yuan.device.value, 140000);
  EXPECT_DOUBLE_EQ(yuan.rent.value, 14);
  EXPECT_EQ(yuan.pue.source, "given by the scenario");
}

// Nothing that has no source has a default.
TEST(Prices, NothingIsFilledIn) {
  const Prices prices = *scenario("prices: cheap\n").prices;
  EXPECT_FALSE(prices.pue.known);
  EXPECT_FALSE(prices.electricity.known);
  EXPECT_FALSE(prices.life.known);
  EXPECT_FALSE(prices.owned());
}

}  // namespace
}  // namespace headway
