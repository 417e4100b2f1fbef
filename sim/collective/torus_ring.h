// The multi-dimensional ring: what a ring is on a torus whose members form a box of k1 x k2 (x k3) devices.
//
// The buffer is cut into one part for each dimension; part i goes around the rings of dimension i first, then, cut by k_i, around
// those of the next dimension, and so on (Jain & Sabharwal 2010; Google's TPUs do the same). All dimensions are busy at once, both
// ways. Together a member forwards as much as in one ring through all members; dimension j carries the share
//   f_j = (1/d) sum over first dimensions (1 - 1/k_j) / (product of the k before j in that order) / (1 - 1/n).
// Members that form no box take one ring in order of place.
#pragma once

#include <span>
#include <vector>

#include "collective/algorithm.h"

namespace headway {

// Lengths of the box the devices form in a torus of this shape, by dimension; empty: they form none. `devices` sorted, of one domain.
[[nodiscard]] std::vector<int> box_of(std::span<const DeviceIndex> devices, const NetworkSpec& spec);

// f_j, by dimension.
[[nodiscard]] std::vector<double> dimension_shares(const std::vector<int>& box);

// Hops that follow one another while a buffer passes all members once, and the share of the ports' rate that is used.
struct RingPace {
  double steps = 0, rate_share = 1;
};
[[nodiscard]] RingPace ring_pace(const Geometry::Level& level, double parts, const Fabric& fabric);

}  // namespace headway
