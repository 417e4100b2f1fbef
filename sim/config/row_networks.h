// The networks of a cluster that a table of measurements tells in a few columns: the device, how many share a node or a rack, and
// the rate of its adapters.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "config/catalogue.h"
#include "hardware/device.h"
#include "network/network_spec.h"

namespace headway {

// Why a row of a table cannot be predicted. Thrown by what reads a row, caught by what reads the table.
struct RowSkip {
  std::string why;
};

// Of a device's adapters between nodes, and which cluster of the catalogue has them.
struct UsualRate {
  double gbps = 0;
  std::string cluster;
};

class RowNetworks {
 public:
  explicit RowNetworks(const Catalogue& catalogue);

  // Inside a node or a rack: what the catalogue's clusters of this device have, else one switched level of its own technology.
  // Throws RowSkip where nobody has published a rate.
  [[nodiscard]] std::vector<NetworkSpec> scale_up(const Device& device, int node, int domain) const;

  // Between nodes, adapters of `gbps` per device. `kind`: "ib" or "roce"; "" takes the vendor's usual one (NVIDIA from 200 Gb/s on:
  // InfiniBand, else RoCE), at the nearest rate the catalogue has.
  [[nodiscard]] NetworkSpec scale_out(const Device& device, int node, double gbps, std::string_view kind,
                                      const SourceMark& mark) const;

  // What rows that do not say are taken to have: the catalogue's first cluster of this device by name.
  [[nodiscard]] std::optional<UsualRate> usual_rate(const Device& device) const;

 private:
  [[nodiscard]] std::string technology(const std::string& kind, double gbps) const;

  const Catalogue& catalogue_;
  std::vector<std::string> links_;
  std::map<std::pair<std::string, int>, std::vector<NetworkSpec>> inner_;  // by device and scale-up domain
  std::map<std::string, UsualRate> outer_;                                 // by device
};

}  // namespace headway
