#include "study/match.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "simulate/simulate.h"

namespace headway {

namespace {

constexpr double kMost = 1e4;  // more counts as without limit
constexpr double kNearEnough = 1.01;

// The factor at which one resource brings the machine to `tokens_per_s`, or 0.
double factor_for(const Machine& machine, const Resource& resource, double tokens_per_s, bool fold) {
  const auto reaches = [&](double factor) {
    Machine faster = machine;
    resource.faster(faster, factor);
    return simulate(faster.cluster, faster.plan, {.fold = fold}).tokens_per_s >= tokens_per_s;
  };
  if (!reaches(kMost)) return 0;
  double below = 1, above = 2;
  while (above < kMost && !reaches(above)) {
    below = above;
    above = above * above;
  }
  above = std::min(above, kMost);
  while (above / below > kNearEnough) {
    const double middle = std::sqrt(below * above);
    (reaches(middle) ? above : below) = middle;
  }
  return above;
}

}  // namespace

std::vector<Need> needs_to_reach(const Machine& as_given, double tokens_per_s, bool fold) {
  const Machine machine = without_measured_tables(as_given);
  const std::vector<Resource> resources = resources_of(machine);
  std::vector<double> factors(resources.size());
  tbb::parallel_for(std::size_t{0}, resources.size(),
                    [&](std::size_t r) { factors[r] = factor_for(machine, resources[r], tokens_per_s, fold); });
  std::vector<Need> needs;
  for (std::size_t r = 0; r < resources.size(); ++r)
    if (factors[r] > 0) needs.push_back({resources[r].key, resources[r].title, resources[r].is_delay, factors[r]});
  std::stable_sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return a.factor < b.factor; });
  return needs;
}

}  // namespace headway
