// What the devices of a machine do while a step runs, read off the timeline: matrix kernels, memory-bound kernels, exchanges.
//
// A segment's time is divided as its kernels' stand-alone times are; what the host needs beyond them leaves the device empty. Time
// outside segments is exchange: a collective on the compute stream, or waiting for one, for a message, for the others.
#pragma once

#include <vector>

#include "cluster/cluster.h"
#include "engine/fold.h"
#include "engine/timeline.h"
#include "hardware/power.h"
#include "simulate/machine_programs.h"
#include "training/rank_program.h"
#include "training/software.h"

namespace headway {

// The mean device of every group of the cluster, over the timeline.
[[nodiscard]] std::vector<DeviceUse> device_use(const Cluster& cluster, const Timeline& timeline,
                                                const std::vector<ActorClass>& classes, const MachinePrograms& machine,
                                                const std::vector<RankProgram>& programs, const Software& software);

}  // namespace headway
