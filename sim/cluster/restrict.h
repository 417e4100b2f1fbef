// What-ifs laid over a cluster, in order: cap a link, remove a network, shrink a domain, swap a device, slow one device.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "cluster/cluster.h"

namespace headway {

struct CapLink {
  std::string network;
  Bandwidth port;
  std::optional<Direction> direction = {};
};  // {link: scale_up, bandwidth: 200 GB/s}
struct ScaleLink {
  std::string network;
  double scale = 1;
  std::optional<Direction> direction = {};
};  // {link: scale_out, scale: 0.5}, {link: scale_out, scale: 0.5, direction: in}
struct RemoveNetwork {
  std::string network;
};  // {remove: scale_out}
struct ReplaceNetwork {
  std::string network;
  LinkTechnology with;
};  // {replace: scale_out, with: roce-100g}
struct ResizeDomain {
  int domain;
};                                  // {domain: 8}
struct ForbidInSwitchReduction {};  // {forbid: in_switch_reduction}
struct Oversubscribe {
  std::string tier;
  double ratio;
};  // {oversubscribe: spine, ratio: 7}
struct SwapDevice {
  Device device;
};  // {swap_device: h20-96g}
struct SlowOne {
  SlowDevice slow;
};  // {device: 17, speed: 0.9}
struct FaultLink {
  LinkFault fault;
};  // {node: 3, link: scale_out, scale: 0.5}

struct Restriction {
  SourceMark mark;
  std::variant<CapLink, ScaleLink, RemoveNetwork, ReplaceNetwork, ResizeDomain, ForbidInSwitchReduction, Oversubscribe,
               SwapDevice, SlowOne, FaultLink>
      what;
};

// The restricted cluster; mistakes (no such network, device out of range ...) go to `diagnostics` and leave the cluster as it was.
[[nodiscard]] Cluster apply(const std::vector<Restriction>& restrictions, Cluster cluster, Diagnostics& diagnostics);

}  // namespace headway
