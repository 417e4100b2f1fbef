// A pass compiled once and laid down for every microbatch: ops with links relative to the pass.
//
// Compiling merges the kernels between two points where something else can happen into one segment, across layer borders too, and
// turns a collective with a hidden share into a blocking part and one on Stream::tensor that its neighbour GEMM runs beside
// (step.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/program_writer.h"
#include "training/step.h"

namespace headway {

// What an op of a pass waits for outside of it.
struct Border {
  std::uint32_t place = 0;
  bool entry = false;        // nothing of the pass runs before it: waits for what the pass waits for
  bool beside = false;       // on another stream than compute, so that this wait includes the compute stream's last op
  int gathered_bucket = -1;  // waits for the parameters of this bucket
};

// The calls of each bucket that its pass makes itself: gathers of sharded parameters, reductions of gradients.
struct BucketCalls {
  std::vector<std::vector<std::uint32_t>> gathers, reductions;  // [bucket]; empty: nothing to do
};

struct PassTemplate {
  Block<Op> ops;                     // at least one on the compute stream
  std::vector<Border> borders;       // by place
  std::vector<std::uint32_t> loose;  // overlapped ops that no compute op of the pass has waited for
};

// "mlp_norm .. mlp_down".
[[nodiscard]] std::string segment_name(const KernelList& kernels);
// A share of a collective inside a pass, as the program names it.
[[nodiscard]] CollectiveCall collective_call(const LayerCall& call, double share, const Software& software);

// Sharded parameters of a bucket are gathered while the bucket before it is computed, two buckets being whole at a time; the first
// of a pass has nothing to hide under.
[[nodiscard]] PassTemplate compile_pass(const Script& script, const TrainingPlan& plan, ProgramWriter& writer,
                                        const BucketCalls& bucket_calls);

}  // namespace headway
