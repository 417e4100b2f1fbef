#include "study/weeks.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "operations/checkpoint.h"

namespace headway {

namespace {

constexpr double kNoProgress = 0.02;  // of the time: less is no run
constexpr double kPatience = 100;     // times the undisturbed run, after which a run ends all the same
constexpr int kRunsForAGuess = 500;   // of a change, and of another interval
constexpr double kWorthMentioning = 5e-5;

Fleet fleet_of(const Cluster& cluster) {
  return {cluster.packages(), (cluster.devices() + cluster.devices_per_node - 1) / cluster.devices_per_node};
}

struct CheckpointTimes {
  Seconds stall, background, read;
};

CheckpointTimes times_of(const CheckpointPlan& plan, Bytes size) {
  const Seconds write = plan.write_time ? *plan.write_time : size / *plan.bandwidth;
  const Seconds read = plan.read_bandwidth ? size / *plan.read_bandwidth : write;
  if (!plan.asynchronous) return {write, Seconds(0), read};
  return {plan.asynchronous->stall, write, read};
}

// The best interval: no shorter than a step, nor than a checkpoint takes to be written.
Seconds best_interval(const LongRun& run, Seconds step) {
  const Hertz rate = total_rate(run.hazards);
  if (rate == Hertz(0)) return kNever;
  const Seconds cost = run.stall + run.background_slow_down * run.background;
  return std::max({daly_interval(cost, Seconds(1 / rate.value())), step, run.background});
}

LongRun long_run_of(const Campaign& campaign, const Cluster& cluster, const TrainingPlan& plan, Seconds step, Bytes size) {
  const CheckpointTimes times = times_of(campaign.checkpoint, size);
  LongRun run;
  run.hazards = hazards_of(campaign.reliability, fleet_of(cluster));
  run.stall = times.stall;
  run.background = times.background;
  run.background_slow_down = campaign.checkpoint.asynchronous ? campaign.checkpoint.asynchronous->slow_down : 0;
  run.detection = campaign.recovery.detection;
  run.restart = campaign.recovery.restart + times.read + campaign.recovery.warm_up;
  run.spares = campaign.spares;
  run.maintenance = campaign.maintenance;
  run.stragglers = campaign.stragglers;
  run.interval = campaign.checkpoint.every ? std::max(*campaign.checkpoint.every, step) : best_interval(run, step);
  if (campaign.goal.lasts) {
    run.horizon = *campaign.goal.lasts;
  } else {
    const double steps = campaign.goal.steps ? *campaign.goal.steps : *campaign.goal.tokens / plan.tokens_per_step();
    run.work = steps * step;
    run.horizon = kPatience * run.work;
  }
  return run;
}

void require_progress(const Campaign& campaign, const LongRun& run, const ClosedForm& closed) {
  if (closed.effective > kNoProgress) return;
  const Hertz rate = total_rate(run.hazards);
  throw InputError(
      campaign.mark,
      fmt::format("campaign: makes next to no progress: with a failure every {:.3g} min and {:.3g} min to be back, {:.2g} % "
                  "of the time would be training",
                  rate > Hertz(0) ? 1 / rate.value() / 60 : 0.0, (run.detection + run.restart).value() / 60,
                  100 * std::max(0.0, closed.effective)));
}

// One thing made better, the interval between checkpoints chosen anew where nobody gave it.
struct Change {
  std::string what;
  std::function<void(LongRun&)> make;
};

std::vector<Change> changes_to(const LongRun& run) {
  std::vector<Change> changes;
  if (run.stall + run.background > Seconds(0))
    changes.push_back({"checkpoints written twice as fast", [](LongRun& r) {
                         if (r.background == Seconds(0)) r.stall /= 2;
                         r.background /= 2;
                       }});
  if (run.background > Seconds(0)) changes.push_back({"checkpoints that stall half as long", [](LongRun& r) { r.stall /= 2; }});
  changes.push_back({"detection in half the time", [](LongRun& r) { r.detection /= 2; }});
  changes.push_back({"restart in half the time", [](LongRun& r) { r.restart /= 2; }});
  for (std::size_t i = 0; i < run.hazards.size(); ++i)
    changes.push_back({run.hazards[i].name + " failing half as often", [i](LongRun& r) { r.hazards[i].rate /= 2; }});
  if (run.spares) {
    const int more = std::max(1, run.spares->nodes);
    changes.push_back({fmt::format("{} spare node{} instead of {}", run.spares->nodes + more,
                                   run.spares->nodes + more > 1 ? "s" : "", run.spares->nodes),
                       [more](LongRun& r) { r.spares->nodes += more; }});
    changes.push_back({"repairs in half the time", [](LongRun& r) { r.spares->repair /= 2; }});
  }
  if (run.stragglers) changes.push_back({"half as many stragglers", [](LongRun& r) { r.stragglers->share /= 2; }});
  if (run.maintenance) changes.push_back({"maintenance half as often", [](LongRun& r) { r.maintenance->every *= 2; }});
  return changes;
}

double effective_of(const LongRun& run, int runs, std::uint64_t seed) { return goodput(run, runs, seed).effective.mean; }

// Against the same few runs as they were, so that both met the same failures.
void add_improvements(Weeks& weeks, const Campaign& campaign, Seconds step) {
  const int runs = std::min(campaign.runs, kRunsForAGuess);
  const double before = effective_of(weeks.run, runs, campaign.seed);
  const double whole = weeks.goodput.effective.mean;
  if (weeks.run.interval < kNever)
    for (const double factor : {0.5, 2.0}) {
      LongRun other = weeks.run;
      other.interval = std::max({factor * other.interval, step, other.background});
      weeks.trials.push_back({other.interval, whole + effective_of(other, runs, campaign.seed) - before});
    }
  for (const Change& change : changes_to(weeks.run)) {
    LongRun better = weeks.run;
    change.make(better);
    if (!weeks.interval_given) better.interval = best_interval(better, step);
    const double gain = effective_of(better, runs, campaign.seed) - before;
    if (gain > kWorthMentioning) weeks.next.push_back({change.what, whole + gain});
  }
  std::stable_sort(weeks.next.begin(), weeks.next.end(),
                   [](const Improvement& a, const Improvement& b) { return a.effective > b.effective; });
}

void add_sources(Weeks& weeks, const Reliability& reliability, const Fleet& fleet) {
  for (std::size_t i = 0; i < reliability.failures.size(); ++i) {
    const FailureSource& source = reliability.failures[i];
    weeks.sources.push_back({source.name, source.per, fleet.count(source.per), source.between, weeks.goodput.failures_by[i]});
  }
  std::stable_sort(weeks.sources.begin(), weeks.sources.end(),
                   [](const SourceShare& a, const SourceShare& b) { return a.failures > b.failures; });
}

}  // namespace

Bytes checkpoint_bytes(const TrainingPlan& plan) {
  const Recipe& recipe = plan.recipe;
  return total_parameters(plan.model) *
         (element_size(recipe.weight) + element_size(recipe.master) + 2 * element_size(recipe.moment));
}

Weeks weeks_of(const Campaign& campaign, const Cluster& cluster, const TrainingPlan& plan, const Result& result,
               bool improvements) {
  const Seconds step = result.step_time;
  Weeks weeks;
  weeks.reliability = campaign.reliability.title;
  weeks.goal = campaign.goal;
  const Bytes size = campaign.checkpoint.size.value_or(checkpoint_bytes(plan));
  if (campaign.checkpoint.size || !campaign.checkpoint.write_time) weeks.checkpoint = size;
  const CheckpointTimes times = times_of(campaign.checkpoint, size);
  weeks.write = times.background > Seconds(0) ? times.background : times.stall;
  weeks.read = times.read;
  weeks.interval_given = campaign.checkpoint.every.has_value();
  weeks.run = long_run_of(campaign, cluster, plan, step, size);
  weeks.closed = closed_form(weeks.run);
  require_progress(campaign, weeks.run, weeks.closed);
  weeks.goodput = goodput(weeks.run, campaign.runs, campaign.seed);
  weeks.steps = weeks.goodput.work / step;
  weeks.tokens = weeks.steps * plan.tokens_per_step();
  weeks.seconds_per_trillion = weeks.goodput.elapsed.mean / weeks.tokens * 1e12;
  add_sources(weeks, campaign.reliability, fleet_of(cluster));
  if (improvements) add_improvements(weeks, campaign, step);
  return weeks;
}

}  // namespace headway
