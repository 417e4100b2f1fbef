#include "training/layer_kernels.h"

#include <utility>

#include "training/attention_kernels.h"
#include "training/expert_kernels.h"
#include "training/local_shape.h"
#include "training/mlp_kernels.h"

namespace headway {
namespace {

// Four matrices of a dense layer; two of each expert and of the shared one beside two of attention.
double matrices_of(const TrainingPlan& plan, LayerKind kind) {
  if (!kind.experts) return 4;
  const ExpertShape experts(plan);
  return 2 + 2 * experts.experts + (experts.shared_ffn > 0 ? 2 : 0);
}

void append_weight_casts(Script& script, const TrainingPlan& plan, LayerKind kind, Activity activity) {
  if (plan.recipe.packed_weights()) return;  // they are unpacked for each product
  KernelList kernels;
  add_cast(kernels, "weight_cast", plan, local_layer_matrices(plan, kind).total());
  if (kernels.empty()) return;
  kernels.back().launches = matrices_of(plan, kind);
  script.push_back({activity, std::move(kernels), std::nullopt, -1});
}

}  // namespace

void append_layer_forward(Script& script, const TrainingPlan& plan, LayerKind kind, Activity activity, bool cast_weights) {
  if (cast_weights) append_weight_casts(script, plan, kind, activity);
  AttentionWriter(script, plan, activity, kind.local).forward();
  if (!kind.experts)
    MlpWriter(script, plan, activity).forward();
  else
    ExpertWriter(script, plan, activity).forward();
}

void append_layer_backward(Script& script, const TrainingPlan& plan, LayerKind kind) {
  if (plan.recompute.full()) append_layer_forward(script, plan, kind, Activity::recompute, false);
  if (!kind.experts)
    MlpWriter(script, plan, Activity::backward).backward();
  else
    ExpertWriter(script, plan, Activity::backward).backward();
  AttentionWriter(script, plan, Activity::backward, kind.local).backward();
}

}  // namespace headway
