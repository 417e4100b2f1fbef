// Runs the programs of all actor classes over a quotient, from the first instant to the last task.
//
// The loop: take all events of the next instant; end and start activities; then share again, but only in the components of
// activities coupled through resources that more is asked of than they have. An activity whose resources all have room runs at its
// top level without a solve; an activity whose level does not change keeps its completion event untouched.
//
// Every start and end of an instant is applied before levels are computed, so the order of events within an instant cannot matter.
//
// Replay: a block that is laid down often, and whose tasks are the class's own, is solved once (engine/solo.h). When such a block
// begins, or goes on after a cut, and all its resources are free, the rest of it becomes one event. It owns its resources until
// then; the moment anything else wants one of them, its activities are set up as they were just before that instant, and it runs
// task by task up to the next cut. The timeline is the same to the picosecond; tests run both ways and compare.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fold.h"
#include "engine/metering.h"
#include "engine/program.h"
#include "engine/timeline.h"

namespace headway {

struct ExecutionStats {
  std::uint64_t completions = 0;  // activities run to their end
  std::uint64_t replayed = 0;     // of these, as part of a block that was solved before
  std::uint64_t solves = 0;       // components solved
};

enum class Replay { where_exact, never };

// `kinds` as in Structure. With a `metering` the timeline tells the use of resources too, and nothing is replayed. `until`: who wants
// to know no more than that it takes longer gets a timeline that is cut at the first instant after it, its end. Throws InternalError
// when tasks wait for one another for ever, InputError when they take for ever.
[[nodiscard]] Timeline execute(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds,
                               const std::vector<Program>& programs, ExecutionStats* stats = nullptr,
                               Replay replay = Replay::where_exact, const Metering* metering = nullptr,
                               Instant until = kEndOfTime);

}  // namespace headway
