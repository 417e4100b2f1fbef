// Which ranks make up the groups of each dimension of a layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulate/rank_grid.h"
#include "training/rank_program.h"

namespace headway {

// Groups of one dimension: members as ranks, CSR.
struct RankGroups {
  std::vector<std::uint32_t> offset{0};
  std::vector<Rank> ranks;

  void close() { offset.push_back(static_cast<std::uint32_t>(ranks.size())); }
  [[nodiscard]] std::size_t size() const { return offset.size() - 1; }
};

// Of messages: pairs (sender, receiver) by the sender's dimension. Requires no receiver's dimension.
[[nodiscard]] RankGroups groups_of(Dimension dimension, const RankGrid& grid);

}  // namespace headway
