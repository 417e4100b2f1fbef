// The shapes a network can have, as switch graphs.
#include <algorithm>

#include "base/check.h"
#include "network/switch_forest.h"

namespace headway {
namespace {

std::uint32_t ceil_div(std::uint32_t a, std::uint32_t b) { return (a + b - 1) / b; }

// What the trunk above each switch of the lowest tier would carry if it were not oversubscribed.
std::vector<Bandwidth> ports_below(const std::vector<SwitchId>& leaf_of, const std::vector<Bandwidth>& ports,
                                   std::uint32_t leaves) {
  std::vector<Bandwidth> sum(leaves);
  for (std::size_t device = 0; device < ports.size(); ++device) sum[leaf_of[device].index()] += ports[device];
  return sum;
}

// One switch for each domain, no trunks: switched, package, and those whose links are not switched at all (full mesh, direct links).
Wiring wire_single_level(const NetworkExtent& extent) {
  std::vector<SwitchId> leaf_of(extent.devices);
  for (std::uint32_t device = 0; device < extent.devices; ++device) leaf_of[device] = SwitchId(device / extent.domain);
  return {SwitchForest(SwitchGraph(extent.domains), {{"switch", extent.domains}}), std::move(leaf_of)};
}

// Leaves under one root for each domain. `leaf(local)`: of a device by its number within the domain.
template <class LeafOf>
std::vector<SwitchId> assign_leaves(const NetworkExtent& extent, std::uint32_t leaves_per_domain, LeafOf leaf) {
  std::vector<SwitchId> leaf_of(extent.devices);
  for (std::uint32_t device = 0; device < extent.devices; ++device)
    leaf_of[device] = SwitchId(device / extent.domain * leaves_per_domain + leaf(device % extent.domain));
  return leaf_of;
}

Wiring wire_two_tiers(const NetworkExtent& extent, std::uint32_t leaves_per_domain, std::vector<SwitchId> leaf_of,
                      const std::vector<Bandwidth>& ports, double ratio, const std::string& leaf_name) {
  const std::uint32_t leaves = leaves_per_domain * extent.domains;
  const std::vector<Bandwidth> below = ports_below(leaf_of, ports, leaves);
  SwitchGraph graph(leaves + extent.domains);
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf)
    boost::add_edge(leaf, leaves + leaf / leaves_per_domain, Trunk{below[leaf] / ratio}, graph);
  return {SwitchForest(graph, {{leaf_name, leaves}, {"spine", extent.domains}}), std::move(leaf_of)};
}

// `pods_per_domain` spine blocks between leaves and core; a pod's block is one bundle over all its leaves, whatever their rail.
Wiring wire_three_tiers(const NetworkSpec& spec, const NetworkExtent& extent, std::uint32_t leaves_per_domain,
                        std::uint32_t leaves_per_pod, std::vector<SwitchId> leaf_of, const std::vector<Bandwidth>& ports) {
  const std::uint32_t pods_per_domain = ceil_div(leaves_per_domain, leaves_per_pod);
  const std::uint32_t leaves = leaves_per_domain * extent.domains, pods = pods_per_domain * extent.domains;
  const std::vector<Bandwidth> below = ports_below(leaf_of, ports, leaves);
  SwitchGraph graph(leaves + pods + extent.domains);
  std::vector<Bandwidth> into_pod(pods);
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    const std::uint32_t pod = leaf / leaves_per_domain * pods_per_domain + leaf % leaves_per_domain / leaves_per_pod;
    const Bandwidth up = below[leaf] / spec.leaf_oversubscription;
    into_pod[pod] += up;
    boost::add_edge(leaf, leaves + pod, Trunk{up}, graph);
  }
  for (std::uint32_t pod = 0; pod < pods; ++pod)
    boost::add_edge(leaves + pod, leaves + pods + pod / pods_per_domain, Trunk{into_pod[pod] / spec.spine_oversubscription},
                    graph);
  return {SwitchForest(graph, {{"leaf", leaves}, {"spine", pods}, {"core", extent.domains}}), std::move(leaf_of)};
}

Wiring wire_tree(const NetworkSpec& spec, const NetworkExtent& extent, std::uint32_t leaves_per_unit, std::uint32_t units,
                 std::vector<SwitchId> leaf_of, const std::vector<Bandwidth>& ports) {
  const std::uint32_t leaves_per_domain = leaves_per_unit * units;
  if (spec.units_per_pod == 0)
    return wire_two_tiers(extent, leaves_per_domain, std::move(leaf_of), ports, spec.leaf_oversubscription, "leaf");
  const std::uint32_t leaves_per_pod = leaves_per_unit * static_cast<std::uint32_t>(spec.units_per_pod);
  return wire_three_tiers(spec, extent, leaves_per_domain, leaves_per_pod, std::move(leaf_of), ports);
}

