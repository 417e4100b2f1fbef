#include "study/match.h"

#include <gtest/gtest.h>

#include "simulate/simulate.h"
#include "study/machines.h"

namespace headway {
namespace {

using namespace testing_study;

// What a need promises, it brings: that much of that resource, and the goal is reached, by 1 % and no more.
TEST(Match, EveryNeedReachesTheGoal) {
  const Machine m = machine();
  const double goal = 1.05 * simulate(m.cluster, m.plan).tokens_per_s;
  const std::vector<Need> needs = needs_to_reach(m, goal);
  ASSERT_FALSE(needs.empty());
  for (const Need& need : needs)
    for (const Resource& resource : resources_of(m)) {
      if (resource.key != need.key) continue;
      Machine enough = m, less = m;
      resource.faster(enough, need.factor);
      resource.faster(less, need.factor / 1.02);
      EXPECT_GE(simulate(enough.cluster, enough.plan).tokens_per_s, goal) << need.key;
      EXPECT_LT(simulate(less.cluster, less.plan).tokens_per_s, goal) << need.key;
    }
  EXPECT_EQ(needs.front().key, "compute");
}

TEST(Match, LeavesOutWhatNeverSuffices) {
  const Machine m = machine();
  for (const Need& need : needs_to_reach(m, 1.5 * simulate(m.cluster, m.plan).tokens_per_s)) EXPECT_NE(need.key, "host");
}

}  // namespace
}  // namespace headway
