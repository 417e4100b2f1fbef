#include "app/options.h"

#include <tbb/global_control.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <utility>

#include "base/diagnostic.h"

namespace headway {

struct JobLimit::Control {
  tbb::global_control threads;
};

void add_json_option(CLI::App& command, OutputOptions& options) {
  command.add_option("--json", options.json, "write the answer as JSON ('-': standard output, and nothing else there)")
      ->type_name("FILE");
}

void add_report_option(CLI::App& command, OutputOptions& options) {
  command.add_option("--report", options.report, "write the answer as one HTML page that needs nothing else")
      ->type_name("FILE.html");
}

void add_quiet_option(CLI::App& command, OutputOptions& options) {
  command.add_flag("--quiet", options.quiet, "print no text and no progress");
}

void add_stats_option(CLI::App& command, OutputOptions& options) {
  command.add_flag("--stats", options.stats, "add this program's own time, events, classes and memory");
}

void add_set_option(CLI::App& command, SimulationOptions& options) {
  command.add_option("--set", options.set, "lay a value over the scenario, e.g. workload.global_batch=256; repeatable")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
}

void add_jobs_option(CLI::App& command, SimulationOptions& options) {
  command.add_option("--jobs", options.jobs, "threads to use at most")->type_name("N")->check([](const std::string& text) {
    int jobs = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
    const bool good = error == std::errc() && end == text.data() + text.size() && jobs >= 1;
    return good ? std::string() : "must be a whole number from 1 on, not \"" + text + "\"";
  });
}

void add_trace_and_fold_options(CLI::App& command, SimulationOptions& options) {
  command.add_option("--trace", options.trace, "write the timeline as a Perfetto/Chrome trace ('-': standard output)")
      ->type_name("FILE");
  add_no_fold_option(command, options);
}

void add_no_fold_option(CLI::App& command, SimulationOptions& options) {
  command.add_flag("--no-fold", options.no_fold, "simulate every rank by itself: same answer, more work");
}

std::vector<Override> overrides(const SimulationOptions& options) {
  std::vector<Override> parsed;
  Diagnostics mistakes;
  for (const std::string& text : options.set) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      mistakes.error({"--set", 0, 0}, "\"" + text + "\" is not path=value");
    else
      parsed.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  mistakes.throw_if_any();
  return parsed;
}

JobLimit::JobLimit(int jobs) {
  if (jobs > 0)
    control_ = std::make_unique<Control>(
        Control{tbb::global_control(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(jobs))});
}

JobLimit::~JobLimit() = default;

TextStyle text_style(const OutputOptions& options) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return {.colour = !refused && isatty(STDOUT_FILENO) != 0, .stats = options.stats};
}

void require_separate(const OutputOptions& options, const std::string& trace) {
  std::string holder;
  for (const auto& [option, file] : {std::pair{"--json", &options.json}, {"--trace", &trace}, {"--report", &options.report}}) {
    if (*file != "-") continue;
    if (!holder.empty()) throw InputError({option, 0, 0}, holder + " has standard output already; name a file for one of them");
    holder = option;
  }
}

bool wants_text(const OutputOptions& options, const std::string& trace) {
  return !options.quiet && options.json != "-" && trace != "-" && options.report != "-";
}

void print(const std::string& text) { std::cout << text << std::flush; }

void write_output(const std::string& file, const std::function<void(std::ostream&)>& write) {
  if (file.empty()) return;
  if (file == "-") {
    write(std::cout);
    std::cout.flush();
    return;
  }
  std::ofstream out(file, std::ios::binary);
  if (out) write(out);
  out.flush();
  if (!out) throw InputError({file, 0, 0}, "cannot write this file");
}

}  // namespace headway
