// Zero-bubble schedules: backward passes in halves B (gradient of the input) and W (gradient of the weights).
//
// ZB-H1 (Qi et al. 2023, arXiv:2401.10241; in the form of PyTorch's and Megatron-LM's 1F1B variants). The order of 1F1B; stage s
//   makes W of a microbatch after B of the s-th microbatch behind it, and in the cool-down one W after every B. Each stage then
//   holds p microbatches, whole or waiting for W, as the first stage of 1F1B does. With F = B = W = 1 and m >= p the bubble is
//   p - 1 of 3 m + p - 1: a third of 1F1B's 3 (p - 1).
//
// ZB-V (Qi et al. 2024, arXiv:2405.15362; the static order of PyTorch's ScheduleZBVZeroBubble). Two chunks per stage, placed as a V
//   (placement.h). Warm-up: 2 (p - s) - 1 forwards of chunk 0, s times F of chunk 1 and F of chunk 0, p - s times F B W of chunk 1;
//   then F B W of chunk 0 and F B W of chunk 1 in turn; cool-down: s times B of either chunk, p - s times B W of chunk 0, and what
//   is left of W. At most 2 p chunks in flight on every stage, the memory of 1F1B's first stage; for m >= 2 p - 1 chunk passes of
//   1 leave p - 1 of 6 m + p - 1 idle, and nothing inside the step: what remains is the ramp.
//
// Both papers also validate the optimizer step after the fact, so that steps follow one another without a barrier. That is not
// modelled: the gradient norm is reduced over all ranks before the optimizer runs, and ramps of two steps do not overlap.
#pragma once

#include <vector>

#include "training/schedule.h"

namespace headway {

[[nodiscard]] std::vector<Pass> zb_h1_passes(int pipeline, int stage, int microbatches);
[[nodiscard]] std::vector<Pass> zb_v_passes(int pipeline, int stage, int microbatches);

}  // namespace headway
