#include "engine/fold.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/machine.h"

namespace headway {
namespace {

using namespace testing_machine;

// A ring of n actors, each in one group with its left and one with its right neighbour, each group on a link of its own and all on
// one shared spine. `programs` deals the programs.
Machine ring(int n, const std::vector<std::uint32_t>& programs, double odd_link = 1.0) {
  Machine m;
  m.structure.slots = 2;
  m.structure.kinds = {{{1.0, 1.0, 0, {}, {}}}};
  for (int i = 0; i < n; ++i) m.actor(programs[static_cast<std::size_t>(i) % programs.size()]);
  const std::uint32_t spine = m.resource(n / 2.0);
  for (int i = 0; i < n; ++i) {
    const auto a = static_cast<std::uint32_t>(i);
    const auto b = static_cast<std::uint32_t>((i + 1) % n);
    m.group(0, {{a, 0}, {b, 1}}, {m.resource(i == 0 ? odd_link : 1.0), spine});
  }
  m.programs = {program({work(1)}, {compute(0), part(0, 0, 0, 1), part(1, 0, 0, 2), compute(0)}, 3),
                program({work(1.5)}, {compute(0), part(0, 0, 0, 1), part(1, 0, 0, 2), compute(0)}, 3)};
  return m;
}

TEST(Fold, AUniformRingIsOneClass) {
  const Machine m = ring(64, {0});
  const Quotient q = fold(m.structure);
  EXPECT_EQ(q.actors.size(), 1U);
  EXPECT_EQ(q.actors[0].count, 64U);
  EXPECT_EQ(q.capacity.size(), 2U);  // a link and the spine
  EXPECT_EQ(q.draws.size(), 2U);
  EXPECT_EQ(q.draws[0].amount, 64 * kPerSecond);  // the spine sees all 64 groups
}

TEST(Fold, OneOddLinkIsNoticedByDistance) {
  // Slots orient the ring, so all 64 actors differ by their distance from the odd link.
  EXPECT_EQ(fold(ring(64, {0}, 0.5).structure).actors.size(), 64U);
}

TEST(Fold, AlternatingProgramsGiveTwoClasses) { EXPECT_EQ(fold(ring(64, {0, 1}).structure).actors.size(), 2U); }

TEST(Fold, PartitionIsEquitable) {
  const Machine m = ring(24, {0, 1, 1});
  const Quotient q = fold(m.structure);
  for (std::size_t a = 0; a < m.structure.actors(); ++a)
    for (std::size_t b = 0; b < m.structure.actors(); ++b)
      if (q.class_of_actor[a] == q.class_of_actor[b]) {
        EXPECT_EQ(m.structure.actor_program[a], m.structure.actor_program[b]);
      }
}

class FoldedEqualsUnfolded : public testing::TestWithParam<int> {};

// Random machines: regular ones with random defects, so that some fold and some hardly do.
Machine random_machine(std::mt19937_64& random) {
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const int size = 1 << pick(1, 3), groups = pick(2, 6), uplinks = pick(1, 2);
  Machine m;
  m.structure.slots = 2;
  m.structure.kinds = {{{0.7, 0.9, 1000, {kPerSecond / 9, 0}, {kPerSecond / 10, 0}}, {0.3, 1.0, 0, {}, {}}},
                       {{1.1, 0.8, 500, {}, {kPerSecond / 7, 0}}, {0.4, 1.0, 0, {}, {}}}};
  std::vector<std::uint32_t> spine;
  for (int u = 0; u < uplinks; ++u) spine.push_back(m.resource(size * groups / 3.0));
  for (int i = 0; i < size * groups; ++i) m.actor(pick(0, 19) == 0 ? 1 : 0);
  for (int g = 0; g < groups; ++g) {  // slot 0: blocks
    std::vector<std::pair<std::uint32_t, int>> members;
    for (int i = 0; i < size; ++i) members.emplace_back(static_cast<std::uint32_t>(g * size + i), 0);
    m.group(0, members, {m.resource(pick(0, 9) == 0 ? 0.5 : 1.0)});
  }
  for (int i = 0; i < size; ++i) {  // slot 1: across the blocks, over the spine
    std::vector<std::pair<std::uint32_t, int>> members;
    for (int g = 0; g < groups; ++g) members.emplace_back(static_cast<std::uint32_t>(g * size + i), 1);
    m.group(1, members, {spine[static_cast<std::size_t>(i % uplinks)]});
  }
  for (const double seconds : {0.5, 0.6}) {
    Program p = program({work(seconds, 0.95), work(seconds / 3)}, {}, 2);
    for (std::uint32_t step = 0; step < 6; ++step) {
      p.tasks.push_back(compute(step % 2));
      p.tasks.push_back(part(0, step % 2, step));
      p.tasks.push_back(part(1, step % 2, step, 1));
    }
    p.after_offset.assign(p.tasks.size() + 1, 0);
    for (std::size_t t = 0; t < p.tasks.size(); ++t) {
      if (t % 3 == 2) p.after.push_back(static_cast<std::uint32_t>(t - 2));  // what crosses the spine follows its kernel
      p.after_offset[t + 1] = static_cast<std::uint32_t>(p.after.size());
    }
    m.programs.push_back(p);
  }
  return m;
}

TEST_P(FoldedEqualsUnfolded, ToThePicosecond) {
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
  const Machine m = random_machine(random);
  const Quotient folded = fold(m.structure);
  const Quotient whole = unfolded(m.structure);
  const Timeline a = m.run(folded);
  const Timeline b = m.run(whole);
  EXPECT_EQ(a.end, b.end);
  EXPECT_EQ(by_actor(folded, a), by_actor(whole, b));
}

INSTANTIATE_TEST_SUITE_P(RandomMachines, FoldedEqualsUnfolded, testing::Range(0, 200));

}  // namespace
}  // namespace headway
