// The closed form, by hand and against the simulation of many runs.
#include "operations/closed_form.h"

#include <gtest/gtest.h>

#include <cmath>

#include "operations/checkpoint.h"
#include "operations/runs.h"

namespace headway {
namespace {

using namespace testing_operations;

double simulated(const LongRun& plan, int runs) {
  double sum = 0;
  for (int i = 0; i < runs; ++i) {
    const RunOutcome o = simulate_long_run(plan, 11, static_cast<std::uint64_t>(i));
    sum += o.work / o.elapsed / runs;
  }
  return sum;
}

TEST(ClosedForm, ByHand) {
  // L = 1/10 h, T = 1 h, d = 0.1 h, D = 0.5 h, R = 0.2 h:  E = (e^0.11 - 1) e^0.02 (10 + 0.5)
  const LongRun r = run(kNever, 10 * kHour, kHour, 0.1 * kHour, 0.5 * kHour, 0.2 * kHour);
  EXPECT_NEAR(closed_form(r).effective, 1 / (std::expm1(0.11) * std::exp(0.02) * 10.5), 1e-12);
  EXPECT_TRUE(closed_form(r).beyond.empty());
}

TEST(ClosedForm, WithoutFailuresOnlyTheCheckpoints) {
  LongRun r = run(kNever, kNever, kHour, 0.25 * kHour, {}, {});
  r.hazards.clear();
  EXPECT_NEAR(closed_form(r).effective, 0.8, 1e-12);
  r.interval = kNever;
  EXPECT_EQ(closed_form(r).effective, 1);
}

// Where its assumptions hold, the mean of many runs is the closed form's within 1 %: from nearly undisturbed runs to half lost ones.
TEST(ClosedForm, IsWhatManyRunsComeTo) {
  struct Case {
    Seconds between, interval, stall, detection, restart;
  };
  for (const Case& c : {Case{3.1 * kHour, 4 * kMinute, Seconds(3), 10 * kMinute, kMinute},
                        Case{7 * kDay, 3 * kHour, Seconds(40), 3 * kHour, 30 * kMinute},
                        Case{14 * kHour, 2 * kHour, 2 * kMinute, 20 * kMinute, 40 * kMinute},
                        Case{2 * kHour, 30 * kMinute, 5 * kMinute, 10 * kMinute, 20 * kMinute}}) {
    LongRun r = run(kNever, c.between, c.interval, c.stall, c.detection, c.restart);
    r.horizon = 200 * kDay;
    const double closed = closed_form(r).effective;
    EXPECT_NEAR(simulated(r, 50), closed, 0.005 * closed) << c.between.value();
    r.background = 0.5 * c.interval;
    EXPECT_NEAR(simulated(r, 50), closed_form(r).effective, 0.01 * closed) << "written in the background";
  }
}

TEST(ClosedForm, StaysNearWithStragglersAndWindows) {
  LongRun r = run(kNever, 12 * kHour, kHour, kMinute, 10 * kMinute, 10 * kMinute);
  r.horizon = 200 * kDay;
  r.stragglers = StragglerPlan{0.1, 0.15, 4 * kHour};
  r.maintenance = MaintenancePlan{2 * kDay, kHour};
  r.spares = SpareNodes{0, 2 * kHour};
  EXPECT_EQ(closed_form(r).beyond.size(), 2U);
  EXPECT_NEAR(simulated(r, 200), closed_form(r).effective, 0.01);
}

// Young's and Daly's intervals, by hand, and against the neighbours in the exact form.
TEST(Checkpoint, TheOptimumIsOne) {
  EXPECT_NEAR(young_interval(Seconds(50), Seconds(10000)).value(), 1000, 1e-9);
  // sqrt(2 d M) (1 + sqrt(0.0025) / 3 + 0.0025 / 9) - d = 1000 (1.016944) - 50
  EXPECT_NEAR(daly_interval(Seconds(50), Seconds(10000)).value(), 966.944, 1e-3);
  EXPECT_EQ(daly_interval(Seconds(300), Seconds(100)), Seconds(100));
  for (const double cost : {1.0, 30.0, 600.0}) {
    const auto effective = [&](double factor) {
      LongRun r = run(kNever, 10 * kHour, {}, Seconds(cost), 10 * kMinute, 10 * kMinute);
      r.interval = factor * daly_interval(Seconds(cost), 10 * kHour);
      return closed_form(r).effective;
    };
    for (const double factor : {0.5, 0.8, 1.25, 2.0}) EXPECT_GT(effective(1), effective(factor)) << cost << " x " << factor;
  }
}

}  // namespace
}  // namespace headway
