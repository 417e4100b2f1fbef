#include "network/fabric.h"

#include <gmock/gmock.h>

#include <ctime>

#include "network/worlds.h"

namespace headway {
namespace {

using testing::ElementsAre;
using namespace literals;
using namespace worlds;

const NetworkId kFirst(0), kSecond(1);

double gigabytes(const Fabric& fabric, const std::string& link) {
  return fabric.capacity(link_named(fabric, link)).value() / 1e9;
}

TEST(Fabric, SwitchedBoxesJoinNeighboursOnly) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 4)}, 8);
  EXPECT_EQ(fabric.joining(0, 3), kFirst);
  EXPECT_EQ(fabric.joining(3, 4), std::nullopt);
  EXPECT_THAT(route(fabric, kFirst, 1, 2), ElementsAre("device 1 out", "device 2 in"));
}

TEST(Fabric, CapacityIsLineRateTimesEfficiency) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 0, link(450_GBps, 0.8))}, 2);
  EXPECT_DOUBLE_EQ(fabric.capacity(fabric.out_port(kFirst, 1)).value(), 360e9);
}

TEST(Fabric, UnknownEfficiencyIsTheUsersMistake) {
  LinkTechnology technology = link();
  technology.efficiency.known = false;
  EXPECT_THROW(worlds::fabric({network("scale_up", NetworkKind::switched, 0, technology)}, 2), InputError);
}

// Two nodes of 4 with taper 2: uplinks carry 4 x 100 / 2.
TEST(Fabric, TwoLevelTapersTheNodesUplinks) {
  NetworkSpec spec = network("scale_up", NetworkKind::two_level);
  spec.node = 4;
  spec.taper = 2;
  const Fabric fabric = worlds::fabric({spec}, 8);
  EXPECT_THAT(route(fabric, kFirst, 0, 3), ElementsAre("device 0 out", "device 3 in"));
  EXPECT_THAT(route(fabric, kFirst, 0, 5), ElementsAre("device 0 out", "node 0 up", "node 1 down", "device 5 in"));
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: node 0 up"), 200);
}

TEST(Fabric, FullMeshGivesEveryPairItsShareOfThePort) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::full_mesh, 5)}, 10);
  EXPECT_THAT(route(fabric, kFirst, 7, 5), ElementsAre("device 7 out", "device 7 to device 5", "device 5 in"));
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: device 7 to device 5"), 25);
  EXPECT_EQ(fabric.link_count(), 10 * 2 + 10 * 4);
}

// Units of 2 nodes of 4: devices 1 and 5 share rail leaf 1, device 9 is on leaf 5 of the next unit.
TEST(Fabric, RailsShareALeafWithinTheirUnit) {
  const Fabric fabric = rail_cluster(16, 4, 2);
  EXPECT_THAT(route(fabric, kSecond, 1, 5), ElementsAre("device 1 out", "device 5 in"));
  EXPECT_THAT(route(fabric, kSecond, 1, 6), ElementsAre("device 1 out", "leaf 1 up", "leaf 2 down", "device 6 in"));
  EXPECT_THAT(route(fabric, kSecond, 1, 9), ElementsAre("device 1 out", "leaf 1 up", "leaf 5 down", "device 9 in"));
}

TEST(Fabric, LeafUplinksAreDownLinksOverOversubscription) {
  EXPECT_DOUBLE_EQ(gigabytes(rail_cluster(16, 4, 2, 1), "scale_out: leaf 0 up"), 20);
  EXPECT_DOUBLE_EQ(gigabytes(rail_cluster(16, 4, 2, 4), "scale_out: leaf 0 up"), 5);
}

TEST(Fabric, FatTreeNeighboursShareALeaf) {
  NetworkSpec spec = network("scale_out", NetworkKind::fat_tree);
  spec.node = 2;
  spec.unit_nodes = 2;
  const Fabric fabric = worlds::fabric({spec}, 8);
  EXPECT_THAT(route(fabric, kFirst, 0, 3), ElementsAre("device 0 out", "device 3 in"));
  EXPECT_THAT(route(fabric, kFirst, 0, 4), ElementsAre("device 0 out", "leaf 0 up", "leaf 1 down", "device 4 in"));
}

