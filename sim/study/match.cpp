#include "study/match.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "simulate/simulate.h"

namespace headway {

namespace {

constexpr double kMost = 1e4;  // more counts as without limit
constexpr double kNearEnough = 1.01;
constexpr std::size_t kMostNeeds = 3;

double speed_with(const Machine& machine, const Resource& resource, double factor, bool fold) {
  Machine faster = machine;
  resource.faster(faster, factor);
  return simulate(faster.cluster, faster.plan, {.fold = fold}).tokens_per_s;
}

// The factor at which one resource, which suffices when it is free, brings the machine to `tokens_per_s`.
double factor_for(const Machine& machine, const Resource& resource, double tokens_per_s, bool fold) {
  const auto reaches = [&](double factor) { return speed_with(machine, resource, factor, fold) >= tokens_per_s; };
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
  std::vector<double> free(resources.size());
  tbb::parallel_for(std::size_t{0}, resources.size(),
                    [&](std::size_t r) { free[r] = speed_with(machine, resources[r], kMost, fold); });
  std::vector<std::size_t> order(resources.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t r) { return free[r] < tokens_per_s; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return free[a] > free[b]; });
  order.resize(std::min(order.size(), kMostNeeds));

  std::vector<Need> needs(order.size());
  tbb::parallel_for(std::size_t{0}, order.size(), [&](std::size_t i) {
    const Resource& resource = resources[order[i]];
    needs[i] = {resource.key, resource.title, resource.is_delay, factor_for(machine, resource, tokens_per_s, fold)};
  });
  std::stable_sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return a.factor < b.factor; });
  return needs;
}

}  // namespace headway
