// Several training jobs on one cluster at the same time: each on devices of its own, all on the same links.
//
// The jobs' structures become one: slots, groups and programs side by side, and every link one resource that all of them draw on,
// shared max-min like everything else. All start together. A job whose step is shorter takes as many steps as the longest one's
// step lasts, each job running alone, so that no job is ever without the others for long; its step time is the mean.
#pragma once

#include <vector>

#include "simulate/simulate.h"

namespace headway {

struct TrainingJob {
  TrainingPlan plan;
  std::vector<DeviceIndex> devices;  // as many as the layout has; no device is in two jobs
};

struct JobResult {
  Result result;  // beside the others
  Seconds alone;  // its step with the cluster for itself, on the same devices
  int steps = 1;  // taken beside the others
  [[nodiscard]] double cost_of_others() const { return result.step_time / alone - 1; }
};

[[nodiscard]] std::vector<JobResult> simulate(const Cluster& cluster, const std::vector<TrainingJob>& jobs,
                                              const SimulateOptions& options = {});

}  // namespace headway
