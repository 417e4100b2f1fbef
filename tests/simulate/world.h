// Small training runs on catalogue clusters, drawn in a line.
#pragma once

#include <string>

#include "config/catalogue.h"
#include "simulate/simulate.h"

namespace headway::testing_world {

inline const Catalogue& catalogue() {
  static const Catalogue shipped({HEADWAY_SOURCE_DIR});
  return shipped;
}

struct TrainingRun {
  Cluster cluster;
  TrainingPlan plan;

  [[nodiscard]] Result result(bool fold = true) const { return simulate(cluster, plan, {.fold = fold, .keep_timeline = true}); }
};

// A model of `layers` thin layers; data parallelism takes what tensor and pipeline leave. `microbatches` per data rank.
inline TrainingRun run(const std::string& cluster, int devices, int tensor, int pipeline, int virtual_stages, int microbatches,
                       const std::string& software = "megatron-core") {
  TrainingRun r;
  r.cluster = catalogue().cluster(cluster, devices);
  r.plan.model = catalogue().model("llama-3.1-8b");
  r.plan.recipe = catalogue().recipe("bf16");
  r.plan.software = catalogue().software(software);
  r.plan.sequence = 2048;
  r.plan.layout.tensor = tensor;
  r.plan.layout.sequence = tensor > 1;
  r.plan.layout.pipeline = pipeline;
  r.plan.layout.virtual_stages = virtual_stages;
  r.plan.layout.data = devices / (tensor * pipeline);
  r.plan.global_batch = r.plan.layout.data * microbatches;
  r.plan.schedule = virtual_stages > 1 ? Schedule::interleaved : Schedule::one_f_one_b;
  r.plan.sharding = Sharding::optimizer;
  return r;
}

}  // namespace headway::testing_world
