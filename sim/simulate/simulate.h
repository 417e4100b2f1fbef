// Plan x cluster -> structure and programs -> fold -> engine -> timeline -> result. The waist of the program.
#pragma once

#include <optional>

#include "cluster/cluster.h"
#include "simulate/result.h"
#include "training/plan.h"

namespace headway {

struct SimulateOptions {
  bool fold = true;            // false: every rank its own class (same timeline, more work)
  bool keep_timeline = false;  // fill Result::timeline and labels
  bool critical_path = false;  // fill Result::critical_path
  bool meter_links = false;    // fill Timeline::use, for a trace; replays nothing
  bool device_use = false;     // fill Result::use
  bool network_use = false;    // fill Result::network_use
};

// Requires a plan that check_plan passes and whose layout has as many devices as the cluster. A plan that does not fit in
// memory is simulated all the same (Result::fits). Throws InputError where the catalogue lacks a value the plan needs.
[[nodiscard]] Result simulate(const Cluster& cluster, const TrainingPlan& plan, const SimulateOptions& options = {});

// The step time alone, or nothing where it is more than `limit`, which is then found out as soon as simulated time gets there. Requires
// the cluster's fabric.
[[nodiscard]] std::optional<Seconds> step_time_within(const Cluster& cluster, const Fabric& fabric, const TrainingPlan& plan,
                                                      Seconds limit, const SimulateOptions& options = {});

}  // namespace headway
