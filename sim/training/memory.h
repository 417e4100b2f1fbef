// Peak device memory of one rank of a stage, term by term.
//
// Weights, gradients and optimizer states by recipe and sharding; activations of the microbatch-chunks in flight by schedule and
// recomputation (Korthikanti et al. 2022, arXiv:2205.05198, eq. 1-6 generalised to grouped-query and gated layers and to fused
// attention: 34 s b h + 5 a s^2 b for GPT in 16 bits, unfused); what the backward pass of one layer, or the loss, needs beside
// them; the framework's fixed share. Megatron's distributed optimizer shards master weights and moments; 16-bit weights and the
// accumulated gradients stay whole on every rank.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.h"
#include "training/plan.h"

namespace headway {

struct MemoryTerm {
  std::string name;  // "weights", "gradients", "optimizer states", "activations", "logits", "workspace", "framework"
  Bytes bytes;
};

struct StageMemory {
  std::vector<MemoryTerm> terms;
  [[nodiscard]] Bytes total() const {
    Bytes sum;
    for (const MemoryTerm& term : terms) sum += term.bytes;
    return sum;
  }
};

// What one layer keeps of one microbatch from its forward to its backward pass, on one rank.
[[nodiscard]] Bytes saved_per_layer(const TrainingPlan& plan);

[[nodiscard]] std::vector<StageMemory> stage_memory(const TrainingPlan& plan);

}  // namespace headway
