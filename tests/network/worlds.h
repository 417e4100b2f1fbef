// Tiny networks in one line.
#pragma once

#include <string>
#include <vector>

#include "network/fabric.h"

namespace headway::worlds {

template <class T>
Sourced<T> given(T value) {
  return {value, Grade::estimated, "test", true};
}

// 100 GB/s at full efficiency, so that capacities can be told by eye; latencies of 10 us plus 2 us (low: 1 us) a hop.
inline LinkTechnology link(Bandwidth bandwidth = Bandwidth(100e9), double efficiency = 1.0) {
  LinkTechnology technology;
  technology.name = "test-link";
  technology.bandwidth = given(bandwidth);
  technology.efficiency = given(efficiency);
  technology.base_latency = given(Seconds(10e-6));
  technology.hop_latency = given(Seconds(2e-6));
  technology.hop_latency_low = given(Seconds(1e-6));
  technology.low_latency_share = given(0.5);
  technology.message_latency = given(Seconds(5e-6));
  technology.multiprocessors = given(4);
  return technology;
}

// The same under switches that reduce at `share` of the rate, 20 us to start.
inline LinkTechnology reducing_link(double share = 1.0) {
  LinkTechnology technology = link();
  technology.in_switch_reduction = given(share);
  technology.in_switch_latency = given(Seconds(20e-6));
  return technology;
}

inline NetworkSpec network(std::string name, NetworkKind kind, int domain = 0, LinkTechnology technology = link()) {
  NetworkSpec spec;
  spec.name = std::move(name);
  spec.kind = kind;
  spec.domain = domain;
  spec.technology = std::move(technology);
  spec.port = spec.technology.bandwidth.value;
  return spec;
}

inline NetworkSpec rails(int node, int unit_nodes, double leaf_oversubscription = 1.0) {
  NetworkSpec spec = network("scale_out", NetworkKind::rail_optimized, 0, link(Bandwidth(10e9)));
  spec.node = node;
  spec.unit_nodes = unit_nodes;
  spec.leaf_oversubscription = leaf_oversubscription;
  return spec;
}

inline Fabric fabric(std::vector<NetworkSpec> networks, std::size_t devices, const std::vector<LinkFault>& faults = {}) {
  std::vector<std::vector<Bandwidth>> ports;
  for (const NetworkSpec& spec : networks) ports.emplace_back(devices, spec.port);
  return Fabric(std::move(networks), devices, std::move(ports), faults);
}

// Nodes of `node` devices in one box each, rails between them: 100 and 10 GB/s.
inline Fabric rail_cluster(std::size_t devices, int node, int unit_nodes, double leaf_oversubscription = 1.0) {
  return fabric({network("scale_up", NetworkKind::switched, node), rails(node, unit_nodes, leaf_oversubscription)}, devices);
}

inline std::vector<std::string> route(const Fabric& fabric, NetworkId network, DeviceIndex from, DeviceIndex to) {
  std::vector<RouteLink> links;
  fabric.route(network, from, to, links);
  std::vector<std::string> names;
  for (const RouteLink& part : links) {
    const std::string name = fabric.link_name(part.link);
    const bool inside = fabric.network_of(part.link) == network;
    names.push_back(inside ? name.substr(fabric.spec(network).name.size() + 2) : name);
  }
  return names;
}

inline LinkId link_named(const Fabric& fabric, const std::string& name) {
  for (std::size_t i = 0; i < fabric.link_count(); ++i)
    if (fabric.link_name(LinkId(i)) == name) return LinkId(i);
  return {};
}

}  // namespace headway::worlds
