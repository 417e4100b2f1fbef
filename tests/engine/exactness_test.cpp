// What "folded equals unfolded to the picosecond" rests on, condition by condition (engine/fold.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <type_traits>

#include "engine/random_machine.h"
#include "engine/sharing.h"

namespace headway {
namespace {

using namespace testing_machine;

using Times = std::vector<std::vector<TaskTimes>>;

Times folded(const Machine& m) {
  const Quotient q = fold(m.structure);
  return by_actor(q, m.run(q));
}
Times whole(const Machine& m) {
  const Quotient q = unfolded(m.structure);
  return by_actor(q, m.run(q));
}

// --- Every coupling is a labelled edge ---------------------------------------------------------------------------------------

// Two pairs of actors, each pair in a group on a link of its own; `defect` spoils the second pair. Alike, one class is left.
template <class Defect>
std::size_t classes_of_two_pairs(Defect&& defect) {
  Machine m;
  m.structure.slots = 2;
  m.structure.kinds = {{{1.0, 1.0, 0, {}, {}}}, {{2.0, 1.0, 0, {}, {}}}};
  for (int i = 0; i < 4; ++i) m.actor(0);
  m.group(0, {{0, 0}, {1, 0}}, {m.resource(1)});
  m.group(0, {{2, 0}, {3, 0}}, {m.resource(1)});
  defect(m.structure);
  return fold(m.structure).actors.size();
}

TEST(ExactnessEveryCouplingIsAnEdge, AlikeIsOneClass) {
  EXPECT_EQ(classes_of_two_pairs([](Structure&) {}), 1U);
}

TEST(ExactnessEveryCouplingIsAnEdge, WhateverDiffersIsSeen) {
  EXPECT_EQ(classes_of_two_pairs([](Structure& s) { s.actor_program[3] = 1; }), 3U) << "a program, and its owner's partner";
  EXPECT_EQ(classes_of_two_pairs([](Structure& s) { s.group_kind[1] = 1; }), 2U) << "what a group does";
  EXPECT_EQ(classes_of_two_pairs([](Structure& s) { s.capacity[1] -= 1; }), 2U) << "a link's capacity, by one";
  EXPECT_EQ(classes_of_two_pairs([](Structure& s) { s.loads[1].amount += 1; }), 2U) << "a load, by one";
  EXPECT_EQ(classes_of_two_pairs([](Structure& s) { s.loads[1].resource = 0; }), 1U) << "both on one link: alike again";
  EXPECT_EQ(classes_of_two_pairs([](Structure& s) { std::swap(s.group_of[3 * 2], s.group_of[3 * 2 + 1]); }), 3U) << "a slot";
}

// --- Loads are integers ------------------------------------------------------------------------------------------------------

static_assert(std::is_integral_v<decltype(Load::amount)> && std::is_integral_v<decltype(Draw::amount)>);
static_assert(std::is_integral_v<LocalAmounts::value_type> && std::is_integral_v<decltype(Structure::capacity)::value_type>);
static_assert(std::is_integral_v<Instant>);

TEST(ExactnessLoadsAreIntegers, AndAddUpWhereDoublesWouldNot) {
  // 3 (2^53 + 1): a double would drop the ones.
  constexpr std::int64_t kOdd = (std::int64_t{1} << 53) + 1;
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{1.0, 1.0, 0, {}, {}}}};
  const std::uint32_t link = m.resource(1);
  for (std::uint32_t i = 0; i < 3; ++i) m.group(0, {{m.actor(0), 0}}, {link});
  for (Load& load : m.structure.loads) load.amount = kOdd;
  const Quotient q = fold(m.structure);
  ASSERT_EQ(q.draws.size(), 1U);
  EXPECT_EQ(q.draws[0].amount, 3 * kOdd);
}

// --- The order within an instant cannot matter -------------------------------------------------------------------------------

template <class T>
std::vector<T> dealt(const std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> out;
  for (const std::uint32_t i : order) out.push_back(values[i]);
  return out;
}

std::vector<std::uint32_t> random_order(std::size_t n, std::mt19937_64& random) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

std::vector<std::uint32_t> inverse(const std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  return place;
}

