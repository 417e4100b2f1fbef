// Pages of run and compare.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "report/collective_text.h"
#include "report/html/fabric_drawing.h"
#include "report/html/reports.h"
#include "report/html/step_sections.h"
#include "report/html/timeline_series.h"
#include "report/html/weeks_sections.h"
#include "report/json.h"
#include "report/run_text.h"
#include "report/weeks_text.h"

namespace headway {

namespace {

// Of either kind of answer.
template <class Of>
void timeline_section(Page& page, const Of& result, std::size_t most_slices) {
  if (result.timeline.tasks.empty()) return;
  const nlohmann::ordered_json series = timeline_series(result.timeline, result.labels, most_slices);
  const std::string note = series["note"].get<std::string>();
  page.section("Timeline",
               "Above what a rank computes, below the traffic beside it. Pinch, or hold Ctrl and turn the wheel, to zoom." +
                   (note.empty() ? "" : " Here " + note + "."));
  page.chart("timeline", "Timeline: what the ranks of every kind do when", series,
             5 + 2.4 * static_cast<double>(series["lanes"].size()));
  page.table_behind_chart(timeline_table(result.timeline, result.labels), "What the compute stream of every kind of rank does");
}

void network_section(Page& page, const std::vector<NetworkUse>& networks) {
  if (networks.empty()) return;
  page.section("The cluster and the load of its links",
               "Rates are line rates per direction; busy is the share of the time that a link carries "
               "traffic, at the rate it can reach.");
  page.drawing(fabric_drawing(networks));
  page.table_behind_chart(link_table(networks), "Links by kind");
}

void sections(Page& page, const TrainingAnswer& answer, const std::string& json, std::size_t most_slices) {
  const Result& r = answer.result;
  std::vector<Card> cards = step_cards(r, json);
  if (const auto& sure = answer.uncertainty)
    cards.front().note =
        fmt::format("{:.0f} % band {} to {}", 100 * kBandLevel, seconds_text(sure->low), seconds_text(sure->high));
  page.cards(cards);
  std::vector<Fact> facts = facts_of(answer);
  facts.front().text.clear();  // the question stands above the verdict
  page.facts(facts);
  page.section("Where the step goes", "Mean over all devices; what is exposed is waited for.");
  breakdown_chart(page, {&r});
  breakdown_shares(page, r, json);
  timeline_section(page, r, most_slices);
  memory_section(page, r);
  network_section(page, r.network_use);
  if (!r.collectives.empty()) {
    page.section("Collectives, as the library chooses them");
    page.table(collectives_table(r), "Collectives: per step, the calls of a device");
  }
  weeks_sections(page, answer, json);
  assumptions_section(page, r.assumed);
}

void sections(Page& page, const CollectiveAnswer& answer, const std::string& json, std::size_t most_slices) {
  const CollectiveResult& r = answer.result;
  const auto gb = [](Bandwidth rate) { return significant(rate.value() / 1e9) + " GB/s"; };
  page.cards({{"time", seconds_text(r.time), seconds_text(r.latency) + " before the first byte counts", json + "/time_s"},
              {"busbw", gb(r.busbw()), "as nccl-tests counts", json + "/busbw_gb_per_s"},
              {"algbw", gb(r.algbw()), "bytes over time", json + "/algbw_gb_per_s"},
              {"of its bound", percent_text(r.bound_share()), r.most_loaded_link, json + "/bound_share"}});
  std::vector<Fact> facts = facts_of(answer);
  facts.front().text.clear();
  page.facts(facts);
  timeline_section(page, r, most_slices);
  network_section(page, r.network_use);
  assumptions_section(page, answer.assumed);
}

const std::string& name_of_scenario(const Answer& answer) {
  return std::visit([](const auto& of_kind) -> const std::string& { return of_kind.result.scenario; }, answer);
}

bool fits(const TrainingAnswer& answer) { return answer.result.fits; }
bool fits(const CollectiveAnswer&) { return true; }

// Those of one kind side by side, best first, then what limits each.
template <class Of>
void comparison(Page& page, const std::vector<const Of*>& answers) {
  if (answers.empty()) return;
  const auto standings = standings_of(answers);
  page.section("Side by side, best first");
  page.table(comparison_table(answers), "The scenarios, best first");
  if constexpr (std::is_same_v<Of, TrainingAnswer>) {
    page.section("Where the steps go");
    std::vector<const Result*> ranked;
    for (const Standing& standing : standings) ranked.push_back(&answers[standing.run]->result);
    breakdown_chart(page, ranked);
    page.table_behind_chart(shares_table(answers), "Share of the step: compute, and what the rest waits for");
    std::vector<const TrainingAnswer*> ordered;
    for (const Standing& standing : standings) ordered.push_back(answers[standing.run]);
    if (const std::optional<Table> table = operations_table(ordered)) {
      page.section("Energy and cost");
      page.table(*table, "Weeks, energy and cost, in the same order");
      page.list(operations_notes(ordered));
    }
  }
  page.section("What limits each");
  for (const auto& standing : standings) {
    const Of& answer = *answers[standing.run];
    std::vector<Fact> facts = limits_of(answer, standing);
    facts.insert(facts.begin(), {"scenario", answer.result.scenario});
    page.facts(facts);
  }
}

void add_answer(Page& page, const Answer& answer, const std::string& json, std::size_t most_slices) {
  std::visit([&](const auto& of_kind) { sections(page, of_kind, json, most_slices); }, answer);
}

// `order`: of the answers in the JSON.
std::string report(const char* kind, std::span<const Answer> answers, const std::vector<std::size_t>& order,
                   const std::string& json) {
  const bool one = answers.size() == 1 && json.front() == '{';
  Page page(kind, answers.size() == 1 ? name_of_scenario(answers.front()) : fmt::format("{} scenarios", answers.size()));
  const auto training = answers_of<TrainingAnswer>(answers);
  const auto collectives = answers_of<CollectiveAnswer>(answers);
  const std::string question = std::visit([](const auto& of_kind) { return of_kind.question; }, answers.front());
  if (one) {
    const std::string verdict = std::visit([](const auto& a) { return verdict_text(a.result); }, answers.front());
    page.verdict(verdict, std::visit([](const auto& a) { return fits(a); }, answers.front()), question);
    add_answer(page, answers.front(), "", kSlicesOfPage);
    return page.html(json);
  }
  const std::string verdict = training.empty() ? verdict_text(collectives) : verdict_text(training);
  page.verdict(verdict, training.empty() || training[standings_of(training).front().run]->result.fits, question);
  comparison(page, training);
  comparison(page, collectives);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Answer& answer = answers[order[i]];
    page.open_fold(name_of_scenario(answer), std::visit([](const auto& a) { return verdict_text(a.result); }, answer));
    add_answer(page, answer, fmt::format("/{}", i), std::max<std::size_t>(kSlicesOfPage / order.size(), 300));
    page.close_fold();
  }
  return page.html(json);
}

}  // namespace

std::string run_report(std::span<const Answer> answers, bool stats) {
  std::vector<std::size_t> order(answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return report("run", answers, order, run_json(answers, stats));
}

std::string compare_report(std::span<const Answer> answers, bool stats) {
  std::vector<std::size_t> order;  // answers of one kind
  const auto rank = [&](const auto& of_kind) {
    if (!of_kind.empty())
      for (const auto& standing : standings_of(of_kind)) order.push_back(standing.run);
  };
  rank(answers_of<TrainingAnswer>(answers));
  rank(answers_of<CollectiveAnswer>(answers));
  return report("compare", answers, order, compare_json(answers, stats));
}

}  // namespace headway
