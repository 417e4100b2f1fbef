// headway list devices|clusters|models|scenarios: what the catalogue holds.
#include <memory>
#include <ostream>

#include "app/command.h"
#include "app/options.h"
#include "config/catalogue.h"
#include "config/sweep_file.h"
#include "report/catalogue_text.h"
#include "report/json.h"

namespace headway {

namespace {

struct ListOptions {
  std::string kind;
  bool names = false;
  OutputOptions output;
};

ListEntry scenario_entry(const Catalogue& catalogue, const std::string& name) {
  const Catalogue::Asked asked = catalogue.asked(name);
  if (!asked.sweep) return {name, asked.question, ""};
  return {name, asked.question, "a sweep of " + std::to_string(catalogue.sweep(name).size()) + " points"};
}

ListEntry entry_of(const Catalogue& catalogue, CatalogueKind kind, const std::string& name) {
  switch (kind) {
    case CatalogueKind::devices: return {name, catalogue.device(name).title, device_about(catalogue.device(name))};
    case CatalogueKind::links: return {name, catalogue.link(name).title, ""};
    case CatalogueKind::clusters: return {name, catalogue.cluster(name).title, cluster_about(catalogue.cluster(name))};
    case CatalogueKind::models: return {name, catalogue.model(name).title, ""};
    case CatalogueKind::recipes: return {name, catalogue.recipe(name).title, ""};
    case CatalogueKind::software: return {name, catalogue.software(name).title, ""};
    case CatalogueKind::reliability: return {name, catalogue.reliability(name).title, ""};
    case CatalogueKind::prices: return {name, catalogue.prices(name).title, ""};
    case CatalogueKind::scenarios: return scenario_entry(catalogue, name);
  }
  return {};
}

int list(const ListOptions& options) {
  const Catalogue catalogue = Catalogue::standard();
  const CatalogueKind kind = *value_of<CatalogueKind>(options.kind);
  if (options.names) {
    for (const std::string& name : catalogue.names(kind)) print(name + "\n");
    return kAnswered;
  }
  std::vector<ListEntry> entries;
  for (const std::string& name : catalogue.names(kind)) entries.push_back(entry_of(catalogue, kind, name));
  if (wants_text(options.output)) print(list_text(entries));
  write_output(options.output.json, [&](std::ostream& out) { out << list_json(entries); });
  return kAnswered;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = app.add_subcommand("list", "List what the catalogue holds");
  command
      ->add_option("kind", options->kind, "devices, clusters, models, scenarios, links, recipes, software, reliability or prices")
      ->required()
      ->check(CLI::IsMember(all_names<CatalogueKind>()));
  command->add_flag("--names", options->names, "names alone, one a line");
  add_json_option(*command, options->output);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = list(*options); });
}

}  // namespace headway
