// Rank programs on devices: one engine program per pipeline stage and kind of device.
#pragma once

#include <vector>

#include "cluster/cluster.h"
#include "engine/program.h"
#include "simulate/communicators.h"
#include "simulate/pricing.h"
#include "simulate/rank_grid.h"
#include "training/plan.h"
#include "training/rank_program.h"

namespace headway {

struct MachinePrograms {
  std::vector<Program> programs;
  std::vector<std::uint32_t> stage_of;  // by engine program: the rank program it came from
  std::vector<DeviceKind> kind_of;      // by engine program: the device it runs on, of the cluster it was priced for
  std::vector<std::uint32_t> program_of_rank;
  Flops recomputed;  // on matrix units, by all ranks of one data-parallel replica
};

[[nodiscard]] MachinePrograms price_programs(const Cluster& cluster, const TrainingPlan& plan, const RankGrid& grid,
                                             const std::vector<RankProgram>& programs, const Communicators& communicators,
                                             const std::vector<DeviceIndex>& device_of);

}  // namespace headway
