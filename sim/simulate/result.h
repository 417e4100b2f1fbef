// What a simulation answers; the values behind `run --json` (INTERFACE keys, units here in the types).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "engine/timeline.h"
#include "hardware/power.h"
#include "simulate/labels.h"
#include "simulate/network_use.h"
#include "training/memory.h"
#include "training/plan.h"

namespace headway {

// Where the step time goes: mean over all ranks, sums to the step time.
struct Breakdown {
  Seconds compute, exposed_tensor, exposed_expert, exposed_context, exposed_pipeline, exposed_data, bubble, optimizer, other;
  [[nodiscard]] Seconds sum() const {
    return compute + exposed_tensor + exposed_expert + exposed_context + exposed_pipeline + exposed_data + bubble + optimizer +
           other;
  }
};

// How long a device is inside the passes of its schedule, by their kind, from the first kernel of each to its last, with what it
// waits for in between; mean over all ranks. `together`: a forward and a backward pass that run interleaved. `outside`: the rest of
// the step (the pipeline's bubble, data-parallel traffic nothing hides, the optimizer).
struct PassTimes {
  Seconds forward, backward, input_gradient, weight_gradient, together, outside;
};

// A collective the step uses, once per kind, as the library chose it.
struct CollectiveUse {
  std::string name;       // "tensor all_reduce"
  std::string algorithm;  // "ring simple"
  int members = 0;
  Bytes bytes;
  Seconds alone;  // time of one call with nothing beside it
  double calls_per_rank = 0;
};

// A share of the critical path (simulate/critical_path.h).
struct PathPart {
  std::string cause;  // "matrix products", "tensor-parallel traffic, start-up"
  Seconds time;
};

struct Stats {
  double wall_s = 0, cpu_s = 0, peak_rss_mib = 0;
  std::map<std::string, double> cpu_by_phase_s;
  std::uint64_t events = 0, replayed = 0, solves = 0;
  std::uint64_t gemm_table_hits = 0, gemm_table_misses = 0;  // kernels priced; both 0 where no device has a table
};

// Exposed time of the collectives whose tightest link is one of a network's.
struct NetworkTime {
  std::string network;  // scale_up, scale_out ...
  Seconds exposed;
};

struct Result {
  std::string scenario;  // name or file
  std::string cluster_title, device_title, model_title, recipe_name, software_name;
  Layout layout;
  int devices = 0, packages = 0;
  int microbatches = 0;

  Seconds step_time;
  double tokens_per_s = 0;
  double model_tflops_per_device = 0, mfu = 0, hfu = 0;
  double mfu_peak_tflops = 0;  // dense peak of the compute precision, per device
  Breakdown breakdown;
  PassTimes passes;
  std::vector<StageMemory> memory_by_stage;
  Bytes memory_capacity;
  bool fits = true;
  std::string memory_advice;  // what to change when it does not fit, one sentence
  std::string bottleneck;     // one sentence: what limits the step
  std::vector<std::string> assumed;
  std::vector<CollectiveUse> collectives;
  std::vector<NetworkTime> networks;    // innermost first; of the exposed parts of the breakdown, each counted once
  std::vector<PathPart> critical_path;  // where SimulateOptions asks for it
  std::vector<DeviceUse> use;           // by group of the cluster, likewise
  std::vector<NetworkUse> network_use;  // likewise

  std::uint64_t ranks = 0, rank_classes = 0;
  Timeline timeline;  // per rank class
  TimelineLabels labels;
  Stats stats;
};

}  // namespace headway
