#include "study/sizing.h"

#include <gtest/gtest.h>

#include "study/machines.h"

namespace headway {
namespace {

using namespace testing_study;

Sizing size(double tokens, double days, int most = 48) {
  const auto machine_of = [](int devices) {
    Machine m = machine(1, 1, devices, 2);
    m.plan.global_batch = 48;
    m.plan.sequence = 1024;
    return std::optional(m);
  };
  return size_cluster(machine_of, 8, most, {tokens, days},
                      {.open = {true, false, false, false, false}, .best = 1, .constraints = false});
}

// A deadline that the largest cluster meets with room to spare.
TEST(Sizing, TakesTheFewestDevicesThatMeetTheDeadline) {
  const double deadline = 1.3 * size(1e12, 1e-3).curve.back().days;
  const Sizing sizing = size(1e12, deadline);
  ASSERT_TRUE(sizing.goal);
  const SizePoint& goal = sizing.curve[*sizing.goal];
  EXPECT_LE(goal.days, deadline);
  EXPECT_NEAR(goal.days, 1e12 / goal.plan->result.tokens_per_s / 86400, 1e-9);
  for (std::size_t i = 0; i < *sizing.goal; ++i) EXPECT_GT(sizing.curve[i].days, deadline) << sizing.curve[i].devices;
}

TEST(Sizing, TheCurveIsInOrderAndSaysWhatEachDeviceAdds) {
  const Sizing sizing = size(1e12, 12);
  for (std::size_t i = 1; i < sizing.curve.size(); ++i) {
    const SizePoint &before = sizing.curve[i - 1], &point = sizing.curve[i];
    ASSERT_LT(before.devices, point.devices);
    EXPECT_NEAR(point.per_added * (point.devices - before.devices),
                point.plan->result.tokens_per_s - before.plan->result.tokens_per_s, 1e-3);
  }
  ASSERT_TRUE(sizing.pays_until);
}

TEST(Sizing, SaysWhenNoPlanMeetsTheGoal) { EXPECT_FALSE(size(1e15, 1).goal); }

}  // namespace
}  // namespace headway
