#include "training/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "training/placement.h"

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

// A forward takes 1, as do the halves of a backward pass; messages nothing.
int duration(PassKind kind) { return kind == PassKind::backward ? 2 : 1; }

// Runs every stage in its own order.
class UnitTime {
 public:
  UnitTime(World world, Placement placement) : world_(std::move(world)), placement_(placement) {}

  // 0 when the schedules wait in a circle.
  int makespan() {
    std::vector<std::size_t> next(world_.size(), 0);
    std::vector<int> free(world_.size(), 0);
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t s = 0; s < world_.size(); ++s)
        for (; next[s] < world_[s].size(); ++next[s], moved = true) {
          const Pass& pass = world_[s][next[s]];
          const std::optional<int> start = ready(static_cast<int>(s), pass);
          if (!start) break;
          free[s] = std::max(free[s], *start) + duration(pass.kind);
          ends_[{key(pass.kind), static_cast<int>(s), pass.chunk, pass.microbatch}] = free[s];
        }
    }
    for (std::size_t s = 0; s < world_.size(); ++s)
      if (next[s] < world_[s].size()) return 0;
    return *std::max_element(free.begin(), free.end());
  }

 private:
  enum class Done { forward, input_gradient, weight_gradient };
  static Done key(PassKind kind) {
    if (kind == PassKind::forward) return Done::forward;
    return runs_backward(kind) ? Done::input_gradient : Done::weight_gradient;
  }

  [[nodiscard]] std::optional<int> end_of(Done done, PartPlace place, int microbatch) const {
    const auto found = ends_.find({done, place.stage, place.chunk, microbatch});
    if (found == ends_.end()) return std::nullopt;
    return found->second;
  }

  [[nodiscard]] std::optional<int> ready(int stage, const Pass& pass) const {
    const PartPlace here{stage, pass.chunk};
    if (pass.kind == PassKind::weight_gradient) return end_of(Done::input_gradient, here, pass.microbatch);
    if (pass.kind == PassKind::forward) {
      const std::optional<PartPlace> before = placement_.previous(here);
      return before ? end_of(Done::forward, *before, pass.microbatch) : 0;
    }
    const std::optional<PartPlace> after = placement_.next(here);
    if (!end_of(Done::forward, here, pass.microbatch)) return std::nullopt;
    return after ? end_of(Done::input_gradient, *after, pass.microbatch) : end_of(Done::forward, here, pass.microbatch);
  }

  World world_;
  Placement placement_;
  std::map<std::tuple<Done, int, int, int>, int> ends_;  // of stage, chunk, microbatch
};

int makespan(Schedule schedule, int p, int v, int m) {
  return UnitTime(all_stages(schedule, p, v, m), Placement(schedule, p, v)).makespan();
}

// Busy time per stage 3 m v; idle (p - 1)(1 + 2) at one chunk's size: the bubble is (p - 1) / (m v + p - 1) of the step.
TEST(Schedule, BubbleOfUniformStages) {
  for (const int p : {1, 2, 4, 8})
    for (const int m : {p, 2 * p, 5 * p}) {
      EXPECT_EQ(makespan(Schedule::one_f_one_b, p, 1, m), 3 * (m + p - 1));
      EXPECT_EQ(makespan(Schedule::gpipe, p, 1, m), 3 * (m + p - 1));
      for (const int v : {2, 3, 8}) {
        if (p == 1) continue;
        EXPECT_EQ(makespan(Schedule::interleaved, p, v, m), 3 * (m * v + p - 1)) << p << ' ' << v << ' ' << m;
      }
    }
}

// ---- backward passes in halves

TEST(Schedule, ZeroBubbleH1) {
  EXPECT_EQ(picture(Schedule::zero_bubble, 4, 0, 1, 5), "F0 F1 F2 F3 B0 W0 F4 B1 W1 B2 W2 B3 W3 B4 W4");
  EXPECT_EQ(picture(Schedule::zero_bubble, 4, 2, 1, 5), "F0 F1 B0 F2 B1 F3 B2 W0 F4 B3 W1 B4 W2 W3 W4");
  EXPECT_EQ(picture(Schedule::zero_bubble, 4, 3, 1, 5), "F0 B0 F1 B1 F2 B2 F3 B3 W0 F4 B4 W1 W2 W3 W4");
}

TEST(Schedule, ZeroBubbleV) {
  EXPECT_EQ(picture(Schedule::zero_bubble, 2, 0, 2, 3),
            "F0.0 F1.0 F2.0 F0.1 B0.1 W0.1 F1.1 B1.1 W1.1 B0.0 W0.0 F2.1 B2.1 W2.1 B1.0 W1.0 B2.0 W2.0");
  EXPECT_EQ(picture(Schedule::zero_bubble, 2, 1, 2, 3),
            "F0.0 F0.1 F1.0 F1.1 B0.1 W0.1 F2.0 B0.0 W0.0 F2.1 B1.1 W1.1 B1.0 B2.1 B2.0 W1.0 W2.1 W2.0");
}