// Every socket's host bridge carries what the switches below it send elsewhere; sockets meet over the links between them.
Wiring wire_pcie(const NetworkSpec& spec, const NetworkExtent& extent, const std::vector<Bandwidth>& ports) {
  const auto per_switch = static_cast<std::uint32_t>(spec.switch_devices), sockets = static_cast<std::uint32_t>(spec.sockets);
  const std::uint32_t switches_per_domain = ceil_div(extent.domain, per_switch);
  const std::uint32_t switches_per_socket = ceil_div(switches_per_domain, sockets);
  const std::uint32_t switches = switches_per_domain * extent.domains, bridges = sockets * extent.domains;
  const auto switch_of = [&](std::uint32_t local) { return local / per_switch; };
  std::vector<SwitchId> leaf_of = assign_leaves(extent, switches_per_domain, switch_of);
  const Bandwidth uplink = *std::max_element(ports.begin(), ports.end()) * spec.switch_uplinks;
  const Bandwidth between = spec.socket_link * spec.technology.efficiency.value;
  SwitchGraph graph(switches + bridges + (sockets > 1 ? extent.domains : 0));
  for (std::uint32_t at = 0; at < switches; ++at) {
    const std::uint32_t domain = at / switches_per_domain;
    const std::uint32_t bridge = domain * sockets + at % switches_per_domain / switches_per_socket;
    boost::add_edge(at, switches + bridge, Trunk{uplink}, graph);
  }
  if (sockets == 1) return {SwitchForest(graph, {{"switch", switches}, {"socket", bridges}}), std::move(leaf_of)};
  for (std::uint32_t bridge = 0; bridge < bridges; ++bridge)
    boost::add_edge(switches + bridge, switches + bridges + bridge / sockets, Trunk{between}, graph);
  return {SwitchForest(graph, {{"switch", switches}, {"socket", bridges}, {"board", extent.domains}}), std::move(leaf_of)};
}

// One root for every plane of a domain; the planes' leaves of a unit lie side by side.
Wiring wire_planes(const NetworkSpec& spec, const NetworkExtent& extent, std::uint32_t units, std::uint32_t unit,
                   const std::vector<Bandwidth>& ports) {
  const auto planes = static_cast<std::uint32_t>(spec.planes);
  const std::uint32_t leaves_per_domain = units * planes, leaves = leaves_per_domain * extent.domains;
  const auto plane_leaf = [&](std::uint32_t local) { return local / unit * planes + local % extent.node % planes; };
  std::vector<SwitchId> leaf_of = assign_leaves(extent, leaves_per_domain, plane_leaf);
  const std::vector<Bandwidth> below = ports_below(leaf_of, ports, leaves);
  SwitchGraph graph(leaves + planes * extent.domains);
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf)
    boost::add_edge(leaf, leaves + leaf / leaves_per_domain * planes + leaf % planes,
                    Trunk{below[leaf] / spec.leaf_oversubscription}, graph);
  return {SwitchForest(graph, {{"leaf", leaves}, {"spine", planes * extent.domains}}), std::move(leaf_of)};
}

}  // namespace

NetworkExtent extent_of(const NetworkSpec& spec, std::size_t devices) {
  NetworkExtent extent;
  extent.devices = static_cast<std::uint32_t>(devices);
  auto domain = static_cast<std::uint32_t>(spec.domain);
  if (spec.kind == NetworkKind::torus) {
    domain = 1;
    for (const int length : spec.shape) domain *= static_cast<std::uint32_t>(length);
  }
  extent.domain = domain == 0 || domain > extent.devices ? extent.devices : domain;
  extent.domains = ceil_div(extent.devices, extent.domain);
  const auto node = static_cast<std::uint32_t>(spec.node);
  extent.node = node == 0 || node > extent.domain ? extent.domain : node;
  return extent;
}

Wiring wire(const NetworkSpec& spec, const NetworkExtent& extent, const std::vector<Bandwidth>& ports) {
  const std::uint32_t nodes = ceil_div(extent.domain, extent.node);
  const std::uint32_t unit_nodes = spec.unit_nodes == 0 ? nodes : static_cast<std::uint32_t>(spec.unit_nodes);
  const std::uint32_t unit = extent.node * unit_nodes, units = ceil_div(extent.domain, unit);
  switch (spec.kind) {
    case NetworkKind::package:
    case NetworkKind::switched:
    case NetworkKind::full_mesh:
    case NetworkKind::torus:
    case NetworkKind::dragonfly: return wire_single_level(extent);
    case NetworkKind::pcie: return wire_pcie(spec, extent, ports);
    case NetworkKind::two_level: {
      const auto node_of = [&](std::uint32_t local) { return local / extent.node; };
      return wire_two_tiers(extent, nodes, assign_leaves(extent, nodes, node_of), ports, spec.taper, "node");
    }
    case NetworkKind::fat_tree: {
      const auto leaf = [&](std::uint32_t local) { return local / unit; };
      return wire_tree(spec, extent, 1, units, assign_leaves(extent, units, leaf), ports);
    }
    case NetworkKind::rail_optimized: {
      const auto rail_leaf = [&](std::uint32_t local) { return local / unit * extent.node + local % extent.node; };
      return wire_tree(spec, extent, extent.node, units, assign_leaves(extent, units * extent.node, rail_leaf), ports);
    }
    case NetworkKind::multi_plane: {
      if (!spec.split_ports) return wire_planes(spec, extent, units, unit, ports);
      const auto leaf = [&](std::uint32_t local) { return local / unit; };  // the planes' leaves of a unit are one bundle
      return wire_tree(spec, extent, 1, units, assign_leaves(extent, units, leaf), ports);
    }
  }
  HEADWAY_CHECK(false, "unknown network kind");
}

}  // namespace headway
