// How many devices it takes, as text and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/text.h"
#include "study/sizing.h"

namespace headway {

[[nodiscard]] std::string verdict_text(const Sizing& sizing, const SizingGoal& goal);
[[nodiscard]] Table size_table(const Sizing& sizing);
// The whole run on each fleet: time, money and energy; and which fleets are best in each. Where scenarios ask for it.
[[nodiscard]] std::optional<Table> delivered_table(const Sizing& sizing, const std::string& currency);
[[nodiscard]] std::vector<Fact> rankings(const Sizing& sizing, const std::string& currency);

// `currency` of the costs among what is delivered, where there are any.
[[nodiscard]] std::string size_text(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal,
                                    const std::string& currency = "", const TextStyle& style = {});
[[nodiscard]] std::string size_json(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal,
                                    const std::string& currency = "");

}  // namespace headway
