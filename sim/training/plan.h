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

enum class Schedule { gpipe, one_f_one_b, interleaved };

template <>
struct EnumNames<Schedule> {
  static constexpr auto table = std::to_array<EnumName<Schedule>>(
      {{Schedule::gpipe, "gpipe"}, {Schedule::one_f_one_b, "1f1b"}, {Schedule::interleaved, "interleaved"}});
};

enum class Sharding { none, optimizer, gradients, parameters };

template <>
struct EnumNames<Sharding> {
  static constexpr auto table = std::to_array<EnumName<Sharding>>({{Sharding::none, "none"},
                                                                   {Sharding::optimizer, "optimizer"},
                                                                   {Sharding::gradients, "gradients"},
                                                                   {Sharding::parameters, "parameters"}});
};

// What the backward pass computes again. `attention_core`: scores, softmax, dropout, context (Megatron "selective").
enum class RecomputeModule { attention_core, norm, activation, mlp, layer };

template <>
struct EnumNames<RecomputeModule> {
  static constexpr auto table = std::to_array<EnumName<RecomputeModule>>({{RecomputeModule::attention_core, "attention_core"},
                                                                          {RecomputeModule::norm, "norm"},
                                                                          {RecomputeModule::activation, "activation"},
                                                                          {RecomputeModule::mlp, "mlp"},
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

// Degrees of parallelism. Their product, data included, is the number of devices. Rank order, fastest first: tensor, context,
// data, pipeline (Megatron's default).
struct Layout {
  int tensor = 1;
  bool sequence = false;  // Megatron sequence parallelism inside the tensor group
  int pipeline = 1;
  int virtual_stages = 1;
  int context = 1;
  int expert = 1;
  int data = 1;
  [[nodiscard]] int devices() const { return tensor * pipeline * context * data; }
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
  RankPlacement placement;
  std::vector<int> split;  // layers per (virtual) stage in model order; empty: even, see split.h
  [[nodiscard]] int microbatches() const { return global_batch / (layout.data * microbatch); }
  [[nodiscard]] double tokens_per_step() const { return static_cast<double>(global_batch) * sequence; }
};

// Mistakes in the plan's own numbers (what divides what, ranges, combinations nobody can run), as plain sentences keyed by the
// scenario key they concern: {"parallel.tensor", "12 does not divide 128 heads (did you mean 8 or 16?)"}.
struct PlanMistake {
  std::string key;
  std::string message;
};
[[nodiscard]] std::vector<PlanMistake> check_plan(const TrainingPlan& plan);

}  // namespace headway
