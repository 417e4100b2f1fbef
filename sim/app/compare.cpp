// headway compare SCENARIO...: side by side, best first, with what limits each.
#include "app/scenario_command.h"
#include "report/html/reports.h"
#include "report/json.h"
#include "report/run_text.h"

namespace headway {

void add_compare(CLI::App& app, int& exit_code) {
  add_scenario_command(app, "compare", "Simulate scenarios side by side, best first, with what limits each",
                       {[](const auto& answers, const TextStyle& style) { return compare_text(answers, style); },
                        [](const auto& answers, bool stats) { return compare_json(answers, stats); },
                        [](const auto& answers, bool stats) { return compare_report(answers, stats); }, true},
                       exit_code);
}

}  // namespace headway
