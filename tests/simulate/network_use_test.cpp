// Links are as busy as the bytes they carry: what one collective alone puts on its tightest link is its bandwidth bound.
#include "simulate/network_use.h"

#include <gtest/gtest.h>

#include "simulate/simulate_collective.h"
#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;
using namespace literals;

double busiest(const std::vector<NetworkUse>& networks) {
  double most = 0;
  for (const NetworkUse& network : networks)
    for (const LinkClass& links : network.links) most = std::max(most, links.busiest);
  return most;
}

TEST(NetworkUse, OfOneCollectiveIsItsBoundOverItsTime) {
  for (const char* name : {"dgx-h100", "h200-nvlink-256", "cloudmatrix384", "atlas-900-a2"})
    for (const auto& [kind, word] : EnumNames<CollectiveKind>::table) {
      const CollectiveResult r = simulate(catalogue().cluster(name), {{}, kind, 64_MiB, 16, {}}, {.network_use = true});
      EXPECT_NEAR(busiest(r.network_use), r.bound_share(), 1e-6) << name << " " << word;
    }
}

TEST(NetworkUse, NoLinkIsBusyMoreThanAllTheTime) {
  const TrainingRun r = run("dgx-h100", 64, 8, 2, 1, 8);
  const Result result = simulate(r.cluster, r.plan, {.network_use = true});
  ASSERT_EQ(result.network_use.size(), 2U);
  EXPECT_GT(busiest(result.network_use), 0.001);
  EXPECT_LE(busiest(result.network_use), 1);
  for (const NetworkUse& network : result.network_use)
    for (const LinkClass& links : network.links) EXPECT_LE(links.busy, links.busiest * (1 + 1e-9)) << network.network;
}

// Share of the time, times the time, times the rate.
TEST(NetworkUse, BytesCarriedDoNotDependOnTheLinks) {
  const TrainingRun fast = run("dgx-h100", 64, 8, 2, 1, 8);
  TrainingRun slow = fast;
  for (NetworkSpec& network : slow.cluster.networks) network.port = network.port * 0.5;
  const auto carried = [](const TrainingRun& r) {  // bytes per link out of a device, over the outermost network
    const Result result = simulate(r.cluster, r.plan, {.network_use = true});
    const LinkClass& links = result.network_use.back().links.front();
    return links.busy * result.step_time.value() * links.capacity.value();
  };
  EXPECT_NEAR(carried(slow) / carried(fast), 1, 1e-6);
}

}  // namespace
}  // namespace headway
