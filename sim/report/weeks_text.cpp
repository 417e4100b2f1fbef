#include "report/weeks_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace headway {

namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::size_t kShownImprovements = 6;

std::string heading(const std::string& text, const TextStyle& style) { return "\n" + toned(text, Tone::heading, style) + "\n"; }

std::string lines(const std::vector<Fact>& facts) {
  std::string out;
  for (const auto& [name, text] : facts) out += wrapped(fmt::format("  {:<15}", name), text);
  return out;
}

std::string days(double seconds) { return significant(seconds / 86400, 3); }

// "per device": of what there are so many.
std::string components_text(const SourceShare& source) {
  if (source.per == FailsPer::job) return "the job";
  return fmt::format("{} {}s", grouped(source.components), name_of(source.per));
}

const char* loss_title(Loss loss) {
  switch (loss) {
    case Loss::rework: return "work done again";
    case Loss::detection: return "finding what failed";
    case Loss::restart: return "restarting";
    case Loss::repair: return "waiting for repair";
    case Loss::checkpoint: return "writing checkpoints";
    case Loss::straggler: return "stragglers";
    case Loss::maintenance: return "maintenance";
  }
  return "?";
}

std::string checkpoint_text(const Weeks& w) {
  if (w.run.interval == kNever) return "none: nothing fails";
  std::string text = w.checkpoint ? bytes_text(*w.checkpoint) + " " : "";
  text += fmt::format("every {} ({})", span_text(w.run.interval), w.interval_given ? "given" : "the optimum, Daly");
  if (w.run.background > Seconds(0))
    text += fmt::format(", written in {} in the background, the job stalls {}", span_text(w.write), span_text(w.run.stall));
  else
    text += fmt::format(", the job waits {} for each", span_text(w.run.stall));
  for (const IntervalTrial& trial : w.trials)
    text += fmt::format("; every {}: {}", span_text(trial.interval), percent_text(trial.effective));
  return text;
}

std::string closed_text(const Weeks& w) {
  std::string text = percent_text(w.closed.effective);
  std::string beyond;
  for (const std::string& what : w.closed.beyond) beyond += (beyond.empty() ? "" : ", ") + what;
  return beyond.empty() ? text : text + "; approximate for: " + beyond;
}

}  // namespace

std::string amount_text(double amount) { return amount >= 100 ? grouped(amount) : significant(amount, 3); }

std::string verdict_text(const Weeks& w) {
  const Goodput& g = w.goodput;
  const std::string effective = fmt::format("{} of the time is training", percent_text(g.effective.mean));
  if (w.goal.lasts) return fmt::format("In {}: {} tokens, {}", span_text(*w.goal.lasts), tokens_text(w.tokens), effective);
  if (g.finished < 1)
    return fmt::format("{} of the runs end only after 100 times their undisturbed time", percent_text(1 - g.finished));
  return fmt::format("{} tokens after {} days ({} undisturbed): {}", tokens_text(w.tokens), days(g.elapsed.mean),
                     days(w.run.work.value()), effective);
}

std::vector<Fact> facts_of(const Weeks& w) {
  const Goodput& g = w.goodput;
  std::vector<Fact> facts;
  if (!w.goal.lasts)
    facts.push_back({"done after", fmt::format("{} days at the median; 80 % of runs {} to {}", days(g.elapsed.median),
                                               days(g.elapsed.low), days(g.elapsed.high))});
  facts.push_back({"effective", fmt::format("{} of the time; 80 % of {} simulated runs {} to {}", percent_text(g.effective.mean),
                                            grouped(g.runs), percent_text(g.effective.low), percent_text(g.effective.high))});
  facts.push_back({"closed form", closed_text(w)});
  facts.push_back({"checkpoint", checkpoint_text(w)});
  facts.push_back(
      {"after failure", fmt::format("{} to find it, {} to restart", span_text(w.run.detection), span_text(w.run.restart))});
  if (const auto& s = w.run.spares)
    facts.push_back({"spare nodes", fmt::format("{}, a broken one is back after {}", s->nodes, span_text(s->repair))});
  if (w.run.maintenance)
    facts.push_back({"maintenance", fmt::format("{:.0f} windows of {}, one every {}", g.windows,
                                                span_text(w.run.maintenance->lasts), span_text(w.run.maintenance->every))});
  return facts;
}

