// What run and compare share: read scenarios, simulate them all, write text, JSON and trace. They differ in how they report.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/command.h"
#include "report/answer.h"
#include "report/text.h"

namespace headway {

struct ScenarioReport {
  std::function<std::string(const std::vector<Answer>&, const TextStyle&)> text;
  std::function<std::string(const std::vector<Answer>&, bool stats)> json, page;
  bool compares = false;  // only like with like: training runs, or bare collectives
};

void add_scenario_command(CLI::App& app, const char* name, const char* what, ScenarioReport report, int& exit_code);

}  // namespace headway
