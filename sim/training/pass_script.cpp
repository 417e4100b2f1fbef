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

}  // namespace

Script pass_script(const TrainingPlan& plan, const Chunk& chunk, const PassVariant& variant) {
  return variant.kind == PassKind::forward ? forward_script(plan, chunk, variant) : backward_script(plan, chunk, variant);
}

}  // namespace headway
