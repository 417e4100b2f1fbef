#include "report/validation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace headway {

namespace {

constexpr std::size_t kWorstRows = 10;

std::string amount_text(double value, const ValidationScore& score) {
  return score.kind == "memory" ? fmt::format("{:.2f} GiB", value) : seconds_text(Seconds(value));
}

std::string cells(const ValidationScore& score) {
  const bool by_size = score.kind == "collectives";
  std::vector<std::string> header = {"source", "device", "rows", "MAPE", "bias"};
  if (by_size) {
    header.front() = "collective";
    const std::string from = "from " + bytes_text(kLargeCollective);
    header.insert(header.end(), {from, "MAPE", "bias"});
  }
  std::vector<bool> right(header.size(), true);
  right[0] = right[1] = false;
  Table table(header, right);
  for (const Cell& cell : score.cells) {
    std::vector<std::string> row = {cell.source, cell.device, grouped(cell.rows), percent_text(cell.mape),
                                    signed_percent_text(cell.bias)};
    if (by_size)
      row.insert(row.end(), {grouped(cell.large.rows), percent_text(cell.large.mape), signed_percent_text(cell.large.bias)});
    table.row(std::move(row));
  }
  return table.text();
}

std::string worst(const ValidationScore& score) {
  std::vector<const ScoredRun*> rows;
  for (const ScoredRun& run : score.runs)
    if (run.scored) rows.push_back(&run);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ScoredRun* a, const ScoredRun* b) { return std::abs(a->error) > std::abs(b->error); });
  rows.resize(std::min(rows.size(), kWorstRows));
  const bool described = std::any_of(rows.begin(), rows.end(), [](const ScoredRun* row) { return !row->what.empty(); });
  std::vector<std::string> header = {"id", "device", "measured", "predicted", "error"};
  std::vector<bool> right = {false, false, true, true, true};
  if (described) {
    header.emplace_back("what");
    right.push_back(false);
  }
  Table table(header, right);
  for (const ScoredRun* run : rows) {
    std::vector<std::string> cells = {run->id, run->device, amount_text(run->measured, score), amount_text(run->predicted, score),
                                      signed_percent_text(run->error)};
    if (described) cells.push_back(run->what);
    table.row(std::move(cells));
  }
  return table.text();
}

std::string skipped(const ValidationScore& score) {
  std::map<std::string, int> reasons;
  for (const SkippedRun& run : score.skipped) ++reasons[run.why];
  std::vector<std::pair<std::string, int>> by_count(reasons.begin(), reasons.end());
  std::stable_sort(by_count.begin(), by_count.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (const auto& [why, rows] : by_count) out += wrapped(fmt::format("  {:>5}  ", rows), why);
  return out;
}

}  // namespace

std::string validation_text(const ValidationScore& score, const TextStyle& style) {
  const auto heading = [&](std::string_view text) { return "\n" + toned(text, Tone::heading, style) + "\n"; };
  std::string verdict =
      score.scored == 0 ? fmt::format("{}: none of {} rows could be scored", score.kind, score.rows)
                        : fmt::format("{}: macro MAPE {}; MAPE {}, median {}, bias {} over {} scored rows of {}", score.kind,
                                      percent_text(score.macro_mape), percent_text(score.mape), percent_text(score.median_ape),
                                      signed_percent_text(score.bias), score.scored, score.rows);
  if (score.kind == "collectives" && score.large.rows > 0)
    verdict += fmt::format("; from {} on MAPE {}, bias {} over {}", bytes_text(kLargeCollective), percent_text(score.large.mape),
                           signed_percent_text(score.large.bias), score.large.rows);
  std::string out = toned(verdict, Tone::heading, style) + "\n";
  if (score.order.jobs > 0)
    out +=
        wrapped("  ", fmt::format("layouts: of {} jobs run in several, the layout ranked best is within {} of the truly best in "
                                  "{}; it costs {} on average, at worst {}",
                                  score.order.jobs, percent_text(kNearTheBest), score.order.near,
                                  signed_percent_text(score.order.mean_loss), signed_percent_text(score.order.worst_loss)));
  if (score.scored > 0) {
    out += heading(score.kind == "runs" || score.kind == "memory" ? "By source and device" : "By kind and device") + cells(score);
    out += heading("Worst rows") + worst(score);
  }
  if (!score.skipped.empty()) out += heading(fmt::format("Skipped: {} rows", score.skipped.size())) + skipped(score);
  return out;
}

std::string error_band_csv(const std::vector<ErrorBand>& bands) {
  std::string out = "device,software,runs,low,high\n";
  for (const ErrorBand& band : bands)
    out += fmt::format("{},{},{},{:.3f},{:.3f}\n", band.device, band.software, band.runs, band.low, band.high);
  return out;
}

}  // namespace headway
