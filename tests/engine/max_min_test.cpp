#include "engine/max_min.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace headway {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

// A small world: activities as lists of (resource, amount), with a top level each.
struct World {
  std::vector<std::int64_t> capacity;
  std::vector<std::vector<Draw>> activities;
  std::vector<double> top;

  std::vector<double> levels() {
    flatten();
    std::vector<double> level(top.size());
    MaxMinScratch scratch;
    solve_max_min(problem(), scratch, level);
    return level;
  }
  void flatten() {
    offset.assign(1, 0);
    draws.clear();
    for (const auto& activity : activities) {
      draws.insert(draws.end(), activity.begin(), activity.end());
      offset.push_back(static_cast<std::uint32_t>(draws.size()));
    }
  }
  [[nodiscard]] MaxMinProblem problem() const { return {capacity, offset, draws, top}; }

  std::vector<std::uint32_t> offset;
  std::vector<Draw> draws;
};

TEST(MaxMin, AloneRunsAtItsTopOrAtTheLink) {
  // l = min(top, C / w): 10 / 4 = 2.5
  EXPECT_THAT((World{{10}, {{{0, 4}}}, {9}, {}, {}}.levels()), ElementsAre(2.5));
  EXPECT_THAT((World{{10}, {{{0, 4}}}, {2}, {}, {}}.levels()), ElementsAre(2));
}

TEST(MaxMin, TheExampleOfTheHeader) {
  // A on both links, B on the first, C on the second with top 2: A = B = 10 / 2, C = 2 (8 left on link 2 would do for more)
  EXPECT_THAT((World{{10, 10}, {{{0, 1}, {1, 1}}, {{0, 1}}, {{1, 1}}}, {99, 99, 2}, {}, {}}.levels()), ElementsAre(5, 5, 2));
}

TEST(MaxMin, LeftoverGoesToWhoCanUseIt) {
  // Link 1 (3) binds A at 1.5 with B; C alone shares link 2 (10) with A: 10 - 1.5 = 8.5
  EXPECT_THAT((World{{3, 10}, {{{0, 1}, {1, 1}}, {{0, 1}}, {{1, 1}}}, {99, 99, 99}, {}, {}}.levels()),
              ElementsAre(1.5, 1.5, 8.5));
}

TEST(MaxMin, WeightsAreSharesOfTheResourceAtEqualLevel) {
  // 3 l + 1 l = 12 -> l = 3 for both: levels are equal, draws are not
  EXPECT_THAT((World{{12}, {{{0, 3}}, {{0, 1}}}, {99, 99}, {}, {}}.levels()), ElementsAre(3, 3));
}

World random_world(std::mt19937_64& random) {
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  World world;
  const auto resources = static_cast<std::uint32_t>(pick(1, 12));
  for (std::uint32_t r = 0; r < resources; ++r) world.capacity.push_back(pick(1, 1'000'000'000'000));
  for (std::int64_t a = pick(1, 30); a > 0; --a) {
    std::vector<Draw> draws;
    for (std::uint32_t r = 0; r < resources; ++r)
      if (pick(0, 2) == 0) draws.push_back({r, pick(1, 2'000'000'000'000)});
    world.activities.push_back(draws);
    world.top.push_back(static_cast<double>(pick(1, 1000)) / 500.0);
  }
  return world;
}

TEST(MaxMinProperty, CertificateHoldsOnRandomSystems) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    World world = random_world(random);
    const std::vector<double> level = world.levels();
    ASSERT_TRUE(is_max_min(world.problem(), level)) << "system " << i;
  }
}

TEST(MaxMinProperty, CertificateRejectsWhatIsNotMaxMin) {
  World world{{10, 10}, {{{0, 1}, {1, 1}}, {{0, 1}}}, {99, 99}, {}, {}};
  world.flatten();
  EXPECT_FALSE(is_max_min(world.problem(), std::vector<double>{6, 6}));  // more than there is
  EXPECT_FALSE(is_max_min(world.problem(), std::vector<double>{4, 5}));  // could be raised
  EXPECT_FALSE(is_max_min(world.problem(), std::vector<double>{3, 7}));  // taken from a poorer one
  EXPECT_TRUE(is_max_min(world.problem(), std::vector<double>{5, 5}));
}

TEST(MaxMinProperty, OrderOfActivitiesDoesNotMatterToTheLastBit) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 500; ++i) {
    World world = random_world(random);
    const std::vector<double> level = world.levels();
    std::vector<std::size_t> order(world.top.size());
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random);
    World shuffled{world.capacity, {}, {}, {}, {}};
    for (const std::size_t a : order) {
      shuffled.activities.push_back(world.activities[a]);
      shuffled.top.push_back(world.top[a]);
    }
    const std::vector<double> again = shuffled.levels();
    for (std::size_t a = 0; a < order.size(); ++a) ASSERT_EQ(again[a], level[order[a]]);
  }
}

TEST(MaxMinProperty, CopiesOfAnActivityEqualOneWithMultipliedDraws) {
  // What folding rests on: k equal activities on a resource give the level of one whose draw there counts k times.
  std::mt19937_64 random(13);
  for (int i = 0; i < 500; ++i) {
    World world = random_world(random);
    const std::size_t chosen = i % world.top.size();
    const int copies = 2 + i % 7;
    World many = world;
    World folded = world;
    for (Draw& d : folded.activities[chosen]) d.amount *= copies;
    for (int c = 1; c < copies; ++c) {
      many.activities.push_back(world.activities[chosen]);
      many.top.push_back(world.top[chosen]);
    }
    ASSERT_EQ(many.levels()[chosen], folded.levels()[chosen]);
  }
}

}  // namespace
}  // namespace headway
