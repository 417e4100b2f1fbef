// The hierarchical all-reduce: reduce-scatter inside a group, all-reduce between equal positions of different groups, all-gather
// inside; at any number of levels. With s' members below a level and k parts joined by it, each member moves 2(k-1)/k / s' there.
//
// Between nodes the exchange runs over a pair of complementary binary trees (Sanders, Speck & Traeff 2009), as NCCL does: each node
// is inside one tree and a leaf of the other, each tree carries half the bytes, so a node sends 3/2 + 1/2 of them (1 when there are
// two nodes), in 2 log2(k) steps. Neighbours in order stand for the tree's edges when routes are loaded: most of them are.
#include <cmath>

#include "collective/algorithm.h"
#include "collective/torus_ring.h"

namespace headway {

namespace {

// Trees pay where messages go through adapters; inside a scale-up domain the library chains.
bool has_trees(NetworkKind kind) {
  return kind == NetworkKind::fat_tree || kind == NetworkKind::rail_optimized || kind == NetworkKind::multi_plane ||
         kind == NetworkKind::dragonfly;
}

// A tree's hop waits for two children and reduces before it passes on: ring steps it is worth, from NCCL's measured all-reduces
// over 4 to 512 nodes.
constexpr double kTreeHop = 3;

// Bytes that the members of a part send together, per byte of payload that the part holds.
double sent_together(NetworkKind kind, double parts) {
  if (has_trees(kind) && parts > 2) return 2.0;
  return 2.0 * (parts - 1) / parts;
}

double steps(const Geometry::Level& level, NetworkKind kind, const RingPace& around) {
  return 2.0 * (has_trees(kind) && level.fan > 2 ? kTreeHop * std::ceil(std::log2(level.fan)) : around.steps / level.groups);
}

}  // namespace

Outline hierarchical_outline(CollectiveKind, const Geometry& geometry, const Fabric& fabric) {
  Outline outline;
  double below = 1, memory = 0;
  for (const Geometry::Level& level : geometry.levels) {
    const NetworkKind kind = fabric.spec(level.network).kind;
    const double k = level.fan, share = sent_together(kind, k) / below;
    const RingPace around = ring_pace(level, k * level.groups, fabric);
    outline.levels.push_back(
        {.port_share = share, .peers = k - 1, .steps = steps(level, kind, around), .rate_share = around.rate_share});
    below *= k;
    memory += 2.5 * share;
  }
  outline.memory_bytes_per_byte = memory;
  return outline;
}

void hierarchical_loads(CollectiveKind, const Places& places, LoadSum& sum) {
  for (std::size_t i = 0; i < places.levels.size(); ++i) {
    places.for_each_group(i, [&](MemberRun, std::span<const MemberRun> parts) {
      if (parts.size() < 2) return;
      const NetworkId network = places.levels[i].network;
      const double sent = sent_together(sum.fabric().spec(network).kind, static_cast<double>(parts.size()));
      add_cycle(sum, network, places, parts, [&](MemberRun) { return sent; });
    });
  }
}

}  // namespace headway
