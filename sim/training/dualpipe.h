// DualPipe: microbatches enter at both ends of the pipeline, and a forward of one direction runs with a backward of the other
// (DeepSeek-V3 report, arXiv:2412.19437, section 3.2.1; the order is that of deepseek-ai/DualPipe, dualpipe.py and dualpipev.py).
//
// dualpipe    p stages, p even; stage s holds part s and a copy of part p - 1 - s (placement.h). Half of the m microbatches, m even
//             and at least 2 p, go either way. Twice the parameters, p + 1 microbatches in flight on every stage. Bubble
//             (p / 2 - 1) (F&B + B - 3 W), with F&B the time of a forward and a whole backward B that run together.
// dualpipe_v  the cut-in-half form: p stages hold 2 p parts placed as a V, so that a stage is both ends of one direction and no
//             parameter is kept twice; m at least 2 p. At most 2 p + 1 chunks in flight, bubble (p - 1) (F&B + B - 3 W).
//
// One order serves both. Let n be the number of stages from an end of the pipeline to its turning point (p / 2, or p), r the
// distance of a stage from that end (0 .. n - 1), k the microbatches of one direction (m / 2, or m), and chunk 0 the one whose
// microbatches enter at the nearer end:
//
//   1. 2 (n - r - 1)      F0                     5. n - r - 1   B1, F1&B0
//   2. r + 1              F0 F1                  6. r + 1       B1 B0   (the second half of these in halves)
//   3. n - r - 1          B1 W1 F1 (in halves)   7. n - r - 1   W B0    (in halves)
//   4. k - 2 n + r + 1    F0&B1 F1&B0            8. r + 1       W
//
// "&": the two passes run interleaved, except at the turning point's first pair, which is run one after the other. How the two share
// a stage is pass_pair.h.
#pragma once

#include <vector>

#include "training/schedule.h"

namespace headway {

[[nodiscard]] std::vector<Pass> dualpipe_passes(int pipeline, int stage, int microbatches);
[[nodiscard]] std::vector<Pass> dualpipe_v_passes(int pipeline, int stage, int microbatches);

}  // namespace headway
