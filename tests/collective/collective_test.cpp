#include "collective/collective.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "network/worlds.h"

namespace headway {
namespace {

using namespace literals;
using namespace worlds;

const NetworkId kInner(0), kOuter(1);
constexpr CollectiveKind kGroupKinds[] = {CollectiveKind::all_reduce, CollectiveKind::all_gather, CollectiveKind::reduce_scatter,
                                          CollectiveKind::all_to_all, CollectiveKind::broadcast};

using Members = std::vector<DeviceIndex>;

Members range(DeviceIndex count, DeviceIndex stride = 1) {
  Members members(count);
  for (DeviceIndex i = 0; i < count; ++i) members[i] = i * stride;
  return members;
}

std::vector<LinkLoad> loads_of(CollectiveKind kind, Algorithm algorithm, const Members& members, const Fabric& fabric) {
  std::vector<LinkLoad> loads;
  collective_loads(kind, {algorithm, Protocol::simple}, members, geometry_of(members, fabric), fabric, loads);
  return loads;
}

double on(const std::vector<LinkLoad>& loads, LinkId link) {
  const auto at = std::find_if(loads.begin(), loads.end(), [&](const LinkLoad& load) { return load.link == link; });
  return at == loads.end() ? 0.0 : at->bytes_per_byte;
}

struct Priced {
  CollectiveCost cost;
  std::vector<LinkLoad> loads;
  Seconds time;
};

Priced price(CollectiveKind kind, Bytes bytes, const Members& members, const Fabric& fabric) {
  const Geometry geometry = geometry_of(members, fabric);
  Priced priced{choose_collective(kind, bytes, members, geometry, fabric), {}, {}};
  collective_loads(kind, priced.cost.choice, members, geometry, fabric, priced.loads);
  priced.time = alone_time(bytes, priced.cost, priced.loads, fabric);
  return priced;
}

// Every member forwards 2(n-1)/n of the buffer.
TEST(Ring, AllReduceMovesTwiceTheOthersPart) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched)}, 8);
  for (DeviceIndex n : {2U, 3U, 8U}) {
    const auto loads = loads_of(CollectiveKind::all_reduce, Algorithm::ring, range(n), fabric);
    EXPECT_EQ(loads.size(), 2 * n);
    for (const LinkLoad& load : loads) EXPECT_DOUBLE_EQ(load.bytes_per_byte, 2.0 * (n - 1) / n);
  }
}

// Three nodes of 4, n = 12: f = 11/12 of the buffer, 1/4 of it through each outer port, 3/4 through each inner one.
TEST(Ring, LeavesEachNodeThroughAllItsPorts) {
  const Fabric fabric = rail_cluster(16, 4, 2);
  const auto loads = loads_of(CollectiveKind::all_gather, Algorithm::ring, range(12), fabric);
  for (DeviceIndex device = 0; device < 12; ++device) {
    EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, device)), 11.0 / 12 / 4);
    EXPECT_DOUBLE_EQ(on(loads, fabric.in_port(kInner, device)), 11.0 / 12 * 3 / 4);
  }
}

// Nodes 0 and 1 share their rails' leaves, nodes 2 and 3 too: a ring over all four goes up each leaf once and comes down once.
TEST(Ring, StaysOnItsRail) {
  const Fabric fabric = rail_cluster(16, 4, 2);
  const auto two = loads_of(CollectiveKind::all_reduce, Algorithm::ring, range(8), fabric);
  EXPECT_EQ(on(two, link_named(fabric, "scale_out: leaf 0 up")), 0);
  const auto four = loads_of(CollectiveKind::all_gather, Algorithm::ring, range(16), fabric);
  for (int leaf = 0; leaf < 8; ++leaf)
    EXPECT_DOUBLE_EQ(on(four, link_named(fabric, "scale_out: leaf " + std::to_string(leaf) + " down")), 15.0 / 16 / 4);
}

