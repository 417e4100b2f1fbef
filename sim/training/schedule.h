// Pipeline schedules: the order in which one stage runs the passes of its microbatches.
//
// gpipe        all forwards, then all backwards.
// 1f1b         min(p - 1 - s, m) warm-up forwards, then one forward one backward, then the rest of the backwards.
// interleaved  Megatron-LM's virtual-stage schedule: microbatches in groups of p, chunk after chunk; warm-up
//              2 (p - 1 - s) + (v - 1) p passes (all of them when m = p). Bubble (p - 1) / (m v + p - 1) for uniform stages.
// zero_bubble  the backward pass in two halves, ZB-H1 or with two virtual stages ZB-V (zero_bubble.h).
// dualpipe, dualpipe_v   microbatches in both directions, a forward and a backward at once (dualpipe.h).
//
// The gradient of the input is all that the stage before waits for; the gradient of the weights may be made later, and fill what
// would be a bubble.
#pragma once

#include <string>
#include <vector>

#include "training/plan.h"

namespace headway {

// A backward pass is whole, or in two halves: input_gradient, then at any time weight_gradient.
enum class PassKind { forward, backward, input_gradient, weight_gradient };

struct Pass {
  PassKind kind = PassKind::forward;
  int chunk = 0;  // which of the stage's model parts (placement.h)
  int microbatch = 0;
  bool with_next = false;  // this forward and the backward after it run interleaved
  friend bool operator==(const Pass&, const Pass&) = default;
};

// Sends the gradient of its input on.
[[nodiscard]] constexpr bool runs_backward(PassKind kind) {
  return kind == PassKind::backward || kind == PassKind::input_gradient;
}
// After it the gradients of this microbatch are complete.
[[nodiscard]] constexpr bool completes_gradients(PassKind kind) {
  return kind == PassKind::backward || kind == PassKind::weight_gradient;
}

[[nodiscard]] std::vector<Pass> schedule_passes(Schedule schedule, int pipeline, int stage, int virtual_stages, int microbatches);

// Microbatch-chunks of which a stage holds something at once, at most (what peak memory needs).
[[nodiscard]] int peak_in_flight(const std::vector<Pass>& passes);

// "F0 F1 B0 F2 B1 B2"; with chunks "F0.0 F0.1 F1.0 ...": microbatch.chunk. Where backward passes are split, "B0 W0" are the halves
// and "BW0" is a whole one; "F4&BW1" run interleaved.
[[nodiscard]] std::string draw(const std::vector<Pass>& passes);

// "F", "B", "W" or "BW", as drawn among passes that are `split` or not.
[[nodiscard]] std::string letter(PassKind kind, bool split);
[[nodiscard]] bool has_split_passes(const std::vector<Pass>& passes);

}  // namespace headway
