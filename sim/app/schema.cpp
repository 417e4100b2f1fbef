// headway schema [KIND]: JSON Schema of the YAML files, for editors; or the same as a reference to read.
#include "config/schema.h"

#include <memory>

#include "app/command.h"
#include "app/options.h"
#include "report/yaml_reference.h"

namespace headway {

void add_schema(CLI::App& app, int& exit_code) {
  struct SchemaOptions {
    std::string kind = "scenarios";
    bool markdown = false;
  };
  auto options = std::make_shared<SchemaOptions>();
  CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of the YAML files, for editors");
  command->add_option("kind", options->kind, "of which files; scenarios where left out")
      ->check(CLI::IsMember(all_names<CatalogueKind>()));
  command->add_flag("--markdown", options->markdown, "the keys of all files, as a reference to read");
  command->callback([options, &exit_code] {
    print(options->markdown ? yaml_reference() : json_schema(*value_of<CatalogueKind>(options->kind)));
    exit_code = kAnswered;
  });
}

}  // namespace headway
