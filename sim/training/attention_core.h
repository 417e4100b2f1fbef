// The attention core: one fused kernel, or the chain older software runs.
//
//   unfused forward   Q K^T, scale-mask-softmax, dropout, P V: batched GEMMs over the full square of scores, causal or not
//   unfused backward  dV = P^T dO, dP = dO V^T, dropout', softmax', dQ = dS K, dK = dS^T Q
#pragma once

#include "training/plan.h"
#include "work/kernel.h"

namespace headway {

[[nodiscard]] KernelList attention_core_forward(const TrainingPlan& plan);
[[nodiscard]] KernelList attention_core_backward(const TrainingPlan& plan);

}  // namespace headway
