// Peak device memory of one rank of a stage, term by term.
//
// Weights, gradients and optimizer states by recipe and sharding; activations of the microbatch-chunks in flight by schedule and
// recomputation (Korthikanti et al. 2022, arXiv:2205.05198, eq. 1-6 generalised to grouped-query and gated layers and to fused
// attention); logits on the last stage; the framework's fixed share.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.h"
#include "training/plan.h"

namespace headway {

struct MemoryTerm {
  std::string name;  // "weights", "gradients", "optimizer states", "activations", "logits", "framework"
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

[[nodiscard]] std::vector<StageMemory> stage_memory(const TrainingPlan& plan);

}  // namespace headway
