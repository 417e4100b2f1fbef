// A program with its dependencies turned round: who waits for a task, and for how many tasks each waits. The order of a stream is a
// dependency like any other.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program.h"

namespace headway {

struct BlockPlan {
  std::vector<std::uint16_t> waits_for;          // by place: for how many tasks of the block
  std::vector<std::uint32_t> next_offset, next;  // CSR: the places that wait for one
};

struct PieceLink {
  std::uint32_t from = 0;  // place in the piece it leaves
  std::uint32_t to_piece = 0;
  std::uint32_t to = 0;  // place there
};

struct Plan {
  std::vector<BlockPlan> blocks;
  std::vector<std::uint32_t> link_offset;  // CSR over pieces
  std::vector<PieceLink> links;            // leaving a piece
  std::vector<std::uint16_t> links_into;   // by piece
  std::vector<std::uint16_t> waits_for;    // by task, inside its block and outside
};

[[nodiscard]] Plan plan_of(const Program& program);

}  // namespace headway
