// Power that adds up, and what it and the machines cost.
#include "study/bill.h"

#include <gmock/gmock.h>

#include "simulate/simulate.h"
#include "study/comparison.h"
#include "study/machines.h"

namespace headway {
namespace {

using testing_study::catalogue;
using testing_study::machine;

struct Powered {
  Cluster cluster;
  TrainingPlan plan;
  Result result;
  FleetPower power;
};

Powered powered(Cluster cluster, TrainingPlan plan) {
  Result result = simulate(cluster, plan, {.device_use = true});
  FleetPower power = fleet_power(cluster, result);
  return {std::move(cluster), std::move(plan), std::move(result), std::move(power)};
}

std::vector<Powered> flagship() {
  std::vector<Powered> all;
  for (Scenario& s : catalogue().scenarios("h200-256-vs-910c-384"))
    all.push_back(powered(std::move(s.cluster), std::move(s.plan)));
  return all;
}

// Device energy of a step lies between idle and limit x time; the parts of a device's time are no more than all of it.
TEST(Power, LiesBetweenIdleAndLimit) {
  std::vector<Powered> all = flagship();
  for (const char* name : {"dgx-a100", "dgx-h100", "hgx-h20", "hgx-h800", "hgx-a800", "dgx-b200"})
    for (const int tensor : {1, 8}) {
      auto m = machine(tensor, 2);
      Cluster cluster = catalogue().cluster(name, 16);
      all.push_back(powered(std::move(cluster), std::move(m.plan)));
    }
  for (const Powered& p : all) {
    ASSERT_TRUE(p.power.known()) << p.cluster.name;
    EXPECT_GE(p.power.devices, p.power.idle) << p.cluster.name;
    EXPECT_LE(p.power.devices, p.power.limit) << p.cluster.name;
    for (const DeviceUse& use : p.result.use) {
      EXPECT_GT(use.matrix, 0);
      EXPECT_GT(use.memory, 0);
      EXPECT_GE(use.exchange, 0);
      EXPECT_LE(use.matrix + use.memory + use.exchange, 1 + 1e-9) << p.cluster.name;
    }
  }
}

// What runs kernels is the breakdown's compute and optimizer; the rest waits.
TEST(Power, DeviceTimeFollowsTheBreakdown) {
  for (const Powered& p : flagship()) {
    const Breakdown& b = p.result.breakdown;
    const double kernels = (b.compute + b.optimizer) / p.result.step_time;
    EXPECT_LE(p.power.use.matrix + p.power.use.memory, kernels + 1e-6);
    EXPECT_GT(p.power.use.matrix + p.power.use.memory, 0.9 * kernels);
    EXPECT_NEAR(p.power.use.exchange, 1 - kernels - b.other / p.result.step_time, 1e-6);
  }
}

// SemiAnalysis: 559,378 W for a CloudMatrix384, at its limit.
TEST(Power, CloudMatrix384WhenBusy) {
  for (const Powered& p : flagship()) {
    if (p.cluster.name != "cloudmatrix384") continue;
    EXPECT_NEAR((p.power.limit + p.power.hosts).value(), 559378, 0.001 * 559378);
    EXPECT_NEAR(p.power.busy().value(), 559378, 0.1 * 559378);
    EXPECT_LT(p.power.busy().value(), 559378);
    return;
  }
  FAIL() << "no CloudMatrix384 among them";
}

TEST(Power, FoldedOrNotTheUseIsTheSame) {
  auto m = machine();
  m.cluster.slow_devices = {{3, 0.8}};
  const Result folded = simulate(m.cluster, m.plan, {.fold = true, .device_use = true});
  const Result plain = simulate(m.cluster, m.plan, {.fold = false, .device_use = true});
  EXPECT_NEAR(folded.use[0].matrix, plain.use[0].matrix, 1e-9);
  EXPECT_NEAR(folded.use[0].exchange, plain.use[0].exchange, 1e-9);
}

TEST(Power, AHoleIsNamed) {
  auto m = machine();
  m.cluster.host_power.known = false;
  m.cluster.groups[0].device.idle_power.known = false;
  const Powered p = powered(m.cluster, m.plan);
  EXPECT_THAT(p.power.missing, testing::ElementsAre("h100-sxm: idle_power", "dgx-h100: host_power"));
  EXPECT_FALSE(mean_power(p.power, p.cluster, nullptr));
  Prices prices;
  prices.rent = {2.0, Grade::press, "test", true};
  const Bill bill = bill_of(prices, p.cluster, p.result, p.power, nullptr);
  EXPECT_DOUBLE_EQ(*bill.hour.rent, 32);
  EXPECT_EQ(bill.hour.left_out.size(), 2U);
}

// Rent of an hour over the tokens of an hour; with weeks, over what is left of them.
TEST(Bill, ATokenCostsItsShareOfTheHour) {
  const Powered p = powered(machine().cluster, machine().plan);
  Prices prices;
  prices.rent = {2.0, Grade::press, "test", true};
  const Bill bill = bill_of(prices, p.cluster, p.result, p.power, nullptr);
  EXPECT_NEAR(bill.per_trillion(*bill.hour.rent), 32 / (p.result.tokens_per_s * 3600) * 1e12, 1e-6);
  EXPECT_FALSE(bill.hours);
  Weeks weeks;
  weeks.goodput.work = Seconds(8 * 3600);
  weeks.goodput.running = Seconds(9 * 3600);
  weeks.goodput.elapsed.mean = 10 * 3600;
  weeks.run.spares = SpareNodes{1, Seconds(3600)};
  const Bill disturbed = bill_of(prices, p.cluster, p.result, p.power, &weeks);
  EXPECT_DOUBLE_EQ(*disturbed.hour.rent, 48) << "a spare node of 8 beside two";
  EXPECT_NEAR(disturbed.tokens_per_hour, 0.8 * bill.tokens_per_hour, 1e-6);
  EXPECT_DOUBLE_EQ(*disturbed.hours, 10);
  const Watts mean = *mean_power(p.power, p.cluster, &weeks);
  EXPECT_NEAR(mean.value(), (0.9 * p.power.devices + (0.1 + 0.5) * p.power.idle + 1.5 * p.power.hosts).value(), 1e-6);
}

}  // namespace
}  // namespace headway
