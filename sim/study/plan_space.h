// All ways to lay a training run out over the devices of a cluster.
//
// Degrees are divisors: tensor, context, pipeline and data multiply to the devices, experts are dealt to a divisor of their number,
// whole or shared like the tensor group. Virtual stages are those that divide the layers evenly (or with the slots of split.h).
// A microbatch divides a replica's share of the batch, up to 16. Beside them every schedule, sharding and amount of recomputation that
// may be chosen; schedules that split backward passes (zero-bubble, DualPipe) only where they are asked for, since little software has
// them. What contradicts itself (check_plan) is none.
#pragma once

#include <cstddef>
#include <vector>

#include "training/open_choices.h"
#include "training/plan.h"

namespace headway {

inline constexpr int kLargestMicrobatch = 16;

// One way. `recompute` is an index into PlanSpace::recomputes.
struct PlanChoice {
  Layout layout;
  int microbatch = 1;
  Schedule schedule = Schedule::one_f_one_b;
  Sharding sharding = Sharding::none;
  int recompute = 0;
};

struct PlanSpace {
  std::vector<Recompute> recomputes;
  std::vector<PlanChoice> choices;  // in a fixed order; some may contradict themselves in ways only check_plan sees

  // Makes the choice in `plan`.
  void make(std::size_t choice, TrainingPlan& plan) const;
};

// What is not open stays as `plan` has it; so do sequence parallelism, placement and a split of layers.
[[nodiscard]] PlanSpace plan_space(const TrainingPlan& plan, int devices, const OpenChoices& open, bool split_backward);

}  // namespace headway
