#include "report/html/step_sections.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/json_parts.h"
#include "report/run_text.h"
#include "study/breakdown_parts.h"
#include "study/comparison.h"

namespace headway {

using Json = nlohmann::ordered_json;

std::vector<Card> step_cards(const Result& r, const std::string& json) {
  const double peak = gib(peak_memory(r)), capacity = gib(r.memory_capacity);
  std::vector<Card> cards = {
      {"step time", seconds_text(r.step_time), "", json + "/step_time_s"},
      {"tokens/s", grouped(r.tokens_per_s), fmt::format("{} per device", grouped(tokens_per_s_per_device(r))),
       json + "/tokens_per_s"},
      {"MFU", percent_text(r.mfu),
       fmt::format("{} of {} TFLOPS", significant(r.model_tflops_per_device), significant(r.mfu_peak_tflops)), json + "/mfu"},
      {"memory peak", fmt::format("{:.1f} GiB", peak),
       fmt::format("of {:.1f} GiB: {}", capacity, r.fits ? "fits" : "does not fit"), "",
       r.fits ? Card::Mood::good : Card::Mood::bad},
      {"devices", grouped(r.devices), r.packages != r.devices ? grouped(r.packages) + " packages" : r.device_title, ""}};
  return cards;
}

void breakdown_chart(Page& page, const std::vector<const Result*>& results) {
  Json names = Json::array(), parts = Json::array();
  Json seconds = Json::array(), shares = Json::array(), per_token = Json::array();
  for (const Result* r : results) names.push_back(r->scenario);
  for (const BreakdownPart& part : kBreakdownParts) {
    if (std::none_of(results.begin(), results.end(), [&](const Result* r) { return r->breakdown.*part.time > Seconds(0); }))
      continue;
    parts.push_back({{"name", std::string(part.title)}, {"colour", std::string(part.key)}});
    Json of_time = Json::array(), of_share = Json::array(), of_token = Json::array();
    for (const Result* r : results) {
      const Seconds time = r->breakdown.*part.time;
      of_time.push_back(finite(time.value()));
      of_share.push_back(finite(time / r->step_time));
      of_token.push_back(finite(time.value() / (r->tokens_per_s * r->step_time.value()) * 1e6));
    }
    seconds.push_back(std::move(of_time));
    shares.push_back(std::move(of_share));
    per_token.push_back(std::move(of_token));
  }
  Json views = Json::array({{{"name", "seconds"}, {"unit", "s"}, {"values", seconds}},
                            {{"name", "share of the step"}, {"unit", "share"}, {"values", shares}}});
  if (results.size() > 1) views.push_back({{"name", "per million tokens"}, {"unit", "s"}, {"values", per_token}});
  page.chart("stack", "Where the step goes, a bar for each scenario",
             {{"across", true}, {"categories", std::move(names)}, {"series", std::move(parts)}, {"views", std::move(views)}},
             8 + 2.6 * static_cast<double>(results.size()));
}

void breakdown_shares(Page& page, const Result& r, const std::string& json) {
  std::vector<ShareRow> rows;
  for (const BreakdownPart& part : kBreakdownParts)
    if (const Seconds time = r.breakdown.*part.time; time > Seconds(0))
      rows.push_back({std::string(part.title), seconds_text(time), time / r.step_time, std::string(part.key),
                      json + "/breakdown_s/" + std::string(part.key)});
  page.shares(rows, "Where the step goes: mean over devices");
}

void memory_section(Page& page, const Result& r) {
  if (r.memory_by_stage.empty()) return;
  page.section("Memory by pipeline stage", r.memory_advice);
  std::vector<std::string> names;
  Json stages = Json::array(), series = Json::array(), values = Json::array();
  for (const StageMemory& stage : r.memory_by_stage) {
    stages.push_back(std::to_string(stages.size()));
    for (const MemoryTerm& term : stage.terms)
      if (std::find(names.begin(), names.end(), term.name) == names.end()) names.push_back(term.name);
  }
  for (const std::string& name : names) {
    series.push_back({{"name", name}, {"colour", fmt::format("c{}", series.size() % 8 + 1)}});
    Json of_stages = Json::array();
    for (const StageMemory& stage : r.memory_by_stage) {
      Bytes bytes;
      for (const MemoryTerm& term : stage.terms)
        if (term.name == name) bytes += term.bytes;
      of_stages.push_back(finite(gib(bytes)));
    }
    values.push_back(std::move(of_stages));
  }
  page.chart("stack", "Memory of a device by pipeline stage and term, beside the capacity",
             {{"across", false},
              {"axis", "stage"},
              {"categories", std::move(stages)},
              {"series", std::move(series)},
              {"limit", {{"name", "capacity"}, {"value", finite(gib(r.memory_capacity))}}},
              {"views", Json::array({{{"name", "GiB"}, {"unit", "GiB"}, {"values", std::move(values)}}})}},
             19);
  page.table_behind_chart(memory_table(r), "Memory of a device by pipeline stage, GiB");
}

void assumptions_section(Page& page, const std::vector<std::string>& assumed) {
  if (assumed.empty()) return;
  page.section("Assumed, because nobody said");
  page.list(assumed);
}

}  // namespace headway
