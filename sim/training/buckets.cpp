#include "training/buckets.h"

#include <algorithm>

#include "training/local_shape.h"

namespace headway {

std::vector<Bucket> chunk_buckets(const TrainingPlan& plan, const Chunk& chunk) {
  const double full = std::max(40e6, 1e6 * plan.layout.data * plan.layout.context);
  const double layer = local_layer_parameters(plan);
  std::vector<Bucket> buckets(1);
  if (chunk.embedding) buckets.front().parameters += local_embedding_parameters(plan);
  for (int i = 0; i < chunk.layers; ++i) {
    if (buckets.back().layers > 0 && buckets.back().parameters >= full) buckets.emplace_back();
    ++buckets.back().layers;
    buckets.back().parameters += layer;
  }
  if (chunk.head) buckets.back().parameters += local_head_parameters(plan, plan.layout.pipeline == 1);
  return buckets;
}

double chunk_parameters(const TrainingPlan& plan, const Chunk& chunk) {
  double sum = 0;
  for (const Bucket& bucket : chunk_buckets(plan, chunk)) sum += bucket.parameters;
  return sum;
}

}  // namespace headway
