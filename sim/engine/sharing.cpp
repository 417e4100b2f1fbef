#include "engine/sharing.h"

#include <cmath>

#include "base/check.h"

namespace headway {
namespace {

std::int64_t wanted_at(double top_level, const Draw& draw) {
  return static_cast<std::int64_t>(std::floor(static_cast<double>(draw.amount) * top_level));
}

}  // namespace

Sharing::Sharing(std::vector<std::int64_t> capacity) : resources_(capacity.size()) {
  for (std::size_t r = 0; r < capacity.size(); ++r) resources_[r].capacity = capacity[r];
}

void Sharing::touch(std::uint32_t resource) {
  if (resources_[resource].dirty) return;
  resources_[resource].dirty = true;
  dirty_.push_back(resource);
}

void Sharing::enter(ActivityId id, double top_level, std::span<const Draw> draws, std::span<const Draw> holds) {
  if (id >= running_.size()) running_.resize(id + 1);
  Running& a = running_[id];
  a.top_level = top_level;
  a.level = 0;
  a.draws = draws;
  a.holds = holds;
  a.position.resize(draws.size());
  for (std::uint32_t i = 0; i < draws.size(); ++i) {
    Resource& r = resources_[draws[i].resource];
    a.position[i] = static_cast<std::uint32_t>(r.places.size());
    r.places.push_back({id, i});
    r.wanted += wanted_at(top_level, draws[i]);
    touch(draws[i].resource);
  }
  for (const Draw& hold : holds) {
    resources_[hold.resource].capacity -= hold.amount;
    touch(hold.resource);
  }
  fresh_.push_back(id);
}

void Sharing::leave(ActivityId id) {
  Running& a = running_[id];
  for (std::uint32_t i = 0; i < a.draws.size(); ++i) {
    Resource& r = resources_[a.draws[i].resource];
    const Place moved = r.places.back();
    r.places[a.position[i]] = moved;
    running_[moved.activity].position[moved.draw] = a.position[i];
    r.places.pop_back();
    r.wanted -= wanted_at(a.top_level, a.draws[i]);
    touch(a.draws[i].resource);
  }
  for (const Draw& hold : a.holds) {
    resources_[hold.resource].capacity += hold.amount;
    touch(hold.resource);
  }
  a.draws = {};
  a.holds = {};
}

void Sharing::set_level(ActivityId id, double level) {
  if (running_[id].level == level) return;
  running_[id].level = level;
  changes_.push_back({id, level});
}

void Sharing::collect_changes() {
  ++visit_;
  for (const std::uint32_t r : dirty_)
    if ((resources_[r].tight() || resources_[r].was_tight) && resources_[r].visited != visit_) solve_component(r);
  for (const std::uint32_t r : dirty_) {
    resources_[r].dirty = false;
    resources_[r].was_tight = resources_[r].tight();
  }
  dirty_.clear();
  for (const ActivityId id : fresh_)
    if (running_[id].visited != visit_) set_level(id, running_[id].top_level);
  fresh_.clear();
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
      for (const Draw& d : a.draws) {
        Resource& r = resources_[d.resource];
        if (!r.tight() || r.visited == visit_) continue;
        r.visited = visit_;
        component_resources_.push_back(d.resource);
      }
    }
  }
}

void Sharing::solve_component(std::uint32_t seed) {
  gather(seed);
  component_capacity_.clear();
  for (const std::uint32_t r : component_resources_) {
    HEADWAY_CHECK(resources_[r].capacity > 0, "activities hold more than a resource has");
    resources_[r].local = static_cast<std::uint32_t>(component_capacity_.size());
    component_capacity_.push_back(resources_[r].capacity);
  }
  component_offset_.assign(1, 0);
  component_draws_.clear();
  component_top_.clear();
  for (const ActivityId id : component_activities_) {
    for (const Draw& d : running_[id].draws)
      if (resources_[d.resource].tight()) component_draws_.push_back({resources_[d.resource].local, d.amount});
    component_offset_.push_back(static_cast<std::uint32_t>(component_draws_.size()));
    component_top_.push_back(running_[id].top_level);
  }
  component_level_.resize(component_activities_.size());
  solve_max_min({component_capacity_, component_offset_, component_draws_, component_top_}, scratch_, component_level_);
  for (std::size_t i = 0; i < component_activities_.size(); ++i) set_level(component_activities_[i], component_level_[i]);
  ++solves_;
}

}  // namespace headway
