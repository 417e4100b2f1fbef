#include "network/cables.h"

#include <algorithm>
#include <cmath>

namespace headway {
namespace {

bool has_cables(NetworkKind kind) {
  return kind == NetworkKind::fat_tree || kind == NetworkKind::rail_optimized || kind == NetworkKind::multi_plane;
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

}  // namespace

Cables::Cables(const NetworkSpec& spec, const SwitchForest& switches, Bandwidth port)
    : hashed_(has_cables(spec.kind) && spec.routing == Routing::ecmp),
      cables_(switches.trunks(), 1),
      below_(switches.switches()) {
  for (std::size_t trunk = 0; trunk < switches.trunks() && has_cables(spec.kind); ++trunk) {
    const std::uint32_t groups = std::max(1U, below_[trunk]);  // the spines of a bundle, alike
    const double each = switches.trunk_capacity(trunk) / port / groups;
    cables_[trunk] = groups * static_cast<std::uint32_t>(std::max(1L, std::lround(each)));
    const SwitchId parent = switches.parent(SwitchId(trunk));
    below_[parent.index()] = std::max(below_[parent.index()], cables_[trunk]);
  }
  if (!hashed_) return;
  first_.reserve(cables_.size() + 1);
  first_.push_back(0);
  for (const std::uint32_t cables : cables_) first_.push_back(first_.back() + cables);
}

std::pair<SwitchId, std::uint32_t> Cables::trunk_of(std::size_t lane) const {
  if (!hashed_) return {SwitchId(lane), 0};
  const auto after = std::upper_bound(first_.begin(), first_.end(), lane);
  const std::size_t trunk = static_cast<std::size_t>(after - first_.begin()) - 1;
  return {SwitchId(trunk), static_cast<std::uint32_t>(lane - first_[trunk])};
}

std::uint32_t Cables::bundle_of(SwitchId at) const { return std::max(1U, below_[at.index()]); }

std::string Cables::above(const SwitchForest& switches, SwitchId below, std::uint32_t cable) const {
  const SwitchId parent = switches.parent(below);
  const std::size_t tier = switches.tier_of(parent);
  return switches.tiers()[tier].name + " " + std::to_string(switches.number_in_tier(parent) * bundle_of(parent) + cable);
}

std::string Cables::below(const SwitchForest& switches, SwitchId below, std::uint32_t cable) const {
  const std::uint32_t bundle = below_[below.index()];
  if (bundle == 0) return switches.name(below);
  const std::uint32_t number = switches.number_in_tier(below) * bundle + cable / (cables(below) / bundle);
  return switches.tiers()[switches.tier_of(below)].name + " " + std::to_string(number);
}

std::optional<Cables::Found> Cables::find(const SwitchForest& switches, std::string one, std::string other) const {
  one = spaced(std::move(one));
  other = spaced(std::move(other));
  for (std::size_t trunk = 0; trunk < switches.trunks(); ++trunk) {
    const SwitchId below(trunk);
    for (std::uint32_t cable = 0; cable < cables(below); ++cable) {
      const std::string under = this->below(switches, below, cable);
      if (under != one && under != other) continue;
      const std::string& wanted = under == one ? other : one;
      if (wanted.empty()) return Found{below, std::nullopt};
      if (wanted == above(switches, below, cable)) return Found{below, cable};
    }
  }
  return std::nullopt;
}

}  // namespace headway
