// Fused attention on one device, alone.
//
//   t = t0 + max(F / P, B / W)          P = peak x fraction x length x head x occupancy x clock
//
// head       between the two products stands a softmax whose time does not depend on the head size d (mean of the two): a key
//            takes tau = (1 - s) d / 128 + s of the time it takes at head size 128, s being softmax_share; head = d / 128 / tau
// length     a block of queries pays a fixed price for its start, its end and (causal) its half-used diagonal tiles, worth some
//            more keys: L / (L + half_length / tau), and a quarter of it without a causal mask
// occupancy  the unit of work is a block of 128 queries (keys, backward) of one head; fewer units than multiprocessors leave
//            some idle, a ragged block works in vain, and the last wave counts half as for GEMM
// uneven     kernels for queries and keys of another head size than the values (latent attention) may be less finished than those
//            for equal ones: uneven_head_share of P, where the device gives it
// Fractions are fitted at head size 128 on FLOPs that count a causal mask as half.
#pragma once

#include <string>

#include "base/quantity.h"
#include "hardware/device.h"
#include "hardware/kernel_cost.h"
#include "work/kernel.h"

namespace headway {

// `implementation` names an entry of Device::attention.
[[nodiscard]] Seconds attention_time(const Attention& attention, const Device& device, const std::string& implementation,
                                     ClockRegime regime);

}  // namespace headway
