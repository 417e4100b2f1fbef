// A command adds itself to the command line; when chosen, its callback runs and leaves the program's exit code.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace headway {

// Exit codes: 0 answered, 1 a fault of ours, 2 the input is wrong, 3 answered "cannot".
enum ExitCode { kAnswered = 0, kOurFault = 1, kWrongInput = 2, kCannot = 3 };

void add_run(CLI::App& app, int& exit_code);
void add_controls(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_plan(CLI::App& app, int& exit_code);
void add_size(CLI::App& app, int& exit_code);
void add_sweep(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);
void add_man(CLI::App& app, int& exit_code);

}  // namespace headway
