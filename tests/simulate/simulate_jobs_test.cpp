// Jobs that share a cluster: what they cost one another, and that they cost nothing where they do not meet.
#include "simulate/simulate_jobs.h"

#include <gmock/gmock.h>

#include <numeric>

#include "cluster/restrict.h"
#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;
using namespace literals;

// Every other node of two racks' worth, beginning with `first`.
std::vector<DeviceIndex> every_other_node(DeviceIndex first, DeviceIndex nodes) {
  std::vector<DeviceIndex> devices;
  for (DeviceIndex node = first; node < 2 * nodes; node += 2)
    for (DeviceIndex i = 0; i < 8; ++i) devices.push_back(8 * node + i);
  return devices;
}

std::vector<DeviceIndex> a_run_of(DeviceIndex first, DeviceIndex count) {
  std::vector<DeviceIndex> devices(count);
  std::iota(devices.begin(), devices.end(), first);
  return devices;
}

// Sixteen nodes, two a leaf; all that leaves a leaf shares 1/16 of what goes in.
Cluster narrow_leaves() {
  Cluster cluster = catalogue().cluster("dgx-h100", 128);
  NetworkSpec& rails = cluster.networks.back();
  rails.unit_nodes = 2;
  rails.leaf_oversubscription = 16;
  return cluster;
}

// A data-parallel run of many parameters and few tokens: its gradients are most of the step.
TrainingPlan talkative(int devices) {
  TrainingPlan plan = run("dgx-h100", devices, 1, 1, 1, 1).plan;
  plan.sequence = 512;
  plan.software.overlap_gradient_reduction = false;
  plan.software.overlap_parameter_gather = false;
  return plan;
}

TEST(SimulateJobs, CostNothingWhereTheyDoNotMeet) {
  const Cluster cluster = catalogue().cluster("dgx-h100", 64);
  const TrainingPlan plan = talkative(8);
  for (const JobResult& job : simulate(cluster, {{plan, a_run_of(0, 8)}, {plan, a_run_of(8, 8)}})) {
    EXPECT_EQ(job.result.step_time, job.alone);
    EXPECT_EQ(job.result.devices, 8);
  }
}

// Both send over the same up-links, max-min: what the links cost doubles, the rest of the step stays.
TEST(SimulateJobs, ShareAnOversubscribedTierEvenly) {
  const Cluster cluster = narrow_leaves();
  const TrainingPlan plan = talkative(64);
  const auto both = simulate(cluster, {{plan, every_other_node(0, 8)}, {plan, every_other_node(1, 8)}});
  EXPECT_EQ(both[0].result.step_time, both[1].result.step_time);
  EXPECT_EQ(both[0].alone, both[1].alone);
  const JobResult& job = both[0];
  const double exposed = (job.result.breakdown.exposed_data - Seconds(0)).value();
  const double grown = (job.result.step_time - job.alone).value();
  EXPECT_NEAR(grown, exposed / 2, 0.05 * exposed) << "half of what the links cost now is the other's";
  EXPECT_GT(job.cost_of_others(), 0.3);
}

// The shorter job does as many steps as fit in the longer one's, and is slowed in all of them.
TEST(SimulateJobs, AShortStepIsRepeatedBesideALongOne) {
  const Cluster cluster = narrow_leaves();
  TrainingPlan heavy = talkative(64);
  heavy.global_batch *= 64;
  const auto jobs = simulate(cluster, {{talkative(64), every_other_node(0, 8)}, {heavy, every_other_node(1, 8)}});
  EXPECT_GT(jobs[0].steps, 1);
  EXPECT_EQ(jobs[1].steps, 1);
  for (const JobResult& job : jobs) {
    EXPECT_GT(job.cost_of_others(), 0);
    EXPECT_NEAR(job.result.breakdown.sum() / job.result.step_time, 1.0, 1e-9);
  }
}

TEST(SimulateJobs, FoldedIsUnfolded) {
  const Cluster cluster = narrow_leaves();
  const std::vector<TrainingJob> jobs{{talkative(64), every_other_node(0, 8)}, {talkative(32), every_other_node(1, 4)}};
  const auto folded = simulate(cluster, jobs), whole = simulate(cluster, jobs, {.fold = false});
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    EXPECT_EQ(folded[j].result.step_time, whole[j].result.step_time);
    EXPECT_LT(folded[j].result.rank_classes, whole[j].result.rank_classes);
  }
}

}  // namespace
}  // namespace headway
