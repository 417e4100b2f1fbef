// What the step waited for, one thing at a time: the chain of activities that ends with the last of the step and begins at its start.
//
// From an activity's end the walk goes back to its start; from there to the member of its group that came last, and from where that
// one was ready to the activity whose end let it go. Every picosecond of the step lies under exactly one activity of the chain, so the
// causes sum to the step time. A kernel's time is divided among its segment's kinds of kernels as they cost alone, what
// the host adds, and what traffic beside it took; a collective's into start-up, its bytes at the rate it would have alone, and what
// others on the same links took.
#pragma once

#include <string>
#include <vector>

#include "engine/fold.h"
#include "engine/timeline.h"
#include "simulate/machine_programs.h"
#include "simulate/result.h"
#include "training/rank_program.h"

namespace headway {

// Largest first; without those of no time.
[[nodiscard]] std::vector<PathPart> critical_path(const Timeline& timeline, const Quotient& quotient, const Structure& structure,
                                                  const MachinePrograms& machine, const std::vector<RankProgram>& programs,
                                                  const Software& software);

}  // namespace headway
