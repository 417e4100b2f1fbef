// Which running activities draw on which resources, and at what level each runs: the lazy part of max-min sharing.
//
// A resource is tight when the activities on it, each at its top level, would draw more than it has. Only tight resources couple
// activities; everything else runs at its top level.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/max_min.h"

namespace headway {

class Sharing {
 public:
  using ActivityId = std::uint32_t;

  explicit Sharing(std::vector<std::int64_t> capacity);

  // The activity begins to draw: `draws` per second at level 1, up to `top_level`, and takes `holds` out of capacities while it
  // runs. Both spans must stay valid until it leaves. Levels are not computed before share().
  void enter(ActivityId activity, double top_level, std::span<const Draw> draws, std::span<const Draw> holds);
  void leave(ActivityId activity);

  // Computes the levels that can have changed since the last call; `changed(activity, level)` for each whose level is another.
  template <class Changed>
  void share(Changed&& changed) {
    collect_changes();
    for (const Change& change : changes_) changed(change.activity, change.level);
    changes_.clear();
  }

  [[nodiscard]] std::uint64_t solves() const { return solves_; }

 private:
  struct Running {
    double top_level = 0;
    double level = 0;  // 0 until the first share
    std::span<const Draw> draws, holds;
    std::vector<std::uint32_t> position;  // of this activity in each resource's list
    std::uint32_t visited = 0;
  };
  struct Place {
    ActivityId activity = 0;
    std::uint32_t draw = 0;  // which of its draws
  };
  struct Resource {
    std::int64_t capacity = 0;  // what is left after holds
    std::int64_t wanted = 0;    // drawn if all ran at their top levels
    bool was_tight = false;
    bool dirty = false;
    std::uint32_t visited = 0;
    std::uint32_t local = 0;  // index in the component being solved
    std::vector<Place> places;
    [[nodiscard]] bool tight() const { return wanted > capacity; }
  };
  struct Change {
    ActivityId activity = 0;
    double level = 0;
  };

  void touch(std::uint32_t resource);
  void collect_changes();
  void solve_component(std::uint32_t seed);
  void gather(std::uint32_t seed);
  void set_level(ActivityId activity, double level);

  std::vector<Resource> resources_;
  std::vector<Running> running_;
  std::vector<ActivityId> fresh_;
  std::vector<std::uint32_t> dirty_;
  std::vector<Change> changes_;
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

}  // namespace headway
