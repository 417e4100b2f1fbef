// The ring: every member forwards its share of the buffer to its successor, through enough channels that each member of a group is
// the one that leaves it in an equal part of them. A group of s members with s' in each of its parts thus keeps, of each member's
// bytes, 1/s' - 1/s on its network; the outermost ring closes there and keeps 1/s'.
#include "collective/algorithm.h"
#include "collective/torus_ring.h"

namespace headway {
namespace {

// Bytes every member forwards per byte of payload. Broadcast: the closing hop is counted too, so that all members look alike.
double forwarded(CollectiveKind kind, double members) {
  if (kind == CollectiveKind::broadcast) return 1.0;
  return (kind == CollectiveKind::all_reduce ? 2.0 : 1.0) * (members - 1) / members;
}

// Reads and writes in a member's memory for each byte it forwards: reducing reads the received and its own part and has the
// next part written into it; gathering reads what arrived (written by the neighbour) once more.
double memory_per_forwarded(CollectiveKind kind) {
  if (kind == CollectiveKind::all_reduce) return 2.5;
  return kind == CollectiveKind::reduce_scatter ? 3.0 : 2.0;
}

}  // namespace

Outline ring_outline(CollectiveKind kind, const Geometry& geometry, const Fabric& fabric) {
  const double n = geometry.members, share = forwarded(kind, n), passes = kind == CollectiveKind::all_reduce ? 2.0 : 1.0;
  Outline outline;
  double parts = n;
  for (const Geometry::Level& level : geometry.levels) {
    const bool outermost = &level == &geometry.levels.back();
    const RingPace pace = ring_pace(level, parts, fabric);
    outline.levels.push_back({.port_share = share * (parts - (outermost ? 0 : level.groups)) / n,
                              .peers = static_cast<double>(level.fan - 1),
                              .steps = passes * pace.steps,
                              .rate_share = pace.rate_share});
    parts = level.groups;
  }
  if (kind != CollectiveKind::broadcast) outline.own_share = 1.0 / n;
  outline.memory_bytes_per_byte = share * memory_per_forwarded(kind);
  return outline;
}

void ring_loads(CollectiveKind kind, const Places& places, LoadSum& sum) {
  const double share = forwarded(kind, places.members());
  for (std::size_t i = 0; i < places.levels.size(); ++i) {
    const bool outermost = i + 1 == places.levels.size();
    places.for_each_group(i, [&](MemberRun group, std::span<const MemberRun> parts) {
      if (parts.size() < 2) return;
      add_cycle(sum, places.levels[i].network, places, parts,
                [&](MemberRun part) { return outermost ? share : share * (group.size() - part.size()) / group.size(); });
    });
  }
}

}  // namespace headway
