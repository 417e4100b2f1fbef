// The hierarchical all-reduce: reduce-scatter inside a group, all-reduce between equal positions of different groups, all-gather
// inside; at any number of levels. With s' members below a level and k parts joined by it, each member moves 2(k-1)/k / s' there.
// Inner levels whose switches reduce may leave it to them: NCCL's NVLSTree is this with the innermost level reduced by NVSwitch.
//
// Between nodes the exchange runs over a pair of complementary binary trees (Sanders, Speck & Traeff 2009), as NCCL does: each node
// is inside one tree and a leaf of the other, each tree carries half the bytes, so a node sends 3/2 + 1/2 of them (1 when there are
// two nodes), in 2 log2(k) steps. Neighbours in order stand for the tree's edges when routes are loaded: most of them are.
#include <algorithm>
#include <cmath>

#include "collective/algorithm.h"
#include "collective/torus_ring.h"

namespace headway {

namespace {

// A tree's hop waits for two children and reduces before it passes on: ring steps it is worth, from NCCL's measured all-reduces
// over 4 to 512 nodes; and where the switches of a node have already reduced (NVLSTree, 4 to 1,024 nodes of 8 H100: NVIDIA, GTC 2024,
// S62129).
constexpr double kTreeHop = 3, kTreeHopAfterSwitches = 2.2;
// There small buffers know no low-latency protocol: NCCL counts 20.9 us for a hop up and one down, 0.7 of a ring step each. Slices
// fill with the root of the size until they are whole, at 16 MiB.
constexpr double kSmallHopAfterSwitches = 0.7;
constexpr Bytes kWholeSlices{16.0 * 1024 * 1024};

double hop_after_switches(Bytes bytes) {
  const double filled = std::sqrt(std::min(1.0, bytes / kWholeSlices));
  return kSmallHopAfterSwitches + filled * (kTreeHopAfterSwitches - kSmallHopAfterSwitches);
}

// Bytes that the members of a part send together, per byte of payload that the part holds. Trees pay where messages go through
// adapters; inside a scale-up domain the library chains.
double sent_together(NetworkKind kind, double parts) {
  if (joins_adapters(kind) && parts > 2) return 2.0;
  return 2.0 * (parts - 1) / parts;
}

double steps(const Geometry::Level& level, NetworkKind kind, const RingPace& around, double hop) {
  return 2.0 * (joins_adapters(kind) && level.fan > 2 ? hop * std::ceil(std::log2(level.fan)) : around.steps / level.groups);
}

}  // namespace

Outline hierarchical_outline(Bytes bytes, const Geometry& geometry, const Fabric& fabric, std::size_t reducing) {
  const double hop = reducing > 0 ? hop_after_switches(bytes) : kTreeHop;
  Outline outline;
  double below = 1, memory = 0;
  for (std::size_t i = 0; i < geometry.levels.size(); ++i) {
    const Geometry::Level& level = geometry.levels[i];
    if (i < reducing) {
      outline.levels.push_back(in_switch_level(CollectiveKind::all_reduce, level, below, i == 0, fabric));
      outline.start += in_switch_start(level, fabric);
    } else {
      const NetworkKind kind = fabric.spec(level.network).kind;
      const RingPace around = ring_pace(level, static_cast<double>(level.fan) * level.groups, fabric);
      outline.levels.push_back({.port_share = sent_together(kind, level.fan) / below,
                                .peers = level.fan - 1.0,
                                .steps = steps(level, kind, around, hop),
                                .rate_share = around.rate_share});
    }
    memory += 2.5 * outline.levels.back().port_share;
    below *= level.fan;
  }
  if (reducing == 0) outline.own_share = 1.0 / geometry.members;
  outline.memory_bytes_per_byte = memory;
  return outline;
}

void hierarchical_loads(const Places& places, LoadSum& sum, std::size_t reducing) {
  for (std::size_t i = 0; i < places.levels.size(); ++i) {
    const NetworkId network = places.levels[i].network;
    places.for_each_group(i, [&](MemberRun, std::span<const MemberRun> parts) {
      if (parts.size() < 2) return;
      if (i < reducing) {  // members of equal position hold the same part of the buffer
        const std::uint32_t below = parts.front().size();
        for (std::uint32_t position = 0; position < below; ++position) {
          std::vector<DeviceIndex> members;
          for (const MemberRun part : parts) members.push_back(places.devices[part.begin + position]);
          add_in_switch(sum, network, members, CollectiveKind::all_reduce, 1.0 / below, i == 0);
        }
      } else {
        const double sent = sent_together(sum.fabric().spec(network).kind, static_cast<double>(parts.size()));
        add_cycle(sum, network, places, parts, [&](MemberRun) { return sent; });
      }
    });
  }
}

}  // namespace headway
