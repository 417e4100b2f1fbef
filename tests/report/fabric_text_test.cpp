#include "report/fabric_text.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "network/worlds.h"

namespace headway {
namespace {

using testing::HasSubstr;
using namespace worlds;

Cluster cluster_of(int devices, std::vector<NetworkSpec> networks) {
  Cluster cluster;
  cluster.name = "c1";
  cluster.groups.resize(1);
  cluster.groups[0].device.name = "chip";
  cluster.groups[0].devices = devices;
  cluster.devices_per_node = 4;
  cluster.networks = std::move(networks);
  return cluster;
}

// Leaves of 8 ports of 10 GB/s and four cables up: twice as much comes from below.
TEST(FabricText, TiersAreDrawnFromTheTop) {
  const std::string text = fabric_text(cluster_of(32, {network("scale_up", NetworkKind::switched, 4), rails(4, 8, 2.0)}));
  EXPECT_EQ(text,
            "\nscale_out: rail_optimized\n"
            "  spine     4\n"
            "    |  16 x 10.00 GB/s   2:1 oversubscribed\n"
            "  leaf      4\n"
            "    |  32 x 10.00 GB/s\n"
            "  device    32 x chip\n"
            "\nscale_up: switched, 8 domains of 4 devices\n"
            "  switch    8\n"
            "    |  32 x 100.0 GB/s\n"
            "  device    32 x chip\n");
}

TEST(FabricText, DirectLinksJoinDevices) {
  NetworkSpec torus = network("scale_up", NetworkKind::torus);
  torus.shape = {4, 4};
  EXPECT_EQ(fabric_text(cluster_of(16, {torus})),
            "\nscale_up: torus 4 x 4\n"
            "  device    16 x chip\n"
            "    =  64 x 25.00 GB/s   between devices\n");
}

TEST(FabricText, RoutersAreJoinedWithinAndBetweenGroups) {
  NetworkSpec fly = network("scale_out", NetworkKind::dragonfly);
  fly.group_routers = 4;
  const std::string text = fabric_text(cluster_of(16, {fly}));
  EXPECT_THAT(text, HasSubstr("  router    16\n"));
  EXPECT_THAT(text, HasSubstr("    =  48 x 100.0 GB/s   between routers\n"));
  EXPECT_THAT(text, HasSubstr("    =  16 x 100.0 GB/s   between groups\n"));
}

// As large for 16,384 devices as for 16.
TEST(FabricDot, AlikeThingsAreOneBox) {
  const auto graph = [](int devices) {
    return fabric_dot(cluster_of(devices, {network("scale_up", NetworkKind::switched, 4), rails(4, 4)}));
  };
  EXPECT_THAT(graph(16384), HasSubstr("  device [label=\"16,384 x chip\"];\n"));
  EXPECT_THAT(graph(16384), HasSubstr("  \"scale_out leaf\" -- \"scale_out spine\" [label=\"16,384 x 10.00 GB/s\"];\n"));
  EXPECT_EQ(std::ranges::count(graph(16384), '\n'), std::ranges::count(graph(32), '\n'));
}

}  // namespace
}  // namespace headway
