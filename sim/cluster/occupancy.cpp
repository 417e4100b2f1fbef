#include "cluster/occupancy.h"

#include <bit>

namespace headway {

int occupied_domain(int domain, int devices) {
  if (devices <= domain || devices % domain == 0) return domain;
  return static_cast<int>(std::bit_floor(static_cast<unsigned>(domain)));
}

Occupancy occupy_domains(Cluster& cluster) {
  for (NetworkSpec& network : cluster.networks) {
    if (network.name != "scale_up" || network.kind == NetworkKind::torus || network.domain == 0) continue;
    const Occupancy occupancy{occupied_domain(network.domain, cluster.devices()), network.domain};
    if (occupancy.whole() || occupancy.used % cluster.devices_per_node != 0) break;
    network.domain = occupancy.used;
    for (NetworkSpec& outer : cluster.networks)
      if (outer.unit_nodes * cluster.devices_per_node == occupancy.domain)
        outer.unit_nodes = occupancy.used / cluster.devices_per_node;
    return occupancy;
  }
  return {};
}

std::string occupancy_text(const Occupancy& occupancy) {
  return std::to_string(occupancy.used) + " of the " + std::to_string(occupancy.domain) +
         " devices of each scale-up domain in use";
}

}  // namespace headway
