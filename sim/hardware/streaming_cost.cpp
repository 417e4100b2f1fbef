#include "hardware/streaming_cost.h"

#include <string>

namespace headway {

Seconds streaming_time(const Streaming& streaming, const Device& device) {
  const std::string key = "stream_fraction." + std::string(name_of(streaming.kind));
  const auto fraction = device.stream_fraction.find(streaming.kind);
  const double share =
      require_share(fraction == device.stream_fraction.end() ? Sourced<double>{} : fraction->second, device, key.c_str());
  return require(device.stream_floor, device, "stream_floor") +
         streaming.traffic / (require(device.memory_bandwidth, device, "memory_bandwidth") * share);
}

}  // namespace headway
