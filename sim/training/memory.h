// Peak device memory of one rank of a stage, term by term.
//
// weights            as the kernels read them, and the low-precision copies that a recipe keeps beside them; both copies of the
//                    stage's parts under DualPipe, and so with gradients
// gradients          accumulated, whole on every rank: Megatron's distributed optimizer shards the optimizer's states alone; with
//                    ZeRO-2 and ZeRO-3 a shard, with ZeRO-3 the weights are whole in two layers at a time
// optimizer states   master weights and Adam's moments, sharded with ZeRO-1: over the data group, those of experts over the
//                    expert-data group, and over the two copies under DualPipe
// activations        of the microbatches in flight by schedule and recomputation (Korthikanti et al. 2022, arXiv:2205.05198,
//                    eq. 1-6 generalised to grouped-query and gated layers and to fused attention: 34 s b h + 5 a s^2 b for GPT in
//                    16 bits, unfused). Latent attention keeps its narrow layers beside queries, keys and values; a layer with
//                    experts the rows its experts worked on, and what the shared expert keeps. Where backward passes are
//                    split, both operands of every weight gradient (32 s b h per layer of GPT) stay until it is made
// gradient buffers   what stands for the weight gradients of a layer while they are added to accumulated ones of wider format:
//                    autograd wants a tensor of each weight's shape, which Transformer Engine keeps, one per shape
// logits, workspace  the larger of two moments. The loss: logits and their gradient, the placeholder of the head's gradient and
//                    the gathered input of the head. One layer backward: gradients inside its MLP, its gathered input and what
//                    recomputation brings back.
// framework          what lies outside the framework's allocator, and what the allocator holds but does not use
//
// A term is graded `measured` where peaks of real runs confirm it (tests/training/memory_test.cpp names them), `estimated` where
// the plan leaves the ground they cover: 16-bit formats, fused attention, no recomputation, backward passes
// in one piece.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/sourced.h"
#include "training/plan.h"

namespace headway {

struct MemoryTerm {
  std::string name;  // "weights", "gradients", "optimizer states", "activations", "gradient buffers", "logits", "workspace" ...
  Bytes bytes;
  Grade grade = Grade::estimated;
  bool in_allocator = true;  // "framework" is not
};

struct StageMemory {
  std::vector<MemoryTerm> terms;
  [[nodiscard]] Bytes total() const {
    Bytes sum;
    for (const MemoryTerm& term : terms) sum += term.bytes;
    return sum;
  }
  // What the framework's own allocator reports at the peak ("max allocated").
  [[nodiscard]] Bytes allocated() const {
    Bytes sum;
    for (const MemoryTerm& term : terms)
      if (term.in_allocator) sum += term.bytes;
    return sum;
  }
};

// What one layer keeps of one microbatch from its forward to its backward pass, on one rank.
[[nodiscard]] Bytes saved_per_layer(const TrainingPlan& plan, LayerKind kind = LayerKind::dense);

[[nodiscard]] std::vector<StageMemory> stage_memory(const TrainingPlan& plan);
// Of one stage alone.
[[nodiscard]] StageMemory stage_memory(const TrainingPlan& plan, int stage);

// How what a stage holds changes with its passes, in their order: a pass takes when it starts, and gives back, or keeps on, when it
// ends. At most the stage's total; what comes and goes inside a pass counts all the time.
struct MemoryCourse {
  struct Change {
    Bytes at_start, at_end;
  };
  Bytes outside_passes;
  std::vector<Change> passes;
};
[[nodiscard]] MemoryCourse memory_course(const TrainingPlan& plan, int stage);

}  // namespace headway
