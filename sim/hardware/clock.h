// Long training steps run at the power cap, below the clock of a short benchmark.
#pragma once

#include "hardware/device.h"
#include "hardware/kernel_cost.h"

namespace headway {

[[nodiscard]] inline double clock_share(const Device& device, ClockRegime regime) {
  return regime == ClockRegime::burst ? 1.0 : require_share(device.sustained_clock, device, "sustained_clock");
}

}  // namespace headway
