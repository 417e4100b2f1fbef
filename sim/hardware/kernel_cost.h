// What a kernel costs on a device, alone.
//
// GEMM       t = t0 + ((F/P)^p + (B/W)^p)^(1/p), P scaled by tile and wave quantisation and, in training, by the sustained clock
// attention  t = t0 + F / P(length, heads, head size)
// streaming  t = t0 + B / W(class)
// No kernel beats F / dense peak nor B / memory bandwidth (checked).
#pragma once

#include "base/quantity.h"
#include "hardware/device.h"
#include "work/kernel.h"

namespace headway {

struct KernelCost {
  Seconds time;                     // stand-alone device time, launches not counted
  Flops flops;                      // on the matrix units
  Bytes traffic;                    // to and from memory
  double matrix_share;              // share of the matrix units in use at full speed, 0..1 (time at dense peak / time)
  TableUse table = TableUse::none;  // of the device's measured products
};

// burst: an isolated kernel benchmark of milliseconds. power_limited: the same kernel alone for a second and more, at the power
// cap. sustained: inside a training step, among other kernels and traffic.
enum class ClockRegime { burst, power_limited, sustained };

// `attention_kernel` names an entry of Device::attention; used by Attention kernels only.
// Throws InputError when the device lacks a value the kernel needs.
[[nodiscard]] KernelCost kernel_cost(const Kernel& kernel, const Device& device, const std::string& attention_kernel,
                                     ClockRegime regime = ClockRegime::sustained);

}  // namespace headway
