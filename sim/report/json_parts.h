// Pieces that the JSON of several commands shares.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "simulate/result.h"

namespace headway {

// The number; a fault of ours where it is not finite. Never a negative zero.
[[nodiscard]] double finite(double value);

[[nodiscard]] std::string json_document(const nlohmann::ordered_json& json);

[[nodiscard]] nlohmann::ordered_json layout_json(const Layout& layout, int microbatches);
[[nodiscard]] nlohmann::ordered_json breakdown_json(const Breakdown& breakdown);
[[nodiscard]] nlohmann::ordered_json passes_json(const PassTimes& passes);

}  // namespace headway