// Leaves of 2, pods of 2 leaves, 7:1 above the pods, as Llama 3's training cluster: 4 x 100 / 7.
TEST(Fabric, ThreeTiersMeetAtTheLowestCommonSwitch) {
  NetworkSpec spec = network("scale_out", NetworkKind::fat_tree);
  spec.node = 2;
  spec.unit_nodes = 1;
  spec.units_per_pod = 2;
  spec.spine_oversubscription = 7;
  const Fabric fabric = worlds::fabric({spec}, 8);
  EXPECT_THAT(route(fabric, kFirst, 0, 2), ElementsAre("device 0 out", "leaf 0 up", "leaf 1 down", "device 2 in"));
  EXPECT_THAT(route(fabric, kFirst, 0, 6),
              ElementsAre("device 0 out", "leaf 0 up", "spine 0 up", "spine 1 down", "leaf 3 down", "device 6 in"));
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_out: spine 0 up"), 400.0 / 7);
}

TEST(Fabric, EveryLinkIsNamedOnceAndKnowsItsNetwork) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::full_mesh, 4), rails(4, 1)}, 12);
  for (std::size_t i = 0; i < fabric.link_count(); ++i) {
    EXPECT_EQ(link_named(fabric, fabric.link_name(LinkId(i))), LinkId(i));
    EXPECT_TRUE(fabric.link_name(LinkId(i)).starts_with(fabric.spec(fabric.network_of(LinkId(i))).name));
  }
}

TEST(Fabric, FaultsScaleTheirLinks) {
  const std::vector<NetworkSpec> networks{network("scale_up", NetworkKind::full_mesh, 4), rails(4, 1)};
  LinkFault mesh{.network = "scale_up", .device = 1, .node = {}, .from = {}, .to = {}, .scale = 0.5};
  LinkFault node{.network = "scale_out", .device = {}, .node = 1, .from = {}, .to = {}, .scale = 0.25};
  LinkFault cable{.network = "scale_out", .device = {}, .node = {}, .from = "spine 0", .to = "leaf 3", .scale = 0.1};
  const Fabric fabric = worlds::fabric(networks, 8, {mesh, node, cable});
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: device 1 in"), 50);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: device 0 to device 1"), 100.0 / 3 / 2);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: device 0 out"), 100);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_out: device 4 out"), 2.5);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_out: device 3 out"), 10);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_out: leaf 3 down"), 1);
}

TEST(Fabric, FaultsOfWhatIsNotThereAreReported) {
  const auto broken = [](LinkFault fault) { return worlds::fabric({rails(4, 1)}, 8, {fault}); };
  EXPECT_THROW(broken({.network = "scale_uot", .device = 0, .node = {}, .from = {}, .to = {}, .scale = 0.5}), InputError);
  EXPECT_THROW(broken({.network = "scale_out", .device = 8, .node = {}, .from = {}, .to = {}, .scale = 0.5}), InputError);
  EXPECT_THROW(broken({.network = "scale_out", .device = {}, .node = {}, .from = "leaf 9", .to = "spine 0", .scale = 0.5}),
               InputError);
}

// Three networks over a million devices: tens of bytes for each, built in well under a second even without optimisation.
TEST(Fabric, AMillionDevicesAreCheap) {
  NetworkSpec out = rails(8, 32);
  out.units_per_pod = 16;
  const std::clock_t start = std::clock();
  const Fabric fabric = worlds::fabric(
      {network("package", NetworkKind::package, 2), network("scale_up", NetworkKind::switched, 8), out}, std::size_t{1} << 20U);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_LT(seconds, 3.0);
  EXPECT_EQ(route(fabric, NetworkId(2), 0, (1U << 20U) - 1).size(), 6U);
}

}  // namespace
}  // namespace headway
