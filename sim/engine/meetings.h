// Members of groups that have come to a task and wait for the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/activities.h"
#include "engine/structure.h"

namespace headway {

class Meetings {
 public:
  explicit Meetings(std::size_t groups) : open_(groups) {}

  // The task of the last member to come makes the meeting complete: its number, until finish().
  std::optional<std::uint32_t> arrive(std::uint32_t group, std::uint32_t members, std::uint32_t tag, const Subject& task) {
    std::vector<Meeting>& open = open_[group];
    std::size_t i = 0;
    while (i < open.size() && open[i].tag != tag) ++i;
    if (i == open.size()) open.push_back({tag, 0, kNone});
    open[i].last = add({task, open[i].last});
    if (++open[i].arrived < members) return std::nullopt;
    const std::uint32_t last = open[i].last;
    open[i] = open.back();
    open.pop_back();
    return last;
  }

  template <class Visit>
  void for_each_task(std::uint32_t meeting, Visit&& visit) const {
    for (std::uint32_t a = meeting; a != kNone; a = arrivals_[a].before) visit(arrivals_[a].task);
  }

  // Calls visit(task) for each task and forgets the meeting; `visit` may bring others to meetings.
  template <class Visit>
  void finish(std::uint32_t meeting, Visit&& visit) {
    while (meeting != kNone) {
      const Arrival arrival = arrivals_[meeting];
      free_.push_back(meeting);
      visit(arrival.task);
      meeting = arrival.before;
    }
  }

 private:
  struct Meeting {
    std::uint32_t tag = 0;
    std::uint32_t arrived = 0;
    std::uint32_t last = kNone;  // list of arrivals
  };
  struct Arrival {
    Subject task;
    std::uint32_t before = kNone;
  };

  std::uint32_t add(const Arrival& arrival) {
    if (free_.empty()) {
      arrivals_.push_back(arrival);
      return static_cast<std::uint32_t>(arrivals_.size() - 1);
    }
    const std::uint32_t at = free_.back();
    free_.pop_back();
    arrivals_[at] = arrival;
    return at;
  }

  std::vector<std::vector<Meeting>> open_;  // by group
  std::vector<Arrival> arrivals_;
  std::vector<std::uint32_t> free_;
};

}  // namespace headway