// One member per node, same rail: only that rail's leaf is touched.
TEST(Ring, OneMemberPerNodeUsesItsOwnPortsOnly) {
  const Fabric fabric = rail_cluster(16, 4, 4);
  for (const LinkLoad& load : loads_of(CollectiveKind::reduce_scatter, Algorithm::ring, range(4, 4), fabric)) {
    EXPECT_EQ(fabric.network_of(load.link), kOuter);
    EXPECT_DOUBLE_EQ(load.bytes_per_byte, 3.0 / 4);
  }
}

// A tapered node uplink carries one crossing of the ring, whatever the node's size.
TEST(Ring, CrossesATaperedUplinkOnce) {
  NetworkSpec spec = network("scale_up", NetworkKind::two_level);
  spec.node = 4;
  spec.taper = 2;
  const Fabric fabric = worlds::fabric({spec}, 8);
  const auto loads = loads_of(CollectiveKind::all_gather, Algorithm::ring, range(8), fabric);
  EXPECT_DOUBLE_EQ(on(loads, link_named(fabric, "scale_up: node 0 up")), 7.0 / 8);
}

// Each pair's link carries an equal part: 2(n-1)/n / (n-1); n members reach (n-1)/(domain-1) of their ports.
TEST(Ring, SpreadsOverAFullMesh) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::full_mesh, 8)}, 8);
  const auto loads = loads_of(CollectiveKind::all_reduce, Algorithm::ring, range(4), fabric);
  EXPECT_DOUBLE_EQ(on(loads, link_named(fabric, "scale_up: device 0 to device 3")), 2.0 / 4);
  const Priced two = price(CollectiveKind::all_gather, 1_GB, range(2), fabric);
  EXPECT_GE(two.time.value(), 0.5e9 / (100e9 / 7));
}

// 1 + 3 members: the lone one sends all through its port, the three a third each; both ways the sums agree.
TEST(Ring, UnevenNodesShareWhatTheyHave) {
  const Fabric fabric = rail_cluster(8, 4, 1);
  const auto loads = loads_of(CollectiveKind::all_gather, Algorithm::ring, {0, 4, 5, 6}, fabric);
  EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, 0)), 0.75);
  EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, 5)), 0.25);
  EXPECT_DOUBLE_EQ(on(loads, fabric.in_port(kOuter, 6)), 0.25);
}

// Two nodes of 4: inside 2 x 3/4, outside 2 x 1/2 of the quarter each member holds.
TEST(Hierarchical, ReducesInsideFirst) {
  const Fabric fabric = rail_cluster(8, 4, 2);
  const auto loads = loads_of(CollectiveKind::all_reduce, Algorithm::hierarchical, range(8), fabric);
  EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kInner, 3)), 2.0 * 3 / 4);
  EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, 3)), 2.0 * 1 / 2 / 4);
}

// From three nodes on a node is inside one tree and a leaf of the other: twice the buffer's quarter.
TEST(Hierarchical, TreesBetweenNodesSendTwice) {
  const Fabric fabric = rail_cluster(16, 4, 4);
  const auto loads = loads_of(CollectiveKind::all_reduce, Algorithm::hierarchical, range(16), fabric);
  EXPECT_DOUBLE_EQ(on(loads, fabric.in_port(kOuter, 3)), 2.0 / 4);
}

// 2 nodes of 4, n = 8: 3/8 inside and 4/8 outside; each rail leaf pair sees its two members' cross-rail pairs only.
TEST(Pairwise, EveryPairTakesItsInnermostNetwork) {
  const Fabric fabric = rail_cluster(8, 4, 2);
  const auto loads = loads_of(CollectiveKind::all_to_all, Algorithm::pairwise, range(8), fabric);
  EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kInner, 0)), 3.0 / 8);
  EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, 0)), 4.0 / 8);
  EXPECT_DOUBLE_EQ(on(loads, link_named(fabric, "scale_out: leaf 2 up")), 2 * 3.0 / 8);
}

