#include "report/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report/json_parts.h"
#include "report/run_text.h"
#include "study/comparison.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

std::string count(std::size_t number) { return grouped(static_cast<double>(number)); }

std::vector<Standing> standings(const std::vector<FoundPlan>& found) {
  std::vector<const Result*> results;
  for (const FoundPlan& plan : found) results.push_back(&plan.result);
  return compare(results);
}

std::string recompute_word(const TrainingPlan& plan) { return recompute_text(plan.recompute); }

Json found_json(const FoundPlan& found) {
  const Result& r = found.result;
  return {{"step_time_s", finite(r.step_time.value())},
          {"bound_s", finite(found.bound.value())},
          {"tokens_per_s", finite(r.tokens_per_s)},
          {"mfu", finite(r.mfu)},
          {"layout", layout_json(r.layout, r.microbatches)},
          {"microbatch", found.plan.microbatch},
          {"schedule", std::string(name_of(found.plan.schedule))},
          {"sharding", std::string(name_of(found.plan.sharding))},
          {"recompute", recompute_word(found.plan)},
          {"breakdown_s", breakdown_json(r.breakdown)},
          {"memory_gib", {{"peak", finite(gib(peak_memory(r)))}, {"capacity", finite(gib(r.memory_capacity))}}},
          {"fits", r.fits}};
}

}  // namespace

std::string choices_text(const TrainingPlan& plan) {
  return fmt::format("{}, microbatch {}, {}, sharding {}, recompute {}", layout_text(plan.layout), plan.microbatch,
                     name_of(plan.schedule), name_of(plan.sharding), recompute_word(plan));
}

std::string space_text(const PlanSearchCount& c) {
  return fmt::format("{} layouts; {} do not fit in memory, {} are slower for certain ({} pruned), {} simulated{}",
                     count(c.layouts), count(c.too_large), count(c.slower), percent_text(c.pruned()), count(c.simulated),
                     c.given_up > 0 ? ", " + count(c.given_up) + " of them until they were slower" : "");
}

std::string verdict_text(const PlanSearch& search) {
  if (search.best.empty())
    return fmt::format("nothing fits: the smallest layout needs {:.1f} GiB of {:.1f}: {}", gib(search.least_memory),
                       gib(search.capacity), choices_text(search.smallest));
  const Result& best = search.best.front().result;
  std::string text = fmt::format("{}: {} per step, {} tokens/s, MFU {}, {:.1f} of {:.1f} GiB",
                                 choices_text(search.best.front().plan), seconds_text(best.step_time), grouped(best.tokens_per_s),
                                 percent_text(best.mfu), gib(peak_memory(best)), gib(best.memory_capacity));
  if (search.written && search.written->result.fits)
    text += fmt::format("; {:.2f}x the layout as written", best.tokens_per_s / search.written->result.tokens_per_s);
  return text;
}

Table plan_table(const std::vector<FoundPlan>& found) {
  struct Degree {
    const char* name;
    int Layout::*of;
  };
  std::vector<Degree> degrees = {{"tp", &Layout::tensor},         {"cp", &Layout::context}, {"pp", &Layout::pipeline},
                                 {"vs", &Layout::virtual_stages}, {"dp", &Layout::data},    {"ep", &Layout::expert},
                                 {"etp", &Layout::expert_tensor}};
  std::erase_if(degrees, [&](const Degree& degree) {  // what none of them uses
    return std::all_of(found.begin(), found.end(), [&](const FoundPlan& plan) { return plan.plan.layout.*degree.of == 1; });
  });
  std::vector<std::string> header = {"", "step", "tokens/s", "MFU", "GiB"};
  for (const Degree& degree : degrees) header.emplace_back(degree.name);
  std::vector<bool> right(header.size() + 4, true);
  header.insert(header.end(), {"mb", "schedule", "sharding", "recompute"});
  right.front() = false;
  std::fill(right.end() - 3, right.end(), false);
  Table table(std::move(header), std::move(right));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const TrainingPlan& plan = found[i].plan;
    const Result& r = found[i].result;
    std::vector<std::string> cells = {std::to_string(i + 1), seconds_text(r.step_time), grouped(r.tokens_per_s),
                                      percent_text(r.mfu), fmt::format("{:.0f}", gib(peak_memory(r)))};
    for (const Degree& degree : degrees) cells.push_back(std::to_string(plan.layout.*degree.of));
    cells.insert(cells.end(), {std::to_string(plan.microbatch), std::string(name_of(plan.schedule)),
                               std::string(name_of(plan.sharding)), recompute_word(plan)});
    table.row(std::move(cells));
  }
  return table;
}

