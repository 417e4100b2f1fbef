// How busy a simulated run keeps the links of every network.
//
// A link carries, of every activity of every group that draws on it, the activity's payload times the group's load per byte; over what the
// link can carry in the time of the run that is the share of the time it is busy. Links that are alike are told together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/program.h"
#include "engine/structure.h"
#include "network/fabric.h"

namespace headway {

struct NetworkUse {
  std::string network;  // scale_up, scale_out ...
  NetworkKind kind = NetworkKind::switched;
  double efficiency = 1;                  // achievable over line rate
  std::uint32_t devices = 0, domain = 0;  // of the cluster; that reach one another
  std::vector<SwitchClass> switches;      // from the devices up
  std::vector<LinkClass> links;
};

// `links`: by resource of the structure. Innermost network first.
[[nodiscard]] std::vector<NetworkUse> network_use(const Fabric& fabric, const Structure& structure,
                                                  const std::vector<LinkId>& links, const std::vector<Program>& programs,
                                                  Instant time);

}  // namespace headway