std::vector<TimeShare> time_shares(const Weeks& w) {
  const Goodput& g = w.goodput;
  std::vector<TimeShare> losses;
  for (const auto& [loss, name] : EnumNames<Loss>::table)
    if (const Seconds time = g.lost[static_cast<std::size_t>(loss)]; time > Seconds(0))
      losses.push_back({loss_title(loss), time, "/lost_days/" + std::string(name)});
  std::stable_sort(losses.begin(), losses.end(), [](const TimeShare& a, const TimeShare& b) { return a.time > b.time; });
  losses.insert(losses.begin(), {"training", g.work, "/training_days"});
  return losses;
}

Table sources_table(const Weeks& w) {
  Table table({"source", "one fails every", "of", "in the run", "grade"}, {false, true, true, true, false});
  for (const SourceShare& source : w.sources)
    table.row({source.name, span_text(source.between.value), components_text(source),
               source.failures >= 10 ? grouped(source.failures) : fmt::format("{:.1f}", source.failures),
               std::string(name_of(source.between.grade))});
  return table;
}

std::string interruptions_text(const Weeks& w) {
  const Goodput& g = w.goodput;
  const std::string every = g.failures.mean > 0 ? ", one every " + span_text(Seconds(g.elapsed.mean / g.failures.mean)) : "";
  return fmt::format("{:.0f} in all (80 % of runs: {:.0f} to {:.0f}){}; rates: {}", g.failures.mean, g.failures.low,
                     g.failures.high, every, w.reliability);
}

Table improvements_table(const Weeks& w) {
  Table table({"change", "more training", "effective then"}, {false, true, true});
  for (std::size_t i = 0; i < std::min(kShownImprovements, w.next.size()); ++i)
    table.row({w.next[i].what, fmt::format("{:.2f} %", 100 * (w.next[i].effective / w.goodput.effective.mean - 1)),
               percent_text(w.next[i].effective)});
  return table;
}

std::string weeks_text(const TrainingAnswer& answer, const TextStyle& style) {
  if (!answer.weeks) return "";
  const Weeks& w = *answer.weeks;
  std::string out = heading("The weeks", style) + wrapped("  ", verdict_text(w)) + lines(facts_of(w));
  out += heading("Where the weeks go, mean run", style);
  for (const auto& [name, time, key] : time_shares(w)) {
    const double share = time.value() / w.goodput.elapsed.mean;
    out += fmt::format("  {:<22}{:>10}{:>9}  {}\n", name, span_text(time), percent_text(share), bar(share, kBarWidth));
  }
  if (!w.sources.empty())
    out += heading("Interruptions by source", style) + sources_table(w).text() + wrapped("  ", interruptions_text(w));
  if (!w.next.empty()) out += heading("What to improve next", style) + improvements_table(w).text();
  return out;
}

std::vector<Fact> power_facts(const TrainingAnswer& answer) {
  const FleetPower& p = *answer.power;
  if (!p.known()) {
    std::string missing;
    for (const std::string& number : p.missing) missing += (missing.empty() ? "" : ", ") + number;
    return {{"power", "unknown, as nobody has published " + missing}};
  }
  const Joules step = p.busy() * answer.result.step_time;
  const double trillion = 1e12 / answer.result.tokens_per_s;
  std::string energy = fmt::format("{} kWh a step", significant(step.value() / 3.6e6, 3));
  if (!answer.weeks)
    energy += fmt::format(", {} MWh for 1 T tokens", amount_text(megawatt_hours(p.busy() * Seconds(trillion))));
  else
    energy += fmt::format(", {} MWh for 1 T tokens and {} for the run, pauses included",
                          amount_text(megawatt_hours(*answer.mean_power * Seconds(answer.weeks->seconds_per_trillion))),
                          amount_text(megawatt_hours(*answer.mean_power * Seconds(answer.weeks->goodput.elapsed.mean))));
  return {{"in a step", fmt::format("{}: devices {} (idle {}, limit {}), hosts and network {}", power_text(p.busy()),
                                    power_text(p.devices), power_text(p.idle), power_text(p.limit), power_text(p.hosts))},
          {"device time", fmt::format("{} matrix kernels, {} memory-bound ones, {} exchange and waiting",
                                      percent_text(p.use.matrix), percent_text(p.use.memory), percent_text(p.use.exchange))},
          {"energy", energy}};
}

