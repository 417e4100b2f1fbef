#include "report/html/weeks_sections.h"

#include <fmt/format.h>

#include "report/weeks_text.h"

namespace headway {

namespace {

void weeks_section(Page& page, const Weeks& w, const std::string& json) {
  const Goodput& g = w.goodput;
  page.section("The weeks", verdict_text(w));
  page.cards({{"effective training time", percent_text(g.effective.mean),
               fmt::format("80 % of runs {} to {}", percent_text(g.effective.low), percent_text(g.effective.high)),
               json + "/effective/mean"},
              {"days", significant(w.days(), 3), fmt::format("mean of {} simulated runs", grouped(g.runs)), json + "/days/mean"},
              {"interruptions", significant(g.failures.mean, 3),
               fmt::format("80 % of runs {:.0f} to {:.0f}", g.failures.low, g.failures.high), json + "/failures/mean"}});
  page.facts(facts_of(w));
  std::vector<ShareRow> rows;
  for (const auto& [name, time, key] : time_shares(w))
    rows.push_back({name, significant(time.value() / 86400, 3) + " d", time.value() / g.elapsed.mean,
                    name == "training" ? "compute" : "exposed_data", json + key});
  page.shares(rows, "Where the weeks go: days of the mean run");
  if (!w.sources.empty()) page.table(sources_table(w), "Interruptions by source: " + interruptions_text(w));
  if (!w.next.empty()) page.table(improvements_table(w), "What to improve next: one change each, on the same failures");
}

}  // namespace

void weeks_sections(Page& page, const TrainingAnswer& answer, const std::string& json) {
  if (answer.weeks) weeks_section(page, *answer.weeks, json + "/weeks");
  if (!answer.power) return;
  page.section(answer.bill ? "Power and cost" : "Power");
  page.facts(power_facts(answer));
  if (!answer.bill) return;
  if (const Table costs = cost_table(*answer.bill); costs.rows().size() > 1)
    page.table(costs, "Cost in " + answer.bill->prices.currency);
  page.facts(price_facts(*answer.bill));
}

}  // namespace headway
