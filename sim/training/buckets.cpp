#include "training/buckets.h"

#include <algorithm>

#include "training/placement.h"

namespace headway {

std::vector<Bucket> chunk_buckets(const TrainingPlan& plan, const Chunk& chunk) {
  // Sharded parameters come and go layer by layer.
  const double full = plan.sharding == Sharding::parameters ? 0.0 : std::max(40e6, 1e6 * plan.layout.data * plan.layout.context);
  std::vector<Bucket> buckets(1);
  if (chunk.embedding) buckets.front().parameters.common += local_embedding_parameters(plan);
  for (const LayerKind kind : chunk.layers) {
    if (!buckets.back().layers.empty() && buckets.back().parameters.total() >= full) buckets.emplace_back();
    buckets.back().layers.push_back(kind);
    buckets.back().parameters += local_layer_parameters(plan, kind);
  }
  if (chunk.head) {
    buckets.back().parameters.common += local_head_parameters(plan, Placement(plan).ends_share_a_stage());
    buckets.back().parameters += local_prediction_parameters(plan);
  }
  return buckets;
}

HeldParameters chunk_parameters(const TrainingPlan& plan, const Chunk& chunk) {
  HeldParameters sum;
  for (const Bucket& bucket : chunk_buckets(plan, chunk)) sum += bucket.parameters;
  return sum;
}

}  // namespace headway
