// headway size SCENARIO --tokens 15T --within 60d: how many devices, how long, with which layout.
#include <memory>
#include <optional>
#include <ostream>

#include "app/answers.h"
#include "app/command.h"
#include "app/options.h"
#include "app/progress.h"
#include "config/csv.h"
#include "config/units.h"
#include "report/html/reports.h"
#include "report/size_text.h"
#include "study/bill.h"

namespace headway {

namespace {

struct SizeOptions {
  std::vector<std::string> files;
  std::string tokens, within;
  int most = 65536;
  OutputOptions output;
  SimulationOptions simulation;
};

double read_tokens(const std::string& text) {
  const UnitReading reading = read_count(text);
  if (!reading.value) throw InputError({"--tokens", 0, 0}, reading.mistake);
  if (*reading.value <= 0) throw InputError({"--tokens", 0, 0}, "must be more than 0");
  return *reading.value;
}

// "60d", "36h", "8w": days.
double read_days(const std::string& text) {
  const std::optional<double> number = text.empty() ? std::nullopt : number_in<double>(text.substr(0, text.size() - 1));
  const char unit = text.empty() ? ' ' : text.back();
  const double days = unit == 'd' ? 1.0 : unit == 'h' ? 1.0 / 24 : unit == 'w' ? 7.0 : 0.0;
  if (!number || days == 0 || !(*number > 0))
    throw InputError({"--within", 0, 0}, "\"" + text + "\" is no time: write 60d, 36h or 8w");
  return *number * days;
}

// The whole run on that fleet, as far as the scenario says what fails and what things cost.
std::optional<Delivered> deliver(const Scenario& scenario, double tokens, const Machine& machine, const FoundPlan& plan) {
  if (!scenario.campaign && !scenario.prices) return std::nullopt;
  const Result& result = plan.result;
  std::optional<Weeks> weeks;
  if (scenario.campaign) {
    Campaign campaign = *scenario.campaign;
    campaign.goal = {tokens, {}, {}};
    weeks = weeks_of(campaign, machine.cluster, plan.plan, result, false);
  }
  const Weeks* known = weeks ? &*weeks : nullptr;
  const double hours = weeks ? weeks->days() * 24 : tokens / result.tokens_per_s / 3600;
  const FleetPower power = fleet_power(machine.cluster, result);
  Delivered delivered{hours / 24, weeks ? weeks->goodput.effective.mean : 1, std::nullopt, std::nullopt};
  if (const auto mean = mean_power(power, machine.cluster, known)) delivered.energy = *mean * Seconds(hours * 3600);
  if (scenario.prices) {
    const auto hourly = bill_of(*scenario.prices, machine.cluster, result, power, known).hour.least();
    if (hourly) delivered.cost = *hourly * hours;
  }
  return delivered;
}

int size(const SizeOptions& options) {
  require_separate(options.output);
  const JobLimit limit(options.simulation.jobs);
  const Catalogue catalogue = Catalogue::standard();
  const SizingGoal goal{read_tokens(options.tokens), read_days(options.within)};
  const auto read = [&](int devices) {
    std::vector<Override> changes = overrides(options.simulation);
    changes.push_back({"workload.parallel", "auto"});
    if (devices > 0) changes.push_back({"cluster.devices", std::to_string(devices)});
    std::vector<Scenario> scenarios = read_scenarios(options.files, changes, catalogue);
    if (scenarios.size() > 1) throw InputError({scenarios.front().file, 0, 0}, "size takes one scenario at a time");
    require_training(scenarios.front(), "size");
    return std::move(scenarios.front());
  };
  const Scenario as_written = read(0);
  const auto machine_of = [&](int devices) -> std::optional<Machine> {
    try {
      Scenario scenario = read(devices);
      scenario.plan.layout.data = 0;  // nobody wrote a layout
      return Machine{std::move(scenario.cluster), std::move(scenario.plan)};
    } catch (const InputError&) {
      return std::nullopt;  // a cluster of another size only
    }
  };
  ProgressLine progress("layouts of one size", 0, options.output.quiet);
  const PlanSearchOptions how{.open = as_written.open,
                              .best = 1,
                              .constraints = false,
                              .fold = !options.simulation.no_fold,
                              .device_use = as_written.campaign || as_written.prices,
                              .progress = [&](std::size_t done, std::size_t of) { progress.done(done, of); }};
  const Sizing sizing = size_cluster(
      machine_of, as_written.cluster.devices_per_node, options.most, goal, how,
      [&](const Machine& machine, const FoundPlan& plan) { return deliver(as_written, goal.tokens, machine, plan); });
  progress.clear();
  const std::string currency = as_written.prices ? as_written.prices->currency : "";
  if (wants_text(options.output)) print(size_text(as_written.name, sizing, goal, currency, text_style(options.output)));
  write_output(options.output.json, [&](std::ostream& out) { out << size_json(as_written.name, sizing, goal, currency); });
  write_output(options.output.report,
               [&](std::ostream& out) { out << size_report(as_written.name, as_written.question, sizing, goal, currency); });
  return sizing.goal ? kAnswered : kCannot;
}

}  // namespace

void add_size(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SizeOptions>();
  CLI::App* command = app.add_subcommand("size", "Say how many devices a token budget and a deadline need");
  command->add_option("scenario", options->files, "a scenario file, or a name from the catalogue")
      ->required()
      ->expected(1)
      ->type_name("SCENARIO");
  command->add_option("--tokens", options->tokens, "tokens to train on, e.g. 15T")->required()->type_name("COUNT");
  command->add_option("--within", options->within, "time for it, e.g. 60d, 36h or 8w")->required()->type_name("TIME");
  command->add_option("--most", options->most, "devices to consider at most; 65536 where left out")
      ->type_name("N")
      ->check(CLI::Range(1, 16777216));
  add_json_option(*command, options->output);
  add_report_option(*command, options->output);
  add_set_option(*command, options->simulation);
  add_jobs_option(*command, options->simulation);
  add_no_fold_option(*command, options->simulation);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = size(*options); });
}

}  // namespace headway
