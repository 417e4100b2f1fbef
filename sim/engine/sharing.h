// Which running activities draw on which resources, and at what level each runs: the lazy part of max-min sharing.
//
// A resource is tight when the activities on it, each at its top level, would draw more than it has. Only tight resources couple
// activities; everything else runs at its top level.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/max_min.h"

namespace headway {

// What an activity asks of resources whenever it runs: `draws` per second at level 1, up to `top_level`; `holds` are taken out of
// capacities while it runs, whatever its level, but never the last sixteenth: what draws beside them is slowed, never stopped.
class Demand {
 public:
  Demand(double top_level, std::vector<Draw> draws, std::vector<Draw> holds);

  // Wide enough for sums of products, so that k equal activities want exactly what one with k times the draw does.
  __extension__ typedef __int128 Wanted;
  static constexpr int kLevelBits = 40;  // binary places of a top level in a Wanted

  struct Wish {
    std::uint32_t resource = 0;
    std::int64_t amount = 0;  // per second at level 1
    Wanted at_top = 0;        // per second at the top level, in 2^-kLevelBits
  };
  [[nodiscard]] double top_level() const { return top_level_; }
  [[nodiscard]] std::span<const Wish> draws() const { return draws_; }
  [[nodiscard]] std::span<const Draw> holds() const { return holds_; }

 private:
  double top_level_;
  std::vector<Wish> draws_;
  std::vector<Draw> holds_;
};

class Sharing {
 public:
  using ActivityId = std::uint32_t;

  explicit Sharing(const std::vector<std::int64_t>& capacity);

  // The activity begins to draw, or goes on drawing at `level`. `demand` must stay valid until it leaves. Levels are not computed
  // before share().
  void enter(ActivityId activity, const Demand& demand, double level = 0);
  void leave(ActivityId activity);

  // Computes the levels that can have changed since the last call; `changed(activity, level)` for each whose level is another.
  template <class Changed>
  void share(Changed&& changed);

  // Nothing draws on the resource or holds any of it.
  [[nodiscard]] bool idle(std::uint32_t resource) const {
    return resources_[resource].places.empty() && resources_[resource].held == 0;
  }

  [[nodiscard]] std::uint64_t solves() const { return solves_; }

 private:
  struct Running {
    const Demand* demand = nullptr;  // null: not running
    double level = 0;                // 0 until the first share
    std::uint32_t visited = 0;
    std::vector<std::uint32_t> position;  // of this activity in each resource's list
  };
  struct Place {
    ActivityId activity = 0;
    std::uint32_t draw = 0;  // which of its draws
  };
  struct Resource {
    std::int64_t capacity = 0;
    std::int64_t held = 0;
    Demand::Wanted wanted = 0;  // drawn if all ran at their top levels
    bool tight = false;         // as the levels were computed; brought up to date when sharing begins
    bool dirty = false;
    std::uint32_t visited = 0;
    std::uint32_t local = 0;  // index in the component being solved
    std::vector<Place> places;
    [[nodiscard]] std::int64_t left() const { return std::max(capacity - held, capacity / 16); }
    [[nodiscard]] bool overdrawn() const { return wanted > Demand::Wanted{left()} << Demand::kLevelBits; }
    // Levels depend on it, or did when they were computed.
    [[nodiscard]] bool matters() const { return tight || overdrawn(); }
  };

  void touch(std::uint32_t resource);
  // Solves the component of `seed`: its activities and their levels are then in component_activities_ and component_level_.
  void solve_component(std::uint32_t seed);
  [[nodiscard]] bool solve_alone(std::uint32_t seed);
  void gather(std::uint32_t seed);

  std::vector<Resource> resources_;
  std::vector<Running> running_;
  std::vector<ActivityId> fresh_;
  std::vector<std::uint32_t> dirty_;
  std::uint32_t visit_ = 0;
  std::uint64_t solves_ = 0;

  // the component at hand
  std::vector<std::uint32_t> component_resources_;
  std::vector<ActivityId> component_activities_;
  std::vector<std::int64_t> component_capacity_;
  std::vector<std::uint32_t> component_offset_;
  std::vector<Draw> component_draws_;
  std::vector<double> component_top_, component_level_;
  MaxMinScratch scratch_;
};

template <class Changed>
void Sharing::share(Changed&& changed) {
  ++visit_;
  std::size_t coupled = 0;
  for (const std::uint32_t r : dirty_) {
    Resource& resource = resources_[r];
    const bool was_tight = std::exchange(resource.tight, resource.overdrawn());
    resource.dirty = false;
    if (was_tight || resource.tight) dirty_[coupled++] = r;
  }
  dirty_.resize(coupled);
  for (const std::uint32_t r : dirty_) {
    if (resources_[r].visited == visit_) continue;
    solve_component(r);
    for (std::size_t i = 0; i < component_activities_.size(); ++i) {
      Running& a = running_[component_activities_[i]];
      if (a.level == component_level_[i]) continue;
      a.level = component_level_[i];
      changed(component_activities_[i], a.level);
    }
  }
  dirty_.clear();
  for (const ActivityId id : fresh_) {
    Running& a = running_[id];
    if (a.demand == nullptr || a.visited == visit_ || a.level == a.demand->top_level()) continue;  // gone, or known
    a.level = a.demand->top_level();
    changed(id, a.level);
  }
  fresh_.clear();
}

}  // namespace headway
