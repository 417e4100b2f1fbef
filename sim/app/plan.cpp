// headway plan SCENARIO: search the layouts that fit, rank them.
#include <algorithm>
#include <memory>
#include <ostream>

#include "app/answers.h"
#include "app/command.h"
#include "app/options.h"
#include "app/progress.h"
#include "report/html/reports.h"
#include "report/plan_text.h"

namespace headway {

namespace {

struct PlanOptions {
  std::vector<std::string> files, keep;
  std::size_t best = 5;
  bool exhaustive = false, all_schedules = false;
  OutputOptions output;
  SimulationOptions simulation;
};

// Everything may be chosen but what `parallel: auto` has beside it, and what --keep names.
OpenChoices open_in(const Scenario& scenario, const std::vector<std::string>& keep) {
  OpenChoices open = scenario.open.layout ? scenario.open : OpenChoices{true};
  const auto kept = [&](const char* what) { return std::find(keep.begin(), keep.end(), what) != keep.end(); };
  open.microbatch = open.microbatch && !kept("microbatch");
  open.schedule = open.schedule && !kept("schedule");
  open.sharding = open.sharding && !kept("sharding");
  open.recompute = open.recompute && !kept("recompute");
  return open;
}

int plan(const PlanOptions& options) {
  require_separate(options.output);
  const JobLimit limit(options.simulation.jobs);
  const Catalogue catalogue = Catalogue::standard();
  const std::vector<Scenario> scenarios = read_scenarios(options.files, overrides(options.simulation), catalogue);
  if (scenarios.size() > 1) throw InputError({scenarios.front().file, 0, 0}, "plan takes one scenario at a time");
  const Scenario& scenario = scenarios.front();
  require_training(scenario, "plan");

  ProgressLine progress("layouts", 0, options.output.quiet);
  PlanSearchOptions how{.open = open_in(scenario, options.keep),
                        .best = options.best,
                        .exhaustive = options.exhaustive,
                        .split_backward = options.all_schedules,
                        .fold = !options.simulation.no_fold,
                        .progress = [&](std::size_t done, std::size_t of) { progress.done(done, of); }};
  Machine machine{scenario.cluster, scenario.plan};
  if (scenario.open.layout) machine.plan.layout.data = 0;  // nobody wrote a layout
  const PlanSearch search = search_plans(machine, how);
  progress.clear();
  if (wants_text(options.output)) print(plan_text(scenario.name, search, text_style(options.output)));
  write_output(options.output.json, [&](std::ostream& out) { out << plan_json(scenario.name, search); });
  write_output(options.output.report, [&](std::ostream& out) { out << plan_report(scenario.name, scenario.question, search); });
  return search.best.empty() ? kCannot : kAnswered;
}

}  // namespace

void add_plan(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App* command = app.add_subcommand("plan", "Search the parallel layouts that fit, and rank them");
  command->add_option("scenario", options->files, "a scenario file, or a name from the catalogue")
      ->required()
      ->expected(1)
      ->type_name("SCENARIO");
  command->add_option("--best", options->best, "how many to show; 5 where left out")->type_name("N")->check(CLI::Range(1, 1000));
  command->add_option("--keep", options->keep, "leave as written: microbatch, schedule, sharding, recompute; repeatable")
      ->delimiter(',')
      ->check(CLI::IsMember({"microbatch", "schedule", "sharding", "recompute"}));
  command->add_flag("--all-schedules", options->all_schedules,
                    "zero_bubble, dualpipe and dualpipe_v too, which little software has");
  command->add_flag("--exhaustive", options->exhaustive, "simulate every layout that fits: the same winner, more work");
  add_json_option(*command, options->output);
  add_report_option(*command, options->output);
  add_set_option(*command, options->simulation);
  add_jobs_option(*command, options->simulation);
  add_no_fold_option(*command, options->simulation);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = plan(*options); });
}

}  // namespace headway
