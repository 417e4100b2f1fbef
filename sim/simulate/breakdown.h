// Where the step time goes, read off the compute streams of a timeline.
//
// Every instant of a rank's step is counted once: while its compute stream runs a segment, under what the segment is for; while it
// runs a collective, or waits for one that is under way, under that collective's dimension; while it waits for partners that have
// not come, or for a message not yet sent, as bubble. The mean over ranks sums to the step time.
#pragma once

#include <vector>

#include "engine/fold.h"
#include "engine/timeline.h"
#include "simulate/result.h"
#include "training/rank_program.h"

namespace headway {

struct StepAccount {
  Breakdown parts;
  PassTimes passes;
  std::vector<std::vector<Seconds>> exposed;  // [program][call of that program]: what it cost the mean rank, of the exposed parts
};

// What waiting for the traffic of a dimension counts under.
[[nodiscard]] Seconds Breakdown::*exposed_as(Dimension dimension);

// `program_of_class[k]`: which rank program the ranks of class k run. Of a timeline of several steps, the mean one.
[[nodiscard]] StepAccount account_of(const Timeline& timeline, const std::vector<ActorClass>& classes,
                                     const std::vector<std::uint32_t>& program_of_class, const std::vector<RankProgram>& programs,
                                     double steps = 1);

}  // namespace headway
