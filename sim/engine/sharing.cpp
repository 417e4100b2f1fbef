#include "engine/sharing.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace headway {

Demand::Demand(double top_level, std::vector<Draw> draws, std::vector<Draw> holds)
    : top_level_(top_level), holds_(std::move(holds)) {
  draws_.reserve(draws.size());
  const auto level = static_cast<std::int64_t>(std::floor(std::ldexp(top_level, kLevelBits)));
  for (const Draw& d : draws) draws_.push_back({d.resource, d.amount, Wanted{d.amount} * level});
}

Sharing::Sharing(const std::vector<std::int64_t>& capacity) : resources_(capacity.size()) {
  for (std::size_t r = 0; r < capacity.size(); ++r) resources_[r].capacity = capacity[r];
}

void Sharing::touch(std::uint32_t resource) {
  if (resources_[resource].dirty) return;
  resources_[resource].dirty = true;
  dirty_.push_back(resource);
}

void Sharing::enter(ActivityId id, const Demand& demand, double level) {
  if (id >= running_.size()) running_.resize(id + 1);
  Running& a = running_[id];
  a.demand = &demand;
  a.level = level;
  const std::span<const Demand::Wish> draws = demand.draws();
  a.position.resize(draws.size());
  for (std::uint32_t i = 0; i < draws.size(); ++i) {
    Resource& r = resources_[draws[i].resource];
    a.position[i] = static_cast<std::uint32_t>(r.places.size());
    r.places.push_back({id, i});
    r.wanted += draws[i].at_top;
    if (r.matters()) touch(draws[i].resource);
  }
  for (const Draw& hold : demand.holds()) {
    Resource& r = resources_[hold.resource];
    r.held += hold.amount;
    if (r.matters()) touch(hold.resource);
  }
  fresh_.push_back(id);
}

void Sharing::leave(ActivityId id) {
  Running& a = running_[id];
  const std::span<const Demand::Wish> draws = a.demand->draws();
  for (std::uint32_t i = 0; i < draws.size(); ++i) {
    Resource& r = resources_[draws[i].resource];
    const Place moved = r.places.back();
    r.places.pop_back();
    if (moved.activity != id || moved.draw != i) {
      r.places[a.position[i]] = moved;
      running_[moved.activity].position[moved.draw] = a.position[i];
    }
    if (r.matters()) touch(draws[i].resource);
    r.wanted -= draws[i].at_top;
  }
  for (const Draw& hold : a.demand->holds()) {
    Resource& r = resources_[hold.resource];
    if (r.matters()) touch(hold.resource);
    r.held -= hold.amount;
  }
  a.demand = nullptr;
}

// All activities reachable from `seed` through tight resources.
void Sharing::gather(std::uint32_t seed) {
  component_resources_.assign(1, seed);
  component_activities_.clear();
  resources_[seed].visited = visit_;
  for (std::size_t next = 0; next < component_resources_.size(); ++next) {
    for (const Place& place : resources_[component_resources_[next]].places) {
      Running& a = running_[place.activity];
      if (a.visited == visit_) continue;
      a.visited = visit_;
      component_activities_.push_back(place.activity);
      for (const Demand::Wish& d : a.demand->draws()) {
        Resource& r = resources_[d.resource];
        if (!r.tight || r.visited == visit_) continue;
        r.visited = visit_;
        component_resources_.push_back(d.resource);
      }
    }
  }
}

// The commonest component, a kernel alone with what communications have left of its device: no filling, the same division.
bool Sharing::solve_alone(std::uint32_t seed) {
  if (resources_[seed].places.size() != 1) return false;
  const ActivityId id = resources_[seed].places.front().activity;
  Running& a = running_[id];
  double level = a.demand->top_level();
  for (const Demand::Wish& d : a.demand->draws()) {
    const Resource& r = resources_[d.resource];
    if (!r.tight) continue;
    if (r.places.size() != 1 || r.left() <= 0) return false;
    level = std::min(level, static_cast<double>(r.left()) / static_cast<double>(d.amount));
  }
  for (const Demand::Wish& d : a.demand->draws())
    if (Resource& r = resources_[d.resource]; r.tight) r.visited = visit_;
  a.visited = visit_;
  component_activities_.assign(1, id);
  component_level_.assign(1, level);
  return true;
}

void Sharing::solve_component(std::uint32_t seed) {
  ++solves_;
  if (solve_alone(seed)) return;
  gather(seed);
  component_capacity_.clear();
  for (const std::uint32_t r : component_resources_) {
    HEADWAY_CHECK(resources_[r].left() > 0, "activities draw on a resource that has nothing");
    resources_[r].local = static_cast<std::uint32_t>(component_capacity_.size());
    component_capacity_.push_back(resources_[r].left());
  }
  component_offset_.assign(1, 0);
  component_draws_.clear();
  component_top_.clear();
  for (const ActivityId id : component_activities_) {
    const Demand& demand = *running_[id].demand;
    for (const Demand::Wish& d : demand.draws())
      if (resources_[d.resource].tight) component_draws_.push_back({resources_[d.resource].local, d.amount});
    component_offset_.push_back(static_cast<std::uint32_t>(component_draws_.size()));
    component_top_.push_back(demand.top_level());
  }
  component_level_.resize(component_activities_.size());
  solve_max_min({component_capacity_, component_offset_, component_draws_, component_top_}, scratch_, component_level_);
}

}  // namespace headway
