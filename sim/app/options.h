// Options that several commands share, and where their output goes.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "config/scenario.h"
#include "report/text.h"

namespace headway {

struct OutputOptions {
  std::string json;  // "" none, "-" standard output
  std::string report;
  bool quiet = false;
  bool stats = false;
};

struct SimulationOptions {
  std::vector<std::string> set;  // path=value
  std::string trace;
  int jobs = 0;  // 0: as many as there are cores
  bool no_fold = false;
};

void add_json_option(CLI::App& command, OutputOptions& options);
void add_report_option(CLI::App& command, OutputOptions& options);
void add_quiet_option(CLI::App& command, OutputOptions& options);
void add_stats_option(CLI::App& command, OutputOptions& options);
void add_set_option(CLI::App& command, SimulationOptions& options);
void add_jobs_option(CLI::App& command, SimulationOptions& options);
void add_no_fold_option(CLI::App& command, SimulationOptions& options);
void add_trace_and_fold_options(CLI::App& command, SimulationOptions& options);

// `path=value` pairs; throws InputError for anything else.
[[nodiscard]] std::vector<Override> overrides(const SimulationOptions& options);

// Bounds the threads of the process while it lives.
class JobLimit {
 public:
  explicit JobLimit(int jobs);
  ~JobLimit();
  JobLimit(const JobLimit&) = delete;
  JobLimit& operator=(const JobLimit&) = delete;

 private:
  struct Control;
  std::unique_ptr<Control> control_;
};

// Colour on a terminal unless NO_COLOR is set.
[[nodiscard]] TextStyle text_style(const OutputOptions& options);

// Throws InputError where two outputs would mix on standard output.
void require_separate(const OutputOptions& options, const std::string& trace = "");

// True when standard output is free for text: not --quiet, and no other output goes there.
[[nodiscard]] bool wants_text(const OutputOptions& options, const std::string& trace = "");

void print(const std::string& text);

// Writes to the file or, for "-", to standard output; nothing for "". Throws InputError where the file cannot be written.
void write_output(const std::string& file, const std::function<void(std::ostream&)>& write);

}  // namespace headway
