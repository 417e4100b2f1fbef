// Layouts found by a search, as text and as JSON.
#pragma once

#include <string>

#include "report/text.h"
#include "study/plan_search.h"

namespace headway {

// "tensor 8 (with sequence) x pipeline 4 x data 8, microbatch 1, 1f1b, sharding optimizer, recompute none"
[[nodiscard]] std::string choices_text(const TrainingPlan& plan);

[[nodiscard]] std::string verdict_text(const PlanSearch& search);
[[nodiscard]] std::string space_text(const PlanSearchCount& count);  // how many were looked at, and how
[[nodiscard]] std::string written_text(const WrittenPlan& written);
[[nodiscard]] Table plan_table(const std::vector<FoundPlan>& found);
[[nodiscard]] std::vector<Fact> constraints_of(const PlanSearch& search);  // the best under each

[[nodiscard]] std::string plan_text(const std::string& scenario, const PlanSearch& search, const TextStyle& style = {});
[[nodiscard]] std::string plan_json(const std::string& scenario, const PlanSearch& search);

}  // namespace headway
