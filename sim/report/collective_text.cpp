#include "report/collective_text.h"

#include <fmt/format.h>

#include "report/run_text.h"

namespace headway {

namespace {

std::string gb_text(Bandwidth rate) { return significant(rate.value() / 1e9) + " GB/s"; }

std::string choice_text(const CollectiveResult& r) {
  return fmt::format("{}, {} protocol", name_of(r.choice.algorithm), name_of(r.choice.protocol));
}

std::string chosen_by(const ForcedChoice& forced) {
  if (forced.algorithm && forced.protocol) return "as the scenario says";
  if (forced.algorithm) return "the algorithm as the scenario says, the protocol as the library chooses it";
  if (forced.protocol) return "the algorithm as the library chooses it, the protocol as the scenario says";
  return "as the library chooses it";
}

std::string limit_text(const CollectiveResult& r) {
  if (r.latency > 0.5 * r.time) return fmt::format("latency: {} of the time", percent_text(r.latency / r.time));
  return fmt::format("bandwidth: {} carries most, and allows {} at best", r.most_loaded_link, seconds_text(r.bound));
}

std::string speed(const CollectiveResult& r) {
  std::string out;
  const auto line = [&](std::string_view name, const std::string& value, const std::string& note) {
    out += fmt::format("  {:<11}{:>14}   {}\n", name, value, note);
  };
  line("time", seconds_text(r.time), fmt::format("{} of it before the first byte counts", seconds_text(r.latency)));
  line("algbw", gb_text(r.algbw()), "bytes over time");
  line("busbw", gb_text(r.busbw()),
       fmt::format("algbw x {}, as nccl-tests counts", significant(bus_factor(r.what.kind, r.what.devices))));
  line("bound", percent_text(r.bound_share()), fmt::format("reached, of what {} can carry", r.most_loaded_link));
  return out;
}

std::string comparison_verdict(const std::vector<CollectiveStanding>& standings,
                               std::span<const CollectiveAnswer* const> answers) {
  const CollectiveResult& winner = answers[standings.front().run]->result;
  std::string text =
      fmt::format("{} {}: {}", winner.scenario, standings.size() > 1 ? "is fastest" : "stands alone", seconds_text(winner.time));
  std::string alike, behind;
  for (const CollectiveStanding& standing : std::span(standings).subspan(1)) {
    const std::string& name = answers[standing.run]->result.scenario;
    std::string& list = standing.alike ? alike : behind;
    list += (list.empty() ? "" : ", ") + (standing.alike ? name : fmt::format("{:.2f}x {}", 1 / standing.share_of_best, name));
  }
  if (!alike.empty()) text += "; within 0.5 % of it: " + alike;
  return behind.empty() ? text : text + ". Against the rest: " + behind;
}

}  // namespace

std::string collective_text(const BareCollective& what) {
  return fmt::format("{} of {} over {} devices", name_of(what.kind), bytes_text(what.bytes), grouped(what.devices));
}

std::string verdict_text(const CollectiveResult& r) {
  return fmt::format("{}: {}: {}, busbw {}", r.scenario, collective_text(r.what), seconds_text(r.time), gb_text(r.busbw()));
}

std::vector<Fact> facts_of(const CollectiveAnswer& answer) {
  const CollectiveResult& r = answer.result;
  std::vector<Fact> facts = {{"question", answer.question},
                             {"limited by", limit_text(r)},
                             {"algorithm", fmt::format("{}, {}", choice_text(r), chosen_by(r.what.forced))}};
  const std::string part =
      r.what.devices < r.cluster_devices ? fmt::format(", the first {} take part", grouped(r.what.devices)) : "";
  facts.push_back({"cluster", fmt::format("{}: {} x {}{}", r.cluster_title, grouped(r.cluster_devices), r.device_title, part)});
  for (const std::string& restriction : answer.restrictions) facts.push_back({"restricted", restriction});
  return facts;
}

std::string run_text(const CollectiveAnswer& answer, const TextStyle& style) {
  const CollectiveResult& r = answer.result;
  std::string verdict = wrapped("", verdict_text(r));
  verdict.pop_back();
  std::string out = toned(verdict, Tone::good, style) + "\n\n" + facts_text(facts_of(answer)) + "\n" + speed(r);
  out += assumptions_text(answer.assumed, style);
  if (style.stats) out += statistics_text(r.stats, r.ranks, r.rank_classes, style);
  return out;
}

std::vector<CollectiveStanding> standings_of(std::span<const CollectiveAnswer* const> answers) {
  std::vector<const CollectiveResult*> results;
  for (const CollectiveAnswer* answer : answers) results.push_back(&answer->result);
  return compare(results);
}

std::string verdict_text(std::span<const CollectiveAnswer* const> answers) {
  return comparison_verdict(standings_of(answers), answers);
}

Table comparison_table(std::span<const CollectiveAnswer* const> answers) {
  Table table({"scenario", "collective", "size", "devices", "time", "of best", "algbw", "busbw", "algorithm"},
              {false, false, true, true, true, true, true, true, false});
  for (const CollectiveStanding& standing : standings_of(answers)) {
    const CollectiveResult& r = answers[standing.run]->result;
    table.row({r.scenario, std::string(name_of(r.what.kind)), bytes_text(r.what.bytes), grouped(r.what.devices),
               seconds_text(r.time), fmt::format("{:.2f}", standing.share_of_best), gb_text(r.algbw()), gb_text(r.busbw()),
               std::string(name_of(r.choice.algorithm))});
  }
  return table;
}

std::vector<Fact> limits_of(const CollectiveAnswer& answer, const CollectiveStanding& standing) {
  return {{"limited by", limit_text(answer.result)}, {standing.alike ? "" : "behind because", standing.why}};
}

std::string compare_text(std::span<const CollectiveAnswer* const> answers, const TextStyle& style) {
  std::string out = toned(wrapped("", verdict_text(answers)), Tone::good, style) + "\n" + comparison_table(answers).text() +
                    "\n" + toned("What limits each", Tone::heading, style) + "\n";
  for (const CollectiveStanding& standing : standings_of(answers)) {
    const CollectiveAnswer& answer = *answers[standing.run];
    out += limits_text(answer.result.scenario, limits_of(answer, standing));
  }
  return out;
}

}  // namespace headway
