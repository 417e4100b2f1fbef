#include "collective/torus_ring.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "network/worlds.h"

namespace headway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace literals;
using namespace worlds;

using Members = std::vector<DeviceIndex>;

NetworkSpec torus(std::vector<int> shape) {
  NetworkSpec spec = network("scale_up", NetworkKind::torus);
  spec.shape = std::move(shape);
  return spec;
}

Members first(DeviceIndex count) {
  Members members(count);
  std::iota(members.begin(), members.end(), 0U);
  return members;
}

// Seconds that 1 GB takes at full rate, the start-up latency left out.
double transfer(CollectiveKind kind, const Members& members, const Fabric& fabric) {
  const Geometry geometry = geometry_of(members, fabric);
  const CollectiveCost cost = choose_collective(kind, 1_GB, members, geometry, fabric);
  std::vector<LinkLoad> loads;
  collective_loads(kind, cost.choice, members, geometry, fabric, loads);
  return (alone_time(1_GB, cost, loads, fabric) - cost.latency).value();
}

TEST(TorusRing, MembersFormABoxOrNone) {
  const NetworkSpec spec = torus({4, 4});
  EXPECT_THAT(box_of(first(16), spec), ElementsAre(4, 4));
  EXPECT_THAT(box_of(Members{1, 2, 5, 6}, spec), ElementsAre(2, 2));
  EXPECT_THAT(box_of(Members{3, 7, 11, 15}, spec), ElementsAre(1, 4));
  EXPECT_THAT(box_of(Members{0, 1, 2, 4}, spec), IsEmpty());
}

TEST(TorusRing, DimensionsShareWhatOneRingWouldCarry) {
  for (const std::vector<int>& box : {std::vector<int>{4, 4}, {4, 2}, {2, 3, 5}, {1, 6}}) {
    const std::vector<double> shares = dimension_shares(box);
    EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1.0, 1e-12);
  }
  EXPECT_THAT(dimension_shares({4, 4, 4}),
              ElementsAre(testing::DoubleEq(1.0 / 3), testing::DoubleEq(1.0 / 3), testing::DoubleEq(1.0 / 3)));
}

// All links of a cubic torus are busy all the time: 2(n-1)/n of the buffer at the port's full 100 GB/s, and the own
// n-th copied at twice that.
TEST(TorusRing, AWholeTorusUsesAllOfThePort) {
  const Fabric cube = worlds::fabric({torus({4, 4, 4})}, 64);
  EXPECT_NEAR(transfer(CollectiveKind::all_reduce, first(64), cube), (2 * 63.0 + 0.5) / 64 / 100, 1e-9);
  const Fabric square = worlds::fabric({torus({4, 4})}, 16);
  EXPECT_NEAR(transfer(CollectiveKind::all_gather, first(16), square), 15.0 / 16 / 100 * (1 + 0.5 / 15), 1e-9);
}

// One line of a 4 x 4 torus has two of the four links, a bent group no more than one.
TEST(TorusRing, PartsOfATorusUseTheirLinksOnly) {
  const Fabric fabric = worlds::fabric({torus({4, 4})}, 16);
  EXPECT_NEAR(transfer(CollectiveKind::all_reduce, {0, 1, 2, 3}, fabric), (2 * 3.0 + 0.5) / 4 / 50, 1e-9);
  EXPECT_GE(transfer(CollectiveKind::all_reduce, {0, 1, 2, 4}, fabric), 2 * 3.0 / 4 / 25 - 1e-9);
}

// Half of the bytes has to cross the middle of an 8 x 2 torus: 4 links of 25 GB/s each way.
TEST(TorusRing, AllToAllIsBoundByTheBisection) {
  const Fabric fabric = worlds::fabric({torus({8, 2})}, 16);
  EXPECT_GE(transfer(CollectiveKind::all_to_all, first(16), fabric), 16 * 0.5 / 2 / (4 * 25.0) - 1e-9);
}

}  // namespace
}  // namespace headway
