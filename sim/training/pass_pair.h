// A forward and a backward pass that run interleaved (dualpipe.h), as one template.
//
// Each of the two is a strand: kernels, a collective, kernels that need its result, and so on. Kernels of both strands share the
// compute stream, their collectives a second one, where they run while the other strand computes: a strand hands over when it has
// issued a collective, and of the two the one goes on that has the smaller share of its collectives behind it. That is the
// report's order, attention and MLP of one microbatch against the exchanges of the other. Nothing is assumed about how much hides:
// kernels and collectives share multiprocessors and memory as all activities do, and what takes longer than the other strand's
// kernels is waited for. So the software's hidden shares (step.h) say nothing here, but for a collective that runs beside kernels of
// its own strand whole, which its strand waits for only after these. While the host reads counts for one strand, the other runs.
//
// Weight gradients stay where the whole backward pass has them, within its strand. The report's implementation also splits the
// backward of the pair, sets the number of multiprocessors for communication by hand and sends the pipeline's messages in the
// pair's shadow; here messages leave when their strand is done.
#pragma once

#include "training/pass_template.h"

namespace headway {

struct PairTemplate {
  PassTemplate pass;
  std::vector<std::uint32_t> forward_ends, backward_ends;  // ops after which a strand is done
};

// Requires scripts without borders of buckets.
[[nodiscard]] PairTemplate compile_pair(const Script& forward, const Script& backward, const TrainingPlan& plan,
                                        ProgramWriter& writer);

}  // namespace headway
