#include "work/placement.h"

#include <gmock/gmock.h>

#include <numeric>

namespace headway {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

TEST(Placement, PackedRanksFillNodes) { EXPECT_THAT(place_ranks({}, 6, 2), ElementsAre(0, 1, 2, 3, 4, 5)); }

// Three nodes of two: the first rail's devices are 0, 2, 4.
TEST(Placement, ByRailTakesOneRailAfterTheOther) {
  EXPECT_THAT(place_ranks({PlacementOrder::by_rail, 0, {}}, 6, 2), ElementsAre(0, 2, 4, 1, 3, 5));
  EXPECT_THAT(place_ranks({PlacementOrder::by_rail, 0, {}}, 3, 8), ElementsAre(0, 1, 2));
}

TEST(Placement, ScatteredIsAPermutationFixedByItsSeed) {
  std::vector<std::uint32_t> all(1000);
  std::iota(all.begin(), all.end(), 0U);
  const auto scattered = [](std::uint64_t seed) { return place_ranks({PlacementOrder::scattered, seed, {}}, 1000, 8); };
  EXPECT_THAT(scattered(7), UnorderedElementsAreArray(all));
  EXPECT_NE(scattered(7), all);
  EXPECT_NE(scattered(7), scattered(8));
  EXPECT_EQ(scattered(7), scattered(7));
}

// The same on every machine, for ever.
TEST(Placement, ScatteredOrderIsPinned) {
  EXPECT_THAT(place_ranks({PlacementOrder::scattered, 7, {}}, 8, 8), ElementsAre(5, 0, 1, 6, 4, 3, 2, 7));
}

TEST(Placement, ListedRanksAreWhereTheyAreListed) {
  EXPECT_THAT(place_ranks({PlacementOrder::listed, 0, {2, 0, 1}}, 3, 8), ElementsAre(2, 0, 1));
}

}  // namespace
}  // namespace headway
