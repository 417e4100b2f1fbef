// The cables of every trunk: how many there are, and which of them a hashed flow takes.
//
// A cable is as fast as a device's port, so a trunk has as many as its capacity holds ports. Cable c of a leaf leads to spine c of
// its bundle; a spine's cables to the cores lie side by side, so that a route is one number at its highest trunk, and the cables
// below follow from it: two flows meet on a spine where their numbers say so, and nowhere else.
//
// Under ideal spraying a trunk is one link, the cables' sum; under ECMP each cable is a link of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "network/network_spec.h"
#include "network/switch_forest.h"

namespace headway {

class Cables {
 public:
  // `port`: of the fastest device, achievable.
  Cables(const NetworkSpec& spec, const SwitchForest& switches, Bandwidth port);

  [[nodiscard]] std::uint32_t cables(SwitchId below) const { return cables_[below.index()]; }
  [[nodiscard]] bool hashed() const { return hashed_; }
  // Links of a trunk in one direction, numbered from first_lane(trunk) on.
  [[nodiscard]] std::uint32_t lanes(SwitchId below) const { return hashed_ ? cables(below) : 1; }
  [[nodiscard]] std::size_t first_lane(SwitchId below) const { return hashed_ ? first_[below.index()] : below.index(); }
  [[nodiscard]] std::size_t all_lanes() const { return hashed_ ? first_.back() : cables_.size(); }
  [[nodiscard]] std::pair<SwitchId, std::uint32_t> trunk_of(std::size_t lane) const;

  // Parallel switches that one switch of the forest stands for.
  [[nodiscard]] std::uint32_t bundle_of(SwitchId at) const;

  // Which cable of a trunk belongs to route `number` of `routes`.
  [[nodiscard]] std::uint32_t on_route(SwitchId below, std::uint32_t number, std::uint32_t routes) const {
    return static_cast<std::uint32_t>(std::uint64_t{number} * cables(below) / routes);
  }

  // The switch at a cable's lower end: "leaf 3", or of a bundle of spines the one it leaves.
  [[nodiscard]] std::string below(const SwitchForest& switches, SwitchId below, std::uint32_t cable) const;
  // "spine 5": the switch a cable leads up to. Numbers run through all bundles of a tier.
  [[nodiscard]] std::string above(const SwitchForest& switches, SwitchId below, std::uint32_t cable) const;
  // The cable between two named switches, in either order, words and number joined by a space or a hyphen; an empty second name
  // stands for all cables above the first.
  struct Found {
    SwitchId below;
    std::optional<std::uint32_t> cable;  // nothing: all of them
  };
  [[nodiscard]] std::optional<Found> find(const SwitchForest& switches, std::string one, std::string other) const;

 private:
  bool hashed_;
  std::vector<std::uint32_t> cables_;  // by trunk
  std::vector<std::uint32_t>
      below_;  // by switch: most cables of a trunk from below; 0 at the leaves and where there are no bundles
  std::vector<std::size_t> first_;  // hashed: by trunk, and the end
};

}  // namespace headway
