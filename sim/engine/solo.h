// A block as one actor class runs it with nobody near: solved once, replayed every time the block comes again.
//
// Only where the block's tasks are the actor's own: local ones, and parts in groups that no other class belongs to. Its course then
// depends on nothing but the start, as long as no other activity draws on, or holds, a resource it uses; and that is seen when it
// happens (engine/executor.h). All instants below count from the start of the block, which is exact: the executor rounds durations,
// never instants.
//
// At a *cut* everything before a task has ended and nothing from it on has started, so that the rest of the block runs as if the
// block began there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/activities.h"
#include "engine/plan.h"
#include "engine/timeline.h"

namespace headway {

class Solo {
 public:
  // `templates` by place. `machine` has every resource free; its time is used up.
  Solo(const BlockPlan& plan, std::vector<const ActivityTemplate*> templates, Activities& machine);

  [[nodiscard]] Instant duration() const { return duration_; }
  [[nodiscard]] const TaskTimes& times(std::uint32_t place) const { return times_[place]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(times_.size()); }
  [[nodiscard]] const ActivityTemplate& what(std::uint32_t place) const { return *templates_[place]; }

  // The instant of the cut before this place, if there is one.
  [[nodiscard]] std::optional<Instant> cut(std::uint32_t place) const {
    return cuts_[place] < 0 ? std::nullopt : std::optional(cuts_[place]);
  }

  // Every resource the block draws on or holds.
  [[nodiscard]] const std::vector<std::uint32_t>& resources() const { return resources_; }

  // How far a task was just before `when`, if it was drawing on resources by then. Requires start < when <= end.
  [[nodiscard]] std::optional<Progress> progress(std::uint32_t place, Instant when) const;

 private:
  struct Turn {
    std::uint32_t place = 0;
    Progress progress;
  };

  std::vector<const ActivityTemplate*> templates_;
  std::vector<TaskTimes> times_;
  std::vector<Instant> cuts_;  // by place, -1 for none
  std::vector<Turn> turns_;    // changes of level, by time
  std::vector<std::uint32_t> resources_;
  Instant duration_ = 0;
};

// Where an actor is in a piece: how many of its tasks have started and ended, and the last place that started.
struct Position {
  std::uint32_t started = 0, ended = 0, beyond = 0;  // beyond: the highest place started, plus one

  void start(std::uint32_t place) {
    ++started;
    if (place >= beyond) beyond = place + 1;
  }
  // Everything before a place has ended and nothing else started; that place is `ended`.
  [[nodiscard]] bool at_cut() const { return started == ended && beyond == ended; }
};

}  // namespace headway
