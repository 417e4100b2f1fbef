#include "training/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace headway {
namespace {

std::string picture(Schedule schedule, int p, int stage, int v, int m) { return draw(schedule_passes(schedule, p, stage, v, m)); }

TEST(Schedule, GPipe) { EXPECT_EQ(picture(Schedule::gpipe, 2, 0, 1, 3), "F0 F1 F2 B0 B1 B2"); }

TEST(Schedule, OneForwardOneBackward) {
  EXPECT_EQ(picture(Schedule::one_f_one_b, 4, 0, 1, 5), "F0 F1 F2 F3 B0 F4 B1 B2 B3 B4");
  EXPECT_EQ(picture(Schedule::one_f_one_b, 4, 2, 1, 5), "F0 F1 B0 F2 B1 F3 B2 F4 B3 B4");
  EXPECT_EQ(picture(Schedule::one_f_one_b, 4, 3, 1, 5), "F0 B0 F1 B1 F2 B2 F3 B3 F4 B4");
  EXPECT_EQ(picture(Schedule::one_f_one_b, 8, 0, 1, 2), "F0 F1 B0 B1");
}

// Megatron-LM, 2 stages of 2 chunks, 4 microbatches: warm-up 2 (2 - 1 - s) + (2 - 1) 2 passes.
TEST(Schedule, Interleaved) {
  EXPECT_EQ(picture(Schedule::interleaved, 2, 0, 2, 4),
            "F0.0 F1.0 F0.1 F1.1 F2.0 B0.1 F3.0 B1.1 F2.1 B0.0 F3.1 B1.0 B2.1 B3.1 B2.0 B3.0");
  EXPECT_EQ(picture(Schedule::interleaved, 2, 1, 2, 4),
            "F0.0 F1.0 F0.1 B0.1 F1.1 B1.1 F2.0 B0.0 F3.0 B1.0 F2.1 B2.1 F3.1 B3.1 B2.0 B3.0");
  EXPECT_EQ(picture(Schedule::interleaved, 2, 1, 2, 2), "F0.0 F1.0 F0.1 F1.1 B0.1 B1.1 B0.0 B1.0");  // m = p: all forwards first
}

TEST(Schedule, PeakInFlight) {
  EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::gpipe, 4, 0, 1, 9)), 9);
  for (int stage = 0; stage < 4; ++stage)
    EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::one_f_one_b, 4, stage, 1, 9)), 4 - stage);
  EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::interleaved, 4, 0, 2, 8)), 2 * 3 + 4 + 1);
}

using World = std::vector<std::vector<Pass>>;

World all_stages(Schedule schedule, int p, int v, int m) {
  World world;
  for (int stage = 0; stage < p; ++stage) world.push_back(schedule_passes(schedule, p, stage, v, m));
  return world;
}

// Runs every stage in its own order, a forward taking 1 and a backward 2, messages nothing; 0 when the schedules wait in a circle.
int makespan(const World& world, int v) {
  const int p = static_cast<int>(world.size());
  std::map<std::tuple<PassKind, int, int>, int> ends;  // (kind, model part, microbatch)
  std::vector<std::size_t> next(world.size(), 0);
  std::vector<int> free(world.size(), 0);
  bool moved = true;
  while (moved) {
    moved = false;
    for (int s = 0; s < p; ++s) {
      const auto stage = static_cast<std::size_t>(s);
      for (; next[stage] < world[stage].size(); ++next[stage], moved = true) {
        const Pass& pass = world[stage][next[stage]];
        const int part = pass.chunk * p + s;
        const bool forward = pass.kind == PassKind::forward;
        const auto needed = forward             ? std::tuple(PassKind::forward, part - 1, pass.microbatch)
                            : part == p * v - 1 ? std::tuple(PassKind::forward, part, pass.microbatch)
                                                : std::tuple(PassKind::backward, part + 1, pass.microbatch);
        const bool nothing_needed = forward && part == 0;
        if (!nothing_needed && !ends.contains(needed)) break;
        free[stage] = std::max(free[stage], nothing_needed ? 0 : ends[needed]) + (forward ? 1 : 2);
        ends[{pass.kind, part, pass.microbatch}] = free[stage];
      }
    }
  }
  for (std::size_t s = 0; s < world.size(); ++s)
    if (next[s] < world[s].size()) return 0;
  return *std::max_element(free.begin(), free.end());
}

// Busy time per stage 3 m v; idle (p - 1)(1 + 2) at one chunk's size: the bubble is (p - 1) / (m v + p - 1) of the step.
TEST(Schedule, BubbleOfUniformStages) {
  for (const int p : {1, 2, 4, 8})
    for (const int m : {p, 2 * p, 5 * p}) {
      EXPECT_EQ(makespan(all_stages(Schedule::one_f_one_b, p, 1, m), 1), 3 * (m + p - 1));
      EXPECT_EQ(makespan(all_stages(Schedule::gpipe, p, 1, m), 1), 3 * (m + p - 1));
      for (const int v : {2, 3, 8}) {
        if (p == 1) continue;
        EXPECT_EQ(makespan(all_stages(Schedule::interleaved, p, v, m), v), 3 * (m * v + p - 1)) << p << ' ' << v << ' ' << m;
      }
    }
}

TEST(Schedule, EveryPassOnceAndBackwardAfterForward) {
  for (const int v : {2, 5})
    for (const std::vector<Pass>& passes : all_stages(Schedule::interleaved, 4, v, 12)) {
      std::map<std::pair<int, int>, int> seen;
      for (const Pass& pass : passes) EXPECT_EQ((seen[{pass.chunk, pass.microbatch}]++), pass.kind == PassKind::forward ? 0 : 1);
      EXPECT_EQ(seen.size(), static_cast<std::size_t>(12 * v));
    }
}

}  // namespace
}  // namespace headway
