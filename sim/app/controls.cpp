// headway controls [DEVICE...]: export-control arithmetic and class of devices, of the catalogue or of YAML files.
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/command.h"
#include "app/options.h"
#include "config/catalogue.h"
#include "report/controls_text.h"
#include "report/json.h"

namespace headway {

namespace {

struct ControlsOptions {
  std::vector<std::string> devices;
  OutputOptions output;
};

// Every device named, or all there are; the mistakes of all of them at once.
std::vector<ControlSheet> sheets_of(const std::vector<std::string>& names, const Catalogue& catalogue) {
  std::vector<ControlSheet> sheets;
  std::vector<Diagnostic> mistakes;
  for (const std::string& name : names.empty() ? catalogue.names(CatalogueKind::devices) : names) {
    try {
      sheets.push_back(controls(catalogue.device(name)));
    } catch (const InputError& error) {
      for (Diagnostic mistake : error.diagnostics()) {
        if (mistake.where.file.empty()) mistake.where.file = name;
        mistakes.push_back(std::move(mistake));
      }
    }
  }
  if (!mistakes.empty()) throw InputError(std::move(mistakes));
  return sheets;
}

int answer(const ControlsOptions& options) {
  const std::vector<ControlSheet> sheets = sheets_of(options.devices, Catalogue::standard());
  const TextStyle style = text_style(options.output);
  if (wants_text(options.output)) {
    std::string text = options.devices.size() == 1 ? "" : controls_table(sheets, style);
    if (!options.devices.empty())
      for (const ControlSheet& sheet : sheets) text += (text.empty() ? "" : "\n") + controls_text(sheet, style);
    print(text);
  }
  write_output(options.output.json, [&](std::ostream& out) { out << controls_json(sheets); });
  return kAnswered;
}

}  // namespace

void add_controls(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ControlsOptions>();
  CLI::App* command = app.add_subcommand("controls", "Export-control arithmetic and class of devices, real or invented");
  command->add_option("devices", options->devices, "names `headway list devices` gives, or YAML files; all where left out")
      ->type_name("DEVICE");
  add_json_option(*command, options->output);
  add_quiet_option(*command, options->output);
  command->callback([options, &exit_code] { exit_code = answer(*options); });
}

}  // namespace headway
