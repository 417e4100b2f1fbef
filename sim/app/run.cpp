// headway run SCENARIO...: simulate, print a readable answer.
#include <memory>
#include <ostream>

#include "app/answers.h"
#include "app/command.h"
#include "app/options.h"
#include "report/json.h"
#include "report/run_text.h"
#include "report/trace.h"

namespace headway {

namespace {

struct RunOptions {
  std::vector<std::string> files;
  OutputOptions output;
  SimulationOptions simulation;
};

int run(const RunOptions& options) {
  const JobLimit limit(options.simulation.jobs);
  const Catalogue catalogue = Catalogue::standard();
  const auto scenarios = read_scenarios(options.files, overrides(options.simulation), catalogue);
  const auto answers = simulate_all(scenarios, options.simulation, options.output.stats);

  if (wants_text(options.output, options.simulation.trace))
    for (const Answer& answer : answers)
      print((&answer == &answers.front() ? "" : "\n\n") + run_text(answer, text_style(options.output)));
  write_output(options.output.json, [&](std::ostream& out) { out << run_json(answers, options.output.stats); });
  write_output(options.simulation.trace, [&](std::ostream& out) { write_trace(out, answers); });
  return exit_code_of(answers);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Simulate scenarios and print a readable answer");
  command->add_option("scenarios", options->files, "scenario files, or names from the catalogue")
      ->required()
      ->type_name("SCENARIO");
  add_json_option(*command, options->output);
  add_set_option(*command, options->simulation);
  add_jobs_option(*command, options->simulation);
  add_trace_and_fold_options(*command, options->simulation);
  add_stats_option(*command, options->output);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace headway
