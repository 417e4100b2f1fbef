// The networks of a cluster as directed links with capacities, and the routes between devices.
//
// A switched network is a graph (Boost.Graph) of switch bundles. Parallel switches of one level that traffic is sprayed over evenly
// are one vertex, their links one bundle whose capacity is the sum; so it is a forest, and a route climbs to the lowest common
// vertex and down again. Tori and dragonflies are no forests: they have links and routes of their own (network/direct_links.h).
// The planes of a multi-plane network never meet: a route between two of them begins with a hop, over an inner network, to the
// device of the sender's node that is in the receiver's plane.
// Each device has one out-port and one in-port into each network it belongs to. Capacities are achievable ones: line rate x
// efficiency of the technology.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/quantity.h"
#include "base/typed_id.h"
#include "network/network_spec.h"

namespace headway {

using DeviceIndex = std::uint32_t;  // position in the cluster, node by node
using LinkId = TypedId<struct LinkTag>;
using NetworkId = TypedId<struct NetworkTag>;

enum class Direction { out, in };

template <>
struct EnumNames<Direction> {
  static constexpr auto table = std::to_array<EnumName<Direction>>({{Direction::out, "out"}, {Direction::in, "in"}});
};

struct LinkFault {
  // Scales the capacity of some links: of one device (`device` set) or of one node's devices (`node` set), or of the named cable;
  // with a direction alone, that of every device's port. Without a direction both.
  std::string network;
  std::optional<int> device, node;
  std::string from, to;  // switch names, for a cable
  double scale = 1.0;
  std::optional<Direction> direction = {};
};

// What of every byte of a route a link carries; less than 1 where the route divides.
struct RouteLink {
  LinkId link;
  double share = 1;
};

// Links that join the same kinds of thing at the same rate, counted in one direction: 8 leaves x 32 cables to spines.
struct LinkClass {
  std::string from, to;  // "device", "leaf", "spine", "router" ...
  std::size_t links = 0;
  Bandwidth capacity;            // achievable, of each
  double busy = 0, busiest = 0;  // share of the time that they carry traffic: mean over both directions, and of the busiest
};
// Switches of one tier, parallel ones counted singly.
struct SwitchClass {
  std::string name;
  std::size_t switches = 0;
};

// The two directions of the cable bundle above a switch.
struct TrunkLinks {
  LinkId up, down;
};

class Fabric {
 public:
  // `ports[network][device]`: line rate per direction of that device's port; networks from the innermost to the outermost.
  Fabric(std::vector<NetworkSpec> networks, std::size_t devices, std::vector<std::vector<Bandwidth>> ports,
         const std::vector<LinkFault>& faults = {});
  ~Fabric();
  Fabric(Fabric&&) noexcept;

  [[nodiscard]] std::size_t devices() const;
  [[nodiscard]] std::size_t network_count() const;
  [[nodiscard]] const NetworkSpec& spec(NetworkId network) const;

  [[nodiscard]] std::size_t link_count() const;
  [[nodiscard]] Bandwidth capacity(LinkId link) const;  // achievable, per direction
  [[nodiscard]] NetworkId network_of(LinkId link) const;
  [[nodiscard]] std::string link_name(LinkId link) const;  // "scale_out: device 17 out", "scale_out: leaf 3 up"

  // Devices with equal domain numbers reach one another over `network`.
  [[nodiscard]] std::uint32_t domain_of(NetworkId network, DeviceIndex device) const;
  [[nodiscard]] std::uint32_t domain_size(NetworkId network) const;  // devices; the last domain may be smaller
  // The innermost network that joins the two; nothing when no network does.
  [[nodiscard]] std::optional<NetworkId> joining(DeviceIndex a, DeviceIndex b) const;

  [[nodiscard]] LinkId out_port(NetworkId network, DeviceIndex device) const;
  [[nodiscard]] LinkId in_port(NetworkId network, DeviceIndex device) const;

  // Appends the links from `from` to `to` over `network`, both ports included. Requires equal domains and from != to. Throws
  // InputError where the two are in different planes and nothing leads from one to the other.
  void route(NetworkId network, DeviceIndex from, DeviceIndex to, std::vector<RouteLink>& links) const;

  // Whether every route consists of two ports and the trunks between them, so that pairs can be counted and need not be listed.
  [[nodiscard]] bool routes_along_trunks(NetworkId network) const;

  // Appends the trunks between a device's switch and the top of its domain, lowest first.
  void trunks_above(NetworkId network, DeviceIndex device, std::vector<TrunkLinks>& trunks) const;
  // What the network is made of, from the devices up.
  [[nodiscard]] std::vector<SwitchClass> switch_classes(NetworkId network) const;
  // `busy`: by link, the share of the time it carries traffic; all zero where left out.
  [[nodiscard]] std::vector<LinkClass> link_classes(NetworkId network, std::span<const double> busy = {}) const;
  // Whether every pair of a domain has a link of its own on its route (full meshes of up to 16 devices).
  [[nodiscard]] bool has_pair_links(NetworkId network) const;

 private:
  [[nodiscard]] DeviceIndex relay_of(NetworkId network, DeviceIndex from, DeviceIndex to) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace headway
