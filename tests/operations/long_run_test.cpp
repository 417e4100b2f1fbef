#include "operations/long_run.h"

#include <gtest/gtest.h>

#include <numeric>

#include "operations/runs.h"

namespace headway {
namespace {

using namespace testing_operations;

Seconds all_lost(const RunOutcome& o) { return std::accumulate(o.lost.begin(), o.lost.end(), Seconds(0)); }

TEST(LongRun, WithoutFailuresOnlyCheckpointsCost) {
  // 10 hours of work, a checkpoint of 60 s after every hour but the last:  9 x 60 s
  LongRun r = run(10 * kHour, kNever, kHour, kMinute, {}, {});
  r.hazards.clear();
  const RunOutcome o = simulate_long_run(r, 1, 0);
  EXPECT_NEAR(o.elapsed.value(), 36000 + 9 * 60, 1e-6);
  EXPECT_NEAR(lost(o, Loss::checkpoint).value(), 540, 1e-6);
  EXPECT_EQ(o.work, r.work);
}

TEST(LongRun, ABackgroundCheckpointCostsItsStallAndItsSlowDown) {
  // an hour runs 600 s at 0.9: 60 s of work short. 10 h of work: stalls of 5 s, each followed by 60 s lost
  LongRun r = run(10 * kHour, kNever, kHour, Seconds(5), {}, {});
  r.hazards.clear();
  r.background = Seconds(600);
  r.background_slow_down = 0.1;
  const RunOutcome o = simulate_long_run(r, 1, 0);
  EXPECT_NEAR(lost(o, Loss::checkpoint).value(), 10 * (5 + 60), 1e-6);
  EXPECT_NEAR((o.elapsed - o.work).value(), 650, 1e-6);
}

// Every instant has one cause, whatever happens; and the same draws give the same run.
TEST(LongRun, ElapsedIsWorkAndAllThatWasLost) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    LongRun r = run(20 * kDay, (2.0 + 0.1 * static_cast<double>(i)) * kHour, kHour, Seconds(i % 3 == 0 ? 5 : 90), 10 * kMinute,
                    15 * kMinute);
    if (i % 3 == 0) r.background = Seconds(400), r.background_slow_down = 0.05;
    if (i % 2 == 0) r.spares = SpareNodes{static_cast<int>(i % 4), kDay};
    if (i % 5 == 0) r.maintenance = MaintenancePlan{30 * kHour, kHour};
    if (i % 7 == 0) r.stragglers = StragglerPlan{0.2, 0.1, 5 * kHour};
    if (i % 11 == 0) r.horizon = 15 * kDay;
    const RunOutcome o = simulate_long_run(r, 7, i);
    EXPECT_NEAR(o.elapsed.value(), (o.work + all_lost(o)).value(), 1e-3) << i;
    EXPECT_LE(o.work, r.work);
    EXPECT_LE(o.elapsed.value(), r.horizon.value() + 1e-6);
    EXPECT_GE(o.running.value(), o.work.value() - 1e-6);
    EXPECT_LE(o.running, o.elapsed);
    for (const Seconds part : o.lost) EXPECT_GE(part, Seconds(0));
    EXPECT_EQ(simulate_long_run(r, 7, i).elapsed, o.elapsed);
    EXPECT_NE(simulate_long_run(r, 8, i).elapsed == o.elapsed && o.elapsed < r.horizon, true) << "another seed, another run";
  }
}

TEST(LongRun, FailuresComeAtTheirRateAndByTheirShares) {
  LongRun r = run(kNever, kHour, kHour, {}, {}, {});
  r.hazards = {{"often", Hertz(3.0 / 3600), 0}, {"seldom", Hertz(1.0 / 3600), 0}};
  r.horizon = 100 * kDay;
  double often = 0, seldom = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const RunOutcome o = simulate_long_run(r, 3, i);
    often += o.failures[0];
    seldom += o.failures[1];
  }
  EXPECT_NEAR(often, 20 * 7200, 0.01 * 20 * 7200);
  EXPECT_NEAR(seldom, 20 * 2400, 0.02 * 20 * 2400);
}

