// Reduction and multicast in the switches, as NVSwitch does from its third generation on (NVLink SHARP, in NCCL: NVLS).
//
// Bytes through a member's port, of a buffer S among n: reducing into the n owners, out S and in S/n; multicasting from them, out S/n
// and in S. Above v of the members: partial sums of the parts owned elsewhere go up, (n - v)/n S, and of those owned below come
// down, v/n S; multicast is the mirror image. An all-reduce over several such levels is hierarchical: each level reduces what the
// members of equal position hold.
#include <algorithm>

#include "base/diagnostic.h"
#include "collective/algorithm.h"

namespace headway {

namespace {

// Of the buffer, into the switches and out of them.
struct Share {
  double up = 0, down = 0;
};

// Of `below` members among `n`, together.
Share share_of(CollectiveKind kind, double below, double n) {
  const double here = below / n, elsewhere = (n - below) / n;
  const bool reduces = kind != CollectiveKind::all_gather, multicasts = kind != CollectiveKind::reduce_scatter;
  return {(reduces ? elsewhere : 0) + (multicasts ? here : 0), (reduces ? here : 0) + (multicasts ? elsewhere : 0)};
}

// Of one port. Where members own the parts, each one's own passes through the switch as well; where the switches hand the result
// back to those that sent (InfiniBand SHARP), a port carries the buffer once each way.
Share port_share(CollectiveKind kind, double n, bool owned) {
  if (!owned) return {1, 1};
  Share share = share_of(kind, 1, n);
  if (kind != CollectiveKind::all_gather) share.up += 1 / n;
  if (kind != CollectiveKind::reduce_scatter) share.down += 1 / n;
  return share;
}

// PCIe switches and the dies of a package do not compute.
bool switched(NetworkKind kind) {
  return kind != NetworkKind::full_mesh && kind != NetworkKind::package && kind != NetworkKind::pcie;
}

}  // namespace

bool switches_reduce(const Geometry::Level& level, const Fabric& fabric) {
  const NetworkSpec& spec = fabric.spec(level.network);
  return switched(spec.kind) && spec.in_switch_reduction.value_or(!joins_adapters(spec.kind)) &&
         fabric.routes_along_trunks(level.network) && spec.technology.in_switch_reduction.known;
}

std::size_t reducing_levels(const Geometry& geometry, const Fabric& fabric) {
  std::size_t levels = 0;
  while (levels < geometry.levels.size() && switches_reduce(geometry.levels[levels], fabric)) ++levels;
  return levels;
}

Seconds in_switch_start(const Geometry::Level& level, const Fabric& fabric) {
  const LinkTechnology& technology = fabric.spec(level.network).technology;
  if (!technology.in_switch_latency.known)
    throw InputError(technology.mark,
                     technology.name + ": no published value for \"in_switch_latency\"; give one in the link file");
  return technology.in_switch_latency.value;
}

Outline::Level in_switch_level(CollectiveKind kind, const Geometry::Level& level, double below, bool owned,
                               const Fabric& fabric) {
  const Share port = port_share(kind, level.fan, owned);
  return {.port_share = std::max(port.up, port.down) / below,
          .peers = level.fan - 1.0,
          .steps = 0,
          .rate_share = fabric.spec(level.network).technology.in_switch_reduction.value};
}

Outline in_switch_outline(CollectiveKind kind, Bytes bytes, const Geometry& geometry, const Fabric& fabric) {
  if (kind == CollectiveKind::all_reduce) return hierarchical_outline(bytes, geometry, fabric, geometry.levels.size());
  const Geometry::Level& level = geometry.levels.front();
  const Share port = port_share(kind, level.fan, true);
  return {.levels = {in_switch_level(kind, level, 1, true, fabric)},
          .start = in_switch_start(level, fabric),
          .memory_bytes_per_byte = port.up + port.down};
}

void add_in_switch(LoadSum& sum, NetworkId network, std::span<const DeviceIndex> members, CollectiveKind kind, double share,
                   bool owned) {
  const auto n = static_cast<double>(members.size());
  const Share port = port_share(kind, n, owned);
  std::vector<TrunkLinks> above, all;
  for (const DeviceIndex device : members) {
    sum.add(sum.fabric().out_port(network, device), share * port.up);
    sum.add(sum.fabric().in_port(network, device), share * port.down);
    above.clear();
    sum.fabric().trunks_above(network, device, above);
    all.insert(all.end(), above.begin(), above.end());
  }
  std::sort(all.begin(), all.end(), [](const TrunkLinks& a, const TrunkLinks& b) { return a.up < b.up; });
  for (std::size_t first = 0, last = 0; first < all.size(); first = last) {
    while (last < all.size() && all[last].up == all[first].up) ++last;
    const auto below = static_cast<double>(last - first);
    if (below == n) continue;  // all of them are below: nothing has to leave
    const Share trunk = share_of(kind, below, n);
    sum.add(all[first].up, share * trunk.up);
    sum.add(all[first].down, share * trunk.down);
  }
}

void in_switch_loads(CollectiveKind kind, const Places& places, LoadSum& sum) {
  if (kind == CollectiveKind::all_reduce) return hierarchical_loads(places, sum, places.levels.size());
  add_in_switch(sum, places.levels.front().network, places.devices, kind, 1.0, true);
}

}  // namespace headway
