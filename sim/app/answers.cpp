#include "app/answers.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <mutex>
#include <utility>

#include "app/command.h"
#include "app/progress.h"
#include "config/band_table.h"
#include "report/plan_text.h"
#include "simulate/simulate_collective.h"
#include "simulate/simulate_jobs.h"
#include "study/comparison.h"
#include "study/controls.h"
#include "study/plan_search.h"

namespace headway {

namespace {

void keep(std::vector<Diagnostic>& all, const InputError& error, const std::string& otherwise_file) {
  for (Diagnostic mistake : error.diagnostics()) {
    if (mistake.where.file.empty()) mistake.where.file = otherwise_file;
    all.push_back(std::move(mistake));
  }
}

TrainingAnswer training_answer(const Scenario& scenario, const TrainingPlan& plan, Result result,
                               const std::vector<std::string>& assumed) {
  TrainingAnswer answer;
  answer.question = scenario.question;
  answer.restrictions = scenario.restrictions;
  answer.sequence = plan.sequence;
  answer.global_batch = plan.global_batch;
  answer.microbatch = plan.microbatch;
  answer.schedule = plan.schedule;
  answer.sharding = plan.sharding;
  answer.recompute = plan.recompute;
  answer.device = scenario.cluster.groups.front().device.name;
  answer.tpp = control_measures(scenario.cluster.groups.front().device).tpp;
  answer.result = std::move(result);
  for (const std::string& what : assumed)
    if (std::find(answer.result.assumed.begin(), answer.result.assumed.end(), what) == answer.result.assumed.end())
      answer.result.assumed.push_back(what);
  return answer;
}

// One answer a job.
std::vector<Answer> job_answers(const Scenario& scenario, const SimulateOptions& options) {
  std::vector<TrainingJob> jobs;
  for (const ScenarioJob& job : scenario.jobs) jobs.push_back({job.plan, job.devices});
  std::vector<JobResult> results = simulate(scenario.cluster, jobs, options);
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const JobShare share{scenario.name, results[i].alone, results[i].cost_of_others(), results[i].steps};
    results[i].result.scenario = scenario.jobs[i].name;
    TrainingAnswer answer = training_answer(scenario, jobs[i].plan, std::move(results[i].result), scenario.jobs[i].assumed);
    answer.job = share;
    answers.emplace_back(std::move(answer));
  }
  return answers;
}

void add_weeks_and_money(TrainingAnswer& answer, const Scenario& scenario) {
  if (!scenario.campaign && !scenario.prices) return;
  const Weeks* weeks = nullptr;
  if (scenario.campaign)
    weeks = &answer.weeks.emplace(weeks_of(*scenario.campaign, scenario.cluster, scenario.plan, answer.result));
  answer.power = fleet_power(scenario.cluster, answer.result);
  answer.mean_power = mean_power(*answer.power, scenario.cluster, weeks);
  if (scenario.prices) answer.bill = bill_of(*scenario.prices, scenario.cluster, answer.result, *answer.power, weeks);
}

CollectiveAnswer collective_answer(const Scenario& scenario, const SimulateOptions& options) {
  CollectiveAnswer answer{scenario.question, scenario.restrictions, scenario.assumed,
                          simulate(scenario.cluster, *scenario.collective, options)};
  answer.result.scenario = scenario.name;
  return answer;
}

}  // namespace

std::vector<Answer> answers_to(const Scenario& scenario, const SimulateOptions& how) {
  if (!scenario.jobs.empty()) return job_answers(scenario, how);
  if (scenario.collective) return {collective_answer(scenario, how)};
  SimulateOptions with_use = how;
  with_use.device_use = scenario.campaign || scenario.prices;
  Result result = simulate(scenario.cluster, scenario.plan, with_use);
  result.scenario = scenario.name;
  TrainingAnswer answer = training_answer(scenario, scenario.plan, std::move(result), scenario.assumed);
  add_weeks_and_money(answer, scenario);
  return {std::move(answer)};
}

std::vector<Scenario> read_scenarios(const std::vector<std::string>& files, const std::vector<Override>& overrides,
                                     const Catalogue& catalogue) {
  std::vector<Scenario> scenarios;
  std::vector<Diagnostic> mistakes;
  for (const std::string& file : files) {
    try {
      for (Scenario& scenario : catalogue.scenarios(file, overrides)) scenarios.push_back(std::move(scenario));
    } catch (const InputError& error) {
      keep(mistakes, error, file);
    }
  }
  if (!mistakes.empty()) throw InputError(std::move(mistakes));
  return scenarios;
}

