// What the catalogue holds, as text: lists of names, and one entry with every value, its grade and its source.
#pragma once

#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "config/scenario.h"
#include "hardware/device.h"
#include "report/json.h"
#include "report/text.h"
#include "training/model.h"

namespace headway {

[[nodiscard]] std::string list_text(const std::vector<ListEntry>& entries);
// "bf16 989.4, fp8 1979 TFLOPS; 80.0 GB at 3.350 TB/s"; what nobody has published is called unknown.
[[nodiscard]] std::string device_about(const Device& device);
// "256 x h100-sxm (H100 ...)"
[[nodiscard]] std::string cluster_about(const Cluster& cluster);
[[nodiscard]] std::string device_text(const Device& device, const TextStyle& style = {});
[[nodiscard]] std::string cluster_text(const Cluster& cluster, const TextStyle& style = {});
[[nodiscard]] std::string link_text(const LinkTechnology& link, const TextStyle& style = {});
[[nodiscard]] std::string recipe_text(const Recipe& recipe, const TextStyle& style = {});
[[nodiscard]] std::string software_text(const Software& software, const TextStyle& style = {});
[[nodiscard]] std::string reliability_text(const Reliability& reliability, const TextStyle& style = {});
[[nodiscard]] std::string prices_text(const Prices& prices, const TextStyle& style = {});
[[nodiscard]] std::string model_text(const Model& model, const TextStyle& style = {});
[[nodiscard]] std::string scenario_text(const Scenario& scenario, const TextStyle& style = {});

}  // namespace headway
