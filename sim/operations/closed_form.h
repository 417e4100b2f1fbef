// The share of a long run that is training, in a formula.
//
// Between two safe checkpoints the job runs T and stalls d; failures come at rate L, each costs a detection D (and, without spare
// nodes, a repair) in which nothing runs, then a restart R that a failure begins again. A segment that ends with a safe checkpoint
// takes on average (Daly 2006, with D beside R)
//   E = (exp(L (T + d)) - 1) exp(L R) (1 / L + D)
// A checkpoint written in the background is safe W later: what a failure takes is by that much older, which makes it E exp(L W),
// and of its T the job trains T - s W, s being the slow-down of the steps meanwhile. Stragglers take their share of the running time,
// maintenance its windows out of the calendar.
//
// Exact for what it covers (synchronous checkpoints, no stragglers, no maintenance), up to the ends of the run; with spare nodes it
// takes it that one is always there.
#pragma once

#include <string>
#include <vector>

#include "operations/long_run.h"

namespace headway {

struct ClosedForm {
  double effective = 0;             // training time over elapsed time
  std::vector<std::string> beyond;  // what of the run it only approximates
};

[[nodiscard]] ClosedForm closed_form(const LongRun& run);

}  // namespace headway