// The counted loads are those of routing every pair.
TEST(Pairwise, CountsWhatEnumerationWouldFind) {
  std::mt19937 random(7);
  NetworkSpec out = rails(4, 2);
  out.units_per_pod = 2;
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 4), out}, 64);
  for (int draw = 0; draw < 20; ++draw) {
    Members members = range(64);
    std::shuffle(members.begin(), members.end(), random);
    members.resize(2 + random() % 30);
    std::vector<double> routed(fabric.link_count());
    for (DeviceIndex a : members)
      for (DeviceIndex b : members) {
        if (a == b) continue;
        std::vector<RouteLink> links;
        fabric.route(*fabric.joining(a, b), a, b, links);
        for (const RouteLink& part : links) routed[part.link.index()] += part.share / static_cast<double>(members.size());
      }
    const auto loads = loads_of(CollectiveKind::all_to_all, Algorithm::pairwise, members, fabric);
    for (std::size_t i = 0; i < routed.size(); ++i)
      EXPECT_NEAR(on(loads, LinkId(i)), routed[i], 1e-9) << fabric.link_name(LinkId(i));
  }
}

// Each of n owns 1/n: all but the own part goes up to be reduced, the own result down and up again, all results down.
TEST(InSwitch, APortCarriesTheBufferOnceAndTheOwnPartTwice) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 0, reducing_link())}, 8);
  for (const auto& [kind, out, in] : {std::tuple{CollectiveKind::all_reduce, 1 + 1.0 / 8, 1 + 1.0 / 8},
                                      {CollectiveKind::all_gather, 1.0 / 8, 1.0},
                                      {CollectiveKind::reduce_scatter, 1.0, 1.0 / 8}}) {
    const auto loads = loads_of(kind, Algorithm::in_switch, range(8), fabric);
    EXPECT_EQ(loads.size(), 16U);
    for (DeviceIndex device = 0; device < 8; ++device) {
      EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kInner, device)), out);
      EXPECT_DOUBLE_EQ(on(loads, fabric.in_port(kInner, device)), in);
    }
  }
}

// Two nodes of 4 under a second level of switches: partial sums and results of an all-reduce cross each trunk once; of a group in
// one node, nothing does.
TEST(InSwitch, ATrunkCarriesTheBufferOnceEachWay) {
  NetworkSpec spec = network("scale_up", NetworkKind::two_level, 0, reducing_link());
  spec.node = 4;
  const Fabric fabric = worlds::fabric({spec}, 8);
  const auto loads = loads_of(CollectiveKind::all_reduce, Algorithm::in_switch, range(8), fabric);
  for (const char* trunk : {"scale_up: node 0 up", "scale_up: node 1 down"})
    EXPECT_DOUBLE_EQ(on(loads, link_named(fabric, trunk)), 1.0) << trunk;
  const auto gather = loads_of(CollectiveKind::all_gather, Algorithm::in_switch, range(8), fabric);
  EXPECT_DOUBLE_EQ(on(gather, link_named(fabric, "scale_up: node 0 up")), 0.5);
  EXPECT_EQ(
      on(loads_of(CollectiveKind::all_reduce, Algorithm::in_switch, range(4), fabric), link_named(fabric, "scale_up: node 0 up")),
      0);
}

