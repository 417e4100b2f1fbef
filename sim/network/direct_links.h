// The links of a network whose routes do not climb to a common switch: numbered from 0, between the ports of its devices.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "network/network_spec.h"
#include "network/switch_forest.h"

namespace headway {

// What of every byte of a route a direct link carries.
struct DirectShare {
  std::size_t link = 0;
  double share = 1;
};

class DirectLinks {
 public:
  virtual ~DirectLinks() = default;
  [[nodiscard]] virtual std::size_t links() const = 0;
  [[nodiscard]] virtual Bandwidth capacity(std::size_t link) const = 0;  // achievable, per direction
  [[nodiscard]] virtual std::string name(std::size_t link) const = 0;
  // What a link joins: "device", "router", "group".
  [[nodiscard]] virtual std::string ends(std::size_t link) const = 0;
  // Appends what lies between the ports of two devices of one domain.
  virtual void route(std::uint32_t from, std::uint32_t to, std::vector<DirectShare>& links) const = 0;
  // Links that are the device's own, which a fault of the device slows.
  [[nodiscard]] virtual std::vector<std::size_t> of_device(std::uint32_t device) const = 0;
};

// Nothing for the kinds that are switch forests. `ports[device]`: achievable rate per direction. Throws InputError where the
// devices do not fill the shape.
[[nodiscard]] std::unique_ptr<DirectLinks> direct_links(const NetworkSpec& spec, const NetworkExtent& extent,
                                                        const std::vector<Bandwidth>& ports);

// torus.cpp
//
// A device's port is split evenly over its links, two for each dimension. Routes are dimension-ordered,
// the first dimension first, and take the shorter way round; where both ways are as long, half of the bytes goes either way.
[[nodiscard]] std::unique_ptr<DirectLinks> torus_links(const NetworkSpec& spec, const NetworkExtent& extent,
                                                       const std::vector<Bandwidth>& ports);

// dragonfly.cpp
//
// Kim, Dally, Scott & Abts 2008. The routers of a group are fully joined, each has `global_links` cables to other groups, dealt
// round-robin, so that cable c of a group leads c mod (groups - 1) + 1 groups onwards. Routing is minimal: within a group the
// cable between the two routers, between groups one global cable and at most one local hop on either side, the cables between
// two groups sharing the bytes evenly. Every cable is as fast as a device's port.
[[nodiscard]] std::unique_ptr<DirectLinks> dragonfly_links(const NetworkSpec& spec, const NetworkExtent& extent,
                                                           const std::vector<Bandwidth>& ports);

}  // namespace headway
