// A training run of weeks as its planner writes it: what is to be done, what interrupts it, and what each interruption costs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/diagnostic.h"
#include "base/quantity.h"
#include "operations/reliability.h"

namespace headway {

// One of: so many tokens, so many steps, or as far as it comes in that time.
struct CampaignGoal {
  std::optional<double> tokens, steps;
  std::optional<Seconds> lasts;
};

struct BackgroundWrite {
  Seconds stall;         // until the snapshot lies in host memory and the job goes on
  double slow_down = 0;  // of the steps while it is written
};

struct CheckpointPlan {
  std::optional<Bytes> size;                    // none: weights, master weights and moments of every parameter
  std::optional<Bandwidth> bandwidth;           // of the storage, for the whole job's checkpoint
  std::optional<Seconds> write_time;            // in place of size and bandwidth
  std::optional<Bandwidth> read_bandwidth;      // none: as it is written
  std::optional<Seconds> every;                 // of running time; none: the optimum (checkpoint.h)
  std::optional<BackgroundWrite> asynchronous;  // none: the job waits until it is written
};

struct RecoveryPlan {
  Seconds detection;  // until the failure is found and its place known
  Seconds restart;    // processes, communicators; the checkpoint is read after it
  Seconds warm_up;    // compilation, data pipeline: until the first step is as fast as any
};

struct SpareNodes {
  int nodes = 0;
  Seconds repair;  // until a broken node is a spare again
};

struct MaintenancePlan {
  Seconds every, lasts;  // of the calendar; the job writes a checkpoint before and restarts after it
};

// The whole job runs as slow as its slowest device.
struct StragglerPlan {
  double share = 0;      // of the running time there is one
  double slow_down = 0;  // of the step then
  Seconds lasts;         // on average, until it is found
};

struct Campaign {
  SourceMark mark;
  CampaignGoal goal;
  Reliability reliability;
  CheckpointPlan checkpoint;
  RecoveryPlan recovery;
  std::optional<SpareNodes> spares;  // none: there is always one
  std::optional<MaintenancePlan> maintenance;
  std::optional<StragglerPlan> stragglers;
  int runs = 2000;
  std::uint64_t seed = 1;
};

}  // namespace headway
