// headway run SCENARIO...: simulate, print a readable answer.
#include "app/scenario_command.h"
#include "report/json.h"
#include "report/run_text.h"

namespace headway {

namespace {

std::string one_after_another(const std::vector<Answer>& answers, const TextStyle& style) {
  std::string text;
  for (const Answer& answer : answers) text += (text.empty() ? "" : "\n\n") + run_text(answer, style);
  return text;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  add_scenario_command(app, "run", "Simulate scenarios and print a readable answer",
                       {one_after_another, [](const auto& answers, bool stats) { return run_json(answers, stats); }}, exit_code);
}

}  // namespace headway
