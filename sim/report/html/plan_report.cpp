#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "report/html/reports.h"
#include "report/html/step_sections.h"
#include "report/json_parts.h"
#include "report/plan_text.h"
#include "report/run_text.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostPoints = 3000;  // of a chart; the fastest and the front stay

// Nothing else is faster in as little memory. `tried`: fastest first.
std::vector<bool> front_of(const std::vector<const TriedPlan*>& tried) {
  std::vector<bool> front;
  for (Bytes least(1e300); const TriedPlan* plan : tried) {
    front.push_back(plan->memory < least);
    least = std::min(least, plan->memory);
  }
  return front;
}

std::string choices_of(const TriedPlan& tried) {
  return fmt::format("{}, microbatch {}, {}, sharding {}, recompute {}", layout_text(tried.layout), tried.microbatch,
                     name_of(tried.schedule), name_of(tried.sharding), recompute_text(tried.recompute));
}

void scatter(Page& page, const PlanSearch& search) {
  std::vector<const TriedPlan*> tried;
  for (const TriedPlan& plan : search.tried) tried.push_back(&plan);
  std::stable_sort(tried.begin(), tried.end(), [](const TriedPlan* a, const TriedPlan* b) {
    return std::pair(a->step_time, a->memory) < std::pair(b->step_time, b->memory);
  });
  const std::vector<bool> front = front_of(tried);
  const double tokens = search.best.front().result.tokens_per_s * search.best.front().result.step_time.value();
  Json points = Json::array(), of_front = Json::array();
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (points.size() + of_front.size() >= kMostPoints && !front[i]) continue;
    Json point = {finite(gib(tried[i]->memory)), finite(tokens / tried[i]->step_time.value()), choices_of(*tried[i])};
    (front[i] ? of_front : points).push_back(std::move(point));
  }
  page.section("Speed against memory",
               "Every layout that was simulated to the end; on the front, nothing else is as fast in less memory." +
                   (tried.size() > kMostPoints ? fmt::format(" The fastest {} of {} are drawn.", grouped(kMostPoints),
                                                             grouped(static_cast<double>(tried.size())))
                                               : std::string()));
  page.chart("layouts", "Tokens per second against peak memory of every layout simulated",
             {{"points", std::move(points)}, {"front", std::move(of_front)}, {"capacity", finite(gib(search.capacity))}}, 24);
}

}  // namespace

std::string plan_report(const std::string& scenario, const std::string& question, const PlanSearch& search) {
  Page page("plan", scenario);
  page.verdict(scenario + ": " + verdict_text(search), !search.best.empty(), question);
  if (!search.best.empty()) page.cards(step_cards(search.best.front().result, "/best/0"));
  page.facts({{"searched", space_text(search.count)}, {"written", search.written ? written_text(*search.written) : ""}});
  if (search.best.empty()) return page.html(plan_json(scenario, search));

  page.section(
      "The best",
      "tp, cp, pp, dp, ep, etp: tensor, context, pipeline, data, expert, expert_tensor; vs: virtual stages; mb: microbatch.");
  page.table(plan_table(search.best), "The best layouts, fastest first");
  scatter(page, search);
  page.section("Where their steps go");
  std::vector<Result> named;
  for (const FoundPlan& found : search.best) {
    named.push_back(found.result);
    named.back().scenario = fmt::format("{}: {}", named.size(), layout_text(found.plan.layout));
  }
  std::vector<const Result*> results;
  for (const Result& result : named) results.push_back(&result);
  breakdown_chart(page, results);
  breakdown_shares(page, named.front(), "/best/0");
  if (!search.under.empty()) {
    page.section("The best under a constraint");
    page.facts(constraints_of(search));
  }
  return page.html(plan_json(scenario, search));
}

}  // namespace headway
