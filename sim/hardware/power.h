// What a device draws, from what it does.
//
//   P = idle + (limit - idle) x (matrix + 0.6 memory + 0.4 exchange)
//
// `matrix`, `memory` and `exchange` are the shares of the time in which matrix kernels run, memory-bound kernels run, or the device
// sends, receives or waits for the others; in what is left of it nothing is on the device.
//   * matrix kernels run at the power limit: it is what cuts their clock (hardware/clock.h). An upper bound where they do not.
//   * memory-bound ones draw some 60 % of the range between idle and limit, and an exchange, whose kernels poll while they wait, some
//     40 %: estimates, from the phases of large models on A100 (POLCA, arXiv 2308.12908: reading weights at 60 to 70 % of the limit,
//     the end of a training step's synchronisation near half of it), taken over for every device.
// Device power thus never leaves [idle, limit].
#pragma once

#include "base/quantity.h"

namespace headway {

// Shares of a device's time; the rest is host time, with nothing on the device.
struct DeviceUse {
  double matrix = 0, memory = 0, exchange = 0;
};

[[nodiscard]] inline Watts device_power(Watts idle, Watts limit, const DeviceUse& use) {
  return idle + (limit - idle) * (use.matrix + 0.6 * use.memory + 0.4 * use.exchange);
}

}  // namespace headway
