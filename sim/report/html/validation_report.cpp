#include "report/validation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/html/page.h"
#include "report/html/reports.h"
#include "report/json.h"
#include "report/json_parts.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

// [measured, predicted, row] by source; rows that do not count are left out.
Json points_of(const ValidationScore& score) {
  std::map<std::string, Json> by_source;
  for (const ScoredRun& run : score.runs)
    if (run.scored && run.measured > 0 && run.predicted > 0) {
      const std::string row = run.id + ", " + run.device + (run.what.empty() ? "" : ", " + run.what);
      by_source.try_emplace(run.source, Json::array())
          .first->second.push_back({finite(run.measured), finite(run.predicted), row});
    }
  Json groups = Json::array();
  for (auto& [source, points] : by_source) groups.push_back({{"name", source}, {"points", std::move(points)}});
  return groups;
}

// Rows by error, in steps of 5 % from -50 % to +50 %; what lies beyond is in the end steps.
constexpr int kSteps = 20;
constexpr double kStep = 0.05;

std::vector<int> histogram(const ValidationScore& score) {
  std::vector<int> counts(kSteps, 0);
  for (const ScoredRun& run : score.runs)
    if (run.scored)
      ++counts[static_cast<std::size_t>(std::clamp(static_cast<int>(std::floor(run.error / kStep)) + kSteps / 2, 0, kSteps - 1))];
  return counts;
}

Table histogram_table(const std::vector<int>& counts) {
  Table table({"error from", "to", "rows"}, {true, true, true});
  for (int i = 0; i < kSteps; ++i)
    if (counts[static_cast<std::size_t>(i)] > 0)
      table.row({i == 0 ? "" : signed_percent_text((i - kSteps / 2) * kStep),
                 i + 1 == kSteps ? "" : signed_percent_text((i + 1 - kSteps / 2) * kStep),
                 grouped(counts[static_cast<std::size_t>(i)])});
  return table;
}

void sections(Page& page, const ValidationScore& score, const std::string& json) {
  page.cards({{"macro MAPE", percent_text(score.macro_mape), "mean over the cells", json + "/macro_mape"},
              {"MAPE", percent_text(score.mape), "", json + "/mape"},
              {"median error", percent_text(score.median_ape), "", json + "/median_ape"},
              {"bias", signed_percent_text(score.bias), "predicted / measured - 1", json + "/bias"},
              {"scored", grouped(score.scored), fmt::format("of {} rows", grouped(score.rows)), json + "/scored"}});
  if (score.order.jobs > 0) page.text(order_text(score));
  if (score.scored > 0) {
    page.section("Measured against predicted", "On the line a prediction is exact; the bands are 10 and 20 % wide.");
    page.chart("agreement", "Measured against predicted, both axes logarithmic",
               {{"unit", score.kind == "memory" ? "GiB" : "s"}, {"groups", points_of(score)}}, 30);
    page.section("Errors");
    const std::vector<int> counts = histogram(score);
    page.chart("errors", "How many rows have which error", {{"step", kStep}, {"counts", counts}}, 16);
    page.table_behind_chart(histogram_table(counts), "Rows by error");
    page.section(score.kind == "runs" || score.kind == "memory" ? "By source and device" : "By kind and device");
    page.table(cells_table(score), "Scores of every cell");
    page.section("Worst rows");
    page.table(worst_table(score), "Rows with the largest errors");
  }
  if (!score.skipped.empty()) {
    page.section(fmt::format("Skipped: {} rows", grouped(static_cast<double>(score.skipped.size()))));
    page.table(skipped_table(score), "Why rows could not be predicted");
  }
}

}  // namespace

std::string validation_report(std::span<const ValidationScore> scores) {
  Page page("validate", "Validation");
  std::string verdict;
  for (const ValidationScore& score : scores)
    verdict += fmt::format("{}{}: macro MAPE {} over {} rows", verdict.empty() ? "" : "; ", score.kind,
                           percent_text(score.macro_mape), grouped(score.scored));
  const bool one = scores.size() == 1;
  page.verdict(one ? verdict_text(scores.front()) : verdict, true, "How well are published measurements predicted?");
  if (one) {
    sections(page, scores.front(), "");
  } else {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      page.open_fold(scores[i].kind, verdict_text(scores[i]));
      sections(page, scores[i], fmt::format("/{}", i));
      page.close_fold();
    }
  }
  return page.html(validation_json(scores));
}

}  // namespace headway
