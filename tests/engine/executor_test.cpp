#include "engine/executor.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/diagnostic.h"
#include "engine/machine.h"

namespace headway {
namespace {

using namespace testing_machine;

constexpr Instant operator""_sec(unsigned long long s) { return static_cast<Instant>(s) * 1'000'000'000'000; }

TEST(Executor, TasksOfAStreamRunOneAfterTheOther) {
  Machine m;
  m.programs = {program({work(2), work(3)}, {compute(0), compute(1), compute(0)})};
  m.actor(0);
  EXPECT_EQ(m.run(fold(m.structure)).end, 7_sec);
}

TEST(Executor, DependenciesHoldAcrossStreams) {
  Machine m;
  Program p = program({work(2, 0.5), work(1, 0.5)}, {}, 2);
  p.tasks = once({compute(0, 0), compute(1, 1)}, {{}, {0}});  // the task of stream 1 waits for the task of stream 0
  m.programs = {p};
  m.actor(0);
  const Timeline t = m.run(fold(m.structure));
  EXPECT_EQ(t.tasks[0][1].start, 2_sec);
  EXPECT_EQ(t.end, 3_sec);
}

TEST(Executor, KernelsThatContendAreSlowedAlike) {
  // Both want the whole resource: level 1/2 each. A (1 s) ends at 2 s; B has 2 - 1 = 1 s left and is alone: 3 s.
  Machine m;
  m.programs = {program({work(1), work(2)}, {compute(0, 0), compute(1, 1)}, 2)};
  m.actor(0);
  const Timeline t = m.run(fold(m.structure));
  EXPECT_EQ(t.tasks[0][0].end, 2_sec);
  EXPECT_EQ(t.tasks[0][1].end, 3_sec);
}

TEST(Executor, SingleFlowTakesLatencyPlusBytesOverBandwidth) {
  // 3e12 bytes over 0.5e12 B/s after 1 s: 1 + 6
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{3.0, 0.5, 1_sec, {}, {}}}};
  m.programs = {program({}, {part(0, 0, 0)})};
  m.actor(0), m.actor(0);
  m.group(0, {{0, 0}, {1, 0}}, {m.resource(0.5)});
  EXPECT_EQ(m.run(fold(m.structure)).end, 7_sec);
}

TEST(Executor, AGroupWaitsForItsLastMember) {
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{1.0, 1.0, 0, {}, {}}}};
  m.programs = {program({work(5)}, {compute(0), part(0, 0, 0)}), program({}, {part(0, 0, 0)})};
  m.actor(0), m.actor(1);
  m.group(0, {{0, 0}, {1, 0}}, {m.resource(1)});
  const Quotient q = fold(m.structure);
  const auto times = by_actor(q, m.run(q));
  EXPECT_EQ(times[1][0].ready, 0);
  EXPECT_EQ(times[1][0].start, 5_sec);
  EXPECT_EQ(times[1][0].end, 6_sec);
}

TEST(Executor, FlowsShareALinkAndTheRestSpeedsUp) {
  // Two groups on one link of 1: work 1 and 3, level 1/2 each; the first ends at 2, the second has 2 left: 2 + 2 = 4.
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{1.0, 1.0, 0, {}, {}}}, {{3.0, 1.0, 0, {}, {}}}};
  m.programs = {program({}, {part(0, 0, 0)})};
  const std::uint32_t link = m.resource(1);
  for (int i = 0; i < 4; ++i) m.actor(0);
  m.group(0, {{0, 0}, {1, 0}}, {link});
  m.group(1, {{2, 0}, {3, 0}}, {link});
  const Quotient q = fold(m.structure);
  const auto times = by_actor(q, m.run(q));
  EXPECT_EQ(times[0][0].end, 2_sec);
  EXPECT_EQ(times[2][0].end, 4_sec);
}

TEST(Executor, WhatACommunicationHoldsSlowsTheKernelBesideIt) {
  // The group holds a quarter of the local resource for 3 s: the kernel runs at 3/4 and has 4 - 3 * 3/4 = 1.75 s left after it.
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{3.0, 1.0, 0, {}, {kPerSecond / 4, 0}}}};
  m.programs = {program({work(4)}, {compute(0, 0), part(0, 0, 0, 1)}, 2)};
  m.actor(0), m.actor(0);
  m.group(0, {{0, 0}, {1, 0}}, {m.resource(1)});
  EXPECT_EQ(m.run(fold(m.structure)).end, 3_sec + 1'750'000'000'000);
}

TEST(Executor, HoldsNeverStopAKernel) {
  // Held altogether and more, the local resource still gives a sixteenth: 2 s of 1/16, then the rest.
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{2.0, 1.0, 0, {}, {2 * kPerSecond, 0}}}};
  m.programs = {program({work(1)}, {compute(0, 0), part(0, 0, 0, 1)}, 2)};
  m.actor(0), m.actor(0);
  m.group(0, {{0, 0}, {1, 0}}, {m.resource(1)});
  EXPECT_EQ(m.run(fold(m.structure)).end, 2_sec + 875'000'000'000);
}

TEST(Executor, TimeEnds) {
  Machine m;
  m.programs = {program({work(1e9)}, {compute(0)})};
  m.actor(0);
  EXPECT_THROW((void)m.run(fold(m.structure)), InputError);
}

TEST(Executor, WhoWouldNotWaitIsToldThatItTakesLonger) {
  Machine m;
  m.programs = {program({work(2), work(3)}, {compute(0), compute(1), compute(0)})};
  m.actor(0);
  const auto until = [&](Instant limit) {
    return execute(fold(m.structure), m.structure.kinds, m.programs, nullptr, Replay::where_exact, nullptr, limit).end;
  };
  EXPECT_EQ(until(7_sec), 7_sec);
  EXPECT_GT(until(6_sec), 6_sec);
  EXPECT_GT(until(1_sec), 1_sec);
}

TEST(Executor, TasksThatWaitForEachOtherAreAFaultThatIsNamed) {
  Machine m;
  m.structure.slots = 1;
  m.structure.kinds = {{{1.0, 1.0, 0, {}, {}}}};
  m.programs = {program({}, {part(0, 0, 0)}), program({}, {part(0, 0, 1)})};  // different tags never meet
  m.actor(0), m.actor(1);
  m.group(0, {{0, 0}, {1, 0}}, {m.resource(1)});
  EXPECT_THROW((void)m.run(fold(m.structure)), InternalError);
}

}  // namespace
}  // namespace headway
