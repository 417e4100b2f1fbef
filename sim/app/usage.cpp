#include "app/usage.h"

#include <algorithm>
#include <vector>

#include "base/diagnostic.h"

namespace headway {

void require_command(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  std::string known = "commands: ";
  for (const std::string& name : names) known += name + (name == names.back() ? " (see headway --help)" : ", ");

  const std::string first = argc > 1 ? argv[1] : "";
  if (first.empty()) throw InputError({}, "say what to do; " + known);
  if (first.front() == '-' || std::find(names.begin(), names.end(), first) != names.end()) return;
  throw InputError({}, "no command \"" + first + "\"" + did_you_mean(first, names) + "; " + known);
}

int leave(CLI::App& app, const CLI::ParseError& why) {
  app.failure_message([](const CLI::App* root, const CLI::Error& error) {
    std::string command;
    for (const CLI::App* chosen : root->get_subcommands()) command = chosen->get_name() + " ";
    return "headway: error: " + std::string(error.what()) + " (see headway " + command + "--help)\n";
  });
  return app.exit(why) == 0 ? kAnswered : kWrongInput;
}

}  // namespace headway
