// headway show NAME: one entry of the catalogue or a scenario file, every value with its source and grade; clusters are drawn.
#include <algorithm>
#include <memory>

#include "app/answers.h"
#include "app/command.h"
#include "app/options.h"
#include "config/catalogue.h"
#include "config/form.h"
#include "config/sweep_file.h"
#include "report/catalogue_text.h"
#include "report/fabric_text.h"
#include "report/text.h"

namespace headway {

namespace {

struct ShowOptions {
  std::string name;
  OutputOptions output;
  SimulationOptions simulation;
  bool dot = false;
};

bool is_path(const std::string& name) { return name.find('/') != std::string::npos || name.ends_with(".yaml"); }

// A sweep is told by its axes; its points are scenarios to run.
std::string sweep_text(const Catalogue& catalogue, const std::string& file, const ShowOptions& options) {
  const SweepFile sweep = catalogue.sweep(file, overrides(options.simulation));
  std::string out = wrapped(stem_of(file) + ": ", catalogue.asked(file).question);
  out += "\nA sweep of " + std::to_string(sweep.size()) + " points: headway sweep " + options.name + " -o DIR\nAxes\n";
  for (const std::string& path : sweep.paths()) out += "  " + path + "\n";
  return out;
}

std::string scenarios_text(const Catalogue& catalogue, const std::string& file, const ShowOptions& options) {
  if (catalogue.asked(file).sweep) return sweep_text(catalogue, file, options);
  std::string out;
  for (const Scenario& scenario : read_scenarios({file}, overrides(options.simulation), catalogue))
    out += (out.empty() ? "" : "\n") + scenario_text(scenario, text_style(options.output));
  return out;
}

// Clusters as Graphviz graphs: of a cluster, or of the scenarios of a file.
std::string graphs(const Catalogue& catalogue, const ShowOptions& options) {
  const std::string& name = options.name;
  const std::vector<std::string> clusters = catalogue.names(CatalogueKind::clusters);
  if (std::find(clusters.begin(), clusters.end(), name) != clusters.end()) return fabric_dot(catalogue.cluster(name));
  const std::string file = is_path(name) ? name : catalogue.path(CatalogueKind::scenarios, name, {});
  std::string out;
  for (const Scenario& scenario : read_scenarios({file}, overrides(options.simulation), catalogue))
    out += fabric_dot(scenario.cluster);
  return out;
}

int show(const ShowOptions& options) {
  const Catalogue catalogue = Catalogue::standard();
  const std::string& name = options.name;
  const TextStyle style = text_style(options.output);
  std::vector<std::string> known;
  const auto is_a = [&](CatalogueKind kind) {
    const std::vector<std::string> names = catalogue.names(kind);
    known.insert(known.end(), names.begin(), names.end());
    return std::find(names.begin(), names.end(), name) != names.end();
  };

  if (options.dot) {
    print(graphs(catalogue, options));
    return kAnswered;
  }

  std::string text;
  if (is_path(name))
    text = scenarios_text(catalogue, name, options);
  else if (is_a(CatalogueKind::devices))
    text = device_text(catalogue.device(name), style);
  else if (is_a(CatalogueKind::clusters))
    text = cluster_text(catalogue.cluster(name), style) + fabric_text(catalogue.cluster(name), style);
  else if (is_a(CatalogueKind::models))
    text = model_text(catalogue.model(name), style);
  else if (is_a(CatalogueKind::links))
    text = link_text(catalogue.link(name), style);
  else if (is_a(CatalogueKind::recipes))
    text = recipe_text(catalogue.recipe(name), style);
  else if (is_a(CatalogueKind::software))
    text = software_text(catalogue.software(name), style);
  else if (is_a(CatalogueKind::reliability))
    text = reliability_text(catalogue.reliability(name), style);
  else if (is_a(CatalogueKind::prices))
    text = prices_text(catalogue.prices(name), style);
  else if (is_a(CatalogueKind::scenarios))
    text = scenarios_text(catalogue, catalogue.path(CatalogueKind::scenarios, name, {}), options);
  else
    throw InputError({name, 0, 0}, "nothing in the catalogue has this name" + did_you_mean(name, known));
  print(text);
  return kAnswered;
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "Show one entry of the catalogue or a scenario, with sources");
  command->add_option("name", options->name, "a name `headway list` gives, or a scenario file")->required()->type_name("NAME");
  command->add_flag("--dot", options->dot, "draw a cluster's networks for Graphviz");
  add_set_option(*command, options->simulation);
  command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace headway
