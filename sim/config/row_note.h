// Settings that the note of a published row quotes from its source: the command line of a run, or what its authors say of it.
//
// Read are, in lower case:
//   flags: ...          the whole of a Megatron-style command line: what it does not name is off. Known are use-mc2 (products fused with
//                       their collectives), overlap-grad-reduce, overlap-param-gather, use-flash-attn, use-fused-swiglu,
//                       use-fused-rotary-pos-emb
//   num-layer-list=a,b  layers per stage
//   zero1=n             replicas that divide the optimizer's states; -1: all of them
//   cp a2a, ulysses     context ranks trade by all-to-all
//   no tp overlap, no p2p overlap, tp/p2p overlap disabled; async tp, asynctp
//   eager               no compiler fused the elementwise kernels
//   dispatcher=deepep, dispatcher=hybridep; moe_a2a_overlap=true
//                       tokens cross once to each node; the exchange runs beside other microbatches
//   without mtp         no prediction module, though the model has one
#pragma once

#include <string>

#include "training/plan.h"

namespace headway {

// Changes what the row's software and layout would be without its note. Lists and degrees that contradict the rest of the row are
// left to check_plan.
void apply_note(const std::string& note, TrainingPlan& plan);

}  // namespace headway
