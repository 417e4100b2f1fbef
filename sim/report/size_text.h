// How many devices it takes, as text and as JSON.
#pragma once

#include <string>

#include "report/text.h"
#include "study/sizing.h"

namespace headway {

[[nodiscard]] std::string verdict_text(const Sizing& sizing, const SizingGoal& goal);
[[nodiscard]] Table size_table(const Sizing& sizing);

[[nodiscard]] std::string size_text(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal,
                                    const TextStyle& style = {});
[[nodiscard]] std::string size_json(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal);

}  // namespace headway
