// How efficient a device is taken to be where nobody has measured it: as one that stands for its class.
//
// What the vendor publishes (peaks, memory, links) is a device's own. How much of it kernels reach is known for few devices; the
// others take it over from a device like them: every share, knee, floor and clock that the device does not have itself, and
// the multiprocessors. What is taken over is estimated, whatever it was at home.
//
// A number format that the class does not multiply is taken to be used as well as its BF16, else as its FP16.
#pragma once

#include <string>

#include "hardware/device.h"

namespace headway {

// `source`: why the two are alike, a key under the device's sources.
void inherit_efficiency(Device& device, const Device& of_class, const std::string& source);

}  // namespace headway
