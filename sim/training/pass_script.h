// The script of one pass of one model chunk: embedding, layers, head; backwards from the end.
#pragma once

#include <compare>

#include "training/schedule.h"
#include "training/split.h"
#include "training/step.h"

namespace headway {

// What makes a pass of a chunk differ from its other passes.
struct PassVariant {
  PassKind kind = PassKind::forward;
  bool cast_weights = false;  // first forward of the step makes the low-precision weights
  bool buckets = false;       // this forward waits for gathered parameters, this backward releases gradients to be reduced
  friend auto operator<=>(const PassVariant&, const PassVariant&) = default;
};

[[nodiscard]] Script pass_script(const TrainingPlan& plan, const Chunk& chunk, const PassVariant& variant);

}  // namespace headway
