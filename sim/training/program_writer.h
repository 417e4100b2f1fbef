// Writes a RankProgram: every distinct segment and call once, ops that refer to them, links as CSR.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "training/rank_program.h"

namespace headway {

class ProgramWriter {
 public:
  // The index of an equal segment or call, added if it is the first of its kind.
  std::uint32_t segment(Segment segment);
  std::uint32_t call(CollectiveCall call);
  // A segment in which the host works and the device has nothing to do.
  std::uint32_t host_segment(const char* name, Seconds time) { return segment({name, Activity::host, {}, time}); }

  // A block, to be laid down for pass after pass; its collectives are inside the stage.
  std::uint32_t block(Block<Op> block);
  // Lays a block down; op `place` of it waits for op `from`, for every {from, place} in `links`, by place. The number of its first op.
  OpIndex lay(std::uint32_t block, int pass, std::span<const Link> links);
  // A piece of one op that waits for `after`. A message has the number the sender gives it.
  OpIndex add(const Op& op, int pass, std::span<const OpIndex> after, std::optional<int> message = std::nullopt);

  [[nodiscard]] OpIndex size() const { return size_; }
  // The last op of a stream so far, or -1.
  [[nodiscard]] std::int64_t last(Stream stream) const { return last_[static_cast<std::size_t>(stream)]; }

  [[nodiscard]] RankProgram finish(std::vector<Pass> passes) &&;

 private:
  using LastOfStream = std::array<std::int64_t, kStreams>;  // -1: none

  std::uint32_t single(const Op& op);
  void lay_down(std::uint32_t block, std::uint32_t tag, int pass);

  RankProgram program_;
  OpIndex size_ = 0;
  LastOfStream last_ = kNoneYet;
  std::vector<LastOfStream> last_in_block_;
  std::vector<std::uint32_t> singles_;  // blocks of one op
  std::array<std::uint32_t, EnumNames<Dimension>::table.size()> uses_ = {};
  static constexpr LastOfStream kNoneYet = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
};

// Adds `kernel` to `kernels`, merged with an equal one if there is one: inside a segment order does not matter.
void merge_kernel(KernelList& kernels, const Kernel& kernel);

}  // namespace headway
