// Kernels somebody timed on one device: what was run, in which clock regime, and how long it took.
//
// One measurement may hold several kernels, because software was timed as it runs: an 8-bit product with the passes that find
// scales and cast its operand, a forward with its backward pass. Its time is the sum, and no less than what the host needs to
// issue the call where the software does not hide it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "hardware/device.h"
#include "hardware/kernel_cost.h"
#include "work/kernel.h"

namespace headway {

struct MeasuredKernel {
  std::string id;      // "gemm-17": line 17 of the table
  std::string what;    // "fp8-tensorwise 4096 x 4096 x 8192, NT" for the reader
  std::string group;   // rows that are scored together with those of the same device: "fp8-tensorwise", "flash3 forward"
  std::string device;  // as the table names it
  Seconds measured;

  // How to predict it, or why that cannot be done.
  std::size_t device_index = 0;  // into MeasuredKernels::devices
  KernelList kernels;
  std::string attention;  // an entry of Device::attention
  ClockRegime regime = ClockRegime::burst;
  Seconds host;  // the call takes at least so long
  std::string why;
  std::vector<std::string> assumed;
};

struct MeasuredKernels {
  std::vector<Device> devices;
  std::vector<MeasuredKernel> rows;
};

}  // namespace headway