std::string written_text(const WrittenPlan& written) {
  const double share =
      written.fitting > 0 ? static_cast<double>(written.at_most_before) / static_cast<double>(written.fitting) : 0;
  return fmt::format("{} per step{}; at most {} of the {} layouts that fit are faster ({})",
                     seconds_text(written.result.step_time), written.result.fits ? "" : ", does not fit in memory",
                     count(written.at_most_before), count(written.fitting), percent_text(share));
}

std::vector<Fact> constraints_of(const PlanSearch& search) {
  std::vector<Fact> facts;
  for (const BestUnder& under : search.under) {
    if (!under.found) {
      facts.push_back({under.constraint, "nothing fits"});
      continue;
    }
    const double share = under.found->result.tokens_per_s / search.best.front().result.tokens_per_s;
    const bool is_best = share >= 1 && choices_text(under.found->plan) == choices_text(search.best.front().plan);
    facts.push_back({under.constraint, is_best ? "the best is one"
                                               : fmt::format("{:.3f} of the best: {}", share, choices_text(under.found->plan))});
  }
  return facts;
}

std::string plan_text(const std::string& scenario, const PlanSearch& search, const TextStyle& style) {
  const bool fits = !search.best.empty();
  std::string out = toned(wrapped("", scenario + ": " + verdict_text(search)), fits ? Tone::good : Tone::bad, style) + "\n";
  out += wrapped("  searched  ", space_text(search.count));
  if (search.written) out += wrapped("  written   ", written_text(*search.written));
  if (!fits) return out;

  out += "\n" + toned("The best", Tone::heading, style) + "\n";
  out += plan_table(search.best).text();
  const std::vector<Standing> ranks = standings(search.best);
  for (std::size_t i = 1; i < ranks.size(); ++i) out += wrapped(fmt::format("  {} against 1: ", i + 1), ranks[i].why);

  if (!search.under.empty()) out += "\n" + toned("The best under a constraint", Tone::heading, style) + "\n";
  for (const Fact& best : constraints_of(search)) out += wrapped("  ", best.name + ": " + best.text);
  out +=
      "\n  tp, cp, pp, dp, ep, etp: tensor, context, pipeline, data, expert, expert_tensor; vs: virtual\n"
      "  stages; mb: microbatch\n";
  return out;
}

std::string plan_json(const std::string& scenario, const PlanSearch& search) {
  Json best = Json::array(), under = Json::array();
  for (const FoundPlan& found : search.best) best.push_back(found_json(found));
  for (const BestUnder& each : search.under) {
    under.push_back({{"constraint", each.constraint}});
    if (each.found) under.back().update(found_json(*each.found));
  }
  const PlanSearchCount& c = search.count;
  Json json = {{"scenario", scenario},
               {"fits", !search.best.empty()},
               {"searched",
                {{"layouts", c.layouts},
                 {"too_large", c.too_large},
                 {"slower", c.slower},
                 {"simulated", c.simulated},
                 {"given_up", c.given_up},
                 {"pruned_share", finite(c.pruned())}}},
               {"best", std::move(best)},
               {"under_constraint", std::move(under)},
               {"least_memory_gib", finite(gib(search.least_memory))}};
  if (search.written)
    json["written"] = {{"step_time_s", finite(search.written->result.step_time.value())},
                       {"tokens_per_s", finite(search.written->result.tokens_per_s)},
                       {"fits", search.written->result.fits},
                       {"at_most_faster", search.written->at_most_before},
                       {"layouts_that_fit", search.written->fitting}};
  return json_document(json);
}

}  // namespace headway
