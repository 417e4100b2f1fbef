// A cluster: devices in nodes, joined by networks. A plain value; restrictions turn one cluster into another.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "hardware/device.h"
#include "network/fabric.h"
#include "network/network_spec.h"

namespace headway {

struct SlowDevice {
  int device = 0;
  double speed = 1.0;  // of its kernels
};

// Nodes of one kind; a homogeneous cluster has one group.
struct DeviceGroup {
  Device device;
  int devices = 0;
};

struct Cluster {
  std::string name, title, source;
  SourceMark mark;
  std::vector<DeviceGroup> groups;  // in cluster order
  int devices_per_node = 0;
  std::vector<NetworkSpec> networks;  // innermost first
  std::vector<SlowDevice> slow_devices;
  std::vector<LinkFault> link_faults;
  Sourced<Watts> host_power;                   // of hosts, switches, fans and cables, for every device as ranked
  std::map<std::string, std::string> sources;  // what the source keys of the networks stand for

  [[nodiscard]] int devices() const {
    int n = 0;
    for (const DeviceGroup& group : groups) n += group.devices;
    return n;
  }
  [[nodiscard]] int packages() const {
    int n = 0;
    for (const DeviceGroup& group : groups) n += group.devices / group.device.dies_per_package;
    return n;
  }
};

// Of a network's ports, per direction: its own, else its technology's, where that is known.
[[nodiscard]] std::optional<Bandwidth> line_rate(const NetworkSpec& network);

// Line rate per direction of each group's ports into a network: the network's own `port`, else (scale_up) the device's, else the
// technology's.
[[nodiscard]] std::vector<Bandwidth> group_ports(const Cluster& cluster, const NetworkSpec& network);

// Links and routes of the whole cluster. Throws InputError when a needed value is unknown or a fault names what is not there.
[[nodiscard]] Fabric build_fabric(const Cluster& cluster);

}  // namespace headway
