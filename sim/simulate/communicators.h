// The groups of ranks a plan makes, as an engine Structure over a cluster's links: which calls share a slot, what each call costs
// in each geometry, and how much every link carries.
//
//   slot   (dimension, kind of collective, algorithm chosen): the calls in it put the same loads per byte on the same links.
//          A message takes two slots, one for the sender and one for the receiver of the same group.
//   kind   a slot, a congruence class of member placements and what their tightest link lets through: fixes latency and top rate
//          of every call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collective/collective.h"
#include "engine/structure.h"
#include "simulate/rank_grid.h"
#include "training/rank_program.h"

namespace headway {

// Level 1 of a communication (engine/program.h): loads of a group on a resource are bytes per second at this rate of payload.
inline constexpr double kLevelBytes = 1e12;

// Messages between stages. Both sides of one name one dimension: the sender's.
[[nodiscard]] bool is_message(Dimension dimension);
[[nodiscard]] Dimension sender_side(Dimension dimension);

// Where a program's collective call went: the slot and the number of the call within the slot.
struct CallPlace {
  std::uint16_t slot = 0;
  std::uint32_t call = 0;
};

// A call as the library runs it in the first group that uses it.
struct CallReport {
  std::string name;
  CollectiveChoice choice;
  int members = 0;
  Bytes bytes;
  Seconds alone;
  NetworkId network;  // of the link it takes longest for
};

struct Communicators {
  Structure structure;                                // actor_program is left for the caller to fill
  std::vector<std::vector<CallPlace>> places;         // [program][call of that program]
  std::vector<std::vector<std::uint32_t>> report_of;  // [program][call] -> index into reports
  std::vector<CallReport> reports;
  std::vector<LinkId> links;  // by resource of the structure
};

// `device_of[rank]`: where each rank runs. Throws InputError when some group's members cannot reach one another, or cannot do what
// is forced.
[[nodiscard]] Communicators build_communicators(const RankGrid& grid, const std::vector<RankProgram>& programs,
                                                const Fabric& fabric, const std::vector<DeviceIndex>& device_of,
                                                ForcedChoice forced = {});

}  // namespace headway