// Against 2(n-1)/n of a ring: chosen for large buffers of many members, not for two, whose ring carries 1 against 1 1/2; never for
// gathers, which gain nothing; and not where the switches reach but half of the rate.
TEST(InSwitch, IsChosenWhereItMovesLess) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 0, reducing_link())}, 8);
  const auto chosen = [](CollectiveKind kind, Bytes bytes, DeviceIndex n, const Fabric& on) {
    return price(kind, bytes, range(n), on).cost.choice.algorithm;
  };
  EXPECT_EQ(chosen(CollectiveKind::all_reduce, 1_GB, 8, fabric), Algorithm::in_switch);
  EXPECT_EQ(chosen(CollectiveKind::all_reduce, 1_KiB, 8, fabric), Algorithm::ring) << "20 us to start";
  EXPECT_EQ(chosen(CollectiveKind::all_reduce, 1_GB, 2, fabric), Algorithm::ring);
  EXPECT_EQ(chosen(CollectiveKind::all_gather, 1_GB, 8, fabric), Algorithm::ring);
  EXPECT_EQ(chosen(CollectiveKind::reduce_scatter, 1_GB, 8, fabric), Algorithm::ring);
  const Fabric half = worlds::fabric({network("scale_up", NetworkKind::switched, 0, reducing_link(0.5))}, 8);
  EXPECT_EQ(chosen(CollectiveKind::all_reduce, 1_GB, 8, half), Algorithm::ring);
  const Fabric plain = worlds::fabric({network("scale_up", NetworkKind::switched)}, 8);
  EXPECT_EQ(chosen(CollectiveKind::all_reduce, 1_GB, 8, plain), Algorithm::ring);
}

// 10 us of base, 20 to start, the first slice of 4 channels; then 1 1/8 of the buffer through 100 GB/s at 0.8.
TEST(InSwitch, TimeByHand) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 0, reducing_link(0.8))}, 8);
  const Priced priced = price(CollectiveKind::all_reduce, 1_GB, range(8), fabric);
  ASSERT_EQ(priced.cost.choice.algorithm, Algorithm::in_switch);
  EXPECT_NEAR(priced.time.value(), 30e-6 + 4 * 240 * 1024 / 80e9 + 1.125e9 / 80e9, 1e-12);
}

// Four nodes of 4 under reducing boxes and plain rails: the box carries the buffer and the own part once more, 1 + 1/4; trees send
// twice what each of 4 owns.
TEST(InSwitchTree, ReducesInTheBoxAndTreesBetween) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 4, reducing_link()), rails(4, 2)}, 16);
  const auto loads = loads_of(CollectiveKind::all_reduce, Algorithm::in_switch_tree, range(16), fabric);
  for (DeviceIndex device = 0; device < 16; ++device) {
    EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kInner, device)), 1.25);
    EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, device)), 2.0 / 4);
  }
}

// The same with rails that reduce too, where somebody has switched that on: each adapter carries its quarter once each way.
TEST(InSwitch, ReducesAtEveryLevelWhereAsked) {
  NetworkSpec outer = rails(4, 2);
  outer.technology.in_switch_reduction = given(1.0);
  outer.technology.in_switch_latency = given(Seconds(30e-6));
  for (const bool asked : {false, true}) {
    if (asked) outer.in_switch_reduction = true;
    const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 4, reducing_link()), outer}, 16);
    const Priced priced = price(CollectiveKind::all_reduce, 1_GB, range(16), fabric);
    EXPECT_EQ(priced.cost.choice.algorithm == Algorithm::in_switch, asked);
    if (!asked) continue;
    EXPECT_DOUBLE_EQ(on(priced.loads, fabric.out_port(kOuter, 5)), 0.25);
    EXPECT_DOUBLE_EQ(on(priced.loads, link_named(fabric, "scale_out: leaf 0 up")), 0.25);
  }
}

// Four nodes of 4: 12 of 16 parts leave the node, through the adapter of the sender's own position; of all that has come, 3 of 4
// parts are passed on. No leaf is left: devices of equal position share it, or meet at the spine through it.
TEST(Forwarded, StaysOnTheRailAndPassesOn) {
  const Fabric fabric = rail_cluster(16, 4, 4);
  const auto loads = loads_of(CollectiveKind::all_to_all, Algorithm::hierarchical, range(16), fabric);
  for (DeviceIndex device = 0; device < 16; ++device) {
    EXPECT_DOUBLE_EQ(on(loads, fabric.out_port(kOuter, device)), 0.75);
    EXPECT_DOUBLE_EQ(on(loads, fabric.in_port(kInner, device)), 0.75);
  }
  EXPECT_EQ(on(loads, link_named(fabric, "scale_out: leaf 0 up")), 0);
  EXPECT_GT(on(loads_of(CollectiveKind::all_to_all, Algorithm::pairwise, range(16), fabric),
               link_named(fabric, "scale_out: leaf 0 up")),
            0);
}