Table cost_table(const Bill& bill) {
  std::vector<std::string> header = {bill.prices.currency, "per hour", "per step", "per 1 T tokens"};
  if (bill.hours) header.emplace_back("this run");
  std::vector<bool> right(header.size(), true);
  right.front() = false;
  Table table(header, right);
  const auto row = [&](const char* name, const std::optional<double>& per_hour) {
    if (!per_hour) return;
    std::vector<std::string> cells = {name, amount_text(*per_hour), amount_text(*per_hour / bill.steps_per_hour),
                                      amount_text(bill.per_trillion(*per_hour))};
    if (bill.hours) cells.push_back(amount_text(*per_hour * *bill.hours));
    table.row(std::move(cells));
  };
  const HourlyCost& hour = bill.hour;
  row("rented", hour.rent);
  row("owned: machines", hour.capital);
  row("owned: electricity", hour.power);
  if (hour.power) row("owned: together", hour.owned());
  row("carbon, kg CO2e", hour.carbon);
  return table;
}

std::vector<Fact> price_facts(const Bill& bill) {
  std::vector<Fact> facts = {{"prices", fmt::format("{} ({})", bill.prices.title, bill.prices.as_of)}};
  for (const std::string& what : bill.hour.left_out) facts.push_back({"left out", what});
  return facts;
}

std::string bill_text(const TrainingAnswer& answer, const TextStyle& style) {
  if (!answer.power) return "";
  std::string out = heading(answer.bill ? "Power and cost" : "Power", style) + lines(power_facts(answer));
  if (!answer.bill) return out;
  if (const Table costs = cost_table(*answer.bill); costs.rows().size() > 1) out += costs.text();
  return out + lines(price_facts(*answer.bill));
}

std::optional<Table> operations_table(std::span<const TrainingAnswer* const> answers) {
  const auto any = [&](const auto& has) { return std::any_of(answers.begin(), answers.end(), has); };
  const bool weeks = any([](const TrainingAnswer* a) { return a->weeks.has_value(); });
  const bool bills = any([](const TrainingAnswer* a) { return a->bill.has_value(); });
  if (!weeks && !bills && !any([](const TrainingAnswer* a) { return a->power.has_value(); })) return std::nullopt;
  std::vector<std::string> header = {"scenario"};
  if (weeks) header.insert(header.end(), {"effective", "days"});
  header.insert(header.end(), {"power", "MWh/1 T"});
  if (bills) header.insert(header.end(), {"cost/1 T tokens", "cost/hour"});
  std::vector<bool> right(header.size(), true);
  right.front() = false;
  Table table(header, right);
  for (const TrainingAnswer* a : answers) {
    std::vector<std::string> cells = {a->result.scenario};
    if (weeks)
      cells.insert(cells.end(), {a->weeks ? percent_text(a->weeks->goodput.effective.mean) : "",
                                 a->weeks ? significant(a->weeks->days(), 3) : ""});
    const double trillion = a->weeks ? a->weeks->seconds_per_trillion : 1e12 / a->result.tokens_per_s;
    cells.push_back(a->mean_power ? power_text(*a->mean_power) : "?");
    cells.push_back(a->mean_power ? amount_text(megawatt_hours(*a->mean_power * Seconds(trillion))) : "?");
    if (bills) {
      const std::optional<double> hour = a->bill ? a->bill->hour.least() : std::nullopt;
      cells.push_back(hour ? fmt::format("{} {}", amount_text(a->bill->per_trillion(*hour)), a->bill->prices.currency) : "?");
      cells.push_back(hour ? fmt::format("{} {}", amount_text(*hour), a->bill->prices.currency) : "?");
    }
    table.row(std::move(cells));
  }
  return table;
}

std::vector<std::string> operations_notes(std::span<const TrainingAnswer* const> answers) {
  std::vector<std::string> notes;
  const auto note = [&](const std::string& text) {
    if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
  };
  for (const TrainingAnswer* a : answers)
    if (a->power)
      for (const std::string& number : a->power->missing) note("?: nobody has published " + number);
  if (std::any_of(answers.begin(), answers.end(), [](const TrainingAnswer* a) { return a->bill.has_value(); }))
    note("cost: the cheaper of renting and owning, where both have a price");
  for (const TrainingAnswer* a : answers) {
    if (!a->bill) continue;
    for (const std::string& what : a->bill->hour.left_out) note(a->result.scenario + " without " + what);
    note(fmt::format("{} ({})", a->bill->prices.title, a->bill->prices.as_of));
  }
  return notes;
}

std::string operations_text(std::span<const TrainingAnswer* const> answers, const TextStyle& style) {
  const std::optional<Table> table = operations_table(answers);
  if (!table) return "";
  std::string out = heading("Energy and cost", style) + table->text();
  for (const std::string& note : operations_notes(answers)) out += wrapped("  ", note);
  return out;
}

}  // namespace headway
