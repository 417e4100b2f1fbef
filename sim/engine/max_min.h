// Weighted max-min fairness by progressive filling.
//
// Given resources r with capacity C_r and activities a with draws w_ar >= 0 (per second at level 1) and a top level T_a, find
// the levels l_a such that
//     sum_a w_ar l_a <= C_r   for every r,        l_a <= T_a   for every a,
// and no level can be raised without lowering one that is not higher. The solution is unique: raise all levels together; when a
// resource fills up or an activity reaches its top, freeze what it concerns; go on with the rest.
//
// Certificate (checked by `is_max_min`): feasible, and every activity is at its top level or draws on a saturated resource on
// which nobody's level is higher.
//
// Example: two links of capacity 10, A on both, B on the first, C on the second with top level 2. Levels A = B = 5, C = 2.
//
// The result does not depend on the order of activities or resources: draws are integers, and the share a resource has given away
// is summed over filling rounds, each one product of a level and an integer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace headway {

struct Draw {
  std::uint32_t resource = 0;
  std::int64_t amount = 0;  // per second at level 1; > 0
};

struct MaxMinProblem {
  std::span<const std::int64_t> capacity;      // by resource, >= 0
  std::span<const std::uint32_t> draw_offset;  // CSR over activities, size activities + 1
  std::span<const Draw> draws;
  std::span<const double> top_level;  // by activity, > 0
};

// Reused between calls so that solving allocates nothing once warm.
struct MaxMinScratch {
  std::vector<std::int64_t> weight, frozen_now;
  std::vector<double> given, fill;
  std::vector<std::uint32_t> active;
};

// Writes one level per activity. Linear in draws per filling round; at most one round per distinct level.
void solve_max_min(const MaxMinProblem& problem, MaxMinScratch& scratch, std::span<double> level);

// The certificate, with relative tolerance `tolerance`.
[[nodiscard]] bool is_max_min(const MaxMinProblem& problem, std::span<const double> level, double tolerance = 1e-9);

}  // namespace headway
