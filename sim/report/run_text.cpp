#include "report/run_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/collective_text.h"
#include "report/weeks_text.h"
#include "study/breakdown_parts.h"
#include "study/comparison.h"

namespace headway {

namespace {

constexpr std::size_t kBarWidth = 40;

std::string heading(std::string_view text, const TextStyle& style) { return "\n" + toned(text, Tone::heading, style) + "\n"; }

std::string memory_verdict(const Result& result) {
  const double peak = gib(peak_memory(result));
  const double capacity = gib(result.memory_capacity);
  return result.fits ? fmt::format("fits: {:.1f} of {:.1f} GiB", peak, capacity)
                     : fmt::format("does not fit: needs {:.1f} GiB of {:.1f}", peak, capacity);
}

std::string verdict(const Result& result, const TextStyle& style) {
  std::string lines = wrapped("", verdict_text(result));
  lines.pop_back();
  return toned(lines, result.fits ? Tone::good : Tone::bad, style) + "\n";
}

std::string speed(const TrainingAnswer& answer) {
  const Result& r = answer.result;
  std::string out;
  const auto line = [&](std::string_view name, const std::string& value, const std::string& note) {
    out += fmt::format("  {:<11}{:>14}{}{}\n", name, value, note.empty() ? "" : "   ", note);
  };
  const auto& sure = answer.uncertainty;
  line("step time", seconds_text(r.step_time),
       sure ? fmt::format("{:.0f} % band {} to {},", 100 * kBandLevel, seconds_text(sure->low), seconds_text(sure->high)) : "");
  if (sure) out += fmt::format("{:<30}from {} published runs {}\n", "", sure->runs, sure->comparable);
  line("tokens/s", grouped(r.tokens_per_s), fmt::format("{} per device", grouped(tokens_per_s_per_device(r))));
  line("MFU", percent_text(r.mfu),
       fmt::format("{} of {} TFLOPS per device (dense peak of the compute precision)", significant(r.model_tflops_per_device),
                   significant(r.mfu_peak_tflops)));
  line("HFU", percent_text(r.hfu), "recomputation counted as work");
  return out;
}

std::string breakdown(const Result& r) {
  std::string out;
  for (const BreakdownPart& part : kBreakdownParts) {
    const Seconds time = r.breakdown.*part.time;
    if (time.value() == 0) continue;
    const double share = r.step_time.value() > 0 ? time / r.step_time : 0;
    std::string line =
        fmt::format("  {:<26}{:>10}{:>9}  {}", part.title, seconds_text(time), percent_text(share), bar(share, kBarWidth));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

bool same_terms(const StageMemory& a, const StageMemory& b) {
  return std::equal(a.terms.begin(), a.terms.end(), b.terms.begin(), b.terms.end(),
                    [](const MemoryTerm& x, const MemoryTerm& y) { return x.name == y.name && x.bytes == y.bytes; });
}

// "scale_up 12.1 %, scale_out 3.0 %": the share of the step that the traffic of each network's links costs.
std::string link_shares(const Result& r) {
  std::string text;
  for (const NetworkTime& network : r.networks)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", network.network, percent_text(network.exposed / r.step_time));
  return text;
}

std::string memory(const Result& r, const TextStyle& style) {
  if (r.memory_by_stage.empty()) return "";
  const Table rows = memory_table(r);
  std::vector<std::string> above, below;  // "optimizer states" stands on two lines
  for (const std::string& name : rows.rows().front()) {
    const auto space = name.find(' ');
    above.push_back(space == std::string::npos ? "" : name.substr(0, space));
    below.push_back(space == std::string::npos ? name : name.substr(space + 1));
  }
  Table table(std::move(above), rows.right());
  table.row(std::move(below));
  for (const std::vector<std::string>& row : std::span(rows.rows()).subspan(1)) table.row(row);
  return heading(fmt::format("Memory per device by pipeline stage, GiB: {}", memory_verdict(r)), style) + table.text();
}

std::string collectives(const Result& r, const TextStyle& style) {
  if (r.collectives.empty()) return "";
  return heading("Collectives, as the library chooses them (per step: calls of a device)", style) + collectives_table(r).text();
}

std::string statistics(const Result& r, const TextStyle& style) {
  std::string out = statistics_text(r.stats, r.ranks, r.rank_classes, style);
  if (const auto products = r.stats.gemm_table_hits + r.stats.gemm_table_misses; products > 0)
    out += fmt::format("  {} of {} matrix products found in the device's measured table, the rest by formula\n",
                       r.stats.gemm_table_hits, products);
  return out;
}

std::vector<const Result*> results_of(std::span<const TrainingAnswer* const> answers) {
  std::vector<const Result*> results;
  for (const TrainingAnswer* answer : answers) results.push_back(&answer->result);
  return results;
}

// Who wins, who is as good, by how much the rest lose, and why the last does.
std::string comparison_verdict(const std::vector<Standing>& standings, const std::vector<const Result*>& results) {
  const Result& winner = *results[standings.front().run];
  std::string text = fmt::format("{} {}: {} tokens/s", winner.scenario, standings.size() > 1 ? "is best" : "stands alone",
                                 grouped(winner.tokens_per_s));
  if (!winner.fits) text += "; but no plan fits in memory";
  std::string alike, behind;
  for (const Standing& standing : std::span(standings).subspan(1)) {
    const Result& r = *results[standing.run];
    std::string& list = standing.alike ? alike : behind;
    list += list.empty() ? "" : ", ";
    list += standing.alike ? r.scenario
                           : fmt::format("{:.2f}x {}{}", 1 / standing.share_of_best, r.scenario, r.fits ? "" : " (does not fit)");
  }
  if (!alike.empty()) text += "; within 0.5 % of it: " + alike;
  if (!behind.empty()) text += ". Against the rest: " + behind;
  return text + (behind.empty() ? "" : fmt::format(". Why the last is behind: {}", standings.back().why));
}

// "1.58x the matrix units, or 3.1x the bandwidth of scale_up"
std::string needs_text(const std::vector<Need>& needs) {
  std::string text;
  for (const Need& need : needs)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", or ",
                        need.is_delay ? fmt::format("1/{}", significant(need.factor, 3)) : significant(need.factor, 3) + "x",
                        "the " + need.title);
  return text.empty() ? "no single resource suffices, however fast" : text;
}

}  // namespace

std::string verdict_text(const Result& r) {
  const std::string speed =
      fmt::format("{} per step, {} tokens/s, MFU {}", seconds_text(r.step_time), grouped(r.tokens_per_s), percent_text(r.mfu));
  return r.fits ? fmt::format("{}: {}; {}", r.scenario, speed, memory_verdict(r))
                : fmt::format("{}: {}. With more memory: {}", r.scenario, memory_verdict(r), speed);
}

std::vector<Fact> facts_of(const TrainingAnswer& answer) {
  const Result& r = answer.result;
  std::vector<Fact> facts = {{"question", answer.question}, {"limited by", r.bottleneck}};
  if (answer.job)
    facts.push_back(
        {"shares", fmt::format("the cluster with the other jobs of {}, which cost it {:.1f} %: alone a step takes {}",
                               answer.job->scenario, 100 * answer.job->cost_of_others, seconds_text(answer.job->alone))});
  facts.push_back({"to fit", r.memory_advice});
  facts.push_back({"model", fmt::format("{}, {}, {}", r.model_title, r.recipe_name, r.software_name)});
  facts.push_back({"cluster", fmt::format("{}: {} x {}{}", r.cluster_title, grouped(r.devices), r.device_title,
                                          r.packages != r.devices ? fmt::format(" ({} packages)", grouped(r.packages)) : "")});
  for (const std::string& restriction : answer.restrictions) facts.push_back({"restricted", restriction});
  facts.push_back({"layout", layout_text(r.layout)});
  facts.push_back(
      {"batch", fmt::format("{} sequences of {} tokens, microbatches of {}: {} per step and data rank",
                            grouped(answer.global_batch), grouped(answer.sequence), answer.microbatch, r.microbatches)});
  facts.push_back({"choices", fmt::format("schedule {}, sharding {}, recompute {}", name_of(answer.schedule),
                                          name_of(answer.sharding), recompute_text(answer.recompute))});
  return facts;
}

Table memory_table(const Result& r) {
  std::vector<std::string> names;
  for (const StageMemory& stage : r.memory_by_stage)
    for (const MemoryTerm& term : stage.terms)
      if (std::find(names.begin(), names.end(), term.name) == names.end()) names.push_back(term.name);

  std::vector<std::string> header = {"stage", "total"};
  header.insert(header.end(), names.begin(), names.end());
  Table table(header, std::vector<bool>(header.size(), true));
  for (std::size_t first = 0; first < r.memory_by_stage.size();) {
    const StageMemory& stage = r.memory_by_stage[first];
    std::size_t last = first;
    while (last + 1 < r.memory_by_stage.size() && same_terms(stage, r.memory_by_stage[last + 1])) ++last;
    std::vector<std::string> cells = {first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last),
                                      fmt::format("{:.1f}{}", gib(stage.total()), stage.total() > r.memory_capacity ? "!" : " ")};
    for (const std::string& name : names) {
      Bytes bytes;
      for (const MemoryTerm& term : stage.terms)
        if (term.name == name) bytes += term.bytes;
      cells.push_back(fmt::format("{:.1f}", gib(bytes)));
    }
    table.row(std::move(cells));
    first = last + 1;
  }
  return table;
}

Table collectives_table(const Result& r) {
  Table table({"collective", "algorithm", "members", "size", "alone", "per step"}, {false, false, true, true, true, true});
  for (const CollectiveUse& use : r.collectives)
    table.row({use.name, use.algorithm, grouped(use.members), bytes_text(use.bytes), seconds_text(use.alone),
               use.calls_per_rank >= 100 ? grouped(use.calls_per_rank) : significant(use.calls_per_rank, 3)});
  return table;
}

Bytes peak_memory(const Result& result) {
  Bytes peak;
  for (const StageMemory& stage : result.memory_by_stage) peak = std::max(peak, stage.total());
  return peak;
}

std::string layout_text(const Layout& layout) {
  std::string text = fmt::format("tensor {}{}", layout.tensor, layout.sequence ? " (with sequence)" : "");
  text += fmt::format(" x pipeline {}", layout.pipeline);
  if (layout.virtual_stages > 1) text += fmt::format(" ({} virtual stages)", layout.virtual_stages);
  if (layout.context > 1) text += fmt::format(" x context {}", layout.context);
  text += fmt::format(" x data {}", layout.data);
  if (layout.shard > 0) text += fmt::format(" (sharded by {})", layout.shard);
  if (layout.expert > 1) text += fmt::format(", expert {}", layout.expert);
  if (layout.expert > 1 && layout.expert_tensor > 1) text += fmt::format(" x expert tensor {}", layout.expert_tensor);
  return text;
}

std::string recompute_text(const Recompute& recompute) {
  std::string text;
  for (const RecomputeModule module : recompute.modules) text += (text.empty() ? "" : " + ") + std::string(name_of(module));
  return text.empty() ? "none" : text;
}

std::string assumptions_text(const std::vector<std::string>& assumed, const TextStyle& style) {
  if (assumed.empty()) return "";
  std::string out = heading("Assumed, because nobody said", style);
  for (const std::string& what : assumed) out += wrapped("  - ", what);
  return out;
}

// "forward 1.13 s, forward beside backward 13.9 s ...", of schedules that split passes or run two at once: there the breakdown does
// not tell what the schedule is worth.
std::string pass_times(const PassTimes& passes) {
  std::string text;
  if (passes.together == Seconds(0) && passes.weight_gradient == Seconds(0)) return text;
  for (const PassPart& part : kPassParts)
    if (passes.*part.time > Seconds(0))
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", part.title, seconds_text(passes.*part.time));
  return text;
}

std::string limits_text(const std::string& scenario, const std::vector<Fact>& limits) {
  std::string out = wrapped("  ", scenario + ": " + limits.front().text);
  for (const Fact& fact : std::span(limits).subspan(1))
    if (!fact.text.empty()) out += wrapped("    ", fact.name.empty() ? fact.text : fact.name + ": " + fact.text);
  return out;
}

std::string statistics_text(const Stats& stats, std::uint64_t ranks, std::uint64_t classes, const TextStyle& style) {
  std::string out = heading("Statistics of this program", style);
  out += fmt::format("  {:.3f} s wall, {:.3f} s CPU, {:.0f} MiB peak memory\n", stats.wall_s, stats.cpu_s, stats.peak_rss_mib);
  for (const auto& [phase, cpu_s] : stats.cpu_by_phase_s) out += fmt::format("    {:<20} {:.3f} s CPU\n", phase, cpu_s);
  return out + fmt::format("  {} ranks in {} classes, {} events ({} of them replayed), {} rate solutions\n", ranks, classes,
                           stats.events, stats.replayed, stats.solves);
}

std::string run_text(const Answer& answer, const TextStyle& style) {
  return std::visit([&](const auto& of_kind) { return run_text(of_kind, style); }, answer);
}

std::string run_text(const TrainingAnswer& answer, const TextStyle& style) {
  const Result& r = answer.result;
  std::string out = verdict(r, style) + "\n" + facts_text(facts_of(answer)) + "\n" + speed(answer);
  out += heading("Where the step goes (mean over devices)", style) + breakdown(r);
  if (const std::string shares = link_shares(r); !shares.empty()) out += wrapped("  waiting for links: ", shares);
  if (const std::string passes = pass_times(r.passes); !passes.empty()) out += wrapped("  inside passes: ", passes);
  out += memory(r, style) + collectives(r, style);
  out += weeks_text(answer, style) + bill_text(answer, style) + assumptions_text(r.assumed, style);
  if (style.stats) out += statistics(r, style);
  return out;
}

std::string compare_text(std::span<const Answer> answers, const TextStyle& style) {
  std::string out;
  if (const auto training = answers_of<TrainingAnswer>(answers); !training.empty()) out = compare_text(training, style);
  if (const auto collectives = answers_of<CollectiveAnswer>(answers); !collectives.empty())
    out += (out.empty() ? "" : "\n\n") + compare_text(collectives, style);
  return out;
}

std::vector<Standing> standings_of(std::span<const TrainingAnswer* const> answers) { return compare(results_of(answers)); }

std::string verdict_text(std::span<const TrainingAnswer* const> answers) {
  return comparison_verdict(standings_of(answers), results_of(answers));
}

Table comparison_table(std::span<const TrainingAnswer* const> answers) {
  const std::vector<Standing> standings = standings_of(answers);
  const Result& winner = answers[standings.front().run]->result;
  // Where devices differ, what export rules count stands beside what is delivered.
  const bool one_device = std::all_of(answers.begin(), answers.end(), [&](const TrainingAnswer* answer) {
    return answer->result.device_title == winner.device_title;
  });
  Table table({"scenario", "tokens/s", one_device ? "of best" : "TPP", "per card", "step", "MFU", "devices", "memory GiB"},
              {false, true, true, true, true, true, true, true});
  for (const Standing& standing : standings) {
    const Result& r = answers[standing.run]->result;
    const std::optional<double>& tpp = answers[standing.run]->tpp;
    table.row({r.scenario, grouped(r.tokens_per_s),
               one_device ? fmt::format("{:.2f}", standing.share_of_best) : (tpp ? grouped(*tpp) : "?"),
               grouped(r.tokens_per_s / r.packages), seconds_text(r.step_time), percent_text(r.mfu), grouped(r.devices),
               fmt::format("{:.1f}/{:.1f}{}", gib(peak_memory(r)), gib(r.memory_capacity), r.fits ? "" : "!")});
  }
  return table;
}

// Every part of the step as a share of it, side by side; parts nobody has are left out.
Table shares_table(std::span<const TrainingAnswer* const> answers) {
  const std::vector<const Result*> results = results_of(answers);
  std::vector<const BreakdownPart*> parts;
  for (const BreakdownPart& part : kBreakdownParts)
    if (std::any_of(results.begin(), results.end(), [&](const Result* r) { return r->breakdown.*part.time > Seconds(0); }))
      parts.push_back(&part);
  std::vector<std::string> header = {"scenario"};
  for (const BreakdownPart* part : parts)
    header.emplace_back(part->key.starts_with("exposed_") ? part->key.substr(8) : part->key);
  std::vector<bool> right(header.size(), true);
  right.front() = false;
  Table table(header, right);
  for (const Standing& standing : standings_of(answers)) {
    const Result& r = *results[standing.run];
    std::vector<std::string> cells = {r.scenario};
    for (const BreakdownPart* part : parts) cells.push_back(percent_text(r.breakdown.*(part->time) / r.step_time));
    table.row(std::move(cells));
  }
  return table;
}

std::vector<Fact> limits_of(const TrainingAnswer& answer, const Standing& standing) {
  const Result& r = answer.result;
  std::vector<Fact> facts = {{"limited by", r.bottleneck}, {"time on links", link_shares(r)}};
  if (!standing.why.empty()) facts.push_back({standing.alike ? "" : "behind because", standing.why});
  if (answer.needs && !standing.alike && standing.share_of_best < 1)
    facts.push_back({"to match the best", needs_text(*answer.needs)});
  if (!r.fits) facts.push_back({"", memory_verdict(r)});
  return facts;
}

std::string compare_text(std::span<const TrainingAnswer* const> answers, const TextStyle& style) {
  const std::vector<Standing> standings = standings_of(answers);
  const bool good = answers[standings.front().run]->result.fits;
  std::string out = toned(wrapped("", verdict_text(answers)), good ? Tone::good : Tone::bad, style) + "\n";
  out += comparison_table(answers).text();

  out += heading("Share of the step: compute, what the rest waits for (traffic by the parallelism it serves)", style) +
         shares_table(answers).text();

  std::vector<const TrainingAnswer*> ranked;
  for (const Standing& standing : standings) ranked.push_back(answers[standing.run]);
  out += operations_text(ranked, style);

  out += heading("What limits each", style);
  for (const Standing& standing : standings) {
    const TrainingAnswer& answer = *answers[standing.run];
    out += limits_text(answer.result.scenario, limits_of(answer, standing));
  }
  return out;
}

}  // namespace headway
