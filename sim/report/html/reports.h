// The answers as pages for people (page.h): the verdict first, then figures, charts and the tables behind them.
//
// Each function returns a whole HTML document, made of the same values as the JSON it carries. Equal values give equal bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/answer.h"
#include "report/sweep_rows.h"
#include "study/explanation.h"
#include "study/plan_search.h"
#include "study/sizing.h"
#include "study/validation.h"

namespace headway {

// Timelines and loads of links where the results hold them. In their own order, or best first.
[[nodiscard]] std::string run_report(std::span<const Answer> answers, bool stats);
[[nodiscard]] std::string compare_report(std::span<const Answer> answers, bool stats);

[[nodiscard]] std::string explain_report(std::span<const Explanation> explanations);
[[nodiscard]] std::string plan_report(const std::string& scenario, const std::string& question, const PlanSearch& search);
[[nodiscard]] std::string size_report(const std::string& scenario, const std::string& question, const Sizing& sizing,
                                      const SizingGoal& goal, const std::string& currency = "");
[[nodiscard]] std::string validation_report(std::span<const ValidationScore> scores);

// `rows`: lines of results.jsonl. `paths`: the axes.
struct SweepResults {
  std::string name, folder;
  std::vector<std::string> paths, rows;
  SweepSummary summary;
};
[[nodiscard]] std::string sweep_report(const SweepResults& sweep);

}  // namespace headway
