// headway completion bash|zsh|fish: a script that completes the command line, written from its own definition. Names of the catalogue
// are asked for when they are needed.
#include <fmt/format.h>

#include <memory>

#include "app/command_words.h"
#include "app/options.h"
#include "config/catalogue.h"

namespace headway {

namespace {

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  return fmt::format("{}", fmt::join(words, between));
}

std::vector<std::string> names_of(const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  for (const CommandWords& command : commands) names.push_back(command.name);
  return names;
}

// Kinds of the catalogue whose names a value may be.
std::string kinds_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::scenario:
    case ValueKind::sweep: return "scenarios";
    case ValueKind::device: return "devices";
    case ValueKind::entry: return joined(all_names<CatalogueKind>());
    default: return "";
  }
}

bool takes_files(ValueKind kind) {
  return kind == ValueKind::file || kind == ValueKind::scenario || kind == ValueKind::sweep || kind == ValueKind::device ||
         kind == ValueKind::entry;
}

// ---- bash

std::string bash_value(const OptionWords& option) {
  if (!option.choices.empty()) return "_headway_words '" + joined(option.choices) + "'";
  const ValueKind kind = kind_of_value(option);
  if (kind == ValueKind::folder) return "_headway_folders";
  if (kind == ValueKind::file) return "_headway_files";
  return takes_files(kind) ? "_headway_names " + kinds_of(kind) : ":";
}

std::string bash_command(const CommandWords& command) {
  std::string text = fmt::format("    {})\n      case $before in\n", command.name);
  std::vector<std::string> options;
  for (const OptionWords& option : command.options) {
    options.insert(options.end(), option.names.begin(), option.names.end());
    if (!option.value.empty()) text += fmt::format("        {}) {}; return ;;\n", joined(option.names, "|"), bash_value(option));
  }
  text += "      esac\n";
  text += fmt::format("      [[ $word == -* ]] && _headway_words '{}' && return\n", joined(options));
  if (!command.arguments.empty()) text += "      " + bash_value(command.arguments.front()) + "\n";
  return text + "      ;;\n";
}

std::string bash_script(const std::vector<CommandWords>& commands) {
  std::string text = R"sh(# bash completion for headway: made by `headway completion bash`
_headway_words() { COMPREPLY+=($(compgen -W "$1" -- "$word")); }
_headway_folders() { COMPREPLY+=($(compgen -d -- "$word")); }
_headway_files() { compopt -o filenames 2>/dev/null || :; COMPREPLY+=($(compgen -f -- "$word")); }
_headway_names() {
  local kind
  for kind; do _headway_words "$("${COMP_WORDS[0]}" list "$kind" --names 2>/dev/null)"; done
  _headway_files
}
_headway() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} IFS=$' \t\n'
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
)sh";
  text += fmt::format("    _headway_words '{} --help --version'\n    return\n  fi\n", joined(names_of(commands)));
  text += "  case ${COMP_WORDS[1]} in\n";
  for (const CommandWords& command : commands) text += bash_command(command);
  return text + "  esac\n}\ncomplete -F _headway headway\n";
}

// ---- zsh

// Inside the single quotes of an _arguments specification: no quotes, brackets or colons of its own.
std::string zsh_text(const std::string& about) {
  std::string text;
  for (const char c : about)
    if (c == '\'')
      text += "'\\''";
    else if (c == '[' || c == ']' || c == ':')
      text += std::string("\\") + c;
    else
      text += c;
  return text;
}

std::string zsh_value(const OptionWords& option) {
  if (!option.choices.empty()) return "(" + joined(option.choices) + ")";
  const ValueKind kind = kind_of_value(option);
  if (kind == ValueKind::folder) return "_files -/";
  if (kind == ValueKind::file) return "_files";
  return takes_files(kind) ? "_headway_names " + kinds_of(kind) : " ";
}

std::string zsh_option(const OptionWords& option) {
  const std::string value = option.value.empty() ? "" : fmt::format(":{}:{}", zsh_text(option.value), zsh_value(option));
  std::string text;
  for (const std::string& name : option.names)
    text += fmt::format("        '{}{}[{}]{}' \\\n", option.repeatable ? "*" : "", name, zsh_text(option.about), value);
  return text;
}

std::string zsh_script(const std::vector<CommandWords>& commands) {
  std::string text = R"sh(#compdef headway
# zsh completion for headway: made by `headway completion zsh`
_headway_names() {
  local kind
  local -a names
  for kind; do names+=(${(f)"$(_call_program names headway list $kind --names 2>/dev/null)"}); done
  compadd -a names
  _files
}
_headway() {
  local state line
  local -a commands=(
)sh";
  for (const CommandWords& command : commands) text += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.about));
  text += R"sh(  )
  _arguments -C '--help[print the commands]' '--version[print the version]' '1: :->command' '*:: :->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $line[1] in
)sh";
  for (const CommandWords& command : commands) {
    text += fmt::format("      {}) _arguments \\\n", command.name);
    for (const OptionWords& option : command.options) text += zsh_option(option);
    for (const OptionWords& argument : command.arguments)
      text +=
          fmt::format("        '{}:{}:{}' \\\n", argument.repeatable ? "*" : "", zsh_text(argument.value), zsh_value(argument));
    text += "        ;;\n";
  }
  return text + R"sh(      esac ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _headway "$@"; else compdef _headway headway; fi
)sh";
}

// ---- fish

std::string fish_text(const std::string& about) {
  std::string text;
  for (const char c : about) text += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return text;
}

std::string fish_value(const OptionWords& option) {
  if (!option.choices.empty()) return " -f -a '" + joined(option.choices) + "'";
  const ValueKind kind = kind_of_value(option);
  if (kind == ValueKind::folder) return " -f -a '(__fish_complete_directories)'";
  if (kind == ValueKind::file) return " -F";
  return takes_files(kind) ? " -F -a '(__headway_names " + kinds_of(kind) + ")'" : " -f";
}

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string text = R"sh(# fish completion for headway: made by `headway completion fish`
function __headway_names
  for kind in $argv
    headway list $kind --names 2>/dev/null
  end
end
complete -c headway -f
complete -c headway -n __fish_use_subcommand -l help -d 'print the commands'
complete -c headway -n __fish_use_subcommand -l version -d 'print the version'
)sh";
  for (const CommandWords& command : commands) {
    text += fmt::format("complete -c headway -n __fish_use_subcommand -a {} -d '{}'\n", command.name, fish_text(command.about));
    const std::string when = fmt::format("complete -c headway -n '__fish_seen_subcommand_from {}'", command.name);
    for (const OptionWords& option : command.options) {
      text += when;
      for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) text += " -r" + fish_value(option);
      text += fmt::format(" -d '{}'\n", fish_text(option.about));
    }
    for (const OptionWords& argument : command.arguments) text += when + fish_value(argument) + "\n";
  }
  return text;
}

}  // namespace

void add_completion(CLI::App& app, int& exit_code) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app, &exit_code] {
    const std::vector<CommandWords> commands = command_words(app);
    print(*shell == "bash" ? bash_script(commands) : *shell == "zsh" ? zsh_script(commands) : fish_script(commands));
    exit_code = kAnswered;
  });
}

}  // namespace headway
