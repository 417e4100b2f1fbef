// Send and receive: one message over the innermost network that joins the two.
#include "base/check.h"
#include "collective/algorithm.h"

namespace headway {

Outline direct_outline(CollectiveKind, const Geometry& geometry, const Fabric&) {
  HEADWAY_CHECK(geometry.levels.size() == 1, "one network joins a sender and a receiver");
  // A read at the sender, a write at the receiver.
  return {.levels = {{.port_share = 1, .peers = 1, .steps = 1}}, .memory_bytes_per_byte = 1};
}

void direct_loads(DeviceIndex sender, DeviceIndex receiver, LoadSum& sum) {
  const auto network = sum.fabric().joining(sender, receiver);
  HEADWAY_CHECK(network.has_value(), "geometry_of has checked that a network joins them");
  sum.add_route(*network, sender, receiver, 1.0);
}

}  // namespace headway
