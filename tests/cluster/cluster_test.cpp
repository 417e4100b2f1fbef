#include <gmock/gmock.h>

#include "base/check.h"
#include "cluster/cluster.h"
#include "cluster/occupancy.h"
#include "cluster/restrict.h"
#include "network/worlds.h"

namespace headway {
namespace {

using namespace literals;
using namespace worlds;
using testing::HasSubstr;

Device device(const std::string& name, Bandwidth scale_up) {
  Device made;
  made.name = name;
  made.scale_up = given(scale_up);
  return made;
}

// Two nodes of 4: boxes at the device's own port, rails at 10 GB/s.
Cluster two_nodes() {
  Cluster cluster;
  cluster.groups = {{device("gpu", 400_GBps), 8}};
  cluster.devices_per_node = 4;
  NetworkSpec up = network("scale_up", NetworkKind::switched, 4);
  up.port = Bandwidth(0);
  cluster.networks = {up, rails(0, 2)};
  return cluster;
}

// A node of each kind.
Cluster mixed() {
  Cluster cluster = two_nodes();
  cluster.groups = {{device("fast", 400_GBps), 4}, {device("slow", 200_GBps), 4}};
  return cluster;
}

double port(const Cluster& cluster, std::size_t network, DeviceIndex of) {
  const Fabric fabric = build_fabric(cluster);
  return fabric.capacity(fabric.out_port(NetworkId(network), of)).value() / 1e9;
}

template <class What>
Cluster restricted(What what, const Cluster& cluster = two_nodes()) {
  Diagnostics diagnostics;
  Cluster result = apply({{SourceMark{"x.yaml", 3, 5}, what}}, cluster, diagnostics);
  diagnostics.throw_if_any();
  return result;
}

template <class What>
std::string mistake(What what, const Cluster& cluster = two_nodes()) {
  try {
    static_cast<void>(restricted(what, cluster));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no mistake";
}

TEST(Cluster, ScaleUpPortsAreTheDevicesOwnUnlessTheNetworkSays) {
  EXPECT_DOUBLE_EQ(port(mixed(), 0, 0), 400);
  EXPECT_DOUBLE_EQ(port(mixed(), 0, 7), 200);
  Cluster cluster = mixed();
  cluster.networks[0].port = 150_GBps;
  EXPECT_DOUBLE_EQ(port(cluster, 0, 0), 150);
  EXPECT_DOUBLE_EQ(port(cluster, 1, 0), 10);
}

TEST(Cluster, RailsTakeTheClustersNode) {
  const Fabric fabric = build_fabric(two_nodes());
  EXPECT_EQ(route(fabric, NetworkId(1), 1, 5).size(), 2U);
  EXPECT_EQ(route(fabric, NetworkId(1), 1, 6).size(), 4U);
}

TEST(Cluster, UnknownPortNamesTheDevice) {
  Cluster cluster = two_nodes();
  cluster.groups[0].device.scale_up.known = false;
  try {
    static_cast<void>(build_fabric(cluster));
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("gpu: no published value for \"scale_up\""));
  }
}

TEST(Restrict, CapLowersButNeverRaises) {
  EXPECT_DOUBLE_EQ(port(restricted(CapLink{"scale_up", 200_GBps}), 0, 0), 200);
  EXPECT_DOUBLE_EQ(port(restricted(CapLink{"scale_up", 900_GBps}), 0, 0), 400);
  const Cluster capped = restricted(CapLink{"scale_up", 300_GBps}, mixed());
  EXPECT_DOUBLE_EQ(port(capped, 0, 0), 300);
  EXPECT_DOUBLE_EQ(port(capped, 0, 7), 200);
}

TEST(Restrict, ScaleMultiplies) {
  EXPECT_DOUBLE_EQ(port(restricted(ScaleLink{"scale_out", 0.5}), 1, 0), 5);
  EXPECT_DOUBLE_EQ(port(restricted(ScaleLink{"scale_up", 0.5}, mixed()), 0, 7), 100);
}

TEST(Restrict, RemoveLeavesIslands) {
  const Fabric fabric = build_fabric(restricted(RemoveNetwork{"scale_out"}));
  EXPECT_EQ(fabric.joining(0, 4), std::nullopt);
}

TEST(Restrict, ReplaceTakesTheNewLineRate) {
  EXPECT_DOUBLE_EQ(port(restricted(ReplaceNetwork{"scale_out", link(25_GBps)}), 1, 0), 25);
  EXPECT_DOUBLE_EQ(port(restricted(ReplaceNetwork{"scale_up", link(25_GBps)}), 0, 0), 25);
}

TEST(Restrict, DomainResizesTheScaleUpNetwork) {
  EXPECT_EQ(build_fabric(restricted(ResizeDomain{2})).joining(0, 2), NetworkId(1));
  EXPECT_EQ(build_fabric(restricted(ResizeDomain{8})).joining(0, 7), NetworkId(0));
}

TEST(Restrict, OversubscribeSetsTheTier) {
  EXPECT_EQ(restricted(Oversubscribe{"leaf", 3}).networks[1].leaf_oversubscription, 3);
  Cluster three_tiers = two_nodes();
  three_tiers.networks[1].units_per_pod = 1;
  EXPECT_EQ(restricted(Oversubscribe{"spine", 7}, three_tiers).networks[1].spine_oversubscription, 7);
}

TEST(Restrict, SwapChangesEveryGroup) {
  EXPECT_DOUBLE_EQ(port(restricted(SwapDevice{device("new", 100_GBps)}, mixed()), 0, 0), 100);
}

TEST(Restrict, SlowDevicesAndFaultsAreKept) {
  EXPECT_EQ(restricted(SlowOne{{17 % 8, 0.9}}).slow_devices.at(0).device, 1);
  const LinkFault fault{.network = "scale_out", .device = {}, .node = 1, .from = {}, .to = {}, .scale = 0.5};
  EXPECT_DOUBLE_EQ(port(restricted(FaultLink{fault}), 1, 6), 5);
  EXPECT_DOUBLE_EQ(port(restricted(FaultLink{fault}), 1, 3), 10);
}

TEST(Restrict, LaterOnesSeeWhatEarlierOnesLeft) {
  Diagnostics diagnostics;
  const Cluster cluster =
      apply({{{}, CapLink{"scale_up", 200_GBps}}, {{}, ScaleLink{"scale_up", 0.5}}}, two_nodes(), diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_DOUBLE_EQ(port(cluster, 0, 0), 100);
}

TEST(Restrict, MistakesPointAndHint) {
  EXPECT_THAT(mistake(CapLink{"scale_uo", 1_GBps}),
              HasSubstr("x.yaml:3:5: error: the cluster has no network \"scale_uo\" (did you mean \"scale_up\"?)"));
  EXPECT_THAT(mistake(ScaleLink{"scale_up", 0}), HasSubstr("scale: 0 must be positive"));
  EXPECT_THAT(mistake(RemoveNetwork{"fabric"}), HasSubstr("no network \"fabric\""));
  EXPECT_THAT(mistake(ResizeDomain{9}), HasSubstr("domain: 9 must lie between 1 and the cluster's 8 devices"));
  EXPECT_THAT(mistake(Oversubscribe{"leef", 2}), HasSubstr("did you mean \"leaf\"?"));
  EXPECT_THAT(mistake(Oversubscribe{"spine", 2}), HasSubstr("give units_per_pod"));
  EXPECT_THAT(mistake(SlowOne{{8, 0.9}}), HasSubstr("device: 8 is out of range; the cluster has devices 0 to 7"));
  const LinkFault cable{.network = "scale_out", .device = {}, .node = {}, .from = "leaf 99", .to = "spine 0", .scale = 0.5};
  EXPECT_THAT(mistake(FaultLink{cable}), HasSubstr("no cable joins \"leaf 99\" and \"spine 0\""));
  const LinkFault node{.network = "scale_out", .device = {}, .node = 2, .from = {}, .to = {}, .scale = 0.5};
  EXPECT_THAT(mistake(FaultLink{node}), HasSubstr("node: 2 is out of range; the cluster has nodes 0 to 1"));
  Cluster alone = two_nodes();
  alone.networks.pop_back();
  alone.networks[0].domain = 8;
  EXPECT_THAT(mistake(ResizeDomain{4}, alone), HasSubstr("would leave 8 devices that no other network joins"));
}

TEST(Restrict, AMistakeLeavesTheClusterAsItWas) {
  Diagnostics diagnostics;
  const Cluster cluster = apply({{{}, ResizeDomain{0}}, {{}, RemoveNetwork{"none"}}}, two_nodes(), diagnostics);
  EXPECT_EQ(diagnostics.size(), 2U);
  EXPECT_EQ(cluster.networks.size(), 2U);
  EXPECT_EQ(cluster.networks[0].domain, 4);
}

TEST(Restrict, ForbidsReductionInSwitches) {
  Cluster cluster = two_nodes();
  cluster.networks[0].technology = reducing_link();
  Diagnostics diagnostics;
  const Cluster without = apply({{{}, ForbidInSwitchReduction{}}}, cluster, diagnostics);
  EXPECT_FALSE(without.networks[0].technology.in_switch_reduction.known);
  (void)apply({{{}, ForbidInSwitchReduction{}}}, without, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << "what is not there can be forbidden";
}

// 64 of an NVL72 where a job takes several racks and does not fill them; all of one rack, of full racks, and of boxes of eight.
TEST(Occupancy, APowerOfTwoOfEachDomain) {
  EXPECT_EQ(occupied_domain(72, 256), 64);
  EXPECT_EQ(occupied_domain(72, 576), 72);
  EXPECT_EQ(occupied_domain(72, 64), 72);
  EXPECT_EQ(occupied_domain(8, 20), 8);
}

TEST(Occupancy, LeavesFollow) {
  Cluster cluster = two_nodes();
  cluster.groups.front().devices = 32;
  cluster.networks = {network("scale_up", NetworkKind::switched, 12), rails(0, 3)};
  cluster.networks.back().unit_nodes = 3;
  const Occupancy occupancy = occupy_domains(cluster);
  EXPECT_EQ(occupancy_text(occupancy), "8 of the 12 devices of each scale-up domain in use");
  EXPECT_EQ(cluster.networks.front().domain, 8);
  EXPECT_EQ(cluster.networks.back().unit_nodes, 2);
  EXPECT_TRUE(occupy_domains(cluster).whole()) << "nothing left to do";
}

}  // namespace
}  // namespace headway
