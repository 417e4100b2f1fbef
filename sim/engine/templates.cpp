#include "engine/templates.h"

#include <utility>

namespace headway {

std::vector<std::int64_t> all_capacities(const Quotient& quotient, const std::vector<Program>& programs) {
  std::vector<std::int64_t> all = quotient.capacity;
  all.reserve(all.size() + quotient.actors.size() * kLocalResources);
  for (const ActorClass& actor : quotient.actors)
    for (const std::int64_t c : programs[actor.program].local_capacity) all.push_back(c);
  return all;
}

Templates::Templates(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds,
                     const std::vector<Program>& programs)
    : q_(quotient), kinds_(kinds), programs_(programs) {
  for (const ActorClass& actor : q_.actors) local_.emplace_back(programs[actor.program].works.size(), nullptr);
  for (const std::uint32_t kind : q_.group_kind) group_.emplace_back(kinds[kind].size(), nullptr);
}

void Templates::add_local(std::vector<Draw>& draws, std::uint32_t actor_class, const LocalAmounts& amounts) const {
  for (std::uint32_t i = 0; i < kLocalResources; ++i) {
    if (amounts[i] == 0) continue;
    const auto resource = static_cast<std::uint32_t>(q_.capacity.size() + actor_class * kLocalResources + i);
    bool merged = false;
    for (Draw& d : draws)
      if (d.resource == resource) {
        d.amount += amounts[i];
        merged = true;
      }
    if (!merged) draws.push_back({resource, amounts[i]});
  }
}

const ActivityTemplate& Templates::make_local(std::uint32_t actor_class, std::uint32_t work) {
  const LocalWork& w = programs_[q_.actors[actor_class].program].works[work];
  std::vector<Draw> draws;
  add_local(draws, actor_class, w.draws);
  local_[actor_class][work] = &all_.emplace_back(ActivityTemplate{w.work, w.latency, Demand(w.top_level, std::move(draws), {})});
  return *local_[actor_class][work];
}

const ActivityTemplate& Templates::make_group(std::uint32_t group_class, std::uint32_t call) {
  const GroupCall& c = kinds_[q_.group_kind[group_class]][call];
  std::vector<Draw> draws(q_.draws.begin() + q_.draw_offset[group_class], q_.draws.begin() + q_.draw_offset[group_class + 1]);
  std::vector<Draw> holds, local;
  for (std::uint32_t m = q_.member_offset[group_class]; m < q_.member_offset[group_class + 1]; ++m) {
    add_local(holds, q_.members[m].actor_class, c.holds);
    local.clear();
    add_local(local, q_.members[m].actor_class, c.draws);
    draws.insert(draws.end(), local.begin(), local.end());
  }
  group_[group_class][call] =
      &all_.emplace_back(ActivityTemplate{c.work, c.latency, Demand(c.top_level, std::move(draws), std::move(holds))});
  return *group_[group_class][call];
}

}  // namespace headway
