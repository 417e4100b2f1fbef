// What happened: for every actor class, when each of its tasks began to wait, started and ended.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/instant.h"

namespace headway {

struct TaskTimes {
  Instant ready = 0;  // its stream and its dependencies let it go (a group task waits for its partners from here)
  Instant start = 0;  // the activity started: all partners present, latency included from here
  Instant end;
  friend bool operator==(const TaskTimes&, const TaskTimes&) = default;
};

// From this instant on, until the next one.
struct UseSample {
  Instant at = 0;
  double share = 0;  // of capacity, 0 to 1
  friend bool operator==(const UseSample&, const UseSample&) = default;
};

struct Timeline {
  std::vector<std::vector<TaskTimes>> tasks;  // [actor class][task index in its program]
  Instant end = 0;                            // of the last task
  std::vector<std::vector<UseSample>> use;    // by meter (engine/metering.h), where there are any
};

}  // namespace headway
