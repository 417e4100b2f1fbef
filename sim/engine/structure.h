// Who meets whom where: actors, groups and shared resources, and the labelled edges between them.
//
//   actor --slot--> group       the actor's tasks with this slot are parts in this group's activities
//   group --load--> resource    the group's activities draw `amount` per second at level 1 from this resource
//
// Together with the programs this is the whole coupling of the simulated machine, and all that folding may look at:
// two actors behave alike if no labelled edge tells them apart. Loads are integers; everything is fixed before folding.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program.h"

namespace headway {

inline constexpr std::uint32_t kNone = 0xffffffffU;

struct Load {
  std::uint32_t resource = 0;
  std::int64_t amount = 0;  // per second at level 1
};

struct Structure {
  int slots = 0;                              // slots per actor
  std::vector<std::uint32_t> actor_program;   // by actor: index into the programs (one per kind of actor and of device)
  std::vector<std::uint32_t> group_of;        // [actor * slots + slot], kNone where the actor has no such group
  std::vector<std::uint32_t> group_kind;      // by group: index into kinds
  std::vector<std::uint64_t> load_offset{0};  // CSR over groups
  std::vector<Load> loads;
  std::vector<std::int64_t> capacity;         // by resource, per second
  std::vector<std::vector<GroupCall>> kinds;  // by group kind: its calls, by call number

  [[nodiscard]] std::size_t actors() const { return actor_program.size(); }
  [[nodiscard]] std::size_t groups() const { return group_kind.size(); }
  [[nodiscard]] std::size_t resources() const { return capacity.size(); }
};

}  // namespace headway
