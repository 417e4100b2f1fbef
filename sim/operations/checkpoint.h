// How often to write a checkpoint: the trade between what a checkpoint costs and what a failure loses.
//
// With a cost of d running seconds a checkpoint and a mean time M between failures, an interval T loses d / T to writing and about
// T / (2 M) to work done again:
//   Young 1974   T = sqrt(2 d M)
//   Daly 2006    T = sqrt(2 d M) (1 + sqrt(d / 2M) / 3 + (d / 2M) / 9) - d  for d < 2 M, else M     (T counts running time alone)
// A checkpoint costs its stall and, written in the background, the slow-down of the steps meanwhile.
#pragma once

#include "base/quantity.h"

namespace headway {

[[nodiscard]] Seconds young_interval(Seconds cost, Seconds between_failures);
[[nodiscard]] Seconds daly_interval(Seconds cost, Seconds between_failures);

}  // namespace headway
