// A collective on a communicator, as one activity: how much every link carries per byte of payload, its start-up latency, the rate
// nobody can exceed, and what it holds on each member.
//
// Model (bandwidth terms: Patarasuk & Yuan 2009; latency terms: NCCL's published tuning model):
//   ring         every member forwards (n-1)/n of the buffer (all-gather, reduce-scatter) or 2(n-1)/n (all-reduce) to its successor.
//                Members are ordered by place; the library runs enough channels, each leaving a domain at another member, so a
//                domain of q members sends 1/q of the ring's bytes through each member's outer port and (q-1)/q through its inner one.
//   hierarchical (all-reduce over nested groups of equal size) reduce-scatter inside, all-reduce between equal positions outside,
//                all-gather inside: inner ports carry 2(q-1)/q of the buffer; outer ports, m domains, 2/q: NCCL's two complementary
//                binary trees, 2 log2(m) long (1/q for m = 2).
//   in_switch    (NVLink SHARP; every level of one network whose switches reduce) each member owns 1/n of the buffer: the switches read
//                that part of all members, reduced, into its owner and multicast the result from there. So ports carry the whole
//                buffer once and the own part once more, 1 + 1/n in each direction, and a trunk carries the buffer once each way.
//                A gather (multicast alone) and a scatter (reduction alone) fill one direction of a port once: no less than a ring.
//                Over several such networks (InfiniBand SHARP above NVLink SHARP), an all-reduce is reduced at every level.
//   in_switch_tree  (NCCL's NVLSTree) hierarchical, with the innermost level reduced by its switches.
//   pairwise     all-to-all: every member sends 1/n of its buffer to each other member over their route.
//   hierarchical (all-to-all on rails) between domains to the member of equal position, which passes on what arrives; tokens with a
//                TokenSpread cross once to each domain (collective/forwarded.cpp).
//   direct       send_receive: the route from member 0 to member 1.
// On a torus the ring is multi-dimensional (collective/torus_ring.h): all dimensions at once, both ways.
// On a full mesh rings take a different order in each channel and so spread over all pairs of the group.
// Switches that reduce let through a share of the rate (LinkTechnology::in_switch_reduction), and each start costs in_switch_latency.
// Latency: base + steps x hop latency by level and protocol; the Simple protocol hands on whole slices, and filling every channel
// with its first one comes on top. All-gather, reduce-scatter and all-to-all also copy the part that stays at home.
// The library's choice is the variant with the least predicted time alone; the bandwidth bound of its own loads is never beaten.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "network/fabric.h"
#include "work/collective_algorithm.h"
#include "work/collective_kind.h"
#include "work/token_spread.h"

namespace headway {

struct CollectiveChoice {
  Algorithm algorithm = Algorithm::ring;
  Protocol protocol = Protocol::simple;
  friend auto operator<=>(const CollectiveChoice&, const CollectiveChoice&) = default;
};

struct LinkLoad {
  LinkId link;
  double bytes_per_byte = 0;  // on the link per byte of payload (`bytes` as in work/collective_kind.h)
};

struct CollectiveCost {
  CollectiveChoice choice;
  Seconds latency;                   // before the first payload byte counts
  Bandwidth top_rate;                // payload bytes per second the protocol allows at most on these links, alone
  double memory_bytes_per_byte = 0;  // traffic on each member's memory per payload byte
  int multiprocessors = 0;           // held on each member while it runs
};

// The parts of a communicator's geometry that decide its cost; equal for congruent communicators.
struct Geometry {
  struct Level {
    NetworkId network;
    int groups = 0;  // of members that this network joins
    int fan = 0;     // sub-groups (or members) of the next inner level in each group; uneven groups: the largest
    bool even = true;
    std::vector<int> box;  // of a torus that single members fill a box of, in each group alike: its lengths
  };
  int members = 0;
  std::vector<Level> levels;  // innermost first; only levels that join more than one member
  friend bool operator==(const Geometry&, const Geometry&);
};

// Throws InputError (no mark) when some members cannot reach one another: "no network joins device 3 and device 11".
[[nodiscard]] Geometry geometry_of(std::span<const DeviceIndex> members, const Fabric& fabric);

// Rate of the slowest port of any member, either way, by level.
[[nodiscard]] std::vector<Bandwidth> slowest_ports(std::span<const DeviceIndex> members, const Geometry& geometry,
                                                   const Fabric& fabric);

// The library's choice and its cost. `members` in rank order; send_receive: sender, receiver. Throws InputError (no mark) where
// what is forced cannot be done on these members. `routing`: of the tokens an all-to-all carries, when software sends each once to
// a domain; `bytes` then counts a token once for each member it reaches.
[[nodiscard]] CollectiveCost choose_collective(CollectiveKind kind, Bytes bytes, std::span<const DeviceIndex> members,
                                               const Geometry& geometry, const Fabric& fabric, ForcedChoice forced = {},
                                               const std::optional<TokenSpread>& routing = {});

// Loads on links for the chosen algorithm; each link appears once.
void collective_loads(CollectiveKind kind, CollectiveChoice choice, std::span<const DeviceIndex> members,
                      const Geometry& geometry, const Fabric& fabric, std::vector<LinkLoad>& loads,
                      const std::optional<TokenSpread>& routing = {});

// Time alone: latency + bytes / min(top rate, tightest link). Bound: bytes over the tightest link of the algorithm's own loads.
[[nodiscard]] Seconds alone_time(Bytes bytes, const CollectiveCost& cost, std::span<const LinkLoad> loads, const Fabric& fabric);

}  // namespace headway
