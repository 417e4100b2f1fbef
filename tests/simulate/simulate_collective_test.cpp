// Bare collectives: what must hold of any of them, whatever the calibration says.
#include "simulate/simulate_collective.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <random>

#include "cluster/restrict.h"
#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;
using namespace literals;

constexpr Bytes kSizes[] = {1_KiB, 1_MiB, 1_GiB};

BareCollective of(CollectiveKind kind, int devices, Bytes bytes, ForcedChoice forced = {}) {
  return {{}, kind, bytes, devices, forced};
}

CollectiveResult unfolded(const Cluster& cluster, const BareCollective& what) {
  return simulate(cluster, what, {.fold = false, .keep_timeline = false});
}

TEST(SimulateCollective, NoneBeatsItsBandwidthBound) {
  for (const char* name : {"dgx-h100", "h200-nvlink-256", "cloudmatrix384", "atlas-900-a2"}) {
    const Cluster cluster = catalogue().cluster(name);
    for (const auto& [kind, word] : EnumNames<CollectiveKind>::table)
      for (const int devices : {2, 8, 11, 64})
        for (const Bytes bytes : kSizes) {
          const CollectiveResult r = simulate(cluster, of(kind, devices, bytes));
          EXPECT_GT(r.time, r.bound) << name << " " << word << " " << devices;
          EXPECT_GT(r.time, r.latency) << name << " " << word << " " << devices;
          EXPECT_GT(r.bound, Seconds(0));
        }
  }
}

// 10,000 draws of fabric, group, kind, size and algorithm: none beats the bandwidth bound of its own loads, and none is slower than
// its latency and the slower of its own top rate and that bound: alone, nothing else is in the way.
TEST(SimulateCollective, AloneIsBetweenItsBoundAndItsFormula) {
  const char* const clusters[] = {"dgx-h100",    "h200-nvlink-256", "cloudmatrix384", "atlas-900-a2",
                                  "gb200-nvl72", "h800-mpft",       "llama3-24k",     "hgx-a800"};
  std::mt19937 random(5);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int draw = 0, done = 0; done < 10'000; ++draw) {
    const Cluster cluster = catalogue().cluster(clusters[pick(std::size(clusters))], 192);
    const Fabric fabric = build_fabric(cluster);
    for (int same = 0; same < 100; ++same) {
      const CollectiveKind kind = EnumNames<CollectiveKind>::table[pick(6)].value;
      const int devices = kind == CollectiveKind::send_receive ? 2 : 2 + static_cast<int>(pick(95));
      const Bytes bytes(std::exp2(10.0 + static_cast<double>(pick(24))));
      ForcedChoice forced;
      if (pick(2) == 0) forced.algorithm = EnumNames<Algorithm>::table[pick(6)].value;
      std::vector<DeviceIndex> members(static_cast<std::size_t>(devices));
      std::iota(members.begin(), members.end(), 0U);
      const Geometry geometry = geometry_of(members, fabric);
      CollectiveCost cost;
      try {
        cost = choose_collective(kind, bytes, members, geometry, fabric, forced);
      } catch (const InputError&) {
        continue;  // cannot be done on these
      }
      std::vector<LinkLoad> loads;
      collective_loads(kind, cost.choice, members, geometry, fabric, loads);
      Seconds bound;
      for (const LinkLoad& load : loads) bound = std::max(bound, bytes * load.bytes_per_byte / fabric.capacity(load.link));
      const Seconds alone = alone_time(bytes, cost, loads, fabric);
      ASSERT_GE(alone, bound);
      ASSERT_LE(alone, cost.latency + std::max(bound, bytes / cost.top_rate) + Seconds(1e-12));
      if (same % 10 == 0 && kind != CollectiveKind::send_receive) {
        const CollectiveResult run = simulate(cluster, of(kind, devices, bytes, forced));
        ASSERT_NEAR(run.time.value(), alone.value(), 1e-11 + 1e-9 * alone.value()) << name_of(kind) << " on " << devices;
        ASSERT_GE(run.time, run.bound);
      }
      ++done;
    }
  }
}

TEST(SimulateCollective, FoldedIsUnfolded) {
  Cluster cluster = catalogue().cluster("dgx-h100", 64);
  for (const bool fault : {false, true}) {
    if (fault) cluster.link_faults.push_back({"scale_out", 17, std::nullopt, "", "", 0.5});
    for (const auto& [kind, word] : EnumNames<CollectiveKind>::table)
      for (const int devices : {8, 20, 64}) {
        const CollectiveResult folded = simulate(cluster, of(kind, devices, 16_MiB));
        const CollectiveResult whole = unfolded(cluster, of(kind, devices, 16_MiB));
        EXPECT_EQ(folded.time, whole.time) << word << " " << devices << (fault ? " with a fault" : "");
        EXPECT_EQ(whole.rank_classes, static_cast<std::uint64_t>(devices));
        EXPECT_LE(folded.rank_classes, whole.rank_classes);
      }
  }
}

TEST(SimulateCollective, AlikeDevicesAreOneClass) {
  const Cluster cluster = catalogue().cluster("dgx-h100", 4096);
  EXPECT_EQ(simulate(cluster, of(CollectiveKind::all_reduce, 4096, 1_GiB)).rank_classes, 1U);
}

