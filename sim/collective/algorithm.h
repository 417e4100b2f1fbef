// What every algorithm tells the library's choice, and the tools its loads are made of.
//
// An algorithm is an *outline* (per level: bytes through a member's port, latency steps; all of it a function of the geometry alone)
// and a *load function* (bytes on every link, from the members' places). The choice compares outlines; a new algorithm is one more
// row of the table in choose.cpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "collective/collective.h"
#include "collective/places.h"

namespace headway {

struct Outline {
  struct Level {
    double port_share = 0;  // bytes through a member's port (each direction) per payload byte, the members' average
    double peers = 1;       // members that this traffic goes to: bounds what a full mesh's pair links let through
    double steps = 0;       // hops that follow one another
    double rate_share = 1;  // of the ports' rate that the algorithm can use
  };
  std::vector<Level> levels;  // as Geometry::levels
  Seconds start{};            // beside set-up and hops
  double own_share = 0;       // what a member copies inside its own memory, with the same channels, per payload byte
  double memory_bytes_per_byte = 0;
  bool exchanges = false;  // messages to each of the others, the own part among them, instead of slices handed on
};

// Adds up bytes per byte on links, then hands them over with each link once.
class LoadSum {
 public:
  LoadSum(const Fabric& fabric, std::vector<LinkLoad>& loads) : fabric_(&fabric), loads_(&loads), before_(loads.size()) {}
  void add(LinkId link, double bytes_per_byte) { loads_->push_back({link, bytes_per_byte}); }
  void add_route(NetworkId network, DeviceIndex from, DeviceIndex to, double bytes_per_byte);
  void merge();
  [[nodiscard]] const Fabric& fabric() const { return *fabric_; }

 private:
  const Fabric* fabric_;
  std::vector<LinkLoad>* loads_;
  std::size_t before_;
  std::vector<RouteLink> route_;
};

// `bytes_per_byte` in all from the members of one run to those of another, spread evenly over the senders and over the receivers:
// equal positions talk where the runs are equally long, overlapping shares where they are not.
void add_between(LoadSum& sum, NetworkId network, const Places& places, MemberRun from, MemberRun to, double bytes_per_byte);

// Every part of a group sends to its successor; `amount(part)`: bytes per byte in all that leave a part. Where each pair has a
// link of its own the channels take different orders, and single members spread over all the others; on a torus the members of a
// box go around all its dimensions.
template <class Amount>
void add_cycle(LoadSum& sum, NetworkId network, const Places& places, std::span<const MemberRun> parts, Amount amount);

// The box that parts of one member each form on a torus; empty: none. (torus_ring.cpp, with what follows)
[[nodiscard]] std::vector<int> torus_box(const Fabric& fabric, NetworkId network, const Places& places,
                                         std::span<const MemberRun> parts);
// What `amount` of each member puts on the links: to its neighbours in the box, half of it either way.
void add_torus_cycle(LoadSum& sum, NetworkId network, std::span<const DeviceIndex> members, const std::vector<int>& box,
                     std::span<const double> amount);

// What is asked of the library.
struct Question {
  CollectiveKind kind;
  Bytes bytes;
  const Geometry& geometry;
  const Fabric& fabric;
  const std::optional<TokenSpread>& routing;  // all_to_all
};

// Whether the groups of each level are equally large and divide alike.
[[nodiscard]] bool nests_evenly(const Geometry& geometry);

// ring.cpp
[[nodiscard]] Outline ring_outline(CollectiveKind kind, const Geometry& geometry, const Fabric& fabric);
void ring_loads(CollectiveKind kind, const Places& places, LoadSum& sum);
// hierarchical.cpp: all-reduce level by level; the `reducing` innermost levels inside their switches.
[[nodiscard]] Outline hierarchical_outline(Bytes bytes, const Geometry& geometry, const Fabric& fabric, std::size_t reducing = 0);
void hierarchical_loads(const Places& places, LoadSum& sum, std::size_t reducing = 0);
// in_switch.cpp
[[nodiscard]] bool switches_reduce(const Geometry::Level& level, const Fabric& fabric);
[[nodiscard]] std::size_t reducing_levels(const Geometry& geometry, const Fabric& fabric);  // of the innermost ones, in a row
// Of one level between members of which `below` stand for the same part of the buffer; `owned`: members hold the parts, and those
// pass through the switch as well.
[[nodiscard]] Outline::Level in_switch_level(CollectiveKind kind, const Geometry::Level& level, double below, bool owned,
                                             const Fabric& fabric);
[[nodiscard]] Seconds in_switch_start(const Geometry::Level& level, const Fabric& fabric);
void add_in_switch(LoadSum& sum, NetworkId network, std::span<const DeviceIndex> members, CollectiveKind kind, double share,
                   bool owned);
[[nodiscard]] Outline in_switch_outline(CollectiveKind kind, Bytes bytes, const Geometry& geometry, const Fabric& fabric);
void in_switch_loads(CollectiveKind kind, const Places& places, LoadSum& sum);
// pairwise.cpp
// Rounds of peers served at once. Over the innermost links starting a round takes a hop for every doubling of its peers (8 GB200:
// 12 us, 32: 28 us); adapters take messages while others are on their way.
[[nodiscard]] double exchange_steps(double peers, bool innermost);
// The innermost `levels` of an exchange among `members`, each of which sends 1/members of its buffer to each other one.
[[nodiscard]] std::vector<Outline::Level> exchange_levels(const Geometry& geometry, std::size_t levels, double members);
[[nodiscard]] Outline pairwise_outline(const Geometry& geometry);
void pairwise_loads(const Places& places, LoadSum& sum);
// What `each` bytes per byte from every member of a group to every other one, of another part, put on the links of one level.
void add_exchange(LoadSum& sum, const Places& places, std::size_t level, double each);
// forwarded.cpp: all-to-all through the peers of equal position.
[[nodiscard]] bool forwards(const Question& question);
[[nodiscard]] Outline forwarded_outline(const Geometry& geometry, const std::optional<TokenSpread>& routing);
void forwarded_loads(const Places& places, const std::optional<TokenSpread>& routing, LoadSum& sum);
// direct.cpp
[[nodiscard]] Outline direct_outline(CollectiveKind kind, const Geometry& geometry, const Fabric& fabric);
void direct_loads(DeviceIndex sender, DeviceIndex receiver, LoadSum& sum);

template <class Amount>
void add_cycle(LoadSum& sum, NetworkId network, const Places& places, std::span<const MemberRun> parts, Amount amount) {
  const bool mesh = sum.fabric().has_pair_links(network);
  const std::size_t n = parts.size();
  if (const std::vector<int> box = torus_box(sum.fabric(), network, places, parts); !box.empty()) {
    std::vector<double> amounts;
    for (const MemberRun part : parts) amounts.push_back(amount(part));
    return add_torus_cycle(sum, network, std::span(places.devices).subspan(parts.front().begin, n), box, amounts);
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t hop = 1; hop <= (mesh ? n - 1 : 1); ++hop)
      add_between(sum, network, places, parts[i], parts[(i + hop) % n],
                  amount(parts[i]) / (mesh ? static_cast<double>(n - 1) : 1.0));
}

}  // namespace headway
