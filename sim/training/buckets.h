// Gradient buckets: groups of consecutive layers whose gradients (or, with ZeRO-1, parameters) travel together.
//
// Megatron-LM fills a bucket until it holds max(40 M, 1 M x data x context) parameters (distributed_data_parallel_config.py); here a bucket
// holds whole layers. The embedding belongs to the first bucket of its chunk, the head to the last.
#pragma once

#include <vector>

#include "training/split.h"

namespace headway {

struct Bucket {
  int layers = 0;
  double parameters = 0;  // on this tensor rank
};

// In model order; at least one, even for a chunk of the embedding alone.
[[nodiscard]] std::vector<Bucket> chunk_buckets(const TrainingPlan& plan, const Chunk& chunk);

[[nodiscard]] double chunk_parameters(const TrainingPlan& plan, const Chunk& chunk);

}  // namespace headway