// Out of a node through all eight adapters, 2/8 of the buffer each: the adapters are the tightest.
TEST(SimulateCollective, NamesTheMostLoadedLink) {
  Cluster cluster = catalogue().cluster("dgx-h100", 64);
  EXPECT_EQ(simulate(cluster, of(CollectiveKind::all_reduce, 8, 1_GiB)).most_loaded_link, "scale_up: device out");
  EXPECT_EQ(simulate(cluster, of(CollectiveKind::all_reduce, 64, 1_GiB)).most_loaded_link, "scale_out: device out");
  cluster.link_faults.push_back({"scale_out", 17, std::nullopt, "", "", 0.5});
  EXPECT_THAT(simulate(cluster, of(CollectiveKind::all_reduce, 64, 1_GiB)).most_loaded_link,
              testing::MatchesRegex("scale_out: device.*"));
}

TEST(SimulateCollective, AFaultSlowsIt) {
  Cluster cluster = catalogue().cluster("dgx-h100", 64);
  const Seconds whole = simulate(cluster, of(CollectiveKind::all_gather, 64, 1_GiB)).time;
  cluster.link_faults.push_back({"scale_out", 17, std::nullopt, "", "", 0.5});
  EXPECT_GT(simulate(cluster, of(CollectiveKind::all_gather, 64, 1_GiB)).time, 1.9 * whole);
}

// 1 GiB to the next of two devices in a node takes what its port takes; the second message runs the other way.
TEST(SimulateCollective, MessagesGoAroundARing) {
  const Cluster cluster = catalogue().cluster("dgx-h100", 64);
  const CollectiveResult two = simulate(cluster, of(CollectiveKind::send_receive, 2, 1_GiB));
  EXPECT_NEAR((two.time - two.latency) / two.bound, 1.0, 1e-9);
  EXPECT_EQ(two.choice.algorithm, Algorithm::direct);
  const CollectiveResult many = simulate(cluster, of(CollectiveKind::send_receive, 16, 1_GiB));
  EXPECT_EQ(many.most_loaded_link.substr(0, 9), "scale_out") << "the message that leaves the node is the slowest";
  EXPECT_GT(many.time, two.time);
}

TEST(SimulateCollective, WhatIsForcedIsDone) {
  const Cluster cluster = catalogue().cluster("dgx-h100", 64);
  const auto all_reduce = [&](int devices, ForcedChoice forced) {
    return simulate(cluster, of(CollectiveKind::all_reduce, devices, 64_MiB, forced));
  };
  const CollectiveResult free = all_reduce(64, {}), ring = all_reduce(64, {Algorithm::ring, std::nullopt});
  EXPECT_EQ(free.choice.algorithm, Algorithm::in_switch_tree);
  EXPECT_EQ(ring.choice.algorithm, Algorithm::ring);
  EXPECT_GE(ring.time, free.time) << "the library chooses the faster";
  const CollectiveResult flags = all_reduce(64, {std::nullopt, Protocol::low_latency});
  EXPECT_EQ(flags.choice.protocol, Protocol::low_latency);
  EXPECT_THROW((void)all_reduce(15, {Algorithm::hierarchical, std::nullopt}), InputError)
      << "8 devices in one node, 7 in the other";
}

// 480 GB/s busbw measured on 8 H100 at 16 GiB, 367 where the switches must not reduce, and no difference for gathers.
TEST(SimulateCollective, SwitchesThatReduceSpeedUpALargeAllReduce) {
  const Cluster cluster = catalogue().cluster("dgx-h100", 64);
  Diagnostics diagnostics;
  const Cluster without = apply({{{}, ForbidInSwitchReduction{}}}, cluster, diagnostics);
  const auto busbw = [](const Cluster& on, CollectiveKind kind) {
    return simulate(on, of(kind, 8, Bytes(17179869184.0))).busbw().value() / 1e9;
  };
  EXPECT_NEAR(busbw(cluster, CollectiveKind::all_reduce), 480, 0.05 * 480);
  EXPECT_NEAR(busbw(without, CollectiveKind::all_reduce), 367, 0.05 * 367);
  EXPECT_EQ(busbw(cluster, CollectiveKind::all_gather), busbw(without, CollectiveKind::all_gather));
}

// nccl-tests: an all-reduce counts 2(n-1)/n, gathers and exchanges (n-1)/n, the rest 1.
TEST(SimulateCollective, BusBandwidthCountsAsNcclTestsDo) {
  const Cluster cluster = catalogue().cluster("dgx-h100", 64);
  const auto factor = [&](CollectiveKind kind) {
    const CollectiveResult r = simulate(cluster, of(kind, 8, 1_GiB));
    return r.busbw() / r.algbw();
  };
  EXPECT_DOUBLE_EQ(factor(CollectiveKind::all_reduce), 14.0 / 8);
  for (const CollectiveKind kind : {CollectiveKind::all_gather, CollectiveKind::reduce_scatter, CollectiveKind::all_to_all})
    EXPECT_DOUBLE_EQ(factor(kind), 7.0 / 8);
  for (const CollectiveKind kind : {CollectiveKind::broadcast, CollectiveKind::send_receive}) EXPECT_DOUBLE_EQ(factor(kind), 1.0);
}

}  // namespace
}  // namespace headway
