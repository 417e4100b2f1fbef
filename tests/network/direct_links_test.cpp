// Networks whose routes do not climb to a common switch, and those with more than one root.
#include <gmock/gmock.h>

#include "network/fabric.h"
#include "network/worlds.h"

namespace headway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace literals;
using namespace worlds;

const NetworkId kFirst(0), kSecond(1);

double gigabytes(const Fabric& fabric, const std::string& link) {
  return fabric.capacity(link_named(fabric, link)).value() / 1e9;
}

// Every pair of a domain: its route carries each byte once through both ports.
void expect_whole_routes(const Fabric& fabric, NetworkId network) {
  for (DeviceIndex from = 0; from < fabric.devices(); ++from)
    for (DeviceIndex to = 0; to < fabric.devices(); ++to) {
      if (from == to || fabric.domain_of(network, from) != fabric.domain_of(network, to)) continue;
      std::vector<RouteLink> links;
      fabric.route(network, from, to, links);
      EXPECT_EQ(links.back().link, fabric.in_port(fabric.network_of(links.back().link), to));
      EXPECT_EQ(links.front().link, fabric.out_port(fabric.network_of(links.front().link), from));
      for (const RouteLink& part : links) EXPECT_GT(fabric.capacity(part.link), Bandwidth(0));
    }
}

// ---- torus

Fabric torus(std::vector<int> shape, std::size_t devices, const std::vector<LinkFault>& faults = {}) {
  NetworkSpec spec = network("scale_up", NetworkKind::torus);
  spec.shape = std::move(shape);
  return worlds::fabric({spec}, devices, faults);
}

// 4 x 4: device 5 is at (1, 1), device 15 at (3, 3), device 10 at (2, 2).
TEST(Torus, RoutesAreDimensionOrderedAndWrapAround) {
  const Fabric fabric = torus({4, 4}, 16);
  EXPECT_THAT(route(fabric, kFirst, 0, 5), ElementsAre("device 0 out", "device 0 +x", "device 1 +y", "device 5 in"));
  EXPECT_THAT(route(fabric, kFirst, 0, 15), ElementsAre("device 0 out", "device 0 -x", "device 3 -y", "device 15 in"));
  expect_whole_routes(fabric, kFirst);
}

TEST(Torus, HalfWayRoundGoesBothWays) {
  const Fabric fabric = torus({4, 3}, 12);
  EXPECT_THAT(route(fabric, kFirst, 0, 2),
              ElementsAre("device 0 out", "device 0 +x", "device 1 +x", "device 0 -x", "device 3 -x", "device 2 in"));
}

// 100 GB/s over six links; two tori of 27 do not meet.
TEST(Torus, EveryLinkHasItsShareOfThePort) {
  const Fabric fabric = torus({3, 3, 3}, 54);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: device 30 -z"), 100.0 / 6);
  EXPECT_EQ(fabric.link_count(), 54 * 2 + 54 * 6);
  EXPECT_EQ(fabric.joining(26, 27), std::nullopt);
  EXPECT_THAT(route(fabric, kFirst, 27, 36), ElementsAre("device 27 out", "device 27 +z", "device 36 in"));
}

TEST(Torus, AFaultOfADeviceSlowsItsLinksBothWays) {
  const Fabric fabric = torus({4, 4}, 16, {{"scale_up", 5, {}, "", "", 0.5}});
  for (const char* link : {"device 5 +x", "device 4 +x", "device 6 -x", "device 9 -y", "device 1 +y"})
    EXPECT_DOUBLE_EQ(gigabytes(fabric, std::string("scale_up: ") + link), 12.5) << link;
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: device 6 +x"), 25);
}

TEST(Torus, PartsOfATorusAreAMistake) { EXPECT_THROW(torus({4, 4}, 24), InputError); }

// ---- dragonfly

// Routers of 2 devices, groups of 3 routers, each with 2 global cables: 6 cables a group to the 3 other groups, two each.
NetworkSpec dragonfly() {
  NetworkSpec spec = network("scale_out", NetworkKind::dragonfly);
  spec.router_devices = 2;
  spec.group_routers = 3;
  spec.global_links = 2;
  return spec;
}

