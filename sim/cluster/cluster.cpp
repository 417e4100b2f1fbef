#include "cluster/cluster.h"

#include "base/check.h"

namespace headway {
namespace {

// The scale-up network of a cluster takes each device's own port unless the network says otherwise; a package's dies, PCIe slots and
// the scale-out adapters are the network's own.
Bandwidth port_of(const NetworkSpec& network, const Device& device) {
  const bool own_port = network.kind != NetworkKind::package && network.kind != NetworkKind::pcie;
  if (network.port == Bandwidth(0) && network.name == "scale_up" && own_port) return require(device.scale_up, device, "scale_up");
  if (const std::optional<Bandwidth> rate = line_rate(network)) return *rate;
  throw InputError(network.technology.mark,
                   network.technology.name + ": no published value for \"bandwidth\"; give the network a port");
}

// A fault of a node is one of each of its devices, whatever the network takes for a node.
std::vector<LinkFault> by_device(const std::vector<LinkFault>& faults, int devices_per_node) {
  std::vector<LinkFault> expanded;
  for (const LinkFault& fault : faults) {
    if (!fault.node) {
      expanded.push_back(fault);
      continue;
    }
    for (int i = 0; i < devices_per_node; ++i) {
      LinkFault of_device = fault;
      of_device.node.reset();
      of_device.device = *fault.node * devices_per_node + i;
      expanded.push_back(of_device);
    }
  }
  return expanded;
}

}  // namespace

std::optional<Bandwidth> line_rate(const NetworkSpec& network) {
  if (network.port > Bandwidth(0)) return network.port;
  const Sourced<Bandwidth>& usual = network.technology.bandwidth;
  return usual.known ? std::optional(usual.value) : std::nullopt;
}

std::vector<Bandwidth> group_ports(const Cluster& cluster, const NetworkSpec& network) {
  std::vector<Bandwidth> ports;
  for (const DeviceGroup& group : cluster.groups) ports.push_back(port_of(network, group.device));
  return ports;
}

Fabric build_fabric(const Cluster& cluster) {
  std::vector<NetworkSpec> networks = cluster.networks;
  std::vector<std::vector<Bandwidth>> ports(networks.size());
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (networks[i].node == 0) networks[i].node = cluster.devices_per_node;
    const std::vector<Bandwidth> by_group = group_ports(cluster, networks[i]);
    ports[i].reserve(static_cast<std::size_t>(cluster.devices()));
    for (std::size_t group = 0; group < by_group.size(); ++group)
      ports[i].insert(ports[i].end(), static_cast<std::size_t>(cluster.groups[group].devices), by_group[group]);
  }
  return Fabric(std::move(networks), static_cast<std::size_t>(cluster.devices()), std::move(ports),
                by_device(cluster.link_faults, cluster.devices_per_node));
}

}  // namespace headway
