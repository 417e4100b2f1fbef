// A network as a user writes it: which technology, which shape, how large. Built into links by network/fabric.h.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/enum_names.h"
#include "base/quantity.h"
#include "base/sourced.h"

namespace headway {

// What a link technology and the collective library running on it can do. Latency terms follow NCCL's published cost model
// (src/graph/tuning.cc: time = base + hops * hop latency + bytes / bandwidth), in its Simple and its low-latency protocol.
struct LinkTechnology {
  std::string name, title;
  SourceMark mark;
  Sourced<Bandwidth> bandwidth;       // line rate per device and direction; a device's own port wins where it has one
  Sourced<double> efficiency;         // share of the line rate that large transfers reach
  Sourced<Seconds> base_latency;      // of any collective on it: kernel start and set-up
  Sourced<Seconds> hop_latency;       // per ring step, Simple protocol
  Sourced<Seconds> hop_latency_low;   // per ring step, low-latency protocol
  Sourced<double> low_latency_share;  // of the bandwidth that the low-latency protocol reaches (flags travel with the data)
  Sourced<Seconds> message_latency;   // one point-to-point message, beyond its bytes
  Sourced<Bandwidth> exchange_rate;   // what a member's channels copy in an all-to-all, its own part included; unknown: no limit
  Sourced<int> multiprocessors;       // that a large collective holds on each member
  // Switches that reduce and multicast (NVLink SHARP, InfiniBand SHARP): share of the rate of large transfers that this reaches,
  // and what starting it costs. Unknown: they do not, or must not.
  Sourced<double> in_switch_reduction;
  Sourced<Seconds> in_switch_latency;
  std::map<std::string, std::string> sources;  // what their source keys stand for
};

enum class NetworkKind {
  package,    // the dies of one package, directly linked
  switched,   // one non-blocking level of switches: NVSwitch box, NVL72
  two_level,  // switched nodes joined by a second level, whose node uplinks carry 1/taper of the node's ports: 256-card NVLink, UB
  full_mesh,       // every pair in the domain has a link of its own, port / (domain - 1) each
  pcie,            // devices behind PCIe switches, these behind host bridges, one a socket; uplinks are shared
  torus,           // a grid of two or three dimensions that wraps around; every device joined to its neighbours
  fat_tree,        // leaf, spine (and core) levels; neighbours in node order share a leaf
  rail_optimized,  // device i of every node of a unit shares leaf i; leaves meet at spines
  multi_plane,     // parallel two-level fat trees that never meet: each device's adapter in one of them, or its ports in all
  dragonfly,       // groups of fully joined routers; every two groups joined by global cables
};

template <>
struct EnumNames<NetworkKind> {
  static constexpr auto table = std::to_array<EnumName<NetworkKind>>({{NetworkKind::package, "package"},
                                                                      {NetworkKind::switched, "switched"},
                                                                      {NetworkKind::two_level, "two_level"},
                                                                      {NetworkKind::full_mesh, "full_mesh"},
                                                                      {NetworkKind::pcie, "pcie"},
                                                                      {NetworkKind::torus, "torus"},
                                                                      {NetworkKind::fat_tree, "fat_tree"},
                                                                      {NetworkKind::rail_optimized, "rail_optimized"},
                                                                      {NetworkKind::multi_plane, "multi_plane"},
                                                                      {NetworkKind::dragonfly, "dragonfly"}});
};

// Scale-out fabrics: devices reach them through network adapters.
[[nodiscard]] constexpr bool joins_adapters(NetworkKind kind) {
  return kind == NetworkKind::fat_tree || kind == NetworkKind::rail_optimized || kind == NetworkKind::multi_plane ||
         kind == NetworkKind::dragonfly;
}

// How traffic finds its way among parallel cables: spread evenly over all of them (adaptive routing, packet spraying), or each
// flow on one of them, which a hash of its ends chooses (equal-cost multi-path), so that flows collide.
enum class Routing { spray, ecmp };

template <>
struct EnumNames<Routing> {
  static constexpr auto table = std::to_array<EnumName<Routing>>({{Routing::spray, "spray"}, {Routing::ecmp, "ecmp"}});
};

struct NetworkSpec {
  std::string name;  // "scale_up", "scale_out", "package"
  NetworkKind kind = NetworkKind::switched;
  LinkTechnology technology;
  Bandwidth port;  // line rate per device and direction, after restrictions
  int domain = 0;  // devices that reach one another over it; 0: all devices of the cluster
  int node = 0;  // devices behind one uplink bundle (two_level) or in one node (rail_optimized, fat_tree); 0: the cluster's node
  double taper = 1.0;                   // two_level: ports of a node / uplinks of the node
  int unit_nodes = 0;                   // rail_optimized: nodes per scalable unit (leaf size); fat_tree: nodes per leaf
  int units_per_pod = 0;                // three tiers: units under one spine block; 0: two tiers
  double leaf_oversubscription = 1.0;   // leaf down-links / up-links
  double spine_oversubscription = 1.0;  // spine down-links / up-links, three tiers
  int switch_devices = 1,
      switch_uplinks = 1;    // pcie: devices behind one switch, and its uplinks, each as fast as a device's port
  int sockets = 1;           // pcie: host bridges of a domain
  Bandwidth socket_link{};   // pcie: between two sockets, per direction; line rate
  std::vector<int> shape{};  // torus: devices along each dimension, that of neighbouring numbers first
  int planes = 0;            // multi_plane
  bool split_ports = false;  // multi_plane: every device has a port in each plane, else device i that in i mod planes
  int router_devices = 1;    // dragonfly: devices at a router
  int group_routers = 1;     // dragonfly: routers of a group
  int global_links = 1;      // dragonfly: cables of a router to other groups
  std::optional<bool> in_switch_reduction{};  // where the technology can; unset: adapters' fabrics do not, all others do
  Routing routing = Routing::spray;           // fat_tree, rail_optimized, multi_plane
  int seed = 0;                               // ecmp: of the hash
  int flows = 0;            // ecmp: connections of a pair, hashed one by one; 0: one for each of the library's channels
  Sourced<int> provenance;  // source and grade of the shape itself (value unused)
};

}  // namespace headway
