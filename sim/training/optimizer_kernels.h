// The optimizer step on one rank: mixed-precision Adam over its shard, between a gradient norm and the zeroing of gradients.
//
// Memory traffic per parameter of the shard: the norm reads the gradient; clipping reads and writes it; Adam reads gradient,
// master and two moments and writes master, moments and the weight. Zeroing touches the whole gradient buffer, sharded or not.
#pragma once

#include "training/plan.h"
#include "work/kernel.h"

namespace headway {

// `shard`: parameters this rank updates; `held`: parameters whose gradients it holds.
[[nodiscard]] KernelList gradient_norm_kernels(const Recipe& recipe, double shard);
[[nodiscard]] KernelList adam_kernels(const Recipe& recipe, double shard, double held);

}  // namespace headway
