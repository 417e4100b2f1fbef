// The networks of a cluster drawn: tiers of switches above the devices, the links between them in the colour of how busy they are.
//
// Links and switches that are alike are drawn a few times and counted in words, so that the drawing is as large for 16,384 devices as for 16.
#pragma once

#include <string>
#include <vector>

#include "report/text.h"
#include "simulate/network_use.h"

namespace headway {

// One inline SVG for each network, in the colours of page.css.
[[nodiscard]] std::string fabric_drawing(const std::vector<NetworkUse>& networks);

// Every kind of link: how many, how fast (line rate per direction), how busy.
[[nodiscard]] Table link_table(const std::vector<NetworkUse>& networks);

}  // namespace headway
