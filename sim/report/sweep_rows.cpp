#include "report/sweep_rows.h"

#include <fmt/format.h>

#include "base/diagnostic.h"
#include "report/json_parts.h"
#include "report/run_text.h"
#include "report/text.h"
#include "study/comparison.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json head(const SweepPoint& point) {
  Json setting = Json::object();
  for (const auto& [path, value] : point.setting) setting[path] = value;
  return {{"point", point.number}, {"scenario", point.scenario}, {"set", setting}};
}

void add_figures(Json& row, const TrainingAnswer& answer) {
  const Result& r = answer.result;
  row["step_time_s"] = finite(r.step_time.value());
  row["tokens_per_s"] = finite(r.tokens_per_s);
  row["tokens_per_s_per_device"] = finite(tokens_per_s_per_device(r));
  row["model_tflops_per_device"] = finite(r.model_tflops_per_device);
  row["mfu"] = finite(r.mfu);
  row["hfu"] = finite(r.hfu);
  row["devices"] = r.devices;
  row["packages"] = r.packages;
  row["layout"] = layout_json(r.layout, r.microbatches);
  row["breakdown_s"] = breakdown_json(r.breakdown);
  row["memory_gib"] = {{"peak", finite(gib(peak_memory(r)))}, {"capacity", finite(gib(r.memory_capacity))}};
  row["fits"] = r.fits;
  row["bottleneck"] = r.bottleneck;
}

void add_figures(Json& row, const CollectiveAnswer& answer) {
  const CollectiveResult& r = answer.result;
  row["collective"] = std::string(name_of(r.what.kind));
  row["bytes"] = finite(r.what.bytes.value());
  row["devices"] = r.what.devices;
  row["time_s"] = finite(r.time.value());
  row["algbw_gb_per_s"] = finite(r.algbw().value() / 1e9);
  row["busbw_gb_per_s"] = finite(r.busbw().value() / 1e9);
  row["algorithm"] = std::string(name_of(r.choice.algorithm));
  row["protocol"] = std::string(name_of(r.choice.protocol));
  row["bound_share"] = finite(r.bound_share());
}

struct Column {
  std::string name, pointer;  // RFC 6901, into a row
};

std::vector<Column> figures(bool collectives) {
  std::vector<Column> columns;
  const auto add = [&](const std::string& above, const std::vector<std::string>& keys, const std::string& before,
                       const std::string& after) {
    for (const std::string& key : keys) columns.push_back({before + key + after, above + "/" + key});
  };
  if (collectives) {
    add("",
        {"collective", "bytes", "devices", "time_s", "algbw_gb_per_s", "busbw_gb_per_s", "algorithm", "protocol", "bound_share"},
        "", "");
    return columns;
  }
  add("",
      {"step_time_s", "tokens_per_s", "tokens_per_s_per_device", "model_tflops_per_device", "mfu", "hfu", "devices", "packages"},
      "", "");
  add("/layout", {"tensor", "pipeline", "virtual_stages", "context", "expert", "data", "microbatches"}, "", "");
  const Json breakdown = breakdown_json({});
  for (const auto& [key, value] : breakdown.items()) columns.push_back({key + "_s", "/breakdown_s/" + key});
  add("/memory_gib", {"peak", "capacity"}, "memory_", "_gib");
  add("", {"fits", "bottleneck"}, "", "");
  return columns;
}

std::string cell(const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.is_null() ? "" : line_of(value);
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string joined(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& text : cells) line += (&text == &cells.front() ? "" : ",") + text;
  return line + "\n";
}

}  // namespace

std::string sweep_row(const SweepPoint& point, const Answer& answer) {
  Json row = head(point);
  std::visit([&](const auto& of_kind) { add_figures(row, of_kind); }, answer);
  return line_of(row);
}

std::string sweep_row(const SweepPoint& point, const std::string& error) {
  Json row = head(point);
  row["error"] = error;
  return line_of(row);
}

SweepTable::SweepTable(std::vector<std::string> paths, bool collectives) : paths_(std::move(paths)), collectives_(collectives) {}

std::string SweepTable::header() const {
  std::vector<std::string> cells = {"point", "scenario"};
  for (const std::string& path : paths_) cells.push_back(cell(path));
  for (const Column& column : figures(collectives_)) cells.push_back(column.name);
  cells.emplace_back("error");
  return joined(cells);
}

std::string SweepTable::line(const std::string& row) const {
  const Json json = Json::parse(row);
  const auto at = [&](const Json::json_pointer& pointer) { return cell(json.contains(pointer) ? json.at(pointer) : Json()); };
  const Json& setting = json.at("set");
  std::vector<std::string> cells = {cell(json.at("point")), cell(json.at("scenario"))};
  for (const std::string& path : paths_) cells.push_back(setting.contains(path) ? cell(setting.at(path)) : "");
  for (const Column& column : figures(collectives_)) cells.push_back(at(Json::json_pointer(column.pointer)));
  cells.push_back(at(Json::json_pointer("/error")));
  return joined(cells);
}

std::size_t point_of_row(const std::string& row, const std::string& file) {
  const Json json = Json::parse(row, nullptr, false);
  if (!json.is_object() || !json.contains("point") || !json["point"].is_number_unsigned())
    throw InputError({file, 0, 0}, "is not what a sweep wrote; name another folder");
  return json["point"].get<std::size_t>();
}

void SweepSummary::add(const std::string& row) {
  const Json json = Json::parse(row);
  ++rows;
  if (json.contains("error")) {
    if (failed++ == 0) first_error = json["error"].get<std::string>();
    return;
  }
  if (!json.value("fits", true)) {
    ++not_fitting;
    return;
  }
  const double value = json.contains("tokens_per_s") ? json["tokens_per_s"].get<double>() : json["busbw_gb_per_s"].get<double>();
  if (value <= best_value) return;
  best_value = value;
  best = json["scenario"].get<std::string>();
  best_setting.clear();
  for (const auto& [path, chosen] : json["set"].items())
    best_setting += (best_setting.empty() ? "" : ", ") + path + " " + chosen.get<std::string>();
}

std::string sweep_text(const SweepSummary& summary, const std::string& folder) {
  std::string text = fmt::format("{} points", grouped(static_cast<double>(summary.rows)));
  if (summary.not_fitting > 0)
    text += fmt::format("; {} do not fit in memory", grouped(static_cast<double>(summary.not_fitting)));
  if (summary.failed > 0)
    text += fmt::format("; {} without an answer, the first because: {}", grouped(static_cast<double>(summary.failed)),
                        summary.first_error);
  std::string out = wrapped("", text);
  if (!summary.best.empty())
    out +=
        wrapped("  best    ", fmt::format("{}, {}: {}", summary.best, summary.best_setting, significant(summary.best_value, 6)));
  return out + wrapped("  rows    ", folder + "/results.csv, " + folder + "/results.jsonl");
}

std::string sweep_json(const SweepSummary& summary, const std::string& folder) {
  return json_document(
      {{"points", summary.rows},
       {"failed", summary.failed},
       {"first_error", summary.first_error},
       {"do_not_fit", summary.not_fitting},
       {"best", {{"scenario", summary.best}, {"set", summary.best_setting}, {"value", finite(summary.best_value)}}},
       {"csv", folder + "/results.csv"},
       {"jsonl", folder + "/results.jsonl"}});
}

}  // namespace headway
