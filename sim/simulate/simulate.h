// Plan x cluster -> structure and programs -> fold -> engine -> timeline -> result. The waist of the program.
#pragma once

#include "cluster/cluster.h"
#include "simulate/result.h"
#include "training/plan.h"

namespace headway {

struct SimulateOptions {
  bool fold = true;            // false: every rank its own class (same timeline, more work)
  bool keep_timeline = false;  // fill Result::timeline and labels
  bool critical_path = false;  // fill Result::critical_path
  bool network_use = false;    // fill Result::network_use
};

// Requires a plan that check_plan passes and whose layout has as many devices as the cluster. A plan that does not fit in
// memory is simulated all the same (Result::fits). Throws InputError where the catalogue lacks a value the plan needs.
[[nodiscard]] Result simulate(const Cluster& cluster, const TrainingPlan& plan, const SimulateOptions& options = {});

}  // namespace headway
