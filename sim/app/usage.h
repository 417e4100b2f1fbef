// What to say where the command line itself is wrong: exit code 2, like any other wrong input.
#pragma once

#include <string>

#include "app/command.h"

namespace headway {

// Throws InputError that names the commands where the first argument is neither one of them nor an option.
void require_command(const CLI::App& app, int argc, char** argv);

// Prints the help or version that was asked for, or what is wrong; returns the exit code.
[[nodiscard]] int leave(CLI::App& app, const CLI::ParseError& why);

}  // namespace headway
