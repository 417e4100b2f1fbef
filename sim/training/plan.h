// Everything the user decides about a training run: the TrainingPlan, an immutable value.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/enum_names.h"
#include "training/model.h"
#include "training/recipe.h"
#include "training/software.h"
#include "work/placement.h"

namespace headway {

enum class Schedule { gpipe, one_f_one_b, interleaved, zero_bubble, dualpipe, dualpipe_v };

template <>
struct EnumNames<Schedule> {
  static constexpr auto table = std::to_array<EnumName<Schedule>>({{Schedule::gpipe, "gpipe"},
                                                                   {Schedule::one_f_one_b, "1f1b"},
                                                                   {Schedule::interleaved, "interleaved"},
                                                                   {Schedule::zero_bubble, "zero_bubble"},
                                                                   {Schedule::dualpipe, "dualpipe"},
                                                                   {Schedule::dualpipe_v, "dualpipe_v"}});
};

// What the ranks of a data group divide among themselves. optimizer: its states (ZeRO-1). gradients: these too, reduced after every
// microbatch (ZeRO-2). parameters: these too, gathered layer by layer before every forward and backward pass (ZeRO-3, FSDP).
enum class Sharding { none, optimizer, gradients, parameters };

template <>
struct EnumNames<Sharding> {
  static constexpr auto table = std::to_array<EnumName<Sharding>>({{Sharding::none, "none"},
                                                                   {Sharding::optimizer, "optimizer"},
                                                                   {Sharding::gradients, "gradients"},
                                                                   {Sharding::parameters, "parameters"}});
};

// What the backward pass computes again. `attention_core`: scores, softmax, dropout, context (Megatron "selective").
// `mlp` of a layer with experts: from the router to the sum of what the experts return, exchange included. `mla_up_proj`: the
// products of latent attention that leave its narrow layers. `selective-op` (torchtitan): all but the fused attention and every
// second matrix product: keys, projection, half of the MLP's first.
enum class RecomputeModule { attention_core, norm, activation, mlp, mla_up_proj, selective_op, layer };

template <>
struct EnumNames<RecomputeModule> {
  static constexpr auto table = std::to_array<EnumName<RecomputeModule>>({{RecomputeModule::attention_core, "attention_core"},
                                                                          {RecomputeModule::norm, "norm"},
                                                                          {RecomputeModule::activation, "activation"},
                                                                          {RecomputeModule::mlp, "mlp"},
                                                                          {RecomputeModule::mla_up_proj, "mla_up_proj"},
                                                                          {RecomputeModule::selective_op, "selective-op"},
                                                                          {RecomputeModule::layer, "full"}});
};

struct Recompute {
  std::vector<RecomputeModule> modules;  // empty: none; {layer}: full
  [[nodiscard]] bool has(RecomputeModule module) const {
    for (const RecomputeModule m : modules)
      if (m == module || m == RecomputeModule::layer) return true;
    return false;
  }
  [[nodiscard]] bool full() const {
    for (const RecomputeModule m : modules)
      if (m == RecomputeModule::layer) return true;
    return false;
  }
};

// Degrees of parallelism. The product of tensor, context, data and pipeline is the number of devices. Rank order, fastest first:
// tensor, context, data, pipeline (Megatron's default).
//
// The ranks of a stage are dealt a second time for the experts: expert_tensor, expert, expert-data, fastest first (Megatron-Core's
// parallel folding). Ranks of one expert group hold different experts and exchange tokens; those of one expert-data group hold the
// same ones.
struct Layout {
  int tensor = 1;
  bool sequence = false;  // Megatron sequence parallelism inside the tensor group
  int pipeline = 1;
  int virtual_stages = 1;
  int context = 1;
  int expert = 1;
  int expert_tensor = 1;  // ranks that share every expert's matrices
  int data = 1;
  int shard = 0;  // of the ranks that hold the same parameters, so many neighbours divide them (hybrid sharding); 0: all of them
  [[nodiscard]] int replicas() const { return data * context; }  // ranks that hold the same parameters
  [[nodiscard]] int shard_ranks() const { return shard > 0 ? shard : replicas(); }
  [[nodiscard]] int devices() const { return tensor * pipeline * context * data; }
  [[nodiscard]] int stage_ranks() const { return tensor * context * data; }
  [[nodiscard]] int expert_data() const { return stage_ranks() / (expert * expert_tensor); }
};

// How tokens spread over the experts. The busiest rank decides how long all take, since the exchange waits for it. Fused kernels of
// mixtures under power-law routing take 1.05 (exponent 1.01) to 1.07 (1.2) times as long as balanced ones on one rank, 1.23 to 1.35
// on 8, 1.62 to 1.96 on 64 (ai-dynamo/aiconfigurator@095f58a, H100).
struct TokenRouting {
  double skew = 0;      // tokens of the busiest expert rank over the mean, 1 or more; 0: what the software's runs show
  double capacity = 0;  // tokens an expert takes at most, over the mean: those beyond are dropped; 0: it takes all
  bool padded = false;  // and every expert works on as many as that
};

struct TrainingPlan {
  Model model;
  Recipe recipe;
  Software software;
  int sequence = 0;      // tokens per sequence
  int global_batch = 0;  // sequences per optimizer step
  int microbatch = 1;    // sequences per microbatch and data-parallel rank
  Layout layout;
  Schedule schedule = Schedule::one_f_one_b;
  Sharding sharding = Sharding::none;
  Recompute recompute;
  TokenRouting routing;
  RankPlacement placement;
  std::vector<int> split;  // layers per (virtual) stage in model order; empty: even, see split.h
  [[nodiscard]] int microbatches() const { return global_batch / (layout.data * microbatch); }
  [[nodiscard]] double tokens_per_step() const { return static_cast<double>(global_batch) * sequence; }
};

// Tokens of the busiest expert rank over the mean.
[[nodiscard]] double busiest_share(const TrainingPlan& plan);

// The recipe as this software carries it out.
[[nodiscard]] Recipe recipe_under(const Software& software, Recipe recipe);

// Mistakes in the plan's own numbers (what divides what, ranges, combinations nobody can run), as plain sentences keyed by the
// scenario key they concern: {"parallel.tensor", "12 does not divide 128 heads (did you mean 8 or 16?)"}.
struct PlanMistake {
  std::string key;
  std::string message;
};
[[nodiscard]] std::vector<PlanMistake> check_plan(const TrainingPlan& plan);

}  // namespace headway
