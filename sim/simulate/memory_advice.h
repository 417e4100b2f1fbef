// What to change when a plan does not fit.
#pragma once

#include <string>
#include <vector>

#include "training/memory.h"
#include "training/plan.h"

namespace headway {

// One sentence: the largest term of the fullest stage, and the smallest changes of the plan on the same devices that would bring
// the peak below `capacity`, or the one that comes nearest:
//   "largest term activations 51.0 GiB (stage 0); recompute full would need 47.3 GiB and fit"
[[nodiscard]] std::string memory_advice(const TrainingPlan& plan, const std::vector<StageMemory>& memory, Bytes capacity);

}  // namespace headway
