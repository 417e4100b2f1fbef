// The best way to lay a training run out: all of plan_space.h, the hopeless ones ruled out, the rest simulated in full.
//
//   1  what does not fit in memory is out (training/memory.h, the end stages first);
//   2  the rest are ordered by a bound no step can beat (step_bound.h) and simulated in that order, a fixed number at a time, until the
//      bound is above everything still wanted: the best few, and the best under each constraint. What is left is proven slower. A
//      simulation ends as soon as its own clock is past all that is wanted.
//
// Hence the winner is that of an exhaustive search; tests compare both. Ties go to the earlier of the space. The answer depends on
// no number of threads.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "simulate/result.h"
#include "study/plan_space.h"
#include "study/resources.h"

namespace headway {

struct PlanSearchOptions {
  OpenChoices open{true};
  std::size_t best = 5;         // how many are wanted
  bool constraints = true;      // and the best under each constraint
  bool exhaustive = false;      // simulate all that fits
  bool split_backward = false;  // zero-bubble and DualPipe too
  bool fold = true;
  bool device_use = false;                                              // of those found: Result::use
  std::function<void(std::size_t done, std::size_t of)> progress = {};  // from one thread at a time
};

struct PlanSearchCount {
  std::size_t layouts = 0;    // that do not contradict themselves
  std::size_t too_large = 0;  // of them, those that do not fit in memory
  std::size_t slower = 0;     // proven slower without simulation
  std::size_t simulated = 0;
  std::size_t given_up = 0;  // of them, those whose simulation ended when they were slower than anything wanted
  [[nodiscard]] double pruned() const {
    return layouts > 0 ? static_cast<double>(too_large + slower) / static_cast<double>(layouts) : 0;
  }
};

struct FoundPlan {
  TrainingPlan plan;
  Result result;
  Seconds bound;
};

// A layout that was simulated in full, in few words.
struct TriedPlan {
  Layout layout;
  int microbatch = 1;
  Schedule schedule = Schedule::one_f_one_b;
  Sharding sharding = Sharding::none;
  Recompute recompute;
  Seconds step_time;
  Bytes memory;  // of the fullest stage
};

struct BestUnder {
  std::string constraint;  // "no recomputation"
  std::optional<FoundPlan> found;
};

// How the plan as it was written stands among all: no more than `at_most_before` layouts can be faster.
struct WrittenPlan {
  Result result;
  std::size_t at_most_before = 0;
  std::size_t fitting = 0;  // layouts that fit in memory
};

struct PlanSearch {
  PlanSearchCount count;
  std::vector<FoundPlan> best;  // fastest first; empty: nothing fits
  std::vector<BestUnder> under;
  std::vector<TriedPlan> tried;        // all that fit and were simulated to the end, in order of their bounds
  std::optional<WrittenPlan> written;  // where the machine's plan covers the cluster
  TrainingPlan smallest;               // the layout that needs least memory, and how much
  Bytes least_memory, capacity;
};

// Throws InputError where no layout divides model, batch and cluster, or the catalogue lacks a value.
[[nodiscard]] PlanSearch search_plans(const Machine& machine, const PlanSearchOptions& options = {});

}  // namespace headway