TEST(LongRun, WithoutASpareTheRepairIsWaitedFor) {
  LongRun r = run(30 * kDay, kDay, kHour, {}, {}, {});
  r.spares = SpareNodes{0, 6 * kHour};
  const RunOutcome o = simulate_long_run(r, 1, 0);
  ASSERT_GT(o.failures[0], 10U);
  EXPECT_NEAR(lost(o, Loss::repair).value(), o.failures[0] * 6 * 3600.0, 1e-3);
  r.spares->nodes = 100;
  EXPECT_EQ(lost(simulate_long_run(r, 1, 0), Loss::repair), Seconds(0));
  r.hazards[0].repaired = 0;
  r.spares->nodes = 0;
  EXPECT_EQ(lost(simulate_long_run(r, 1, 0), Loss::repair), Seconds(0)) << "no node is out";
}

// What is improved meets the same failures: more spares never take longer.
TEST(LongRun, MoreSparesNeverTakeLonger) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    LongRun r = run(30 * kDay, 8 * kHour, kHour, kMinute, 10 * kMinute, 10 * kMinute);
    Seconds before = kNever;
    for (const int nodes : {0, 1, 2, 4, 8}) {
      r.spares = SpareNodes{nodes, kDay};
      const Seconds now = simulate_long_run(r, 5, i).elapsed;
      EXPECT_LE(now.value(), before.value() + 1e-6) << i << ": " << nodes;
      before = now;
    }
  }
}

// Quiet stretches are done at once; stragglers that slow nothing break them up, and must not show.
TEST(LongRun, QuietStretchesChangeNothing) {
  for (const double background : {0.0, 300.0}) {
    LongRun r = run(20 * kDay + Seconds(777), 9 * kHour, 20 * kMinute, Seconds(40), 10 * kMinute, 10 * kMinute);
    r.background = Seconds(background);
    r.background_slow_down = 0.1;
    LongRun broken_up = r;
    broken_up.stragglers = StragglerPlan{0.5, 0, 3 * kMinute};
    for (std::uint64_t i = 0; i < 20; ++i) {
      const RunOutcome at_once = simulate_long_run(r, 2, i), bit_by_bit = simulate_long_run(broken_up, 2, i);
      EXPECT_NEAR(at_once.elapsed.value(), bit_by_bit.elapsed.value(), 1e-3);
      EXPECT_EQ(at_once.failures, bit_by_bit.failures);
      for (std::size_t k = 0; k < kLosses; ++k) EXPECT_NEAR(at_once.lost[k].value(), bit_by_bit.lost[k].value(), 1e-3) << k;
    }
  }
}

TEST(LongRun, WindowsOpenOnTime) {
  LongRun r = run(kNever, kNever, 2 * kHour, Seconds(30), {}, 5 * kMinute);
  r.hazards.clear();
  r.maintenance = MaintenancePlan{kDay, kHour};
  r.horizon = 10 * kDay;
  const RunOutcome o = simulate_long_run(r, 1, 0);
  EXPECT_EQ(o.windows, 9U);  // at the end of day 1 to 9
  EXPECT_NEAR(lost(o, Loss::maintenance).value(), 9 * (30 + 3600 + 300), 1e-6);
}

TEST(LongRun, StragglersTakeTheirShare) {
  LongRun r = run(kNever, kNever, kNever, {}, {}, {});
  r.hazards.clear();
  r.stragglers = StragglerPlan{0.25, 0.2, kHour};
  r.horizon = 2000 * kDay;
  const RunOutcome o = simulate_long_run(r, 1, 0);
  EXPECT_NEAR(o.work / o.elapsed, 1 - 0.25 * 0.2, 1e-3);
  r.stragglers->share = 1;
  EXPECT_NEAR(simulate_long_run(r, 1, 0).work / r.horizon, 0.8, 1e-9);
}

}  // namespace
}  // namespace headway
