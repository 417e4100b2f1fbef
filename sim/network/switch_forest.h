// The switches of one network: a forest of switch bundles, built as a Boost.Graph and rooted breadth-first.
//
// A vertex is a bundle of parallel switches, an edge (a trunk) the bundle of cables between two of them. The builders lay out the
// graph; rooting turns it into one parent per switch, which is all a route needs: two devices climb to their lowest common
// ancestor. Switches are numbered tier by tier from the leaves up, so that every switch with a trunk above it comes before those
// without one, and a trunk bears the number of its lower end.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/typed_id.h"
#include "network/network_spec.h"

namespace headway {

using SwitchId = TypedId<struct SwitchTag>;

struct Trunk {
  Bandwidth capacity;  // achievable, per direction
};
using SwitchGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, Trunk>;

// How many switches each tier has ("leaf", "spine", "core"), from the leaves up.
struct SwitchTier {
  std::string name;
  std::uint32_t switches = 0;
};

class SwitchForest {
 public:
  // The switches of the last tier are the roots. Requires a forest in which every switch hangs under one of them.
  SwitchForest(const SwitchGraph& graph, std::vector<SwitchTier> tiers);

  [[nodiscard]] std::size_t switches() const { return parent_.size(); }
  [[nodiscard]] std::size_t trunks() const { return trunk_capacity_.size(); }
  [[nodiscard]] Bandwidth trunk_capacity(std::size_t trunk) const { return trunk_capacity_[trunk]; }
  [[nodiscard]] bool is_root(SwitchId at) const { return at.index() >= trunks(); }
  [[nodiscard]] SwitchId parent(SwitchId at) const { return parent_[at]; }
  [[nodiscard]] std::uint32_t depth(SwitchId at) const { return depth_[at]; }
  [[nodiscard]] SwitchId lowest_common(SwitchId a, SwitchId b) const;

  [[nodiscard]] const std::vector<SwitchTier>& tiers() const { return tiers_; }
  [[nodiscard]] std::size_t tier_of(SwitchId at) const;
  [[nodiscard]] std::uint32_t number_in_tier(SwitchId at) const;
  [[nodiscard]] std::string name(SwitchId at) const;  // "leaf 3"; numbers start anew in every tier

 private:
  std::vector<SwitchTier> tiers_;
  IdVector<SwitchId, SwitchId> parent_;
  IdVector<SwitchId, std::uint8_t> depth_;
  std::vector<Bandwidth> trunk_capacity_;
};

// A network's switches and the one each device's port leads to.
struct Wiring {
  SwitchForest switches;
  std::vector<SwitchId> leaf_of;  // by device
};

// Devices per domain, per node and per uplink bundle, with the zeros of a spec ("all of them") filled in.
struct NetworkExtent {
  std::uint32_t devices = 0, domain = 0, domains = 0, node = 0;
};
[[nodiscard]] NetworkExtent extent_of(const NetworkSpec& spec, std::size_t devices);

// `ports[device]`: achievable rate per direction.
[[nodiscard]] Wiring wire(const NetworkSpec& spec, const NetworkExtent& extent, const std::vector<Bandwidth>& ports);

}  // namespace headway
