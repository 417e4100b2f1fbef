// Parallel cables: hashed flows, and what is left when one of them is dead.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "network/fabric.h"
#include "network/worlds.h"

namespace headway {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using namespace literals;
using namespace worlds;

const NetworkId kNet(0);

// Leaves of four ports of 10 GB/s and four cables up.
NetworkSpec hashed(int flows, int seed = 1) {
  NetworkSpec spec = rails(1, 4);
  spec.kind = NetworkKind::fat_tree;
  spec.routing = Routing::ecmp;
  spec.flows = flows;
  spec.seed = seed;
  return spec;
}

LinkFault cable(const char* from, const char* to, double scale) {
  LinkFault fault;
  fault.network = "scale_out";
  fault.from = from;
  fault.to = to;
  fault.scale = scale;
  return fault;
}

double gigabytes(const Fabric& fabric, const std::string& link) {
  return fabric.capacity(link_named(fabric, "scale_out: " + link)).value() / 1e9;
}

// Flows on every link when each of the first four devices sends to its like under the next leaf.
std::map<std::string, double> shift_by_one_leaf(const Fabric& fabric) {
  std::map<std::string, double> flows;
  for (DeviceIndex from = 0; from < 4; ++from) {
    std::vector<RouteLink> links;
    fabric.route(kNet, from, from + 4, links);
    for (const RouteLink& part : links) flows[fabric.link_name(part.link)] += part.share;
  }
  return flows;
}

TEST(Ecmp, EveryCableIsALinkOfItsOwn) {
  const Fabric fabric = worlds::fabric({hashed(1)}, 16);
  EXPECT_EQ(fabric.link_count(), 16 * 2 + 4 * 4 * 2);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "leaf 2 to spine 3"), 10);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "spine 0 to leaf 1"), 10);
}

// A flow goes up and comes down through one spine; inside a leaf nothing is hashed.
TEST(Ecmp, AFlowTurnsAtOneSpine) {
  const Fabric fabric = worlds::fabric({hashed(1)}, 16);
  EXPECT_THAT(route(fabric, kNet, 0, 3), ElementsAre("device 0 out", "device 3 in"));
  for (DeviceIndex to = 4; to < 16; ++to) {
    const std::vector<std::string> way = route(fabric, kNet, 0, to);
    ASSERT_THAT(way, SizeIs(4));
    const std::string spine = way[1].substr(way[1].find("spine"));
    EXPECT_EQ(way[2], spine + " to leaf " + std::to_string(to / 4));
  }
}

// Four flows on four cables: spread ideally none would meet; hashed some do, and others for another seed.
TEST(Ecmp, FlowsCollide) {
  std::set<std::map<std::string, double>> patterns;
  double worst = 0;
  for (int seed = 0; seed < 8; ++seed) {
    const auto flows = shift_by_one_leaf(worlds::fabric({hashed(1, seed)}, 16));
    patterns.insert(flows);
    for (const auto& [name, count] : flows) worst = std::max(worst, count);
  }
  EXPECT_GE(worst, 2);
  EXPECT_GT(patterns.size(), 1U);
}

TEST(Ecmp, ManyFlowsComeCloseToSpraying) {
  for (const auto& [name, bytes] : shift_by_one_leaf(worlds::fabric({hashed(256)}, 16)))
    if (name.find("spine") != std::string::npos) {
      EXPECT_NEAR(bytes, 1.0, 0.25) << name;
    }
}

// Three tiers, leaves of 4, pods of 2 leaves: 4 spines of 2 cables each below the cores.
TEST(Ecmp, ThreeTiersTurnAtOneCore) {
  NetworkSpec spec = hashed(1);
  spec.units_per_pod = 2;
  const Fabric fabric = worlds::fabric({spec}, 32);
  for (DeviceIndex to = 8; to < 32; ++to) {
    const std::vector<std::string> way = route(fabric, kNet, 1, to);
    ASSERT_THAT(way, SizeIs(6));
    EXPECT_EQ(way[1].substr(way[1].find("spine")), way[2].substr(0, way[2].find(" to")));
    EXPECT_EQ(way[2].substr(way[2].find("core")), way[3].substr(0, way[3].find(" to")));
    EXPECT_EQ(way[3].substr(way[3].find("spine")), way[4].substr(0, way[4].find(" to")));
  }
}

TEST(DeadCable, FlowsTakeTheOthers) {
  const Fabric fabric = worlds::fabric({hashed(4)}, 16, {cable("leaf-2", "spine-0", 0)});
  for (DeviceIndex other = 0; other < 16; ++other) {
    if (other / 4 == 2) continue;
    EXPECT_THAT(route(fabric, kNet, other, 9), testing::Each(Not(HasSubstr("spine 0"))));
    EXPECT_THAT(route(fabric, kNet, 9, other), testing::Each(Not(HasSubstr("spine 0"))));
  }
}

TEST(DeadCable, SprayedTrafficHasTheRestOfTheBundle) {
  NetworkSpec spec = hashed(1);
  spec.routing = Routing::spray;
  spec.flows = 0;
  const Fabric fabric = worlds::fabric({spec}, 16, {cable("leaf-2", "spine-0", 0), cable("spine 3", "leaf 1", 0.5)});
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "leaf 0 up"), 40);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "leaf 1 down"), 35);
  EXPECT_DOUBLE_EQ(gigabytes(fabric, "leaf 2 up"), 30);
}

TEST(DeadCable, TheLastOneCutsDevicesOff) {
  for (const Routing routing : {Routing::spray, Routing::ecmp}) {
    NetworkSpec spec = hashed(0);
    spec.routing = routing;
    spec.unit_nodes = 1;  // one cable a leaf
    try {
      static_cast<void>(worlds::fabric({spec}, 4, {cable("leaf 2", "spine 0", 0)}));
      FAIL() << "no mistake found";
    } catch (const InputError& mistake) {
      EXPECT_THAT(mistake.what(), HasSubstr("leaf 2 and the devices below it are cut off"));
    }
  }
}

TEST(DeadCable, TwoLeavesWithoutACommonSpineHaveNoRoute) {
  NetworkSpec spec = hashed(1);
  spec.unit_nodes = 2;
  const Fabric fabric = worlds::fabric({spec}, 8, {cable("leaf 0", "spine 0", 0), cable("leaf 1", "spine 1", 0)});
  std::vector<RouteLink> links;
  EXPECT_NO_THROW(fabric.route(kNet, 0, 4, links));
  EXPECT_THROW(fabric.route(kNet, 0, 2, links), InputError);
}

}  // namespace
}  // namespace headway