TEST(Dragonfly, RoutesAreMinimal) {
  const Fabric fabric = worlds::fabric({dragonfly()}, 24);
  EXPECT_THAT(route(fabric, kFirst, 0, 1), ElementsAre("device 0 out", "device 1 in"));
  EXPECT_THAT(route(fabric, kFirst, 0, 4), ElementsAre("device 0 out", "router 0 to router 2", "device 4 in"));
  // Cables 0 and 3 of group 0, at its routers 0 and 1, are cables 2 and 5 of group 1, at its routers 1 and 2.
  EXPECT_THAT(route(fabric, kFirst, 0, 8), ElementsAre("device 0 out", "group 0 global 0", "router 0 to router 1",
                                                       "group 0 global 3", "router 5 to router 4", "device 8 in"));
  expect_whole_routes(fabric, kFirst);
}

TEST(Dragonfly, CablesBetweenTwoGroupsShareTheBytes) {
  const Fabric fabric = worlds::fabric({dragonfly()}, 24);
  std::vector<RouteLink> links;
  fabric.route(kFirst, 0, 8, links);
  for (const RouteLink& part : links)
    if (fabric.link_name(part.link).find("global") != std::string::npos) {
      EXPECT_EQ(part.share, 0.5);
    }
}

TEST(Dragonfly, EveryTwoGroupsNeedACable) {
  EXPECT_NO_THROW(worlds::fabric({dragonfly()}, 42));
  EXPECT_THROW(worlds::fabric({dragonfly()}, 48), InputError);
}

// ---- planes

NetworkSpec planes(int node, int count) {
  NetworkSpec spec = network("scale_out", NetworkKind::multi_plane, 0, link(Bandwidth(10e9)));
  spec.node = node;
  spec.unit_nodes = 1;
  spec.planes = count;
  return spec;
}

TEST(MultiPlane, PlanesMeetInsideTheNode) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 4), planes(4, 4)}, 16);
  EXPECT_THAT(route(fabric, kSecond, 1, 9), ElementsAre("device 1 out", "leaf 1 up", "leaf 9 down", "device 9 in"));
  EXPECT_THAT(route(fabric, kSecond, 1, 10), ElementsAre("scale_up: device 1 out", "scale_up: device 2 in", "device 2 out",
                                                         "leaf 2 up", "leaf 10 down", "device 10 in"));
  expect_whole_routes(fabric, kSecond);
}

TEST(MultiPlane, WithoutAnInnerNetworkPlanesDoNotMeet) {
  const Fabric fabric = worlds::fabric({planes(4, 4)}, 16);
  std::vector<RouteLink> links;
  EXPECT_NO_THROW(fabric.route(kFirst, 1, 5, links));
  EXPECT_THROW(fabric.route(kFirst, 1, 6, links), InputError);
}

TEST(MultiPlane, SplitPortsReachEveryPlane) {
  NetworkSpec spec = planes(4, 4);
  spec.split_ports = true;
  const Fabric fabric = worlds::fabric({spec}, 16);
  EXPECT_THAT(route(fabric, kFirst, 1, 6), ElementsAre("device 1 out", "leaf 0 up", "leaf 1 down", "device 6 in"));
}

// ---- PCIe

// Two sockets of two switches of two devices: a switch's uplink is one port wide.
TEST(Pcie, UplinksAreSharedAndSocketsMeetOverTheirLink) {
  NetworkSpec spec = network("scale_up", NetworkKind::pcie, 8);
  spec.switch_devices = 2;
  spec.sockets = 2;
  spec.socket_link = 60_GBps;
  const Fabric fabric = worlds::fabric({spec}, 16);
  EXPECT_THAT(route(fabric, kFirst, 0, 1), ElementsAre("device 0 out", "device 1 in"));
  EXPECT_THAT(route(fabric, kFirst, 0, 2), ElementsAre("device 0 out", "switch 0 up", "switch 1 down", "device 2 in"));
  EXPECT_THAT(route(fabric, kFirst, 8, 15),
              ElementsAre("device 8 out", "switch 4 up", "socket 2 up", "socket 3 down", "switch 7 down", "device 15 in"));
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: switch 3 up"), 100);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "scale_up: socket 1 down"), 60);
  expect_whole_routes(fabric, kFirst);
}

}  // namespace
}  // namespace headway
