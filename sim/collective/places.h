// Where the members of a communicator sit: sorted by place and grouped, level by level, by the network that joins them.
//
// Level 0 joins single members into groups, level 1 those groups into larger ones, and so on. Device numbers run node by node, so
// every group is a contiguous run of the sorted members and a level is fully told by where its groups start.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collective/collective.h"
#include "network/fabric.h"

namespace headway {

// A run [begin, end) of the sorted members.
struct MemberRun {
  std::uint32_t begin = 0, end = 0;
  [[nodiscard]] std::uint32_t size() const { return end - begin; }
};

struct PlaceLevel {
  NetworkId network;
  std::vector<std::uint32_t> starts;  // of the groups this network joins, with the number of members behind the last
};

struct Places {
  std::vector<DeviceIndex> devices;  // sorted
  std::vector<PlaceLevel> levels;    // innermost first; only levels that join more than one part

  [[nodiscard]] std::uint32_t members() const { return static_cast<std::uint32_t>(devices.size()); }
  // Calls `visit(group, parts)` for every group of a level, `parts` being the groups of the level below (or single members).
  template <class Visit>
  void for_each_group(std::size_t level, Visit visit) const;

 private:
  [[nodiscard]] std::vector<MemberRun> parts_of(std::size_t level) const;
};

// Throws InputError when some members cannot reach one another.
[[nodiscard]] Places places_of(std::span<const DeviceIndex> members, const Fabric& fabric);

template <class Visit>
void Places::for_each_group(std::size_t level, Visit visit) const {
  const std::vector<MemberRun> parts = parts_of(level);
  const std::vector<std::uint32_t>& starts = levels[level].starts;
  std::size_t first = 0;
  for (std::size_t group = 0; group + 1 < starts.size(); ++group) {
    std::size_t last = first;
    while (last < parts.size() && parts[last].begin < starts[group + 1]) ++last;
    visit(MemberRun{starts[group], starts[group + 1]}, std::span<const MemberRun>(parts).subspan(first, last - first));
    first = last;
  }
}

}  // namespace headway
