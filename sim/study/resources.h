// The resources a training step draws on, and how to make one of them faster.
//
// `faster(k)` multiplies a rate by k, or divides a delay by k; all else stays. Together the resources of a machine are all that has a
// time in it: with every one of them k times as fast, the step takes 1/k of the time (to the rounding of picoseconds).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "training/plan.h"

namespace headway {

// A cluster and what it is to do.
struct Machine {
  Cluster cluster;
  TrainingPlan plan;
};

struct Resource {
  std::string key;    // "compute", "memory_bandwidth", "scale_up.bandwidth", "scale_up.latency", "kernel_start", "host"
  std::string title;  // "matrix units", "bandwidth of scale_up"
  bool is_delay = false;
  std::function<void(Machine&, double)> faster;
};

[[nodiscard]] std::vector<Resource> resources_of(const Machine& machine);

// Measured products are replaced by the formula: a table says nothing of a faster device.
[[nodiscard]] Machine without_measured_tables(Machine machine);

}  // namespace headway
