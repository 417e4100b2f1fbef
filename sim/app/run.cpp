// headway run SCENARIO...: simulate, print a readable answer; of several, each in full and then side by side.
#include "app/scenario_command.h"
#include "report/html/reports.h"
#include "report/json.h"
#include "report/run_text.h"

namespace headway {

namespace {

std::string each_then_all(const std::vector<Answer>& answers, const TextStyle& style) {
  std::string text;
  for (const Answer& answer : answers) text += run_text(answer, style) + (answers.size() > 1 ? "\n\n" : "");
  return answers.size() > 1 ? text + compare_text(answers, style) : text;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  add_scenario_command(app, "run", "Simulate scenarios and print a readable answer",
                       {each_then_all, [](const auto& answers, bool stats) { return run_json(answers, stats); },
                        [](const auto& answers, bool stats) { return run_report(answers, stats); }, false},
                       exit_code);
}

}  // namespace headway
