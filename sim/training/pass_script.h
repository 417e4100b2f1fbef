// The script of one pass of one model chunk: embedding, layers, head; backwards from the end.
//
// A backward pass in halves is the whole one, dealt out. Kernels that make gradients of weights alone (the products' weight
// gradients, those of biases and of the embedding) go to the second half, in the same order; everything else, recomputation and
// collectives included, is the first. A collective that ran beside a weight gradient has nothing left to hide under, and blocks.
// Gradients of a bucket are complete in the second half.
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
  bool buckets =
      false;  // this forward waits for gathered parameters, this backward (or weight_gradient) releases gradients to be reduced
  friend auto operator<=>(const PassVariant&, const PassVariant&) = default;
};

[[nodiscard]] Script pass_script(const TrainingPlan& plan, const Chunk& chunk, const PassVariant& variant);

}  // namespace headway