// The same machine with actors, groups, resources and each group's loads in another order. `actors[i]`: who is now number i.
Machine shuffled(const Machine& m, const std::vector<std::uint32_t>& actors, std::mt19937_64& random) {
  const Structure& s = m.structure;
  const std::vector<std::uint32_t> groups = random_order(s.groups(), random), resources = random_order(s.resources(), random);
  const std::vector<std::uint32_t> group_now = inverse(groups), resource_now = inverse(resources);
  Machine other;
  other.programs = m.programs;
  Structure& o = other.structure;
  o.slots = s.slots;
  o.kinds = s.kinds;
  o.actor_program = dealt(s.actor_program, actors);
  o.group_kind = dealt(s.group_kind, groups);
  o.capacity = dealt(s.capacity, resources);
  const auto slots = static_cast<std::size_t>(s.slots);
  for (const std::uint32_t a : actors)
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const std::uint32_t g = s.group_of[a * slots + slot];
      o.group_of.push_back(g == kNone ? kNone : group_now[g]);
    }
  for (const std::uint32_t g : groups) {
    const auto first = static_cast<std::ptrdiff_t>(o.loads.size());
    for (std::uint64_t e = s.load_offset[g]; e < s.load_offset[g + 1]; ++e)
      o.loads.push_back({resource_now[s.loads[e].resource], s.loads[e].amount});
    std::shuffle(o.loads.begin() + first, o.loads.end(), random);
    o.load_offset.push_back(o.loads.size());
  }
  return other;
}

class ExactnessOrderWithinAnInstant : public testing::TestWithParam<int> {};

TEST_P(ExactnessOrderWithinAnInstant, CannotMatter) {
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()) + 1000);
  const Machine m = random_machine(random);
  const Times times = whole(m);
  for (int again = 0; again < 3; ++again) {
    const std::vector<std::uint32_t> actors = random_order(m.structure.actors(), random);
    const Machine other = shuffled(m, actors, random);
    EXPECT_EQ(whole(other), dealt(times, actors));
    EXPECT_EQ(folded(other), dealt(times, actors));
  }
}

INSTANTIATE_TEST_SUITE_P(RandomMachines, ExactnessOrderWithinAnInstant, testing::Range(0, 50));

// --- All starts and ends of an instant come before one re-share, and unchanged rates are not rounded again -------------------

// Flows of days: the last bit of a double is then many picoseconds, and a rounding too many shows.
constexpr double kDay = 86'400;

