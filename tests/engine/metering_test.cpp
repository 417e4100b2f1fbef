// Meters tell what the engine's rates say.
#include "engine/metering.h"

#include <gtest/gtest.h>

#include "engine/machine.h"

namespace headway {
namespace {

using namespace testing_machine;

constexpr Instant operator""_sec(unsigned long long s) { return static_cast<Instant>(s) * 1'000'000'000'000; }

Timeline metered(const Machine& m, const Quotient& q, const std::vector<std::uint32_t>& meter_of, std::size_t meters) {
  const Metering metering = metering_of(q, meter_of, meters);
  return execute(q, m.structure.kinds, m.programs, nullptr, Replay::where_exact, &metering);
}

// Two flows over a link of 1: the first alone at its top of 0.75 for 4 s; then both share, 0.5 each, until the second is through.
//   use  0 .75 |------- 1 -------| .75 ...
Machine two_flows() {
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{5.5, 0.75, 0, {}, {}}, {1.0, 0.75, 0, {}, {}}}};
  m.programs = {program({}, {part(0, 0, 0)}), program({work(4)}, {compute(0), part(0, 1, 0)})};
  m.actor(0), m.actor(1);
  const std::uint32_t link = m.resource(1);
  m.group(0, {{0, 0}}, {link});
  m.group(0, {{1, 0}}, {link});
  return m;
}

TEST(Metering, FollowsTheSharesOfALink) {
  const Machine m = two_flows();
  const std::vector<UseSample> use = metered(m, fold(m.structure), {0}, 1).use.at(0);
  // 0.75 x 4 = 3 of 5.5; 2 s at half each leaves 1.5, which takes 2 s more.
  EXPECT_EQ(use, (std::vector<UseSample>{{0, 0.75}, {4_sec, 1}, {6_sec, 0.75}, {8_sec, 0}}));
}

TEST(Metering, ChangesNothingAndIsSilentWhereNobodyAsks) {
  const Machine m = two_flows();
  const Quotient q = fold(m.structure);
  const Timeline plain = m.run(q);
  EXPECT_EQ(metered(m, q, {0}, 1).tasks, plain.tasks);
  EXPECT_TRUE(plain.use.empty());
}

// Four links of 1 in two pairs, one pair in use: the meter over all four tells a half, folded or not.
TEST(Metering, CountsAllMembersOfAClass) {
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{2.0, 1.0, 0, {}, {}}}, {{6.0, 1.0, 0, {}, {}}}};
  m.programs = {program({}, {part(0, 0, 0)}), program({}, {part(0, 0, 0)})};
  for (const std::uint32_t which : {0U, 0U, 1U, 1U}) {
    const std::uint32_t actor = m.actor(which);
    m.group(which, {{actor, 0}}, {m.resource(1)});
  }
  const std::vector<UseSample> use{{0, 1}, {2_sec, 0.5}, {6_sec, 0}};
  const Quotient folded = fold(m.structure);
  EXPECT_EQ(folded.capacity.size(), 2U);
  EXPECT_EQ(metered(m, folded, {0, 0, 0, 0}, 1).use.at(0), use);
  EXPECT_EQ(metered(m, unfolded(m.structure), {0, 0, 0, 0}, 1).use.at(0), use);
}

}  // namespace
}  // namespace headway