// Tokens that go to 8 of 16 experts, one on each of 16 devices in 4 nodes: 8 devices reached; a node is missed with
// (12 x 11 .. x 5) / (16 x 15 .. x 9) = 1/26, so 4 x 25/26 nodes. They cross 4 x 25/26 / 8 as often as once a device.
TEST(Forwarded, ATokenCrossesOnceToEachNode) {
  const Fabric fabric = rail_cluster(16, 4, 4);
  const Members members = range(16);
  std::vector<LinkLoad> loads;
  collective_loads(CollectiveKind::all_to_all, {Algorithm::hierarchical, Protocol::simple}, members, geometry_of(members, fabric),
                   fabric, loads, TokenSpread{16, 8});
  EXPECT_NEAR(on(loads, fabric.out_port(kOuter, 3)), 0.75 * (4 * 25.0 / 26) / 8, 1e-12);
  EXPECT_NEAR(on(loads, fabric.out_port(kInner, 3)), 0.75, 1e-12);
}

// DeepSeek-V3: 8 of 256 experts out of 4 of 8 groups. Eight nodes, one group each: 4 in reach, each missed with
// prod (96 - i) / (128 - i) over 8 draws.
TEST(TokenSpread, GroupsLimitWhatIsReached) {
  double missed = 1;
  for (int i = 0; i < 8; ++i) missed *= (96.0 - i) / (128.0 - i);
  EXPECT_NEAR(parts_reached({256, 8, 8, 4}, 8), 4 * (1 - missed), 1e-12);
  EXPECT_LT(parts_reached({256, 8, 8, 4}, 64), parts_reached({256, 8}, 64));
  EXPECT_EQ(parts_reached({256, 1}, 8), 1);
}

TEST(Direct, TakesTheRouteFromSenderToReceiver) {
  const Fabric fabric = rail_cluster(8, 4, 2);
  const Members pair{6, 1};
  const Priced sent = price(CollectiveKind::send_receive, 1_GB, pair, fabric);
  EXPECT_EQ(on(sent.loads, fabric.out_port(kOuter, 6)), 1);
  EXPECT_EQ(on(sent.loads, fabric.in_port(kOuter, 1)), 1);
  EXPECT_DOUBLE_EQ(sent.time.value(), 5e-6 + 1e9 / 10e9);
}

TEST(Geometry, NamesWhoCannotMeet) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 4)}, 12);
  try {
    static_cast<void>(geometry_of(Members{3, 11}, fabric));
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no network joins device 3 and device 11"));
  }
}

TEST(Geometry, OfCongruentGroupsIsEqual) {
  const Fabric fabric = rail_cluster(16, 4, 2);
  EXPECT_EQ(geometry_of(Members{0, 1, 4, 5}, fabric), geometry_of(Members{10, 11, 14, 15}, fabric));
  const Geometry uneven = geometry_of(Members{0, 1, 4}, fabric);
  EXPECT_TRUE(uneven.levels[1].fan == 2 && uneven.levels[1].groups == 1);
  EXPECT_FALSE(uneven.levels[0].even);
}

// The base of 10 us, then 7 hops of 1 us with the low-latency protocol; a large buffer pays for the full bandwidth instead.
TEST(Choice, SmallBuffersTakeTheLowLatencyProtocol) {
  const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched)}, 8);
  const Priced small = price(CollectiveKind::all_gather, 1_KiB, range(8), fabric);
  EXPECT_EQ(small.cost.choice.protocol, Protocol::low_latency);
  EXPECT_NEAR(small.cost.latency.value(), 17e-6, 1e-12);
  EXPECT_EQ(price(CollectiveKind::all_gather, 1_GB, range(8), fabric).cost.choice.protocol, Protocol::simple);
}

