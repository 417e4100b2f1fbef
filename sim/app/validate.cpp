// headway validate FILE.csv...: predict published measurements and score the predictions.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <ostream>
#include <utility>

#include "app/command.h"
#include "app/options.h"
#include "config/published_run.h"
#include "report/json.h"
#include "report/validation_text.h"
#include "study/validation.h"

namespace headway {

namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  OutputOptions output;
  SimulationOptions simulation;
};

// config/ and study/ do not know each other; here they meet.
MeasuredRun measured(PublishedRun run) {
  return {std::move(run.id),      std::move(run.tier), std::move(run.source), std::move(run.device), run.measured_s,
          std::move(run.cluster), std::move(run.plan), std::move(run.why),    std::move(run.assumed)};
}

std::vector<MeasuredRun> read_all(const std::vector<std::string>& files) {
  const Catalogue catalogue = Catalogue::standard();
  std::vector<MeasuredRun> runs;
  std::vector<Diagnostic> mistakes;
  for (const std::string& file : files) {
    try {
      for (PublishedRun& run : read_published_runs(file, catalogue)) runs.push_back(measured(std::move(run)));
    } catch (const InputError& error) {
      mistakes.insert(mistakes.end(), error.diagnostics().begin(), error.diagnostics().end());
    }
  }
  if (!mistakes.empty()) throw InputError(std::move(mistakes));
  return runs;
}

int validate(const ValidateOptions& options) {
  const JobLimit limit(options.simulation.jobs);
  const std::vector<MeasuredRun> runs = read_all(options.files);

  const bool shows_progress = !options.output.quiet && isatty(STDERR_FILENO) != 0;
  const auto progress = [&](std::size_t done) {
    if (done % 10 == 0 || done == runs.size())
      std::fprintf(stderr, "\r%zu of %zu rows%s", done, runs.size(), done == runs.size() ? "\r\x1b[K" : "");
  };
  const ValidationScore score = validate_runs(runs, shows_progress ? std::function<void(std::size_t)>(progress) : nullptr);

  if (wants_text(options.output)) print(validation_text(score, text_style(options.output)));
  write_output(options.output.json, [&](std::ostream& out) { out << validation_json(score); });
  return kAnswered;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command = app.add_subcommand("validate", "Predict published measurements and score the predictions");
  command->add_option("files", options->files, "tables of published training runs")->required()->type_name("FILE.csv");
  add_json_option(*command, options->output);
  add_jobs_option(*command, options->simulation);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace headway
