// Figures that others measured or published about links, reproduced through the whole program. Sources in each test.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "cluster/restrict.h"
#include "simulate/simulate_collective.h"
#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;
using namespace literals;

Cluster without_in_switch_reduction(const Cluster& cluster) {
  Diagnostics diagnostics;
  return apply({{{}, ForbidInSwitchReduction{}}}, cluster, diagnostics);
}

double busbw(const Cluster& cluster, CollectiveKind kind, int devices, Bytes bytes) {
  return simulate(cluster, BareCollective{{}, kind, bytes, devices, {}}).busbw().value() / 1e9;
}

// stas00/ml-engineering (744d01e), network/README.md: 8 H200 reach 480 GB/s where NVSwitches reduce and 366 where they do not.
TEST(Reproduction, AllReduceOfEightH200) {
  const Cluster cluster = catalogue().cluster("dgx-h200");
  EXPECT_NEAR(busbw(cluster, CollectiveKind::all_reduce, 8, 16_GiB), 480, 0.05 * 480);
  EXPECT_NEAR(busbw(without_in_switch_reduction(cluster), CollectiveKind::all_reduce, 8, 16_GiB), 366, 0.08 * 366);
}

// The same source: a rack of 72 GB200 reaches 850 against 680.
TEST(Reproduction, AllReduceOfARack) {
  const Cluster cluster = catalogue().cluster("gb200-nvl72", 72);
  EXPECT_NEAR(busbw(cluster, CollectiveKind::all_reduce, 72, 8_GiB), 850, 0.05 * 850);
  EXPECT_NEAR(busbw(without_in_switch_reduction(cluster), CollectiveKind::all_reduce, 72, 8_GiB), 680, 0.05 * 680);
}

// NVIDIA's NVLink network of 256: half of a node's ports leave it, so an exchange among all gets half of what one node's devices
// get, and an all-reduce, whose partial sums the switches add up, does not feel it.
TEST(Reproduction, TheTaperOf256Cards) {
  const Cluster cluster = catalogue().cluster("h200-nvlink-256");
  const double exchange =
      busbw(cluster, CollectiveKind::all_to_all, 256, 16_GiB) / busbw(cluster, CollectiveKind::all_to_all, 8, 16_GiB);
  EXPECT_NEAR(exchange, 0.5, 0.08);
  EXPECT_GT(busbw(cluster, CollectiveKind::all_reduce, 256, 16_GiB), busbw(cluster, CollectiveKind::all_reduce, 8, 16_GiB));
}

// Bandwidth as DeepEP's own test counts it: bytes of tokens, once for each node they reach, the own one included, over time.
// DeepEP README (7ce8da4), 4,096 tokens of 7,168 in fp8 to 8 of 256 experts, 4 nodes at most, H800 with 400 Gb/s adapters:
// 16 devices 43 GB/s (NVLink is what limits), 32 devices 58, 64 devices 51.
TEST(Reproduction, DispatchOncePerNodeOnH800) {
  const Fabric fabric = build_fabric(catalogue().cluster("hgx-h800", 64));
  for (const auto& [devices, published] : std::map<int, double>{{16, 43}, {32, 58}, {64, 51}}) {
    const TokenSpread routing{256, 8, devices / 8, std::min(4, devices / 8)};
    std::vector<DeviceIndex> members(static_cast<std::size_t>(devices));
    for (std::size_t i = 0; i < members.size(); ++i) members[i] = static_cast<DeviceIndex>(i);
    const Bytes token = Bytes(4096.0 * 7168), bytes = token * parts_reached(routing, devices);
    const Geometry geometry = geometry_of(members, fabric);
    const CollectiveCost cost = choose_collective(CollectiveKind::all_to_all, bytes, members, geometry, fabric, {}, routing);
    ASSERT_EQ(cost.choice.algorithm, Algorithm::hierarchical);
    std::vector<LinkLoad> loads;
    collective_loads(CollectiveKind::all_to_all, cost.choice, members, geometry, fabric, loads, routing);
    const Seconds time = alone_time(bytes, cost, loads, fabric);
    EXPECT_NEAR((token * parts_reached(routing, devices / 8) / time).value() / 1e9, published, 0.2 * published) << devices;
  }
}

// arXiv 2507.03114 (A100, H100, MI250 and MI210, four devices): kernels run 18.9 % slower on average beside communication, 40 % at
// most. A fully sharded run of few tokens gathers parameters beside all of its kernels; without sharding nothing runs beside them.
TEST(Reproduction, KernelsBesideCommunicationSlowDown) {
  double sum = 0;
  for (const char* name : {"dgx-a100", "dgx-h100"}) {
    const auto compute = [&](Sharding sharding) {
      TrainingRun r = run(name, 8, 1, 1, 1, 4, "torchtitan");
      r.plan.sequence = 512;
      r.plan.sharding = sharding;
      return r.result().breakdown.compute;
    };
    const double slower = compute(Sharding::parameters) / compute(Sharding::none) - 1;
    EXPECT_GT(slower, 0.08) << name;
    EXPECT_LT(slower, 0.40) << name;
    sum += slower;
  }
  EXPECT_NEAR(sum / 2, 0.189, 0.08);
}

}  // namespace
}  // namespace headway
