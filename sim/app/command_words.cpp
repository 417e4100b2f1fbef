#include "app/command_words.h"

#include <sstream>

namespace headway {

namespace {

// CLI11 tells a value's type and its checks in one text: "SCENARIO", "N:INT in [1 - 1000]", "TEXT:{devices,clusters}".
struct TypeText {
  std::string name;
  std::vector<std::string> choices;
};

TypeText read_type(const std::string& text) {
  TypeText type{text.substr(0, text.find(':')), {}};
  const auto open = text.find('{'), close = text.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return type;
  std::istringstream list(text.substr(open + 1, close - open - 1));
  for (std::string word; std::getline(list, word, ',');) type.choices.push_back(word);
  return type;
}

OptionWords words_of(const CLI::Option& option) {
  OptionWords words;
  for (const std::string& name : option.get_snames()) words.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
  if (option.get_items_expected_max() > 0) {
    TypeText type = read_type(option.get_type_name());
    words.choices = std::move(type.choices);
    words.value = words.choices.empty() ? type.name : option.get_single_name();
    if (!words.choices.empty())
      for (char& c : words.value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  words.about = option.get_description();
  words.required = option.get_required();
  words.repeatable = option.get_items_expected_max() > 1 || option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  return words;
}

}  // namespace

std::vector<CommandWords> command_words(const CLI::App& app) {
  std::vector<CommandWords> all;
  for (const CLI::App* command : app.get_subcommands({})) {
    CommandWords words{command->get_name(), command->get_description(), {}, {}};
    for (const CLI::Option* option : command->get_options({}))
      (option->nonpositional() ? words.options : words.arguments).push_back(words_of(*option));
    all.push_back(std::move(words));
  }
  return all;
}

ValueKind kind_of_value(const OptionWords& option) {
  const std::string& name = option.value;
  if (name == "SCENARIO") return ValueKind::scenario;
  if (name == "SWEEP") return ValueKind::sweep;
  if (name == "DEVICE") return ValueKind::device;
  if (name == "NAME") return ValueKind::entry;
  if (name == "DIR") return ValueKind::folder;
  return name.starts_with("FILE") ? ValueKind::file : ValueKind::text;
}

}  // namespace headway
