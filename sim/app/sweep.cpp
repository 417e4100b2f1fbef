// headway sweep SWEEP -o DIR [--resume] [--shard i/n]: many scenarios in parallel, a row each.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "app/answers.h"
#include "app/command.h"
#include "app/options.h"
#include "app/progress.h"
#include "app/results_folder.h"
#include "app/work_share.h"
#include "base/mixed_hash.h"
#include "config/catalogue.h"
#include "config/csv.h"
#include "config/sweep_file.h"
#include "report/html/reports.h"
#include "report/sweep_rows.h"
#include "study/ordered_work.h"

namespace headway {

namespace {

struct SweepOptions {
  std::string file, folder, shard;
  bool resume = false;
  OutputOptions output;
  SimulationOptions simulation;
};

struct Shard {
  std::size_t number = 1, of = 1;  // counted from 1
};

Shard read_shard(const std::string& text) {
  if (text.empty()) return {};
  const auto slash = text.find('/');
  const auto number = slash == std::string::npos ? std::nullopt : number_in<std::size_t>(text.substr(0, slash));
  const auto of = slash == std::string::npos ? std::nullopt : number_in<std::size_t>(text.substr(slash + 1));
  if (!number || !of || *number < 1 || *number > *of)
    throw InputError({"--shard", 0, 0}, "\"" + text + "\" is not i/n with i from 1 to n, such as 1/4");
  return {*number, *of};
}

struct PointRange {
  std::size_t first = 0, last = 0;  // [first, last)
};

// Neighbouring points, so that the shards' rows one after another are those of the whole.
PointRange range_of(std::size_t points, const Shard& shard) {
  const auto end = [&](std::size_t number) { return points / shard.of * number + std::min(number, points % shard.of); };
  return {end(shard.number - 1), end(shard.number)};
}

std::string digest(const std::string& text) {
  std::uint64_t sum = 0;
  for (const char c : text) sum = mixed(sum, static_cast<unsigned char>(c));
  return fmt::format("{:016x}", sum);
}

std::string reason(const InputError& error) {
  std::string text;
  for (const Diagnostic& mistake : error.diagnostics()) text += (text.empty() ? "" : "; ") + mistake.text();
  return text;
}

class Sweeper {
 public:
  Sweeper(const SweepOptions& options, const Catalogue& catalogue)
      : options_(options),
        sweep_(catalogue.sweep(options.file, overrides(options.simulation))),
        shard_(read_shard(options.shard)),
        range_(range_of(sweep_.size(), shard_)),
        folder_(options.folder, SweepTable(sweep_.paths(), sweep_.has_collectives()), sweep_.size(), identity()) {}

  int run() {
    const std::string shard = shard_.of > 1 ? fmt::format("{}-of-{}", shard_.number, shard_.of) : "";
    if (options_.resume)
      folder_.resume();
    else if (share_.process() == 0)
      folder_.clear(shard);
    share_.meet();  // all have read before anybody writes
    const bool alone = share_.processes() == 1 && shard.empty();
    const bool last =
        alone ? run_alone() : run_beside_others((shard.empty() ? "all" : shard) + "." + std::to_string(share_.process()));
    if (last) report();
    return kAnswered;
  }

 private:
  [[nodiscard]] std::string identity() const {
    return fmt::format(R"({{"points": {}, "sweep": "{}", "version": "{}"}})", sweep_.size(), digest(sweep_.text()),
                       HEADWAY_VERSION);
  }

  bool run_alone() {
    const std::size_t first = folder_.start();
    std::size_t next = first;
    ProgressLine progress("points", range_.last - first, options_.output.quiet);
    run_in_order({[&] { return next < range_.last ? std::optional(next++) : std::nullopt; },
                  [&](std::size_t point) { return row(point); },
                  [&](std::size_t point, const std::string& text) {
                    folder_.append(text);
                    progress.done(point - first + 1);
                  }});
    folder_.finish();
    return true;
  }

  // True for the one that was last.
  bool run_beside_others(const std::string& name) {
    std::vector<std::size_t> open;  // the same in all processes
    for (std::size_t point = range_.first; point < range_.last; ++point)
      if (!folder_.has(point)) open.push_back(point);
    folder_.start_part(name);
    ProgressLine progress("points", open.size(), options_.output.quiet || share_.process() > 0);
    std::size_t written = 0;
    run_in_order({[&] { return share_.next(open.size()); }, [&](std::size_t item) { return row(open[item]); },
                  [&](std::size_t, const std::string& text) {
                    folder_.append_part(text);
                    progress.done(++written);
                  }});
    const bool last = open.empty() ? share_.process() == 0 : share_.complete(written, open.size());
    if (last) folder_.publish();
    return last;
  }

  [[nodiscard]] std::string row(std::size_t point) const {
    if (const auto known = folder_.known().find(point); known != folder_.known().end()) return known->second;
    const SweepPoint what{point, sweep_.scenario_name(point), sweep_.setting(point)};
    try {
      Scenario scenario = sweep_.scenario(point);
      choose_layout(scenario, !options_.simulation.no_fold, true);
      if (scenario.collective.has_value() != sweep_.has_collectives())
        return sweep_row(what, "a training run and a bare collective have no table in common");
      if (!scenario.jobs.empty()) return sweep_row(what, "several jobs have no row in common");
      return sweep_row(what, answers_to(scenario, {.fold = !options_.simulation.no_fold}).front());
    } catch (const InputError& error) {
      return sweep_row(what, reason(error));
    }
  }

  void report() const {
    const SweepSummary summary = folder_.summary();
    if (wants_text(options_.output)) print(sweep_text(summary, options_.folder));
    write_output(options_.output.json, [&](std::ostream& out) { out << sweep_json(summary, options_.folder); });
    write_output(options_.output.report, [&](std::ostream& out) {
      out << sweep_report(
          {std::filesystem::path(options_.file).stem().string(), options_.folder, sweep_.paths(), folder_.rows(), summary});
    });
  }

  const SweepOptions& options_;
  WorkShare share_;
  SweepFile sweep_;
  Shard shard_;
  PointRange range_;
  ResultsFolder folder_;
};

}  // namespace

void add_sweep(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SweepOptions>();
  CLI::App* command = app.add_subcommand("sweep", "Simulate every point of a grid of scenarios, a row each");
  command->add_option("sweep", options->file, "a scenario file with `sweep: {path: [values]}`")->required()->type_name("SWEEP");
  command->add_option("-o,--output", options->folder, "folder for results.csv and results.jsonl")->required()->type_name("DIR");
  command->add_flag("--resume", options->resume, "go on where an interrupted sweep of the same file stopped");
  command->add_option("--shard", options->shard, "only the i-th of n parts, counted from 1; parts may share a folder")
      ->type_name("i/n");
  add_json_option(*command, options->output);
  add_report_option(*command, options->output);
  add_set_option(*command, options->simulation);
  add_jobs_option(*command, options->simulation);
  add_no_fold_option(*command, options->simulation);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] {
    require_separate(options->output);
    const JobLimit limit(options->simulation.jobs);
    const Catalogue catalogue = Catalogue::standard();
    exit_code = Sweeper(*options, catalogue).run();
  });
}

}  // namespace headway
