// Which device each rank of a training run has.
//
//   packed     rank r on device r: neighbouring ranks share a node
//   by_rail    consecutive ranks on the same rail (the same position in a node) of consecutive nodes: rank r on device r / n of
//              node r mod n, of n nodes
//   scattered  a pseudo-random permutation, the same for the same seed on any machine
//   explicit   as the user lists them
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/enum_names.h"

namespace headway {

enum class PlacementOrder { packed, by_rail, scattered, listed };

template <>
struct EnumNames<PlacementOrder> {
  static constexpr auto table = std::to_array<EnumName<PlacementOrder>>({{PlacementOrder::packed, "packed"},
                                                                         {PlacementOrder::by_rail, "by_rail"},
                                                                         {PlacementOrder::scattered, "scattered"},
                                                                         {PlacementOrder::listed, "listed"}});
};

struct RankPlacement {
  PlacementOrder order = PlacementOrder::packed;
  std::uint64_t seed = 0;              // scattered
  std::vector<std::uint32_t> devices;  // listed: by rank
};

// By rank. Requires, of a list, that it is a permutation of the devices.
[[nodiscard]] std::vector<std::uint32_t> place_ranks(const RankPlacement& placement, std::uint32_t devices,
                                                     std::uint32_t devices_per_node);

}  // namespace headway
