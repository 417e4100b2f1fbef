// A plan made ready to run on devices of a cluster: rank programs, communicators and engine programs, still apart from any other
// plan's; and, once run, what its part of the timeline tells.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/communicators.h"
#include "simulate/machine_programs.h"
#include "simulate/machine_run.h"
#include "simulate/rank_grid.h"
#include "simulate/result.h"

namespace headway {

struct PreparedPlan {
  RankGrid grid;
  std::vector<RankProgram> programs;  // by stage
  Communicators communicators;
  MachinePrograms machine;  // its program_of_rank has moved to the structure
};

// `devices`: of the cluster, for this plan, as many as its layout has; the plan's placement deals ranks to them. The step is done
// `steps` times.
[[nodiscard]] PreparedPlan prepare(const Cluster& cluster, const TrainingPlan& plan, const Fabric& fabric,
                                   const std::vector<DeviceIndex>& devices, std::uint32_t steps, PhaseClock& clock);

// `run`: the plan's own classes and what they did. `part`: the cluster cut down to the plan's devices. Takes the timeline where it
// is to be kept.
[[nodiscard]] Result result_of(const Cluster& part, const TrainingPlan& plan, const Fabric& fabric, PreparedPlan& prepared,
                               MachineRun& run, std::uint32_t steps, bool keep_timeline);

}  // namespace headway
