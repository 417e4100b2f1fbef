// The command line as data, taken from its own definition: what shell completions and the manual are written from.
#pragma once

#include <string>
#include <vector>

#include "app/command.h"

namespace headway {

struct OptionWords {
  std::vector<std::string> names;    // "-o", "--output"; none: an argument told by its place
  std::string value;                 // FILE, SCENARIO ..., "" for a flag
  std::vector<std::string> choices;  // where only some words will do
  std::string about;
  bool required = false, repeatable = false;
};

struct CommandWords {
  std::string name, about;
  std::vector<OptionWords> arguments, options;
};

[[nodiscard]] std::vector<CommandWords> command_words(const CLI::App& app);

// What a value is, by the name it has in the help: a file of the catalogue and of which kind, another file, a folder, or anything.
enum class ValueKind { scenario, sweep, device, entry, file, folder, text };
[[nodiscard]] ValueKind kind_of_value(const OptionWords& option);

}  // namespace headway
