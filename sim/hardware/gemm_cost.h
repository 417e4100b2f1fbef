// A matrix product on one device, alone.
//
//   t = t0 + ((F / P)^p + (B / W)^p)^(1/p)        P = peak x gemm_fraction x tile efficiency x clock
//
// F / P and B / W are the two sides of the roofline; a finite p rounds the knee between them, because a kernel cannot hide
// the whole of the shorter side behind the longer. W is memory_bandwidth x gemm_memory_fraction, B every operand once.
//
// Tile efficiency. The product is cut into output tiles, dealt to the multiprocessors in waves: edges of ragged tiles and a
// last wave that is not full are work nobody uses. Libraries choose among several tile shapes (small tiles waste less and
// reuse less) and share out the last wave (split-k, stream-k), so it is the best over a few shapes, the last wave counted half. Filling and draining a tile adds to a
// short inner dimension k.
//
// Operands with a scale per block (ScaleBlock::block) lose another share of P to the scaling of partial sums inside the product:
// block_scaled_share.
//
// A device may bring measured products (hardware/gemm_table.h); where they reach, they answer instead of the formula.
#pragma once

#include "base/quantity.h"
#include "hardware/device.h"
#include "hardware/kernel_cost.h"
#include "work/kernel.h"

namespace headway {

// Useful share of the multiprocessors' work for `batch` products of m x n over k, 0..1. REQUIRES: all arguments positive.
[[nodiscard]] double tile_efficiency(double m, double n, double k, double batch, int multiprocessors);

// `use` tells whether the device's measured products answered.
[[nodiscard]] Seconds gemm_time(const Gemm& gemm, const Device& device, ClockRegime regime, TableUse& use);

}  // namespace headway
