// headway man: the manual page, its commands and options written from the definition of the command line.
#include <fmt/format.h>

#include "app/command_words.h"
#include "app/options.h"

namespace headway {

namespace {

// A line of text for troff: no hyphen becomes a dash, no backslash, dot or quote in front a request.
std::string troff(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c == '-')
      out += "\\-";
    else if (c == '\\')
      out += "\\e";
    else
      out += c;
  return !out.empty() && (out.front() == '.' || out.front() == '\'') ? "\\&" + out : out;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.back() != '.') text += '.';
  return troff(text);
}

// "\fB--json\fR \fIFILE\fR"
std::string heading(const OptionWords& option) {
  std::string text;
  for (const std::string& name : option.names) text += (text.empty() ? "\\fB" : ", \\fB") + troff(name) + "\\fR";
  if (option.value.empty()) return text;
  return text + (text.empty() ? "" : " ") + "\\fI" + troff(option.value) + "\\fR";
}

std::string argument_form(const OptionWords& argument) {
  const std::string name = "\\fI" + troff(argument.value) + "\\fR" + (argument.repeatable ? "..." : "");
  return argument.required ? name : "[" + name + "]";
}

std::string required_options(const CommandWords& command) {
  std::string text;
  for (const OptionWords& option : command.options)
    if (option.required) text += fmt::format(" \\fB{}\\fR \\fI{}\\fR", troff(option.names.back()), troff(option.value));
  return text;
}

std::string usage(const CommandWords& command) {
  std::string text = "\\fBheadway " + troff(command.name) + "\\fR";
  for (const OptionWords& argument : command.arguments) text += " " + argument_form(argument);
  return text + required_options(command) + " [\\fIoptions\\fR]";
}

std::string entry(const std::string& tag, const std::string& text) { return ".TP\n" + tag + "\n" + text + "\n"; }

std::string choices_of(const OptionWords& option) {
  return option.choices.empty() ? "" : fmt::format("\nOne of {}.", troff(fmt::format("{}", fmt::join(option.choices, ", "))));
}

std::string describe(const CommandWords& command) {
  std::string text = ".SS " + usage(command) + "\n" + sentence(command.about) + "\n";
  for (const OptionWords& argument : command.arguments)
    text += entry(heading(argument), sentence(argument.about) + choices_of(argument));
  for (const OptionWords& option : command.options)
    if (option.names.back() != "--help") text += entry(heading(option), sentence(option.about) + choices_of(option));
  return text;
}

constexpr const char* kDescription = R"(.SH DESCRIPTION
Headway tells, in seconds and on a laptop, what an AI training cluster will really deliver: step time, tokens per second, model
FLOPS utilisation, memory, where the time goes, and what a faster, a narrower or a forbidden link would change.
.PP
A question is one YAML file, a
.IR scenario :
a cluster, what is trained on it and how, and any number of what\-ifs laid over it.
The program writes the step of every rank as a graph of kernels, collectives and messages, finds the ranks that nothing can tell
apart, and simulates one of each class with the multiplicities of the whole machine.
Equal scenarios give equal bytes, for any number of threads.
)";

constexpr const char* kBehindCommands = R"(.SH EXIT STATUS
.TP
0
Answered.
.TP
1
A fault of the program.
.TP
2
The input is wrong; every mistake is a line
.IR file : line : column :
\fBerror:\fR ... on standard error.
.TP
3
Answered "cannot": a plan does not fit in memory, or none meets the goal. All output is written all the same.
.SH ENVIRONMENT
.TP
.B HEADWAY_PATH
Folders with
.IR topologies ,
.I workloads
and
.I scenarios
of your own, separated by colons; they come before the catalogue.
.TP
.B NO_COLOR
Where set, no colour on a terminal.
.SH FILES
.TP
.I share/headway
The catalogue beside the installed program: topologies, workloads, scenarios, and in
.I schema
the JSON Schemas of its files.
.TP
.I share/doc/headway
A tutorial, the model, the reference of the YAML files, how it is validated, how to extend it.
.SH EXAMPLES
.nf
headway run h200\-256\-vs\-910c\-384
headway run mine.yaml \-\-set restrict.0.bandwidth="100 GB/s" \-\-json \-
headway explain mine.yaml
headway size mine.yaml \-\-tokens 15T \-\-within 60d
.fi
)";

std::string manual(const std::vector<CommandWords>& commands) {
  std::string text = ".TH HEADWAY 1 \"\" \"headway " HEADWAY_VERSION "\" \"User Commands\"\n";
  text += ".SH NAME\nheadway \\- what an AI training cluster will really deliver\n.SH SYNOPSIS\n";
  for (const CommandWords& command : commands) text += (text.ends_with("SYNOPSIS\n") ? "" : ".br\n") + usage(command) + "\n";
  text += kDescription;
  text += ".SH COMMANDS\n";
  for (const CommandWords& command : commands) text += describe(command);
  return text + kBehindCommands;
}

}  // namespace

void add_man(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("man", "Print the manual page, for man -l");
  command->callback([&app, &exit_code] {
    print(manual(command_words(app)));
    exit_code = kAnswered;
  });
}

}  // namespace headway