// Of eight microbatches, 0 .. 3 enter at stage 0 and 4 .. 7 at stage 3.
TEST(Schedule, DualPipe) {
  EXPECT_EQ(picture(Schedule::dualpipe, 4, 0, 1, 8),
            "F0.0 F1.0 F2.0 F4.1 B4.1 W4.1 F5.1 F3.0&BW5.1 F6.1&BW0.0 BW6.1 F7.1&BW1.0 BW7.1 B2.0 W2.0 B3.0 W3.0");
  EXPECT_EQ(picture(Schedule::dualpipe, 4, 1, 1, 8),
            "F0.0 F4.1 F1.0 F5.1 F2.0 BW4.1 F6.1&BW0.0 F3.0&BW5.1 F7.1&BW1.0 BW6.1 BW2.0 B7.1 B3.0 W7.1 W3.0");
  EXPECT_EQ(picture(Schedule::dualpipe, 4, 3, 1, 8),
            "F4.1 F5.1 F6.1 F0.0 B0.0 W0.0 F1.0 F7.1&BW1.0 F2.0&BW4.1 BW2.0 F3.0&BW5.1 BW3.0 B6.1 W6.1 B7.1 W7.1");
}

TEST(Schedule, DualPipeV) {
  EXPECT_EQ(picture(Schedule::dualpipe_v, 2, 0, 2, 4),
            "F0.0 F1.0 F2.0 F0.1 B0.1 W0.1 F1.1 F3.0&BW1.1 F2.1&BW0.0 BW2.1 F3.1&BW1.0 BW3.1 B2.0 W2.0 B3.0 W3.0");
  EXPECT_EQ(picture(Schedule::dualpipe_v, 2, 1, 2, 4),
            "F0.0 F0.1 F1.0 F1.1 F2.0 BW0.1 F2.1&BW0.0 F3.0&BW1.1 F3.1&BW1.0 BW2.1 BW2.0 B3.1 B3.0 W3.1 W3.0");
}

// As many as the first stage of 1F1B holds; one more for the passes that run together.
TEST(Schedule, MicrobatchesInFlightAsPublished) {
  for (const int p : {2, 4, 8})
    for (int stage = 0; stage < p; ++stage) {
      EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::zero_bubble, p, stage, 1, 3 * p)), p);
      EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::zero_bubble, p, stage, 2, 3 * p)), 2 * p);
      EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::dualpipe, p, stage, 1, 4 * p)), p + 1);
      EXPECT_EQ(peak_in_flight(schedule_passes(Schedule::dualpipe_v, p, stage, 2, 3 * p)), 2 * p + 1);
    }
}

// With F = B = W = 1 and F&B = 3. ZB-H1: (p - 1) (F + B - W). ZB-V: the ramp, (p - 1) of its shorter passes. DualPipe:
// (p / 2 - 1) (F&B + BW - 3 W); DualPipeV: as DualPipe on 2 p stages, by pass.
TEST(Schedule, BubblesOfThePapers) {
  for (const int p : {2, 4, 6, 8})
    for (const int m : {2 * p, 2 * p + 2, 5 * p}) {
      EXPECT_EQ(makespan(Schedule::zero_bubble, p, 1, m), 3 * m + (p - 1));
      EXPECT_EQ(makespan(Schedule::zero_bubble, p, 2, m), 6 * m + (p - 1));
      EXPECT_EQ(makespan(Schedule::dualpipe, p, 1, m), 3 * m + (p / 2 - 1)) << p << ' ' << m;
      EXPECT_EQ(makespan(Schedule::dualpipe_v, p, 2, m), 6 * m + (p - 1)) << p << ' ' << m;
    }
}

// Every microbatch once through every part: forward, then backward whole or in halves. UnitTime also holds the order.
TEST(Schedule, EveryMicrobatchPassesEveryPartOnce) {
  const auto legal = [](Schedule schedule, int p, int v, int m) {
    const Placement placement(schedule, p, v);
    std::map<std::tuple<int, int, char>, int> seen;  // (part, microbatch, F B W)
    const World world = all_stages(schedule, p, v, m);
    for (int s = 0; s < p; ++s)
      for (const Pass& pass : world[static_cast<std::size_t>(s)]) {
        const int part = placement.part({s, pass.chunk});
        if (pass.kind == PassKind::forward) ++seen[{part, pass.microbatch, 'F'}];
        if (runs_backward(pass.kind)) ++seen[{part, pass.microbatch, 'B'}];
        if (completes_gradients(pass.kind)) ++seen[{part, pass.microbatch, 'W'}];
      }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(3 * placement.parts() * m));
    for (const auto& [key, times] : seen) EXPECT_EQ(times, 1);
    EXPECT_GT(makespan(schedule, p, v, m), 0) << name_of(schedule) << ' ' << p << ' ' << v << ' ' << m;
  };
  for (int p = 2; p <= 9; ++p)
    for (int m = 1; m <= 3 * p; ++m) {
      legal(Schedule::one_f_one_b, p, 1, m);
      legal(Schedule::zero_bubble, p, 1, m);
      legal(Schedule::zero_bubble, p, 2, m);
      if (p % 2 == 0 && m % 2 == 0 && m >= 2 * p) legal(Schedule::dualpipe, p, 1, m);
      if (m >= 2 * p) legal(Schedule::dualpipe_v, p, 2, m);
    }
}

// A pass that runs with the next is a forward, and the next a backward of another chunk.
TEST(Schedule, AForwardRunsWithABackwardOfTheOtherDirection) {
  for (const Schedule schedule : {Schedule::dualpipe, Schedule::dualpipe_v})
    for (const std::vector<Pass>& passes : all_stages(schedule, 8, schedule == Schedule::dualpipe ? 1 : 2, 20)) {
      EXPECT_FALSE(passes.back().with_next);
      for (std::size_t i = 0; i + 1 < passes.size(); ++i) {
        if (!passes[i].with_next) continue;
        EXPECT_EQ(passes[i].kind, PassKind::forward);
        EXPECT_EQ(passes[i + 1].kind, PassKind::backward);
        EXPECT_NE(passes[i].chunk, passes[i + 1].chunk);
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
