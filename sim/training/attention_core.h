// The attention core: one fused kernel, or the chain older software runs; with context parallelism, between the exchanges that let
// a rank's queries see the whole sequence.
//
//   unfused forward   Q K^T, scale-mask-softmax, dropout, P V: batched GEMMs over the full square of scores, causal or not
//   unfused backward  dV = P^T dO, dP = dO V^T, dropout', softmax', dQ = dS K, dK = dS^T Q
//
//   ring        keys and values of the other ranks arrive one after the other. A rank holds a slice from either end of the sequence,
//               so that under a causal mask each step but its own costs half a square; results of the steps are merged by their
//               softmax sums. Backward, gradients of keys and values go around as well. Priced as a gather (and a reduce-scatter) of
//               all keys and values, the share `context_overlap` of it beside attention.
// A local layer's fused kernel skips what lies before the window; the unfused chain masks it. Around a ring its keys go as all others do.
//
//   all_to_all  queries, keys and values of all heads and a slice of the sequence become those of some heads and all of it
#pragma once

#include "training/step.h"

namespace headway {

void append_core_forward(Script& script, const TrainingPlan& plan, Activity activity, bool local);
void append_core_backward(Script& script, const TrainingPlan& plan, Activity activity, bool local);

}  // namespace headway
