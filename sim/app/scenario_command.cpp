#include "app/scenario_command.h"

#include <memory>
#include <ostream>
#include <utility>

#include "app/answers.h"
#include "app/options.h"
#include "app/progress.h"
#include "config/scenario_file.h"
#include "report/trace.h"

namespace headway {

namespace {

void require_alike(const std::vector<Scenario>& scenarios) {
  Diagnostics mistakes;
  like_with_like(scenarios, mistakes);
  mistakes.throw_if_any();
}

// Every campaign goes as far as it comes in that time.
void set_weeks(std::vector<Scenario>& scenarios, double weeks) {
  Diagnostics mistakes;
  for (Scenario& scenario : scenarios)
    if (scenario.campaign)
      scenario.campaign->goal = {{}, {}, Seconds(weeks * 7 * 86400)};
    else
      mistakes.error({scenario.file, 0, 0}, "--weeks: \"" + scenario.name +
                                                "\" has no \"campaign\" that says what fails and what " +
                                                "that costs; docs/goodput.md shows one");
  mistakes.throw_if_any();
}

struct Command {
  ScenarioReport report;
  std::vector<std::string> files;
  OutputOptions output;
  SimulationOptions simulation;
  bool needs = false;
  double weeks = 0;

  [[nodiscard]] int answer() const {
    require_separate(output, simulation.trace);
    const JobLimit limit(simulation.jobs);
    const Catalogue catalogue = Catalogue::standard();
    auto scenarios = read_scenarios(files, overrides(simulation), catalogue);
    if (report.compares) require_alike(scenarios);
    if (weeks > 0) set_weeks(scenarios, weeks);
    for (Scenario& scenario : scenarios) choose_layout(scenario, !simulation.no_fold, output.quiet);
    ProgressLine progress("scenarios", scenarios.size(), output.quiet);
    const bool traces = !simulation.trace.empty(), reports = !output.report.empty();
    auto answers = simulate_all(scenarios,
                                {.fold = !simulation.no_fold,
                                 .keep_timeline = traces || reports,
                                 .meter_links = traces,
                                 .network_use = reports || !output.json.empty()},
                                output.stats, [&](std::size_t done) { progress.done(done); });
    progress.clear();
    add_uncertainty(answers, catalogue);
    if (needs) add_needs(answers, scenarios, !simulation.no_fold, output.quiet);

    if (wants_text(output, simulation.trace)) print(report.text(answers, text_style(output)));
    write_output(output.json, [&](std::ostream& out) { out << report.json(answers, output.stats); });
    write_output(output.report, [&](std::ostream& out) { out << report.page(answers, output.stats); });
    write_output(simulation.trace, [&](std::ostream& out) { write_trace(out, answers); });
    return exit_code_of(answers);
  }
};

}  // namespace

void add_scenario_command(CLI::App& app, const char* name, const char* what, ScenarioReport report, int& exit_code) {
  auto command = std::make_shared<Command>();
  command->report = std::move(report);
  CLI::App* on_line = app.add_subcommand(name, what);
  on_line->add_option("scenarios", command->files, "scenario files, or names from the catalogue")
      ->required()
      ->type_name("SCENARIO");
  add_json_option(*on_line, command->output);
  add_report_option(*on_line, command->output);
  add_set_option(*on_line, command->simulation);
  add_jobs_option(*on_line, command->simulation);
  add_trace_and_fold_options(*on_line, command->simulation);
  add_stats_option(*on_line, command->output);
  add_quiet_option(*on_line, command->output);
  on_line->add_option("--weeks", command->weeks, "what a campaign delivers in so many weeks, whatever goal it has")
      ->type_name("N")
      ->check(CLI::Range(0.01, 5200.0));
  if (command->report.compares)
    on_line->add_flag("--needs", command->needs, "also what each would need to match the best; simulates each many times");
  on_line->callback([command, &exit_code] { exit_code = command->answer(); });
}

}  // namespace headway
