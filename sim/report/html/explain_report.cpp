#include <fmt/format.h>

#include <algorithm>

#include "report/explain_text.h"
#include "report/html/reports.h"
#include "report/html/step_sections.h"
#include "report/json_parts.h"
#include "report/run_text.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

void worth_section(Page& page, const Explanation& explanation) {
  page.section("What every resource is worth",
               "Change of tokens/s with the resource 10 % faster and 10 % slower; a delay is faster when it is shorter. If it "
               "were free is the "
               "most that any investment in it alone can bring.");
  Json names = Json::array(), more = Json::array(), less = Json::array(), free = Json::array();
  for (const ResourceWorth& worth : explanation.resources) {
    names.push_back(worth.title);
    more.push_back(finite(worth.with_more - 1));
    less.push_back(finite(worth.with_less - 1));
    free.push_back(finite(worth.when_free));
  }
  page.chart("worth", "Change of tokens/s with every resource 10 % faster and slower",
             {{"resources", names}, {"faster", std::move(more)}, {"slower", std::move(less)}},
             6 + 2.4 * static_cast<double>(explanation.resources.size()));
  page.chart("free", "How many times as fast the step were if a resource were free",
             {{"resources", std::move(names)}, {"free", std::move(free)}},
             5 + 1.8 * static_cast<double>(explanation.resources.size()));
  page.table_behind_chart(worth_table(explanation), "What every resource is worth: of tokens/s, and elasticity on both sides");
}

void path_section(Page& page, const Result& r, const std::string& json) {
  page.section("Critical path", "What the step waited for, one thing at a time, from its end to its start.");
  std::vector<ShareRow> rows;
  for (std::size_t i = 0; i < r.critical_path.size(); ++i)
    if (const PathPart& part = r.critical_path[i]; part.time / r.step_time >= 0.0005)
      rows.push_back({part.cause, seconds_text(part.time), part.time / r.step_time, "accent",
                      fmt::format("{}/critical_path/{}/time_s", json, i)});
  page.shares(rows, "Critical path by cause");
}

void sections(Page& page, const Explanation& explanation, const std::string& json) {
  const Result& r = explanation.result;
  page.cards(step_cards(r, json));
  page.facts({{"model", fmt::format("{}, {}, {}", r.model_title, r.recipe_name, r.software_name)},
              {"cluster", fmt::format("{}: {} x {}", r.cluster_title, grouped(r.devices), r.device_title)},
              {"layout", layout_text(r.layout)},
              {"limited by", r.bottleneck}});
  worth_section(page, explanation);
  path_section(page, r, json);
  page.section("Where the step goes", "Mean over all devices; what is exposed is waited for.");
  breakdown_chart(page, {&r});
  breakdown_shares(page, r, json);
  memory_section(page, r);
  assumptions_section(page, r.assumed);
}

}  // namespace

std::string explain_report(std::span<const Explanation> explanations) {
  const auto verdict = [](const Explanation& e) { return e.result.scenario + ": " + e.verdict; };
  if (explanations.size() == 1) {
    const Explanation& only = explanations.front();
    Page page("explain", only.result.scenario);
    page.verdict(verdict(only), only.result.fits);
    sections(page, only, "");
    return page.html(explain_json(explanations));
  }
  Page page("explain", fmt::format("{} scenarios", explanations.size()));
  page.verdict(fmt::format("{} scenarios explained, one by one", explanations.size()), true);
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    page.open_fold(explanations[i].result.scenario, explanations[i].verdict);
    sections(page, explanations[i], fmt::format("/{}", i));
    page.close_fold();
  }
  return page.html(explain_json(explanations));
}

}  // namespace headway
