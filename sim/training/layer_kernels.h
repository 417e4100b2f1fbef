// One transformer layer on one tensor-parallel rank, in Megatron-LM's order.
//
//   forward   norm  [AG]  qkv, rotary, attention, projection  [RS | AR]  bias-dropout-residual
//             norm  [AG]  up (gate and up fused), activation, down  [RS | AR]  bias-dropout-residual
//   backward  the same from the end: a row-parallel product (down, projection) gathers its output gradient first, a
//             column-parallel one (up, qkv) gathers its input again beside the data gradient, since only 1/t of it was kept, and
//             reduces its input gradient beside the weight gradient
//
// [AG], [RS] with sequence parallelism, [AR] without; the backward pass has one [AR] per half layer.
#pragma once

#include "training/step.h"

namespace headway {

// `cast_weights`: this pass makes the low-precision copies of the weights that later microbatches of the step reuse.
void append_layer_forward(Script& script, const TrainingPlan& plan, Activity activity, bool cast_weights);

// With what plan.recompute asks to be computed again, at the point where Megatron does so.
void append_layer_backward(Script& script, const TrainingPlan& plan);

}  // namespace headway
