// headway schema: JSON Schema of the YAML files, for editors.
#include "config/schema.h"

#include "app/command.h"
#include "app/options.h"

namespace headway {

void add_schema(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of scenario files, for editors");
  command->callback([&exit_code] {
    std::string text = json_schema();
    if (text.empty() || text.back() != '\n') text += '\n';
    print(text);
    exit_code = kAnswered;
  });
}

}  // namespace headway
