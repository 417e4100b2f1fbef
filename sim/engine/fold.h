// Folding: simulate one representative of every class of actors that nothing can tell apart.
//
// Colours start from what a vertex is (an actor's program, a group's kind, a resource's capacity) and are refined by the multiset of
// (edge label, neighbour's colour) until nothing splits: 1-dimensional Weisfeiler-Leman, which ends in the coarsest equitable
// partition. In it every actor of a class meets the same number of groups of each class over the same slots, and every resource of
// a class carries the same total load from each class of groups; hence rates, and by induction over events all instants, are
// constant on classes, and the quotient below replays the whole machine to the picosecond.
//
// Cost: linear in edges per round; rounds are about the distance over which an asymmetry has to be noticed.
// Rests on: all coupling is in Structure; loads are integers; nothing is drawn at random after this point; the executor applies all
// starts and ends of an instant before it shares again; sums in the solver are exact.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/max_min.h"
#include "engine/structure.h"

namespace headway {

struct ActorClass {
  std::uint32_t representative = 0;
  std::uint64_t count = 0;
  std::uint32_t program = 0;
};

struct GroupMember {
  std::uint32_t actor_class = 0;
  std::uint16_t slot = 0;
};

// The machine seen through its classes; the only thing the executor runs.
struct Quotient {
  std::vector<ActorClass> actors;
  std::vector<std::uint32_t> class_of_actor;  // by actor of the structure
  int slots = 0;
  std::vector<std::uint32_t> group_of;       // [actor class * slots + slot] -> group class
  std::vector<std::uint32_t> group_kind;     // by group class
  std::vector<std::uint32_t> member_offset;  // CSR over group classes: the (actor class, slot) pairs that take part
  std::vector<GroupMember> members;
  std::vector<std::uint32_t>
      draw_offset;  // CSR over group classes: what one resource of a class sees from all groups of this class
  std::vector<Draw> draws;
  std::vector<std::int64_t> capacity;            // by resource class
  std::vector<std::uint32_t> class_of_resource;  // by resource of the structure
};

[[nodiscard]] Quotient fold(const Structure& structure);

// Every actor, group and resource its own class: the same timeline, more work.
[[nodiscard]] Quotient unfolded(const Structure& structure);

}  // namespace headway
