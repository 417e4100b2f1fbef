// Gradient buckets: groups of consecutive layers whose gradients (or, with ZeRO-1, parameters) travel together.
//
// Megatron-LM fills a bucket until it holds max(40 M, 1 M x data x context) parameters (distributed_data_parallel_config.py); here a bucket
// holds whole layers, and exactly one where parameters are sharded. The embedding belongs to the first bucket of its chunk, the head and the prediction modules to the last. A
// bucket's experts travel in a call of their own, since fewer ranks hold them.
#pragma once

#include <vector>

#include "training/local_shape.h"
#include "training/split.h"

namespace headway {

struct Bucket {
  std::vector<LayerKind> layers;
  HeldParameters parameters;  // on this rank
};

// In model order; at least one, even for a chunk of the embedding alone.
[[nodiscard]] std::vector<Bucket> chunk_buckets(const TrainingPlan& plan, const Chunk& chunk);

[[nodiscard]] HeldParameters chunk_parameters(const TrainingPlan& plan, const Chunk& chunk);

}  // namespace headway
