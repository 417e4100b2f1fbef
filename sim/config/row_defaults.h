// What a row of a table of runs leaves out: what software does when its user says nothing, and what models are beyond their columns.
#pragma once

#include <string>
#include <string_view>

#include "training/plan.h"

namespace headway {

struct SoftwareDefaults {
  std::string_view fragment;  // of the framework column
  bool sequence_parallel;
  Sharding sharding;
  int shard = 0;  // replicas that divide what sharding divides; 0: all
};

// `framework`: the column, in lower case. Where nothing is known of it, what Megatron-LM's command line does.
[[nodiscard]] const SoftwareDefaults& defaults_of(std::string_view framework);

// The published vocabulary of a model, by its name in lower case.
[[nodiscard]] int usual_vocabulary(std::string_view model);

// Tied embeddings, biases, positions, norms and windows, by the model's name and shape. Returns what of it was assumed, if anything.
[[nodiscard]] std::string complete_by_family(Model& model, int sequence);

}  // namespace headway
