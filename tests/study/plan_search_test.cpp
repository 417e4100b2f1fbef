#include "study/plan_search.h"

#include <gmock/gmock.h>

#include "collective/collective.h"
#include "simulate/simulate.h"
#include "study/machines.h"
#include "study/step_bound.h"

namespace headway {
namespace {

using namespace testing_study;

Machine experts() {
  Machine m = machine(1, 1, 8, 4);
  m.plan.model = catalogue().model("mixtral-8x7b");
  m.plan.model.layers = 4;
  return m;
}

PlanSearch search(const Machine& m, bool exhaustive, OpenChoices open = {true}) {
  return search_plans(m, {.open = open, .best = 3, .exhaustive = exhaustive, .split_backward = true});
}

bool same(const TrainingPlan& a, const TrainingPlan& b) {
  return a.layout.tensor == b.layout.tensor && a.layout.context == b.layout.context && a.layout.pipeline == b.layout.pipeline &&
         a.layout.virtual_stages == b.layout.virtual_stages && a.layout.expert == b.layout.expert &&
         a.layout.expert_tensor == b.layout.expert_tensor && a.microbatch == b.microbatch && a.schedule == b.schedule &&
         a.sharding == b.sharding && a.recompute.modules == b.recompute.modules;
}

// Every layout of two small spaces: no step beats its bound, and the bound is worth something.
TEST(StepBound, NoStepBeatsIt) {
  for (Machine m : {machine(1, 1, 8, 4), experts()}) {
    m.plan.global_batch = 8;
    const PlanSpace space = plan_space(m.plan, m.cluster.devices(), {true, true, true, true, false}, true);
    const Fabric fabric = build_fabric(m.cluster);
    StepBound bound(m.cluster, fabric);
    double tightness = 0;
    int looked_at = 0;
    for (std::size_t i = 0; i < space.choices.size(); i += 11) {
      space.make(i, m.plan);
      if (!check_plan(m.plan).empty()) continue;
      const Seconds least = bound.of(m.plan), step = simulate(m.cluster, m.plan).step_time;
      EXPECT_LE(least.value(), step.value() * (1 + 1e-9)) << i;
      tightness += least / step;
      ++looked_at;
    }
    ASSERT_GT(looked_at, 20);
    EXPECT_GT(tightness / looked_at, 0.6);
  }
}

// Where parameters come and go layer by layer over a narrow network, that alone fills the step.
TEST(StepBound, KnowsWhatDataGroupsMove) {
  Machine m = machine(1, 1, 16, 8);
  m.cluster.networks.back().port = Bandwidth(1e9);
  const Fabric fabric = build_fabric(m.cluster);
  for (const Sharding sharding : {Sharding::none, Sharding::optimizer, Sharding::gradients, Sharding::parameters}) {
    m.plan.sharding = sharding;
    const Seconds least = StepBound(m.cluster, fabric).of(m.plan), step = simulate(m.cluster, m.plan).step_time;
    EXPECT_LE(least.value(), step.value());
    EXPECT_GT(least / step, 0.8) << name_of(sharding);
  }
}

TEST(StepBound, ALargerCallNeverTakesLongerThanItsParts) {
  for (const char* name : {"dgx-h100", "gb200-nvl72", "atlas-900-a2", "mi300x-nodes"}) {
    const Cluster cluster = catalogue().cluster(name, 144);
    const Fabric fabric = build_fabric(cluster);
    for (const int ranks : {2, 8, 16, 36, 144}) {
      std::vector<DeviceIndex> members;
      for (int i = 0; i < ranks; ++i) members.push_back(static_cast<DeviceIndex>(i * (144 / ranks)));
      const Geometry geometry = geometry_of(members, fabric);
      for (const CollectiveKind kind : {CollectiveKind::all_reduce, CollectiveKind::all_gather, CollectiveKind::reduce_scatter}) {
        const auto time = [&](double bytes) {
          const CollectiveCost cost = choose_collective(kind, Bytes(bytes), members, geometry, fabric);
          std::vector<LinkLoad> loads;
          collective_loads(kind, cost.choice, members, geometry, fabric, loads);
          return alone_time(Bytes(bytes), cost, loads, fabric).value();
        };
        for (double bytes = 1e4; bytes < 1e11; bytes *= 3.7)
          for (const double share : {0.01, 0.25, 0.5})
            EXPECT_LE(time(bytes), (time(share * bytes) + time((1 - share) * bytes)) * (1 + 1e-9))
                << name << ' ' << ranks << ' ' << name_of(kind) << ' ' << bytes << ' ' << share;
      }
    }
  }
}

TEST(PlanSearch, FindsWhatAnExhaustiveSearchFinds) {
  Machine dense = machine(1, 1, 8, 4);
  dense.plan.global_batch = 8;
  Machine mixture = experts();
  mixture.plan.global_batch = 8;
  for (const auto& [m, open] :
       {std::pair{dense, OpenChoices{true, true, true, true, false}}, {mixture, OpenChoices{true, false, true, false, false}}}) {
    const PlanSearch quick = search(m, false, open), whole = search(m, true, open);
    ASSERT_EQ(quick.best.size(), 3U);
    EXPECT_EQ(quick.count.layouts, whole.count.layouts);
    EXPECT_LT(quick.count.simulated, whole.count.simulated);
    EXPECT_EQ(whole.count.slower, 0U);
    for (std::size_t i = 0; i < quick.best.size(); ++i) {
      EXPECT_TRUE(same(quick.best[i].plan, whole.best[i].plan)) << i;
      EXPECT_EQ(quick.best[i].result.step_time, whole.best[i].result.step_time) << i;
    }
    ASSERT_EQ(quick.under.size(), whole.under.size());
    for (std::size_t i = 0; i < quick.under.size(); ++i) {
      ASSERT_EQ(quick.under[i].found.has_value(), whole.under[i].found.has_value()) << quick.under[i].constraint;
      if (quick.under[i].found) {
        EXPECT_TRUE(same(quick.under[i].found->plan, whole.under[i].found->plan)) << quick.under[i].constraint;
      }
    }
  }
}

TEST(PlanSearch, KeepsWhatIsNotOpen) {
  Machine m = machine(1, 1, 8, 4);
  m.plan.global_batch = 16;
  m.plan.microbatch = 2;
  for (const FoundPlan& found : search(m, false, {true, false, false, false, false}).best) {
    EXPECT_EQ(found.plan.microbatch, 2);
    EXPECT_EQ(found.plan.schedule, Schedule::one_f_one_b);
    EXPECT_EQ(found.plan.sharding, Sharding::optimizer);
    EXPECT_TRUE(found.plan.recompute.modules.empty());
  }
}

TEST(PlanSearch, TheWinnerIsAtLeastAsFastAsThePlanAsWritten) {
  const PlanSearch found = search(machine(), false, {true, true, false, true, false});
  ASSERT_TRUE(found.written);
  EXPECT_LE(found.best.front().result.step_time.value(), found.written->result.step_time.value());
  EXPECT_LE(found.written->at_most_before, found.written->fitting);
}

TEST(PlanSearch, SaysHowMuchTheSmallestLayoutNeedsWhenNothingFits) {
  Machine m = machine();
  for (DeviceGroup& group : m.cluster.groups) group.device.memory.value = Bytes(1e9);
  const PlanSearch found = search(m, false);
  EXPECT_TRUE(found.best.empty());
  EXPECT_EQ(found.count.too_large, found.count.layouts);
  EXPECT_GT(found.least_memory.value(), 1e9);
  EXPECT_LT(found.least_memory.value(), 8e10);

  for (DeviceGroup& group : m.cluster.groups) group.device.memory.value = 1.001 * found.least_memory;
  EXPECT_FALSE(search(m, false).best.empty()) << "as much is enough";
  for (DeviceGroup& group : m.cluster.groups) group.device.memory.value = 0.999 * found.least_memory;
  EXPECT_TRUE(search(m, false).best.empty()) << "and less is not";
}

TEST(PlanSearch, ABatchThatNothingDividesIsAMistake) {
  Machine m = machine();
  m.plan.model.heads = m.plan.model.kv_heads = 7;
  m.plan.model.layers = 1;
  m.plan.global_batch = 1;
  m.plan.sequence = 4097;  // nor for context parallelism
  EXPECT_THROW((void)search(m, false, {true, false, false, false, false}), InputError);
}

}  // namespace
}  // namespace headway
