// How many devices a token budget and a deadline need, on a kind of cluster.
//
// For growing numbers of devices the best layout is searched (plan_search.h); days follow from tokens and its tokens/s, nothing
// being lost to failures. The curve goes up by 2 and 3/2 times alternately; between the last that is too slow and the first that is
// fast enough it is refined by halving. Adding devices stops paying where the next doubling would bring less than half of what
// as many devices bring at best: tokens/s per added device under half of the curve's best tokens/s per device.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "study/plan_search.h"

namespace headway {

struct SizePoint {
  int devices = 0;
  std::optional<FoundPlan> plan;  // none: nothing fits
  double days = 0;
  double per_device = 0;  // tokens/s over devices
  double per_added = 0;   // tokens/s gained over the point before, for every device more; of the first its own per device
};

struct Sizing {
  std::vector<SizePoint> curve;           // by devices
  std::optional<std::size_t> goal;        // the fewest devices that meet the deadline: index into curve
  std::optional<std::size_t> pays_until;  // the last that is worth its devices
};

struct SizingGoal {
  double tokens = 0;
  double days = 0;
};

// `machine_of(devices)`: the cluster with that many devices, or nothing where it cannot have them. `unit`: devices that are
// added at once; `most`: where the search ends.
[[nodiscard]] Sizing size_cluster(const std::function<std::optional<Machine>(int devices)>& machine_of, int unit, int most,
                                  const SizingGoal& goal, const PlanSearchOptions& options);

}  // namespace headway
