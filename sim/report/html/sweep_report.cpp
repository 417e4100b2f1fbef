#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/html/page.h"
#include "report/html/reports.h"
#include "report/json_parts.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownRows = 50;

struct Metric {
  std::string name, pointer, unit;  // unit as page.js writes it
};

std::vector<Metric> metrics(bool collectives) {
  if (collectives) return {{"busbw", "/busbw_gb_per_s", "GB/s"}, {"algbw", "/algbw_gb_per_s", "GB/s"}, {"time", "/time_s", "s"}};
  return {{"tokens/s", "/tokens_per_s", ""},
          {"tokens/s per device", "/tokens_per_s_per_device", ""},
          {"MFU", "/mfu", "share"},
          {"step time", "/step_time_s", "s"},
          {"memory peak", "/memory_gib/peak", "GiB"}};
}

std::string value_text(double value, const std::string& unit) {
  if (unit == "s") return seconds_text(Seconds(value));
  if (unit == "share") return percent_text(value);
  if (unit.empty()) return grouped(value);
  return significant(value) + " " + unit;
}

// An axis and its values, in order of their first points.
struct Axis {
  std::string path;
  std::vector<std::string> values;
  std::size_t index(const std::string& value) {
    const auto at = std::find(values.begin(), values.end(), value);
    if (at == values.end()) values.push_back(value);
    return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
  }
};

std::string value_on(const Json& row, const std::string& path) {
  if (path == "scenario") return row.at("scenario").get<std::string>();
  return row.at("set").contains(path) ? row.at("set").at(path).get<std::string>() : "as written";
}

// Fastest first; those that do not fit behind all that do.
Table best_table(const std::vector<Json>& rows, const std::vector<std::string>& paths, const std::vector<Metric>& of) {
  std::vector<const Json*> ranked;
  for (const Json& row : rows)
    if (!row.contains("error")) ranked.push_back(&row);
  const Json::json_pointer first(of.front().pointer);
  std::stable_sort(ranked.begin(), ranked.end(), [&](const Json* a, const Json* b) {
    const bool fits_a = a->value("fits", true), fits_b = b->value("fits", true);
    return fits_a != fits_b ? fits_a : a->at(first).get<double>() > b->at(first).get<double>();
  });
  ranked.resize(std::min(ranked.size(), kShownRows));
  std::vector<std::string> header = paths;
  std::vector<bool> right(paths.size(), false);
  for (const Metric& metric : of) {
    header.push_back(metric.name);
    right.push_back(true);
  }
  header.emplace_back("fits");
  right.push_back(false);
  Table table(std::move(header), std::move(right));
  for (const Json* row : ranked) {
    std::vector<std::string> cells;
    for (const std::string& path : paths) cells.push_back(value_on(*row, path));
    for (const Metric& metric : of)
      cells.push_back(value_text(row->at(Json::json_pointer(metric.pointer)).get<double>(), metric.unit));
    cells.emplace_back(row->value("fits", true) ? "yes" : "no");
    table.row(std::move(cells));
  }
  return table;
}

}  // namespace

std::string sweep_report(const SweepResults& sweep) {
  std::vector<Json> rows;
  std::set<std::string> scenarios;
  bool collectives = false;
  for (const std::string& line : sweep.rows) {
    rows.push_back(Json::parse(line));
    scenarios.insert(rows.back().at("scenario").get<std::string>());
    collectives = collectives || rows.back().contains("busbw_gb_per_s");
  }
  std::vector<std::string> paths = sweep.paths;
  if (scenarios.size() > 1) paths.insert(paths.begin(), "scenario");
  const std::vector<Metric> of = metrics(collectives);

  std::vector<Axis> axes;
  for (const std::string& path : paths) axes.push_back({path, {}});
  Json points = Json::array();  // [a value's number for each axis.., a value for each metric.., fits]
  for (const Json& row : rows) {
    Json point = Json::array();
    for (Axis& axis : axes) point.push_back(axis.index(value_on(row, axis.path)));
    if (row.contains("error")) continue;
    for (const Metric& metric : of) point.push_back(row.at(Json::json_pointer(metric.pointer)));
    point.push_back(row.value("fits", true) ? 1 : 0);
    points.push_back(std::move(point));
  }
  Json of_axes = Json::array(), of_metrics = Json::array();
  for (const Axis& axis : axes) of_axes.push_back({{"path", axis.path}, {"values", axis.values}});
  for (const Metric& metric : of) of_metrics.push_back({{"name", metric.name}, {"unit", metric.unit}});

  const SweepSummary& summary = sweep.summary;
  Page page("sweep", sweep.name);
  page.verdict(
      summary.best.empty()
          ? sweep.name + ": no point has an answer that fits"
          : fmt::format("{}: of {} points the best is {}{}: {} {}", sweep.name, grouped(static_cast<double>(summary.rows)),
                        summary.best, summary.best_setting.empty() ? "" : ", " + summary.best_setting,
                        value_text(summary.best_value, of.front().unit), collectives ? "busbw" : "tokens/s"),
      !summary.best.empty());
  page.cards({{"points", grouped(static_cast<double>(summary.rows)), "", "/points"},
              {"do not fit", grouped(static_cast<double>(summary.not_fitting)), "in memory", "/do_not_fit"},
              {"without an answer", grouped(static_cast<double>(summary.failed)), "", "/failed"}});
  page.facts(
      {{"rows", sweep.folder + "/results.csv, " + sweep.folder + "/results.jsonl"}, {"first reason", summary.first_error}});
  if (!points.empty()) {
    page.section(
        "Along the axes",
        "Choose what is shown, the axes, and where all others stand. Hollow points and hatched cells do not fit in memory.");
    page.chart("sweep", "The figures of the sweep along its axes",
               {{"axes", std::move(of_axes)}, {"metrics", std::move(of_metrics)}, {"points", std::move(points)}}, 26);
    page.section("The best points", rows.size() > kShownRows ? fmt::format("The first {} of {}.", kShownRows,
                                                                           grouped(static_cast<double>(rows.size())))
                                                             : "");
    page.table(best_table(rows, paths, of), "Points of the sweep, best first");
  }
  return page.html(sweep_json(summary, sweep.folder));
}

}  // namespace headway
