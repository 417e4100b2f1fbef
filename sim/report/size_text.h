// How many devices it takes, as text and as JSON.
#pragma once

#include <string>

#include "report/text.h"
#include "study/sizing.h"

namespace headway {

[[nodiscard]] std::string verdict_text(const Sizing& sizing, const SizingGoal& goal);
[[nodiscard]] Table size_table(const Sizing& sizing);

// `currency` of the costs among what is delivered, where there are any.
[[nodiscard]] std::string size_text(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal,
                                    const std::string& currency = "", const TextStyle& style = {});
[[nodiscard]] std::string size_json(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal,
                                    const std::string& currency = "");

}  // namespace headway
