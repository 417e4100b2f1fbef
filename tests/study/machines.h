// Small machines with work to do, of the catalogue's devices.
#pragma once

#include "config/catalogue.h"
#include "study/resources.h"

namespace headway::testing_study {

inline const Catalogue& catalogue() {
  static const Catalogue shipped({HEADWAY_SOURCE_DIR});
  return shipped;
}

// Two nodes of H100 train an 8-billion-parameter model, cut short: `layers` of it.
inline Machine machine(int tensor = 2, int pipeline = 2, int devices = 16, int layers = 8) {
  Machine m;
  m.cluster = catalogue().cluster("dgx-h100", devices);
  m.plan.model = catalogue().model("llama-3.1-8b");
  m.plan.model.layers = layers;
  m.plan.recipe = catalogue().recipe("bf16");
  m.plan.software = catalogue().software("megatron-core");
  m.plan.sequence = 4096;
  m.plan.global_batch = 32;
  m.plan.layout.tensor = tensor;
  m.plan.layout.sequence = true;
  m.plan.layout.pipeline = pipeline;
  m.plan.layout.data = devices / (tensor * pipeline);
  m.plan.sharding = Sharding::optimizer;
  return m;
}

}  // namespace headway::testing_study
