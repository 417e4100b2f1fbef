// The share of the short-burst rate of matrix kernels that is left in a clock regime.
#pragma once

#include "hardware/device.h"
#include "hardware/kernel_cost.h"

namespace headway {

[[nodiscard]] inline double clock_share(const Device& device, ClockRegime regime) {
  if (regime == ClockRegime::burst) return 1.0;
  if (regime == ClockRegime::power_limited && device.power_limited_clock.known)
    return require_share(device.power_limited_clock, device, "power_limited_clock");
  return require_share(device.sustained_clock, device, "sustained_clock");
}

}  // namespace headway
