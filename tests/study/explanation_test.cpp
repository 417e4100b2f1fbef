#include "study/explanation.h"

#include <gmock/gmock.h>

#include <cmath>

#include "simulate/simulate.h"
#include "study/machines.h"

namespace headway {
namespace {

using testing::HasSubstr;
using namespace testing_study;

double step_of(const Machine& m) { return simulate(m.cluster, m.plan).step_time.value(); }

Machine all_faster(Machine m, double k) {
  for (const Resource& resource : resources_of(m)) resource.faster(m, k);
  return m;
}

// Nothing with a time in it is left out: all rates and inverse delays by k, and the step takes 1/k, to the rounding of picoseconds.
TEST(Resources, TogetherScaleTheStepExactly) {
  for (const auto& [cluster, devices] : {std::pair{"dgx-h100", 16}, {"atlas-900-a2", 16}, {"cloudmatrix384", 16}}) {
    Machine m = machine(2, 2);
    m.cluster = catalogue().cluster(cluster, devices);
    m.plan.layout.data = devices / 4;
    if (std::string(cluster) != "dgx-h100") m.plan.software = catalogue().software("mindspeed");
    const double step = step_of(m);
    for (const double k : {0.5, 3.0}) EXPECT_NEAR(step_of(all_faster(m, k)) * k / step, 1, 1e-7) << cluster << " x " << k;
  }
}

// So it is with experts, whose dispatch waits for the host; but for the start of an exchange's messages, a constant of the library.
TEST(Resources, TogetherScaleAMixture) {
  Machine m = machine(1, 1);
  m.plan.model.experts = Experts{.count = 16, .top_k = 2, .ffn = 4096};
  m.plan.layout.expert = 8;
  ASSERT_GT(m.plan.software.host_per_dispatch, Seconds(0));
  const double step = step_of(m);
  for (const double k : {0.5, 3.0}) EXPECT_NEAR(step_of(all_faster(m, k)) * k / step, 1, 0.003) << k;
}

const ResourceWorth& worth(const Explanation& e, const std::string& key) {
  for (const ResourceWorth& each : e.resources)
    if (each.key == key) return each;
  throw std::runtime_error(key);
}

// Rates matter as much as they are used: all elasticities of one side add up to one.
TEST(Explanation, ElasticitiesAddUpToOne) {
  const Explanation e = explain(machine());
  double up = 0, down = 0;
  for (const ResourceWorth& each : e.resources) {
    up += each.elasticity_up();
    down += each.elasticity_down();
    EXPECT_GE(each.when_free, each.with_more - 1e-3) << each.key;
    EXPECT_GE(each.with_more, 1 - 1e-3) << each.key;
    EXPECT_LE(each.with_less, 1 + 1e-3) << each.key;
  }
  EXPECT_NEAR(up, 1, 0.05);
  EXPECT_NEAR(down, 1, 0.05);
  EXPECT_EQ(e.resources.front().key, "compute");
  EXPECT_THAT(e.verdict, HasSubstr("Compute-bound"));
}

// Ten times less bandwidth between the tensor ranks, and it is what counts.
TEST(Explanation, NamesALinkThatIsTooNarrow) {
  Machine m = machine(8, 1);
  for (const Resource& resource : resources_of(m))
    if (resource.key == "scale_up.bandwidth") resource.faster(m, 0.02);
  const Explanation e = explain(m);
  EXPECT_EQ(e.resources.front().key, "scale_up.bandwidth");
  EXPECT_THAT(e.verdict, HasSubstr("Bound by the bandwidth of scale_up"));
  EXPECT_GT(worth(e, "scale_up.bandwidth").when_free, 2);
  EXPECT_EQ(e.result.critical_path.front().cause, "tensor-parallel traffic");
}

TEST(Explanation, TheCriticalPathAddsUpToTheStep) {
  for (const auto& [tensor, pipeline] : {std::pair{1, 1}, {2, 2}, {4, 4}}) {
    const Machine m = machine(tensor, pipeline);
    const Result result = simulate(m.cluster, m.plan, {.critical_path = true});
    Seconds sum;
    for (const PathPart& part : result.critical_path) sum += part.time;
    EXPECT_NEAR(sum / result.step_time, 1, 1e-9);
  }
}

}  // namespace
}  // namespace headway
