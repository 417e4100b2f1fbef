// A cluster's networks drawn: tiers of switches, how many links join them and how fast they are, and where links get scarce.
//
// Links and switches that are alike are drawn once, with their number, so that the drawing is as large for 16,384 devices as for 16.
// Rates are line rates per direction.
#pragma once

#include <string>

#include "cluster/cluster.h"
#include "report/text.h"

namespace headway {

[[nodiscard]] std::string fabric_text(const Cluster& cluster, const TextStyle& style = {});
// The same as a Graphviz graph.
[[nodiscard]] std::string fabric_dot(const Cluster& cluster);

}  // namespace headway
