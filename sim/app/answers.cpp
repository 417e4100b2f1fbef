#include "app/answers.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <exception>

#include "app/command.h"
#include "config/band_table.h"
#include "report/plan_text.h"
#include "simulate/simulate.h"
#include "simulate/simulate_collective.h"
#include "study/comparison.h"
#include "study/plan_search.h"

namespace headway {

namespace {

void keep(std::vector<Diagnostic>& all, const InputError& error, const std::string& otherwise_file) {
  for (Diagnostic mistake : error.diagnostics()) {
    if (mistake.where.file.empty()) mistake.where.file = otherwise_file;
    all.push_back(std::move(mistake));
  }
}

TrainingAnswer training_answer(const Scenario& scenario, const SimulateOptions& options) {
  const TrainingPlan& plan = scenario.plan;
  TrainingAnswer answer{scenario.question,
                        scenario.restrictions,
                        plan.sequence,
                        plan.global_batch,
                        plan.microbatch,
                        plan.schedule,
                        plan.sharding,
                        plan.recompute,
                        {},
                        {},
                        {}};
  answer.result = simulate(scenario.cluster, plan, options);
  Result& result = answer.result;
  result.scenario = scenario.name;
  for (const std::string& what : scenario.assumed)
    if (std::find(result.assumed.begin(), result.assumed.end(), what) == result.assumed.end()) result.assumed.push_back(what);
  return answer;
}

CollectiveAnswer collective_answer(const Scenario& scenario, const SimulateOptions& options) {
  CollectiveAnswer answer{scenario.question, scenario.restrictions, scenario.assumed,
                          simulate(scenario.cluster, *scenario.collective, options)};
  answer.result.scenario = scenario.name;
  return answer;
}

}  // namespace

Answer simulate_one(const Scenario& scenario, const SimulationOptions& options) {
  const SimulateOptions how{.fold = !options.no_fold, .keep_timeline = !options.trace.empty()};
  if (scenario.collective) return collective_answer(scenario, how);
  return training_answer(scenario, how);
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

void choose_layout(Scenario& scenario, bool fold) {
  if (!scenario.open.layout || scenario.collective) return;
  Machine machine{scenario.cluster, scenario.plan};
  machine.plan.layout.data = 0;  // nobody wrote a layout
  PlanSearch search = search_plans(machine, {.open = scenario.open, .best = 1, .constraints = false, .fold = fold});
  scenario.plan = search.best.empty() ? std::move(search.smallest) : std::move(search.best.front().plan);
  scenario.open = {};
  scenario.assumed.push_back("parallel: auto chose " + choices_text(scenario.plan));
}

void add_needs(std::vector<Answer>& answers, const std::vector<Scenario>& scenarios, bool fold) {
  std::vector<const Result*> results;
  for (const TrainingAnswer* answer : answers_of<TrainingAnswer>(answers)) results.push_back(&answer->result);
  if (results.size() != answers.size() || results.empty()) return;
  const std::vector<Standing> standings = compare(results);
  const double best = results[standings.front().run]->tokens_per_s;
  for (const Standing& standing : standings) {
    if (standing.alike || standing.share_of_best >= 1) continue;
    auto& answer = std::get<TrainingAnswer>(answers[standing.run]);
    answer.needs = needs_to_reach({scenarios[standing.run].cluster, scenarios[standing.run].plan}, best, fold);
  }
}

void require_training(const Scenario& scenario, const std::string& command) {
  if (scenario.collective)
    throw InputError(scenario.collective->mark,
                     "workload.collective: `headway " + command + "` is about training runs; this is a bare collective");
}

std::vector<Answer> simulate_all(const std::vector<Scenario>& scenarios, const SimulationOptions& options, bool stats) {
  std::vector<Answer> answers(scenarios.size());
  std::vector<std::exception_ptr> failures(scenarios.size());
  const auto one = [&](std::size_t i) {
    try {
      answers[i] = simulate_one(scenarios[i], options);
    } catch (...) {
      failures[i] = std::current_exception();
    }
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
  return answers;
}

void add_uncertainty(std::vector<Answer>& answers, const std::vector<Scenario>& scenarios, const Catalogue& catalogue) {
  const std::string table = catalogue.error_band_table();
  if (table.empty() || answers_of<TrainingAnswer>(answers).empty()) return;
  std::vector<ErrorBand> bands;
  for (BandRow& row : error_band_rows(read_csv(table)))
    bands.push_back({std::move(row.device), std::move(row.software), row.runs, row.low, row.high});
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (auto* training = std::get_if<TrainingAnswer>(&answers[i]))
      training->uncertainty = uncertainty_of(training->result.step_time, scenarios[i].cluster.groups.front().device.name,
                                             scenarios[i].plan.software.name, bands);
}

int exit_code_of(const std::vector<Answer>& answers) {
  const auto training = answers_of<TrainingAnswer>(answers);
  const bool all_fit = std::all_of(training.begin(), training.end(), [](const TrainingAnswer* a) { return a->result.fits; });
  return all_fit ? kAnswered : kCannot;
}

}  // namespace headway
