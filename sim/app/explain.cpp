// headway explain SCENARIO: where the time goes, and what a faster part of any kind would be worth.
#include <memory>
#include <ostream>

#include "app/answers.h"
#include "app/command.h"
#include "app/options.h"
#include "app/progress.h"
#include "report/explain_text.h"
#include "report/html/reports.h"

namespace headway {

namespace {

struct ExplainOptions {
  std::vector<std::string> files;
  OutputOptions output;
  SimulationOptions simulation;
};

int explain_all(const ExplainOptions& options) {
  require_separate(options.output);
  const JobLimit limit(options.simulation.jobs);
  const Catalogue catalogue = Catalogue::standard();
  std::vector<Explanation> explanations;
  bool all_fit = true;
  for (Scenario& scenario : read_scenarios(options.files, overrides(options.simulation), catalogue)) {
    require_training(scenario, "explain");
    choose_layout(scenario, !options.simulation.no_fold, options.output.quiet);
    ProgressLine progress("simulations", 0, options.output.quiet);
    explanations.push_back(explain({std::move(scenario.cluster), std::move(scenario.plan)}, !options.simulation.no_fold,
                                   [&](std::size_t done, std::size_t of) { progress.done(done, of); }));
    Result& result = explanations.back().result;
    result.scenario = scenario.name;
    result.assumed.insert(result.assumed.begin(), scenario.assumed.begin(), scenario.assumed.end());
    all_fit = all_fit && result.fits;
  }
  if (wants_text(options.output))
    for (const Explanation& explanation : explanations)
      print((&explanation == &explanations.front() ? "" : "\n\n") + explain_text(explanation, text_style(options.output)));
  write_output(options.output.json, [&](std::ostream& out) { out << explain_json(explanations); });
  write_output(options.output.report, [&](std::ostream& out) { out << explain_report(explanations); });
  return all_fit ? kAnswered : kCannot;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand("explain", "Say where the time goes, and what would help");
  command->add_option("scenarios", options->files, "scenario files, or names from the catalogue")
      ->required()
      ->type_name("SCENARIO");
  add_json_option(*command, options->output);
  add_report_option(*command, options->output);
  add_set_option(*command, options->simulation);
  add_jobs_option(*command, options->simulation);
  add_no_fold_option(*command, options->simulation);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = explain_all(*options); });
}

}  // namespace headway