// 64 nodes: 126 ring hops against 2 x 6 tree hops.
TEST(Choice, ManyNodesReduceHierarchically) {
  const Fabric fabric = rail_cluster(512, 8, 32);
  EXPECT_EQ(price(CollectiveKind::all_reduce, 1_MiB, range(512), fabric).cost.choice.algorithm, Algorithm::hierarchical);
}

TEST(Choice, AloneMemberPaysNothing) {
  const Fabric fabric = rail_cluster(8, 4, 2);
  EXPECT_EQ(price(CollectiveKind::all_reduce, 1_GB, {3}, fabric).time, Seconds(0));
}

// Worlds of 64 devices.
Fabric meshes_and_rails() {
  return worlds::fabric(
      {network("package", NetworkKind::package, 2), network("scale_up", NetworkKind::full_mesh, 8), rails(8, 2, 3)}, 64);
}
Fabric tori_and_dragonfly() {
  NetworkSpec torus = network("scale_up", NetworkKind::torus);
  torus.shape = {4, 2, 2};
  NetworkSpec out = network("scale_out", NetworkKind::dragonfly, 0, link(Bandwidth(10e9)));
  out.router_devices = 4;
  out.group_routers = 4;
  return worlds::fabric({torus, out}, 64);
}
Fabric pcie_and_planes() {
  NetworkSpec box = network("scale_up", NetworkKind::pcie, 8);
  box.switch_devices = 4;
  box.sockets = 2;
  box.socket_link = 60_GBps;
  NetworkSpec out = network("scale_out", NetworkKind::multi_plane, 0, link(Bandwidth(10e9)));
  out.node = 8;
  out.unit_nodes = 2;
  out.planes = 4;
  return worlds::fabric({box, out}, 64);
}

// Random placements of random groups: what leaves the ports arrives, every byte is under its bound, time grows with bytes, and the
// order of ranks does not matter. `relays`: some bytes pass more than one network.
void expect_conservation(const Fabric& fabric, bool relays) {
  std::mt19937 random(1);
  for (int draw = 0; draw < 200; ++draw) {
    Members members = range(64);
    std::shuffle(members.begin(), members.end(), random);
    members.resize(2 + random() % 40);
    const double n = static_cast<double>(members.size());
    const Bytes bytes(std::pow(10.0, 3 + random() % 7));
    for (CollectiveKind kind : kGroupKinds) {
      const Priced priced = price(kind, bytes, members, fabric);
      double out = 0, in = 0;
      Seconds bound;
      for (DeviceIndex device = 0; device < 64; ++device)
        for (std::size_t net = 0; net < fabric.network_count(); ++net) {
          out += on(priced.loads, fabric.out_port(NetworkId(net), device));
          in += on(priced.loads, fabric.in_port(NetworkId(net), device));
        }
      for (const LinkLoad& load : priced.loads) bound = std::max(bound, bytes * load.bytes_per_byte / fabric.capacity(load.link));
      EXPECT_NEAR(out, in, 1e-9);
      const bool forwarded = priced.cost.choice == CollectiveChoice{Algorithm::hierarchical, priced.cost.choice.protocol};
      const bool exact_total = !relays && !(forwarded && kind == CollectiveKind::all_to_all) &&
                               (kind == CollectiveKind::all_gather || kind == CollectiveKind::all_to_all);
      if (exact_total) {
        EXPECT_NEAR(out, n - 1, 1e-9);
      }
      EXPECT_GE(priced.time, bound);
      EXPECT_GE(price(kind, bytes * 2.0, members, fabric).time, priced.time);
      std::sort(members.begin(), members.end());
      EXPECT_EQ(price(kind, bytes, members, fabric).loads.size(), priced.loads.size());
    }
  }
}

