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

struct Timeline {
  std::vector<std::vector<TaskTimes>> tasks;  // [actor class][task index in its program]
  Instant end = 0;                            // of the last task
};

}  // namespace headway
