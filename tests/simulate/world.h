// Small training runs on catalogue clusters, drawn in a line.
#pragma once

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "config/catalogue.h"
#include "simulate/simulate.h"

namespace headway::testing_world {

inline const Catalogue& catalogue() {
  static const Catalogue shipped({HEADWAY_SOURCE_DIR});
  return shipped;
}

struct Run {
  Cluster cluster;
  TrainingPlan plan;

  [[nodiscard]] Result result(bool fold = true) const { return simulate(cluster, plan, {.fold = fold, .keep_timeline = true}); }
};

// A model of `layers` thin layers; data parallelism takes what tensor and pipeline leave. `microbatches` per data rank.
inline Run run(const std::string& cluster, int devices, int tensor, int pipeline, int virtual_stages, int microbatches,
               const std::string& software = "megatron-core") {
  Run r;
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

// The timeline of every rank, through its class.
inline std::vector<std::pair<std::string, std::vector<TaskTimes>>> sorted_by_class(const Result& result) {
  std::vector<std::pair<std::string, std::vector<TaskTimes>>> all;
  for (std::size_t k = 0; k < result.labels.classes.size(); ++k)
    for (std::uint64_t i = 0; i < result.labels.classes[k].ranks; ++i)
      all.emplace_back(std::to_string(result.labels.classes[k].program), result.timeline.tasks[k]);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return std::lexicographical_compare(a.second.begin(), a.second.end(), b.second.begin(), b.second.end(),
                                        [](const TaskTimes& x, const TaskTimes& y) {
                                          return std::tie(x.ready, x.start, x.end) < std::tie(y.ready, y.start, y.end);
                                        });
  });
  return all;
}

}  // namespace headway::testing_world
