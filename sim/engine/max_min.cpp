#include "engine/max_min.h"

#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>
#include <limits>

namespace headway {
namespace {

std::span<const Draw> draws_of(const MaxMinProblem& p, std::uint32_t activity) {
  return p.draws.subspan(p.draw_offset[activity], p.draw_offset[activity + 1] - p.draw_offset[activity]);
}

// The level at which each resource with unfrozen weight would fill up.
double next_fill(const MaxMinProblem& p, MaxMinScratch& s) {
  double lowest = std::numeric_limits<double>::infinity();
  for (std::size_t r = 0; r < p.capacity.size(); ++r) {
    s.fill[r] = std::numeric_limits<double>::infinity();
    if (s.weight[r] == 0) continue;
    const double left = std::max(0.0, static_cast<double>(p.capacity[r]) - s.given[r]);
    s.fill[r] = left / static_cast<double>(s.weight[r]);
    lowest = std::min(lowest, s.fill[r]);
  }
  return lowest;
}

}  // namespace

void solve_max_min(const MaxMinProblem& p, MaxMinScratch& s, std::span<double> level) {
  const std::size_t resources = p.capacity.size();
  s.weight.assign(resources, 0);
  s.frozen_now.assign(resources, 0);
  s.given.assign(resources, 0.0);
  s.fill.resize(resources);
  s.active.resize(p.top_level.size());
  for (std::uint32_t a = 0; a < s.active.size(); ++a) {
    s.active[a] = a;
    for (const Draw& d : draws_of(p, a)) s.weight[d.resource] += d.amount;
  }
  while (!s.active.empty()) {
    double lowest = next_fill(p, s);
    for (const std::uint32_t a : s.active) lowest = std::min(lowest, p.top_level[a]);
    const auto stays_active = [&](std::uint32_t a) {
      bool full = p.top_level[a] <= lowest;
      for (const Draw& d : draws_of(p, a)) full = full || s.fill[d.resource] <= lowest;
      if (!full) return true;
      level[a] = lowest;
      for (const Draw& d : draws_of(p, a)) s.frozen_now[d.resource] += d.amount;
      return false;
    };
    s.active.erase(std::stable_partition(s.active.begin(), s.active.end(), stays_active), s.active.end());
    for (std::size_t r = 0; r < resources; ++r) {
      if (s.frozen_now[r] == 0) continue;
      s.given[r] += lowest * static_cast<double>(s.frozen_now[r]);
      s.weight[r] -= s.frozen_now[r];
      s.frozen_now[r] = 0;
    }
  }
}

bool is_max_min(const MaxMinProblem& p, std::span<const double> level, double tolerance) {
  const auto activities = static_cast<Eigen::Index>(p.top_level.size());
  const auto resources = static_cast<Eigen::Index>(p.capacity.size());
  std::vector<Eigen::Triplet<double>> entries;
  for (std::uint32_t a = 0; a < p.top_level.size(); ++a)
    for (const Draw& d : draws_of(p, a))
      entries.emplace_back(static_cast<int>(d.resource), static_cast<int>(a), static_cast<double>(d.amount));
  Eigen::SparseMatrix<double> draws(resources, activities);
  draws.setFromTriplets(entries.begin(), entries.end());
  const Eigen::VectorXd used = draws * Eigen::Map<const Eigen::VectorXd>(level.data(), activities);

  std::vector<double> highest(p.capacity.size(), 0.0);
  for (std::uint32_t a = 0; a < p.top_level.size(); ++a)
    for (const Draw& d : draws_of(p, a)) highest[d.resource] = std::max(highest[d.resource], level[a]);

  const auto near_capacity = [&](std::size_t r, double factor) {
    return used[static_cast<Eigen::Index>(r)] >= static_cast<double>(p.capacity[r]) * factor;
  };
  for (std::size_t r = 0; r < p.capacity.size(); ++r)
    if (used[static_cast<Eigen::Index>(r)] > static_cast<double>(p.capacity[r]) * (1 + tolerance) + tolerance) return false;
  for (std::uint32_t a = 0; a < p.top_level.size(); ++a) {
    if (level[a] > p.top_level[a] * (1 + tolerance)) return false;
    bool justified = level[a] >= p.top_level[a] * (1 - tolerance);
    for (const Draw& d : draws_of(p, a))
      justified = justified || (near_capacity(d.resource, 1 - tolerance) && level[a] >= highest[d.resource] * (1 - tolerance));
    if (!justified) return false;
  }
  return true;
}

}  // namespace headway