void choose_layout(Scenario& scenario, bool fold, bool quiet) {
  if (!scenario.open.layout || scenario.collective || !scenario.jobs.empty()) return;
  Machine machine{scenario.cluster, scenario.plan};
  machine.plan.layout.data = 0;  // nobody wrote a layout
  ProgressLine progress("layouts", 0, quiet);
  PlanSearch search = search_plans(
      machine,
      {.open = scenario.open, .best = 1, .constraints = false, .fold = fold, .progress = [&](std::size_t done, std::size_t of) {
         progress.done(done, of);
       }});
  scenario.plan = search.best.empty() ? std::move(search.smallest) : std::move(search.best.front().plan);
  scenario.open = {};
  scenario.assumed.push_back("parallel: auto chose " + choices_text(scenario.plan));
}

void add_needs(std::vector<Answer>& answers, const std::vector<Scenario>& scenarios, bool fold, bool quiet) {
  std::vector<const Result*> results;
  for (const TrainingAnswer* answer : answers_of<TrainingAnswer>(answers)) results.push_back(&answer->result);
  if (results.size() != answers.size() || answers.size() != scenarios.size()) return;  // others, or jobs
  if (results.empty()) return;
  const std::vector<Standing> standings = compare(results);
  const double best = results[standings.front().run]->tokens_per_s;
  ProgressLine progress("scenarios", standings.size(), quiet);
  for (std::size_t i = 0; i < standings.size(); ++i) {
    progress.done(i);
    const Standing& standing = standings[i];
    if (standing.alike || standing.share_of_best >= 1) continue;
    auto& answer = std::get<TrainingAnswer>(answers[standing.run]);
    answer.needs = needs_to_reach({scenarios[standing.run].cluster, scenarios[standing.run].plan}, best, fold);
  }
}

void require_training(const Scenario& scenario, const std::string& command) {
  if (!scenario.jobs.empty())
    throw InputError({scenario.file, 0, 0}, "jobs: `headway " + command + "` is about one training run; write it as a workload");
  if (scenario.collective)
    throw InputError(scenario.collective->mark,
                     "workload.collective: `headway " + command + "` is about training runs; this is a bare collective");
}

std::vector<Answer> simulate_all(const std::vector<Scenario>& scenarios, const SimulateOptions& how, bool stats,
                                 const std::function<void(std::size_t)>& progress) {
  std::vector<std::vector<Answer>> of_scenario(scenarios.size());
  std::vector<std::exception_ptr> failures(scenarios.size());
  std::mutex counting;
  std::size_t done = 0;
  const auto one = [&](std::size_t i) {
    try {
      of_scenario[i] = answers_to(scenarios[i], how);
    } catch (...) {
      failures[i] = std::current_exception();
    }
    const std::scoped_lock lock(counting);
    progress(++done);
  };
  if (stats)
    for (std::size_t i = 0; i < scenarios.size(); ++i) one(i);
  else
    tbb::parallel_for(std::size_t{0}, scenarios.size(), one);

  std::vector<Diagnostic> mistakes;
  for (std::size_t i = 0; i < failures.size(); ++i) {
    if (!failures[i]) continue;
    try {
      std::rethrow_exception(failures[i]);
    } catch (const InputError& error) {
      keep(mistakes, error, scenarios[i].file);
    }
  }
  if (!mistakes.empty()) throw InputError(std::move(mistakes));
  std::vector<Answer> answers;
  for (std::vector<Answer>& found : of_scenario) std::move(found.begin(), found.end(), std::back_inserter(answers));
  return answers;
}

void add_uncertainty(std::vector<Answer>& answers, const Catalogue& catalogue) {
  const std::string table = catalogue.error_band_table();
  if (table.empty() || answers_of<TrainingAnswer>(answers).empty()) return;
  std::vector<ErrorBand> bands;
  for (BandRow& row : error_band_rows(read_csv(table)))
    bands.push_back({std::move(row.device), std::move(row.software), row.runs, row.low, row.high});
  for (Answer& answer : answers)
    if (auto* training = std::get_if<TrainingAnswer>(&answer))
      training->uncertainty = uncertainty_of(training->result.step_time, training->device, training->result.software_name, bands);
}

int exit_code_of(const std::vector<Answer>& answers) {
  const auto training = answers_of<TrainingAnswer>(answers);
  const bool all_fit = std::all_of(training.begin(), training.end(), [](const TrainingAnswer* a) { return a->result.fits; });
  return all_fit ? kAnswered : kCannot;
}

}  // namespace headway
