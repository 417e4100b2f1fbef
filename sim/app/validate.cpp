// headway validate [FILE.csv...]: predict published measurements and score the predictions; without a file, the built-in set.
#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <ostream>
#include <utility>

#include "app/command.h"
#include "app/options.h"
#include "app/progress.h"
#include "config/collective_table.h"
#include "config/kernel_table.h"
#include "config/measurement_kind.h"
#include "config/published_run.h"
#include "report/html/reports.h"
#include "report/json.h"
#include "report/validation_text.h"
#include "study/validation.h"

namespace headway {

namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  std::string bands;
  OutputOptions output;
  SimulationOptions simulation;
};

// config/ and study/ do not know each other; here they meet.
MeasuredRun measured(PublishedRun run) {
  return {std::move(run.id),      std::move(run.tier), std::move(run.source), std::move(run.device), run.measured,
          std::move(run.cluster), std::move(run.plan), std::move(run.why),    std::move(run.assumed)};
}

std::vector<MeasuredRun> measured_runs(const CsvTable& table, RunMeasure measure, const Catalogue& catalogue) {
  std::vector<MeasuredRun> runs;
  for (PublishedRun& run : published_runs(table, measure, catalogue)) runs.push_back(measured(std::move(run)));
  return runs;
}

// All files of runs are one set, and all of memory. Rows of kernels and collectives are numbered by their line, so that each file of
// them is a set of its own.
struct Measurements {
  std::vector<MeasuredRun> runs, memory;
  std::vector<std::pair<MeasurementKind, MeasuredKernels>> kernels;
  std::vector<MeasuredCollectives> collectives;
  [[nodiscard]] std::size_t rows() const {
    std::size_t sum = runs.size() + memory.size();
    for (const auto& [kind, table] : kernels) sum += table.rows.size();
    for (const MeasuredCollectives& table : collectives) sum += table.rows.size();
    return sum;
  }
};

void append(std::vector<MeasuredRun>& to, std::vector<MeasuredRun> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void read_into(Measurements& all, const CsvTable& table, const Catalogue& catalogue) {
  const MeasurementKind kind = kind_of(table);
  switch (kind) {
    case MeasurementKind::runs: return append(all.runs, measured_runs(table, RunMeasure::step_time, catalogue));
    case MeasurementKind::memory: return append(all.memory, measured_runs(table, RunMeasure::peak_memory, catalogue));
    case MeasurementKind::gemm: all.kernels.emplace_back(kind, measured_gemms(table, catalogue)); return;
    case MeasurementKind::attention: all.kernels.emplace_back(kind, measured_attentions(table, catalogue)); return;
    case MeasurementKind::collectives: all.collectives.push_back(measured_collectives(table, catalogue)); return;
  }
}

Measurements read_all(std::vector<std::string> files) {
  const Catalogue catalogue = Catalogue::standard();
  if (files.empty()) files = catalogue.published_tables();
  if (files.empty()) throw InputError({}, "the built-in table of published runs is not beside the catalogue; name a file");
  Measurements all;
  std::vector<Diagnostic> mistakes;
  for (const std::string& file : files) {
    try {
      read_into(all, read_csv(file), catalogue);
    } catch (const InputError& error) {
      mistakes.insert(mistakes.end(), error.diagnostics().begin(), error.diagnostics().end());
    }
  }
  if (!mistakes.empty()) throw InputError(std::move(mistakes));
  return all;
}

std::vector<ValidationScore> scores_of(const Measurements& all, bool quiet) {
  std::size_t before = 0;  // rows of the sets that are done
  ProgressLine line("rows", all.rows(), quiet);
  std::mutex writing;
  const Progress shown = [&](std::size_t done) {
    const std::scoped_lock lock(writing);
    line.done(before + done);
  };
  std::vector<ValidationScore> scores;
  const auto add = [&](ValidationScore score) {
    before += static_cast<std::size_t>(score.rows);
    scores.push_back(std::move(score));
  };
  if (!all.runs.empty() || all.rows() == 0) add(validate_runs(all.runs, shown));
  if (!all.memory.empty()) add(validate_memory(all.memory, shown));
  for (const auto& [kind, table] : all.kernels) add(validate_kernels(std::string(name_of(kind)), table, shown));
  for (const MeasuredCollectives& table : all.collectives) add(validate_collectives(table, shown));
  return scores;
}

void write_bands(const std::string& file, const std::vector<ValidationScore>& scores) {
  const auto runs =
      std::find_if(scores.begin(), scores.end(), [](const ValidationScore& s) { return s.kind == "runs" && s.scored > 0; });
  if (runs == scores.end()) throw InputError({}, "--bands: no scored training runs to take error bands from");
  write_output(file, [&](std::ostream& out) { out << error_band_csv(error_bands(runs->runs)); });
}

int validate(const ValidateOptions& options) {
  require_separate(options.output);
  const JobLimit limit(options.simulation.jobs);
  const Measurements all = read_all(options.files);
  const std::vector<ValidationScore> scores = scores_of(all, options.output.quiet);
  if (wants_text(options.output))
    for (const ValidationScore& score : scores)
      print((&score == &scores.front() ? "" : "\n\n") + validation_text(score, text_style(options.output)));
  write_output(options.output.json, [&](std::ostream& out) { out << validation_json(scores); });
  write_output(options.output.report, [&](std::ostream& out) { out << validation_report(scores); });
  if (!options.bands.empty()) write_bands(options.bands, scores);
  return kAnswered;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command = app.add_subcommand("validate", "Predict published measurements and score the predictions");
  command
      ->add_option(
          "files", options->files,
          "tables of published training runs, peak memory, matrix products, attention or collectives; none: the built-in set")
      ->type_name("FILE.csv");
  command->add_option("--bands", options->bands, "write the error bands of the training runs, as `run` uses them")
      ->type_name("FILE.csv");
  add_json_option(*command, options->output);
  add_report_option(*command, options->output);
  add_jobs_option(*command, options->simulation);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = validate(*options); });
}

}  // namespace headway
