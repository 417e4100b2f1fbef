// Ranks as coordinates of the parallel layout. Order, fastest first: tensor, context, data, pipeline (Megatron's default).
#pragma once

#include <cstdint>

#include "training/plan.h"

namespace headway {

using Rank = std::uint32_t;

struct RankPlace {
  int tensor = 0, context = 0, data = 0, stage = 0;
};

class RankGrid {
 public:
  explicit RankGrid(const Layout& layout)
      : tensor_(layout.tensor),
        context_(layout.context),
        data_(layout.data),
        stages_(layout.pipeline),
        expert_(layout.expert),
        expert_tensor_(layout.expert_tensor),
        shard_(layout.shard_ranks()) {}

  [[nodiscard]] Rank rank(RankPlace p) const {
    return static_cast<Rank>(p.tensor + tensor_ * (p.context + context_ * (p.data + data_ * p.stage)));
  }
  [[nodiscard]] RankPlace place(Rank r) const {
    const int rest = static_cast<int>(r) / tensor_;
    return {static_cast<int>(r) % tensor_, rest % context_, rest / context_ % data_, rest / context_ / data_};
  }
  [[nodiscard]] Rank size() const { return rank({0, 0, 0, stages_}); }
  [[nodiscard]] int tensor() const { return tensor_; }
  [[nodiscard]] int context() const { return context_; }
  [[nodiscard]] int data() const { return data_; }
  [[nodiscard]] int stages() const { return stages_; }

  // Ranks that hold the same parameters, numbered: context fastest, then data. Blocks of `shard` of them divide the parameters.
  [[nodiscard]] Rank replica_rank(int tensor, int replica, int stage) const {
    return rank({tensor, replica % context_, replica / context_, stage});
  }
  [[nodiscard]] int replicas() const { return data_ * context_; }
  [[nodiscard]] int shard() const { return shard_; }

  // The second deal of a stage's ranks, for the experts: expert_tensor, expert, expert-data, fastest first.
  [[nodiscard]] Rank expert_rank(int expert_tensor, int expert, int expert_data, int stage) const {
    return rank({0, 0, 0, stage}) + static_cast<Rank>(expert_tensor + expert_tensor_ * (expert + expert_ * expert_data));
  }
  [[nodiscard]] int expert() const { return expert_; }
  [[nodiscard]] int expert_tensor() const { return expert_tensor_; }
  [[nodiscard]] int expert_data() const { return tensor_ * context_ * data_ / (expert_ * expert_tensor_); }

 private:
  int tensor_, context_, data_, stages_, expert_, expert_tensor_, shard_;
};

}  // namespace headway
