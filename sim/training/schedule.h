// Pipeline schedules: the order in which one stage runs the passes of its microbatches.
//
// gpipe        all forwards, then all backwards.
// 1f1b         min(p - 1 - s, m) warm-up forwards, then one forward one backward, then the rest of the backwards.
// interleaved  Megatron-LM's virtual-stage schedule: microbatches in groups of p, chunk after chunk; warm-up
//              2 (p - 1 - s) + (v - 1) p passes (all of them when m = p). Bubble (p - 1) / (m v + p - 1) for uniform stages.
#pragma once

#include <string>
#include <vector>

#include "training/plan.h"

namespace headway {

enum class PassKind { forward, backward };

struct Pass {
  PassKind kind = PassKind::forward;
  int chunk = 0;  // virtual stage
  int microbatch = 0;
  friend bool operator==(const Pass&, const Pass&) = default;
};

[[nodiscard]] std::vector<Pass> schedule_passes(Schedule schedule, int pipeline, int stage, int virtual_stages, int microbatches);

// Microbatch-chunks whose activations stage `stage` holds at once, at most (what peak memory needs).
[[nodiscard]] int peak_in_flight(const std::vector<Pass>& passes);

// "F0 F1 B0 F2 B1 B2"; with chunks "F0.0 F0.1 F1.0 ...": microbatch.chunk.
[[nodiscard]] std::string draw(const std::vector<Pass>& passes);

}  // namespace headway
