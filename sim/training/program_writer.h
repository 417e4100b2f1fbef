// Writes a RankProgram: every distinct segment and call once, ops that refer to them, links as CSR.
#pragma once

#include <array>
#include <span>

#include "training/rank_program.h"

namespace headway {

class ProgramWriter {
 public:
  // The index of an equal segment or call, added if it is the first of its kind.
  std::uint32_t segment(Segment segment);
  std::uint32_t call(CollectiveCall call);

  // Appends an op that waits for `after` besides its stream. A collective without a tag gets the next one of its dimension.
  OpIndex add(Op op, std::span<const OpIndex> after);

  // The last op of a stream so far, or -1.
  [[nodiscard]] std::int64_t last(Stream stream) const { return last_[static_cast<std::size_t>(stream)]; }

  void reserve(std::size_t ops);
  [[nodiscard]] RankProgram finish(std::vector<Pass> passes) &&;

 private:
  RankProgram program_{.passes = {}, .segments = {}, .calls = {}, .ops = {}, .after_offset = {0}, .after = {}};
  std::array<std::int64_t, kStreams> last_ = {-1, -1, -1, -1, -1, -1, -1};
  std::array<std::int32_t, EnumNames<Dimension>::table.size()> uses_ = {};
};

// Adds `kernel` to `kernels`, merged with an equal one if there is one: inside a segment order does not matter.
void merge_kernel(KernelList& kernels, const Kernel& kernel);

}  // namespace headway
