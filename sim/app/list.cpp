// headway list devices|clusters|models|scenarios: what the catalogue holds.
#include <memory>
#include <ostream>

#include "app/command.h"
#include "app/options.h"
#include "config/catalogue.h"
#include "report/catalogue_text.h"
#include "report/json.h"

namespace headway {

namespace {

struct ListOptions {
  std::string kind;
  OutputOptions output;
};

std::string title_of(const Catalogue& catalogue, CatalogueKind kind, const std::string& name) {
  switch (kind) {
    case CatalogueKind::devices: return catalogue.device(name).title;
    case CatalogueKind::links: return catalogue.link(name).title;
    case CatalogueKind::clusters: return catalogue.cluster(name).title;
    case CatalogueKind::models: return catalogue.model(name).title;
    case CatalogueKind::recipes: return catalogue.recipe(name).title;
    case CatalogueKind::software: return catalogue.software(name).title;
    case CatalogueKind::reliability: return catalogue.reliability(name).title;
    case CatalogueKind::prices: return catalogue.prices(name).title;
    case CatalogueKind::scenarios: return catalogue.scenarios(catalogue.path(kind, name, {})).front().question;
  }
  return "";
}

std::string about(const Catalogue& catalogue, CatalogueKind kind, const std::string& name) {
  if (kind == CatalogueKind::devices) return device_about(catalogue.device(name));
  if (kind == CatalogueKind::clusters) return cluster_about(catalogue.cluster(name));
  return "";
}

int list(const ListOptions& options) {
  const Catalogue catalogue = Catalogue::standard();
  const CatalogueKind kind = *value_of<CatalogueKind>(options.kind);
  std::vector<ListEntry> entries;
  for (const std::string& name : catalogue.names(kind))
    entries.push_back({name, title_of(catalogue, kind, name), about(catalogue, kind, name)});
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
  add_json_option(*command, options->output);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = list(*options); });
}

}  // namespace headway