double random_seconds(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

std::vector<double> short_flows(std::mt19937_64& random) {
  std::vector<double> flows(60);
  for (double& flow : flows) flow = kDay * random_seconds(random, 0.02, 0.05);
  return flows;
}

TEST(ExactnessOneShareAnInstant, AFlowThatAnotherReplacesIsNotNoticed) {
  // Beside one long flow run short ones; the latency of each is over at the instant at which the one before it ends, in an event of
  // its own. So the long flow stays at level 1/2 and ends at seconds / (1/2), rounded up once; had the link been shared out
  // between the two events of an instant, it would have been at 1 or at 1/3, and would end some picoseconds apart.
  std::mt19937_64 random(3);
  for (int i = 0; i < 200; ++i) {
    const double seconds = kDay * random_seconds(random, 0.5, 1.0);
    Machine m;
    m.structure.slots = 1;
    m.structure.kinds = {{{seconds, 1.0, 0, {}, {}}}};
    m.programs = {program({}, {part(0, 0, 0)})};
    const std::uint32_t link = m.resource(1);
    m.group(0, {{m.actor(0), 0}}, {link});
    Instant turn = 0;
    for (const double flow : short_flows(random)) {
      m.structure.kinds.push_back({{flow, 1.0, turn, {}, {}}});
      m.group(static_cast<std::uint32_t>(m.structure.kinds.size() - 1), {{m.actor(0), 0}}, {link});
      turn += to_picoseconds(Seconds(flow / 0.5));
    }
    ASSERT_EQ(folded(m)[0][0].end, to_picoseconds(Seconds(seconds / 0.5)));
  }
}

TEST(ExactnessUnchangedRates, AreNotRoundedAgain) {
  // At its own top of 0.3 the long flow leaves 0.7 of the link to one short flow after another: solved anew for each, with the same
  // result for the long one, which ends at seconds / 0.3, rounded up once.
  std::mt19937_64 random(5);
  for (int i = 0; i < 200; ++i) {
    const double seconds = kDay * random_seconds(random, 0.1, 0.3);
    Machine m;
    m.structure.slots = 1;
    m.structure.kinds = {{{seconds, 0.3, 0, {}, {}}}, {}};
    std::vector<Task> turns;
    for (const double flow : short_flows(random)) {
      const auto turn = static_cast<std::uint32_t>(turns.size());
      m.structure.kinds[1].push_back({flow, 1.0, 0, {}, {}});
      turns.push_back(part(0, turn, turn));
    }
    m.programs = {program({}, {part(0, 0, 0)}), program({}, turns)};
    const std::uint32_t link = m.resource(1);
    m.group(0, {{m.actor(0), 0}}, {link});
    m.group(1, {{m.actor(1), 0}}, {link});
    ASSERT_EQ(folded(m)[0][0].end, to_picoseconds(Seconds(seconds / 0.3)));
  }
}

// --- Equal terms are merged before dividing ----------------------------------------------------------------------------------

TEST(ExactnessEqualTerms, AreMergedBeforeDividing) {
  // n flows of each of three kinds, tops apart, on one link that divides badly: folded, three flows with n-fold draws.
  std::mt19937_64 random(7);
  for (std::uint32_t n = 1; n <= 60; ++n) {
    Machine m;
    m.structure.slots = 1;
    for (int kind = 0; kind < 3; ++kind)
      m.structure.kinds.push_back({{kDay * random_seconds(random, 0.5, 1.0), random_seconds(random, 0.05, 1.0), 0, {}, {}}});
    m.programs = {program({}, {part(0, 0, 0)})};
    const std::uint32_t link = m.resource(random_seconds(random, 0.1, 1.0) * n);
    for (std::uint32_t i = 0; i < 3 * n; ++i) m.group(i % 3, {{m.actor(0), 0}}, {link});
    const Quotient q = fold(m.structure);
    ASSERT_EQ(q.actors.size(), 3U);
    for (const Draw& draw : q.draws) ASSERT_EQ(draw.amount, n * kPerSecond);
    EXPECT_EQ(folded(m), whole(m)) << n << " of each kind";
  }
}

// Whether a resource is tight must not depend on folding: k copies want what one with k times the draw wants, to the last bit.
TEST(ExactnessEqualTerms, WantExactlyWhatTheirSumWants) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 1000; ++i) {
    const auto amount = static_cast<std::int64_t>(random() % 2'000'000'000'000) + 1;
    const auto copies = static_cast<std::int64_t>(random() % 100'000) + 1;
    const double top = static_cast<double>(random() % 1'000'000 + 1) / 999'983.0;
    const Demand one(top, {{0, amount}}, {}), all(top, {{0, amount * copies}}, {});
    ASSERT_TRUE(one.draws()[0].at_top * copies == all.draws()[0].at_top);
  }
}

// --- Nothing is drawn at random after refinement -----------------------------------------------------------------------------

TEST(ExactnessNothingIsRandomAfterFolding, ClassesStayOfOneMindInTheWholeMachine) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random(seed);
    const Machine m = random_machine(random);
    const Quotient q = fold(m.structure);
    const Times times = whole(m);
    for (std::size_t a = 0; a < times.size(); ++a)
      ASSERT_EQ(times[a], times[q.actors[q.class_of_actor[a]].representative]) << "machine " << seed << ", actor " << a;
  }
}

TEST(ExactnessNothingIsRandomAfterFolding, AgainIsTheSame) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20; ++i) {
    const Machine m = random_machine(random);
    EXPECT_EQ(fold(m.structure).class_of_actor, fold(m.structure).class_of_actor);
    EXPECT_EQ(folded(m), folded(m));
    EXPECT_EQ(whole(m), whole(m));
  }
}

}  // namespace
}  // namespace headway
