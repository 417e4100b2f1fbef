// A pass over memory on one device, alone: t = stream_floor + traffic / (memory_bandwidth x stream_fraction[class]).
#pragma once

#include "base/quantity.h"
#include "hardware/device.h"
#include "work/kernel.h"

namespace headway {

[[nodiscard]] Seconds streaming_time(const Streaming& streaming, const Device& device);

}  // namespace headway
