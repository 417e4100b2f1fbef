#include "engine/fold.h"

#include <gtest/gtest.h>

#include "engine/random_machine.h"

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

TEST(Fold, ClassesAreNumberedByFirstAppearance) {
  for (const auto& programs : {std::vector<std::uint32_t>{1, 0, 0}, std::vector<std::uint32_t>{0, 1, 1, 0}}) {
    const Quotient q = fold(ring(24, programs, 0.5).structure);
    std::uint32_t next = 0;
    for (std::uint32_t a = 0; a < q.class_of_actor.size(); ++a) {
      ASSERT_LE(q.class_of_actor[a], next);
      if (q.class_of_actor[a] < next) continue;
      EXPECT_EQ(q.actors[next++].representative, a);
    }
    EXPECT_EQ(next, q.actors.size());
  }
}

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
