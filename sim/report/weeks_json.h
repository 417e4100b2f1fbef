// The weeks, the energy and the cost of a training run for scripts: keys of `run --json`, units in their names.
#pragma once

#include <nlohmann/json.hpp>

#include "report/answer.h"

namespace headway {

// Adds "weeks", "energy" and "cost", each where the scenario asks for it.
void add_operations(nlohmann::ordered_json& json, const TrainingAnswer& answer);

}  // namespace headway
