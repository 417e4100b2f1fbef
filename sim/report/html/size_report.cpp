#include "report/size_text.h"

#include <fmt/format.h>

#include "report/html/reports.h"
#include "report/html/step_sections.h"
#include "report/json_parts.h"
#include "report/plan_text.h"

namespace headway {

std::string size_report(const std::string& scenario, const std::string& question, const Sizing& sizing, const SizingGoal& goal,
                        const std::string& currency) {
  using Json = nlohmann::ordered_json;
  Page page("size", scenario);
  page.verdict(scenario + ": " + verdict_text(sizing, goal), sizing.goal.has_value(), question);
  std::vector<Card> cards;
  if (sizing.goal) {
    const SizePoint& point = sizing.curve[*sizing.goal];
    const Result& r = point.plan->result;
    cards = {{"devices", grouped(point.devices), "the fewest that meet the deadline", "/devices"},
             {"days", significant(point.days), fmt::format("of {}", significant(goal.days)), "/days"},
             {"tokens/s", grouped(r.tokens_per_s), grouped(point.per_device) + " per device",
              fmt::format("/curve/{}/tokens_per_s", *sizing.goal)},
             {"MFU", percent_text(r.mfu), "", fmt::format("/curve/{}/mfu", *sizing.goal)}};
  }
  if (sizing.pays_until)
    cards.push_back({"pays until", grouped(sizing.curve[*sizing.pays_until].devices),
                     "devices: beyond, another brings less than half", "/pays_until_devices"});
  if (!cards.empty()) page.cards(cards);
  if (sizing.goal) page.facts({{"layout", choices_text(sizing.curve[*sizing.goal].plan->plan)}});

  Json points = Json::array();
  for (const SizePoint& point : sizing.curve)
    if (point.plan)
      points.push_back({{"devices", point.devices},
                        {"days", finite(point.days)},
                        {"tokens_per_s", finite(point.plan->result.tokens_per_s)},
                        {"per_added", finite(point.per_added)},
                        {"layout", choices_text(point.plan->plan)}});
  page.section("Time against devices", "Each point is the best layout found for so many devices.");
  if (!points.empty())
    page.chart("curve", "Days of training and tokens per second against the number of devices",
               {{"points", std::move(points)},
                {"within_days", finite(goal.days)},
                {"goal", sizing.goal ? Json(sizing.curve[*sizing.goal].devices) : Json(nullptr)},
                {"pays_until", sizing.pays_until ? Json(sizing.curve[*sizing.pays_until].devices) : Json(nullptr)}},
               24);
  page.table(size_table(sizing), "*: meets the deadline; per added: what each device beyond the row above brings");
  if (const std::optional<Table> table = delivered_table(sizing, currency)) {
    page.section("The whole run on each fleet", "Interruptions included; *: meets the deadline.");
    page.table(*table, "Time, money and energy of the whole run");
    page.facts(rankings(sizing, currency));
  }
  return page.html(size_json(scenario, sizing, goal, currency));
}

}  // namespace headway
