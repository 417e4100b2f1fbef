// What an actor does: tasks on streams, each a local activity of its own or its part in an activity of a group.
//
// An activity has `work` seconds to do at level 1 and runs at a level the solver gives it (engine/max_min.h), never above
// `top_level`. For a kernel level 1 is its stand-alone speed and work its stand-alone duration; for a communication level 1 is
// 10^12 payload bytes per second, so that equal levels are equal bytes per second. Amounts drawn are integers per second at
// level 1, so that sums are exact in any order.
//
// A task starts when the previous task of its stream and all tasks in `after` have ended; a group task starts when every member
// of the group has come to the task with the same tag, and ends for all members at one instant.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/composition.h"
#include "engine/instant.h"

namespace headway {

// Resources only an actor itself and the groups it belongs to can draw on (a device's multiprocessors and its memory).
inline constexpr int kLocalResources = 2;
using LocalAmounts = std::array<std::int64_t, kLocalResources>;

// A local activity.
struct LocalWork {
  double work = 0;  // seconds at level 1
  double top_level = 1;
  Picoseconds latency = 0;  // before it draws anything
  LocalAmounts draws{};     // per second at level 1
};

// A group's activity, as one kind of group performs it.
struct GroupCall {
  double work = 0;
  double top_level = 1;
  Picoseconds latency = 0;
  LocalAmounts draws{};  // on every member's local resources, per second at level 1
  LocalAmounts holds{};  // taken from every member's local capacity while it runs (all but a sixteenth at most, engine/sharing.h)
};

struct Task {
  std::uint32_t what = 0;  // local: index into works; group: call number, common to all programs
  std::uint32_t tag = 0;   // group: which use of the slot's group this is, counted from the tag of its piece
  std::uint16_t slot = 0;  // group: which of the actor's groups
  std::uint8_t stream = 0;
  bool group = false;
};

struct Program {
  std::vector<LocalWork> works;
  Composition<Task> tasks;
  int streams = 1;
  LocalAmounts local_capacity{};
};

}  // namespace headway
