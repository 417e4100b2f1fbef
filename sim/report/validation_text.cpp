#include "report/validation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace headway {

namespace {

constexpr std::size_t kWorstRows = 10;

std::string amount_text(double value, const ValidationScore& score) {
  return score.kind == "memory" ? fmt::format("{:.2f} GiB", value) : seconds_text(Seconds(value));
}

}  // namespace

Table cells_table(const ValidationScore& score) {
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
  return table;
}

Table worst_table(const ValidationScore& score) {
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
  return table;
}

Table skipped_table(const ValidationScore& score) {
  std::map<std::string, int> reasons;
  for (const SkippedRun& run : score.skipped) ++reasons[run.why];
  std::vector<std::pair<std::string, int>> by_count(reasons.begin(), reasons.end());
  std::stable_sort(by_count.begin(), by_count.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  Table table({"rows", "why"}, {true, false});
  for (const auto& [why, rows] : by_count) table.row({grouped(rows), why});
  return table;
}

std::string verdict_text(const ValidationScore& score) {
  if (score.scored == 0) return fmt::format("{}: none of {} rows could be scored", score.kind, score.rows);
  std::string text = fmt::format("{}: macro MAPE {}; MAPE {}, median {}, bias {} over {} scored rows of {}", score.kind,
                                 percent_text(score.macro_mape), percent_text(score.mape), percent_text(score.median_ape),
                                 signed_percent_text(score.bias), grouped(score.scored), grouped(score.rows));
  if (score.kind == "collectives" && score.large.rows > 0)
    text += fmt::format("; from {} on MAPE {}, bias {} over {}", bytes_text(kLargeCollective), percent_text(score.large.mape),
                        signed_percent_text(score.large.bias), grouped(score.large.rows));
  return text;
}

std::string order_text(const ValidationScore& score) {
  const LayoutOrder& order = score.order;
  std::string text = fmt::format(
      "layouts: of {} run in several, the layout ranked best is within {} of the truly best in {}; it costs {} "
      "on average, at worst {}",
      order.jobs == 1 ? "1 job" : fmt::format("{} jobs", order.jobs), percent_text(kNearTheBest), order.near,
      signed_percent_text(order.mean_loss), signed_percent_text(order.worst_loss));
  if (score.orders.size() < 2) return text;
  std::string sources;
  for (const LayoutOrder& of : score.orders)
    sources += fmt::format("{}{} {} of {}", sources.empty() ? "" : ", ", of.source, of.near, of.jobs);
  return text + " (" + sources + ")";
}

std::string validation_text(const ValidationScore& score, const TextStyle& style) {
  const auto heading = [&](std::string_view text) { return "\n" + toned(text, Tone::heading, style) + "\n"; };
  std::string out = toned(wrapped("", verdict_text(score)), Tone::heading, style);
  if (score.order.jobs > 0) out += wrapped("  ", order_text(score));
  if (score.scored > 0) {
    out += heading(score.kind == "runs" || score.kind == "memory" ? "By source and device" : "By kind and device") +
           cells_table(score).text();
    out += heading("Worst rows") + worst_table(score).text();
  }
  if (score.skipped.empty()) return out;
  out += heading(fmt::format("Skipped: {} rows", grouped(static_cast<double>(score.skipped.size()))));
  const Table reasons = skipped_table(score);
  for (const std::vector<std::string>& row : std::span(reasons.rows()).subspan(1))
    out += wrapped("  " + padded(row.front(), 5, true) + "  ", row.back());
  return out;
}

std::string error_band_csv(const std::vector<ErrorBand>& bands) {
  std::string out = "device,software,runs,low,high\n";
  for (const ErrorBand& band : bands)
    out += fmt::format("{},{},{},{:.3f},{:.3f}\n", band.device, band.software, band.runs, band.low, band.high);
  return out;
}

}  // namespace headway
