// A long list of operations written down once: blocks, laid down one after another as pieces.
//
//   block   operations, and what each of them waits for inside the block; a training step has a few
//   piece   a block laid down; a training step has one or more for every pass of every microbatch
//   link    an operation of one piece waits for an operation of an earlier one
//
// Operations are numbered through all pieces: operation i of a piece is number piece.first + i. Memory follows the blocks and the
// pieces, not the operations.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace headway {

template <class Operation>
struct Block {
  std::vector<Operation> operations;
  std::vector<std::uint32_t> after_offset{0};  // CSR: operation i waits for after[after_offset[i] .. after_offset[i + 1])
  std::vector<std::uint32_t> after;            // places in the block

  void add(Operation operation, const std::vector<std::uint32_t>& waits_for = {}) {
    operations.push_back(std::move(operation));
    after.insert(after.end(), waits_for.begin(), waits_for.end());
    after_offset.push_back(static_cast<std::uint32_t>(after.size()));
  }
};

struct Piece {
  std::uint32_t block = 0;
  std::uint32_t first = 0;  // number of its first operation
  std::uint32_t tag = 0;    // what its operations' tags count from
};

struct Link {
  std::uint32_t from = 0, to = 0;  // numbers of operations: `to` waits for `from`
};

template <class Operation>
struct Composition {
  std::vector<Block<Operation>> blocks;
  std::vector<Piece> pieces;
  std::vector<Link> links;  // by `to`

  [[nodiscard]] std::uint32_t size() const {
    if (pieces.empty()) return 0;
    return pieces.back().first + static_cast<std::uint32_t>(blocks[pieces.back().block].operations.size());
  }

  // In which piece, counted from 0, an operation is.
  [[nodiscard]] std::size_t piece_of(std::uint32_t number) const {
    const auto after = std::upper_bound(pieces.begin(), pieces.end(), number,
                                        [](std::uint32_t n, const Piece& piece) { return n < piece.first; });
    return static_cast<std::size_t>(after - pieces.begin()) - 1;
  }
  [[nodiscard]] const Operation& operation(std::uint32_t number) const {
    const Piece& piece = pieces[piece_of(number)];
    return blocks[piece.block].operations[number - piece.first];
  }

  void lay(std::uint32_t block, std::uint32_t tag = 0) { pieces.push_back({block, size(), tag}); }

  // How often each block is laid down.
  [[nodiscard]] std::vector<std::uint32_t> uses() const {
    std::vector<std::uint32_t> count(blocks.size(), 0);
    for (const Piece& piece : pieces) ++count[piece.block];
    return count;
  }

  // All of it `times` times, one after the other; links stay within each.
  void repeat(std::uint32_t times) {
    const std::uint32_t once = size();
    const std::size_t laid = pieces.size(), linked = links.size();
    for (std::uint32_t n = 1; n < times; ++n) {
      for (std::size_t p = 0; p < laid; ++p)
        pieces.push_back({pieces[p].block, pieces[p].first + n * once, pieces[p].tag + n * once});
      for (std::size_t l = 0; l < linked; ++l) links.push_back({links[l].from + n * once, links[l].to + n * once});
    }
  }

  // A list without repeats: one block, laid down once.
  [[nodiscard]] static Composition of(Block<Operation> block) {
    Composition all;
    all.blocks.push_back(std::move(block));
    all.lay(0);
    return all;
  }
};

}  // namespace headway
