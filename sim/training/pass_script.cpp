#include "training/pass_script.h"

#include "training/buckets.h"
#include "training/head_kernels.h"
#include "training/layer_kernels.h"
#include "training/prediction_kernels.h"

namespace headway {
namespace {

Step bucket_border(Activity activity, BucketBorder border, std::size_t bucket) {
  return {activity, {}, std::nullopt, static_cast<int>(bucket), border};
}

Script forward_script(const TrainingPlan& plan, const Chunk& chunk, const PassVariant& variant) {
  Script script;
  const std::vector<Bucket> buckets = chunk_buckets(plan, chunk);
  for (std::size_t b = 0; b < buckets.size(); ++b) {
    if (variant.buckets) script.push_back(bucket_border(Activity::forward, BucketBorder::parameters_needed, b));
    if (b == 0 && chunk.embedding) append_embedding_forward(script, plan);
    for (const LayerKind kind : buckets[b].layers)
      append_layer_forward(script, plan, kind, Activity::forward, variant.cast_weights);
  }
  if (chunk.head) append_head_forward(script, plan);
  if (chunk.head) append_predictions_forward(script, plan, variant.cast_weights);
  return script;
}

Script backward_script(const TrainingPlan& plan, const Chunk& chunk, const PassVariant& variant) {
  Script script;
  const std::vector<Bucket> buckets = chunk_buckets(plan, chunk);
  for (std::size_t b = buckets.size(); b-- > 0;) {
    if (plan.sharding == Sharding::parameters)
      script.push_back(bucket_border(Activity::backward, BucketBorder::parameters_needed, b));
    if (b + 1 == buckets.size() && chunk.head) {
      append_predictions_backward(script, plan);
      append_head_backward(script, plan);
    }
    for (std::size_t i = buckets[b].layers.size(); i-- > 0;) append_layer_backward(script, plan, buckets[b].layers[i]);
    if (b == 0 && chunk.embedding) append_embedding_backward(script, plan);
    if (variant.buckets) script.push_back(bucket_border(Activity::backward, BucketBorder::gradients_complete, b));
  }
  return script;
}

bool makes_weight_gradient(const Step& step, const Kernel& kernel) {
  const Gemm* gemm = std::get_if<Gemm>(&kernel.work);
  return step.of_weights || (gemm != nullptr && gemm->pass == GemmPass::weight_gradient);
}

// The kernels of a step that belong to one half of a backward pass.
Step half_of(const Step& step, bool of_weights) {
  Step half = step;
  std::erase_if(half.kernels, [&](const Kernel& kernel) { return makes_weight_gradient(step, kernel) != of_weights; });
  return half;
}

// Nothing of what the collective at `i` runs beside is left in the first half.
bool loses_its_neighbour(const Script& whole, std::size_t i) {
  const bool following = whole[i].call->beside == Beside::following;
  if (following ? i + 1 == whole.size() : i == 0) return false;
  const Step& neighbour = whole[following ? i + 1 : i - 1];
  return !neighbour.kernels.empty() && half_of(neighbour, false).kernels.empty();
}

Script input_gradient_script(const Script& whole) {
  Script script;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Step step = half_of(whole[i], false);
    if (step.border == BucketBorder::gradients_complete) continue;
    if (step.call && loses_its_neighbour(whole, i)) step.call->hidden = 0;
    if (step.call || step.bucket >= 0 || step.host > Seconds(0) || !step.kernels.empty()) script.push_back(std::move(step));
  }
  return script;
}

Script weight_gradient_script(const Script& whole) {
  Script script;
  for (const Step& step : whole) {
    if (step.border == BucketBorder::gradients_complete) script.push_back(step);
    if (Step half = half_of(step, true); !half.kernels.empty()) script.push_back(std::move(half));
  }
  return script;
}

}  // namespace

Script pass_script(const TrainingPlan& plan, const Chunk& chunk, const PassVariant& variant) {
  switch (variant.kind) {
    case PassKind::forward: return forward_script(plan, chunk, variant);
    case PassKind::backward: return backward_script(plan, chunk, variant);
    case PassKind::input_gradient: return input_gradient_script(backward_script(plan, chunk, variant));
    case PassKind::weight_gradient: break;
  }
  return weight_gradient_script(backward_script(plan, chunk, variant));
}

}  // namespace headway
