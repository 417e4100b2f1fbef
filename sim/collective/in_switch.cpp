// Reduction and multicast in the switches, as NVSwitch does from its third generation on (NVLink SHARP, in NCCL: NVLS).
//
// Bytes through a member's port, of a buffer S among n: reducing into the n owners, out S and in S/n; multicasting from them, out S/n
// and in S. Above v of the members: partial sums of the parts owned elsewhere go up, (n - v)/n S, and of those owned below come
// down, v/n S; multicast is the mirror image.
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

// A port's own part passes through the switch as well.
Share port_share(CollectiveKind kind, double n) {
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

bool switches_reduce(const Geometry& geometry, const Fabric& fabric) {
  if (geometry.levels.size() != 1) return false;
  const NetworkSpec& spec = fabric.spec(geometry.levels.front().network);
  return switched(spec.kind) && fabric.routes_along_trunks(geometry.levels.front().network) &&
         spec.technology.in_switch_reduction.known;
}

Outline in_switch_outline(CollectiveKind kind, const Geometry& geometry, const Fabric& fabric) {
  const LinkTechnology& technology = fabric.spec(geometry.levels.front().network).technology;
  if (!technology.in_switch_latency.known)
    throw InputError(technology.mark,
                     technology.name + ": no published value for \"in_switch_latency\"; give one in the link file");
  const double n = geometry.members;
  const Share port = port_share(kind, n);
  Outline outline;
  outline.levels.push_back({.port_share = std::max(port.up, port.down),
                            .peers = n - 1,
                            .steps = 0,
                            .rate_share = technology.in_switch_reduction.value});
  outline.start = technology.in_switch_latency.value;
  outline.memory_bytes_per_byte = port.up + port.down;
  return outline;
}

void in_switch_loads(CollectiveKind kind, const Places& places, LoadSum& sum) {
  const NetworkId network = places.levels.front().network;
  const double n = places.members();
  const Share port = port_share(kind, n);
  std::vector<TrunkLinks> above, all;
  for (const DeviceIndex device : places.devices) {
    sum.add(sum.fabric().out_port(network, device), port.up);
    sum.add(sum.fabric().in_port(network, device), port.down);
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
    sum.add(all[first].up, trunk.up);
    sum.add(all[first].down, trunk.down);
  }
}

}  // namespace headway
