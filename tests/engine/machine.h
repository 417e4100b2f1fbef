// Small machines for the engine's tests, drawn in a line or two.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/executor.h"
#include "engine/fold.h"

namespace headway::testing_machine {

inline constexpr std::int64_t kPerSecond = 1'000'000'000'000;  // an amount drawn by one unit of level

inline Task compute(std::uint32_t work, std::uint8_t stream = 0) { return {work, 0, 0, stream, false}; }
inline Task part(std::uint16_t slot, std::uint32_t call, std::uint32_t tag, std::uint8_t stream = 0) {
  return {call, tag, slot, stream, true};
}

// One block, laid down once; `after[t]` are the tasks that task t waits for besides its stream.
inline Composition<Task> once(const std::vector<Task>& tasks, const std::vector<std::vector<std::uint32_t>>& after = {}) {
  Block<Task> block;
  for (std::size_t t = 0; t < tasks.size(); ++t) block.add(tasks[t], t < after.size() ? after[t] : std::vector<std::uint32_t>{});
  return Composition<Task>::of(std::move(block));
}

inline Program program(std::vector<LocalWork> works, const std::vector<Task>& tasks, int streams = 1) {
  Program p;
  p.works = std::move(works);
  p.tasks = once(tasks);
  p.streams = streams;
  p.local_capacity = {kPerSecond, kPerSecond};
  return p;
}

// Work of so many seconds at full speed, using `share` of the first local resource.
inline LocalWork work(double seconds, double share = 1.0) {
  return {seconds, 1.0, 0, {static_cast<std::int64_t>(share * static_cast<double>(kPerSecond)), 0}};
}

struct Machine {
  Structure structure;
  std::vector<Program> programs;

  std::uint32_t resource(double units_per_second) {
    structure.capacity.push_back(static_cast<std::int64_t>(units_per_second * static_cast<double>(kPerSecond)));
    return static_cast<std::uint32_t>(structure.capacity.size() - 1);
  }
  std::uint32_t actor(std::uint32_t which) {
    structure.actor_program.push_back(which);
    structure.group_of.resize(structure.actor_program.size() * static_cast<std::size_t>(structure.slots), kNone);
    return static_cast<std::uint32_t>(structure.actor_program.size() - 1);
  }
  // A group over (actor, slot) pairs that draws one unit per unit of level on each listed resource.
  std::uint32_t group(std::uint32_t kind, const std::vector<std::pair<std::uint32_t, int>>& members,
                      const std::vector<std::uint32_t>& resources) {
    const auto g = static_cast<std::uint32_t>(structure.group_kind.size());
    structure.group_kind.push_back(kind);
    for (const std::uint32_t r : resources) structure.loads.push_back({r, kPerSecond});
    structure.load_offset.push_back(structure.loads.size());
    for (const auto& [a, slot] : members)
      structure.group_of[a * static_cast<std::size_t>(structure.slots) + static_cast<std::size_t>(slot)] = g;
    return g;
  }
  [[nodiscard]] Timeline run(const Quotient& q) const { return execute(q, structure.kinds, programs); }
};

// The timeline of every actor, through its class.
inline std::vector<std::vector<TaskTimes>> by_actor(const Quotient& q, const Timeline& timeline) {
  std::vector<std::vector<TaskTimes>> all;
  for (const std::uint32_t k : q.class_of_actor) all.push_back(timeline.tasks[k]);
  return all;
}

}  // namespace headway::testing_machine
