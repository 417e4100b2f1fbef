// How many devices a token budget and a deadline need, on a kind of cluster.
//
// For growing numbers of devices the best layout is searched (plan_search.h); days follow from tokens and its tokens/s, nothing
// being lost to failures unless `deliver` says what they cost. The curve goes up by 2 and 3/2 times alternately; between the last that is too slow and the first that is
// fast enough it is refined by halving. Adding devices stops paying where the next doubling would bring less than half of what
// as many devices bring at best: tokens/s per added device under half of the curve's best tokens/s per device.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "study/plan_search.h"

namespace headway {

// What a fleet delivers and costs over the whole run, with all its interruptions.
struct Delivered {
  double days = 0, effective = 0;
  std::optional<double> cost;    // in the currency of the prices
  std::optional<Joules> energy;  // of the machines
};

struct SizePoint {
  int devices = 0;
  std::optional<FoundPlan> plan;  // none: nothing fits
  double days = 0;                // of the calendar where `delivered` is known, else undisturbed
  double per_device = 0;          // tokens/s over devices
  double per_added = 0;           // tokens/s gained over the point before, for every device more; of the first its own per device
  std::optional<Delivered> delivered = {};
};

struct Sizing {
  std::vector<SizePoint> curve;           // by devices
  std::optional<std::size_t> goal;        // the fewest devices that meet the deadline: index into curve
  std::optional<std::size_t> pays_until;  // the last that is worth its devices
  // Fleets that meet the deadline, or all where none does: indices into curve, best first.
  std::vector<std::size_t> by_date, by_cost, by_energy;
};

struct SizingGoal {
  double tokens = 0;
  double days = 0;
};

// What a fleet with that plan makes of the goal; nothing where nobody said what fails or costs.
using Deliver = std::function<std::optional<Delivered>(const Machine& machine, const FoundPlan& plan)>;

// `machine_of(devices)`: the cluster with that many devices, or nothing where it cannot have them. `unit`: devices that are
// added at once; `most`: where the search ends.
[[nodiscard]] Sizing size_cluster(const std::function<std::optional<Machine>(int devices)>& machine_of, int unit, int most,
                                  const SizingGoal& goal, const PlanSearchOptions& options, const Deliver& deliver = {});

}  // namespace headway
