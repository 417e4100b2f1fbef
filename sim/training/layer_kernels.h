// One transformer layer on one rank: attention (attention_kernels.h), then an MLP (mlp_kernels.h) or a mixture of experts
// (expert_kernels.h); backward from the end.
#pragma once

#include "training/step.h"

namespace headway {

// `cast_weights`: this pass makes the low-precision copies of the weights that later microbatches of the step reuse.
void append_layer_forward(Script& script, const TrainingPlan& plan, LayerKind kind, Activity activity, bool cast_weights);

// With what plan.recompute asks to be computed again, at the point where Megatron does so.
void append_layer_backward(Script& script, const TrainingPlan& plan, LayerKind kind);

}  // namespace headway