TEST(Property, BytesAreConservedAndNoBoundIsBeaten) {
  expect_conservation(meshes_and_rails(), false);
  expect_conservation(tori_and_dragonfly(), false);
  expect_conservation(pcie_and_planes(), true);
}

// In an even group all members carry the same, to the bit.
TEST(Property, EvenGroupsLoadAllMembersAlike) {
  const Fabric fabric = worlds::fabric(
      {network("package", NetworkKind::package, 2), network("scale_up", NetworkKind::switched, 12), rails(12, 2)}, 96);
  for (CollectiveKind kind : kGroupKinds)
    for (const Members& members : {range(96), range(48, 2), range(24), range(8, 12)}) {
      const Priced priced = price(kind, 1_GB, members, fabric);
      for (std::size_t net = 0; net < 3; ++net)
        for (DeviceIndex device : members) {
          EXPECT_EQ(on(priced.loads, fabric.out_port(NetworkId(net), device)),
                    on(priced.loads, fabric.out_port(NetworkId(net), members[0])));
          EXPECT_EQ(on(priced.loads, fabric.in_port(NetworkId(net), device)),
                    on(priced.loads, fabric.out_port(NetworkId(net), members[0])));
        }
    }
}

// Twice the capacity everywhere halves the bytes' part of the time.
TEST(Property, BandwidthScales) {
  const auto time = [](double factor) {
    const Fabric fabric = worlds::fabric({network("scale_up", NetworkKind::switched, 0, link(Bandwidth(100e9 * factor)))}, 8);
    const Priced priced = price(CollectiveKind::all_reduce, 1_GB, range(8), fabric);
    return priced.time - priced.cost.latency;
  };
  EXPECT_DOUBLE_EQ(time(1) / time(2), 2.0);
}

// What the tables say of an algorithm, a protocol and a kind is what the choice finds, on a network that bears them all.
TEST(Forced, IsChosenWhereItPerforms) {
  const Fabric one = worlds::fabric({network("scale_up", NetworkKind::switched, 0, reducing_link())}, 16);
  NetworkSpec reducing_rails = rails(4, 2);
  reducing_rails.technology = reducing_link();
  reducing_rails.in_switch_reduction = true;
  const Fabric two = worlds::fabric({network("scale_up", NetworkKind::switched, 4, reducing_link()), reducing_rails}, 16);
  for (const auto& [algorithm, word] : EnumNames<Algorithm>::table)
    for (const auto& [protocol, protocol_word] : EnumNames<Protocol>::table)
      for (const auto& [kind, name] : EnumNames<CollectiveKind>::table) {
        const bool nests = algorithm == Algorithm::in_switch_tree ||
                           (algorithm == Algorithm::hierarchical && kind == CollectiveKind::all_to_all);
        const Fabric& fabric = nests ? two : one;
        const Members members = range(kind == CollectiveKind::send_receive ? 2 : 16);
        const Geometry geometry = geometry_of(members, fabric);
        const ForcedChoice forced{algorithm, protocol};
        if (performs(algorithm, kind) && performs(protocol, kind) && performs(protocol, algorithm))
          EXPECT_EQ(choose_collective(kind, 64_KiB, members, geometry, fabric, forced).choice,
                    (CollectiveChoice{algorithm, protocol}))
              << word << " " << name;
        else
          EXPECT_THROW((void)choose_collective(kind, 64_KiB, members, geometry, fabric, forced), InputError)
              << word << " " << name;
      }
}

// Between nodes of a rail cluster nobody reduces but the members.
TEST(Forced, SaysWhyNot) {
  const Fabric fabric = rail_cluster(16, 4, 2);
  const Members members = range(16);
  try {
    (void)choose_collective(CollectiveKind::all_reduce, 1_MiB, members, geometry_of(members, fabric), fabric,
                            {Algorithm::in_switch, std::nullopt});
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no in_switch all_reduce on these devices: no network of switches that reduce"));
  }
}

}  // namespace
}  // namespace headway
