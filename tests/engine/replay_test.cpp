// A block that is replayed has the same timeline, to the picosecond, as one that is run task by task, whatever interrupts it.
#include <gtest/gtest.h>

#include <random>

#include "engine/machine.h"

namespace headway {
namespace {

using namespace testing_machine;

constexpr std::uint8_t kSend = 2, kReceive = 3;  // streams
constexpr int kPieces = 12;

// A line of actors, all different. Each lays one of two blocks down again and again, waits for a message of the actor before it and
// sends one to the actor behind it; messages hold some of what the blocks need. Times of a few quarters make ties common.
class Line {
 public:
  Line(std::uint64_t seed, bool ties) : random_(seed), ties_(ties) {
    machine.structure.slots = 3;  // own group, to the next, from the previous
    machine.structure.kinds = {{call(), call(), call()}, {message(), message()}};
    const int actors = pick(1, 4);
    const std::uint32_t shared = machine.resource(1.0);
    for (int a = 0; a < actors; ++a) {
      machine.programs.push_back(line_program(a > 0, a + 1 < actors));
      machine.actor(static_cast<std::uint32_t>(a));
    }
    for (std::uint32_t a = 0; a < static_cast<std::uint32_t>(actors); ++a) {
      machine.group(0, {{a, 0}}, {pick(0, 3) == 0 ? shared : machine.resource(1.0)});
      if (a > 0) machine.group(1, {{a - 1, 1}, {a, 2}}, {pick(0, 2) == 0 ? shared : machine.resource(1.0)});
    }
  }

  Machine machine;

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  double seconds() { return ties_ ? 0.25 * pick(0, 4) : std::uniform_real_distribution<double>(0.01, 1.0)(random_); }
  Picoseconds latency() { return pick(0, 1) == 0 ? 0 : to_picoseconds(Seconds(ties_ ? 0.25 : seconds() / 10)); }
  GroupCall call() { return {seconds(), 1.0, latency(), {}, {pick(0, 1) * kPerSecond / 4, 0}}; }
  GroupCall message() { return {seconds(), pick(0, 1) == 0 ? 1.0 : 0.4, latency(), {0, kPerSecond / 8}, {kPerSecond / 8, 0}}; }

  Block<Task> block() {
    Block<Task> block;
    const int tasks = pick(3, 9);
    for (int t = 0; t < tasks; ++t) {
      std::vector<std::uint32_t> after;
      if (t > 0 && pick(0, 1) == 0) after.push_back(static_cast<std::uint32_t>(pick(0, t - 1)));
      const auto stream = static_cast<std::uint8_t>(pick(0, 3) == 0 ? 1 : 0);
      const auto what = static_cast<std::uint32_t>(pick(0, 2));
      block.add(pick(0, 2) == 0 ? part(0, what, static_cast<std::uint32_t>(t), stream) : compute(what, stream), after);
    }
    return block;
  }

  Program line_program(bool receives, bool sends) {
    Program p =
        program({work(seconds()), work(seconds(), 0.6), {seconds(), 1.0, latency(), {kPerSecond / 2, kPerSecond / 2}}}, {}, 4);
    Composition<Task>& all = p.tasks;
    all.pieces.clear();
    all.blocks = {block(), block(), {}, {}};
    all.blocks[2].add(part(2, 0, 0, kReceive));
    all.blocks[3].add(part(1, 0, 0, kSend));
    for (std::uint32_t n = 0; n < kPieces; ++n) {
      if (receives) all.lay(2, n);
      const std::uint32_t first = all.size();
      const auto which = static_cast<std::uint32_t>(pick(0, 1));
      const auto size = static_cast<std::uint32_t>(all.blocks[which].operations.size());
      if (receives) all.links.push_back({first - 1, first});
      all.lay(which, 100 * n);
      if (!sends) continue;  // after the last task, or in the middle
      all.links.push_back({first + (pick(0, 2) == 0 ? size / 2 : size - 1), first + size});
      all.lay(3, n);
    }
    return p;
  }

  std::mt19937_64 random_;
  bool ties_;
};

struct Execution {
  Timeline timeline;
  ExecutionStats stats;
};

Execution execution(const Machine& m, Replay replay) {
  Execution run;
  run.timeline = execute(fold(m.structure), m.structure.kinds, m.programs, &run.stats, replay);
  return run;
}

class ReplayProperty : public testing::TestWithParam<bool> {};

TEST_P(ReplayProperty, TheTimelineIsTheSame) {
  std::uint64_t completions = 0, replayed = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Line line(seed, GetParam());
    const Execution plain = execution(line.machine, Replay::never), replay = execution(line.machine, Replay::where_exact);
    ASSERT_EQ(plain.timeline.end, replay.timeline.end) << seed;
    for (std::size_t k = 0; k < plain.timeline.tasks.size(); ++k)
      for (std::size_t t = 0; t < plain.timeline.tasks[k].size(); ++t)
        ASSERT_EQ(plain.timeline.tasks[k][t], replay.timeline.tasks[k][t])
            << "seed " << seed << ", class " << k << ", task " << t;
    ASSERT_EQ(plain.stats.completions, replay.stats.completions) << seed;
    ASSERT_EQ(plain.stats.replayed, 0U);
    completions += replay.stats.completions;
    replayed += replay.stats.replayed;
  }
  EXPECT_GT(replayed, completions / 10);  // or this tests nothing
  EXPECT_LT(replayed, completions);
}

INSTANTIATE_TEST_SUITE_P(TiesAndNone, ReplayProperty, testing::Bool());

// Two kernels a pass, 20 passes of one actor: all but what is needed to see the block come back is replayed.
TEST(Replay, AnUndisturbedActorRunsEachBlockOnce) {
  Machine m;
  Program p = program({work(1), work(2), work(3)}, {});
  p.tasks = {};
  p.tasks.blocks.emplace_back();
  for (std::uint32_t w = 0; w < 3; ++w) p.tasks.blocks[0].add(compute(w));
  for (int i = 0; i < 20; ++i) p.tasks.lay(0);
  m.programs = {p};
  m.actor(0);
  const Execution r = execution(m, Replay::where_exact);
  EXPECT_EQ(r.stats.completions, 60U);
  EXPECT_EQ(r.stats.replayed, 60U);
  EXPECT_EQ(r.timeline.tasks[0][59].start, 117'000'000'000'000);
  EXPECT_EQ(r.timeline.end, 120'000'000'000'000);
}

}  // namespace
}  // namespace headway
