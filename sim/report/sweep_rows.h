// Rows of a sweep: one line of JSON a point, and the same flattened into CSV. Equal answers give equal bytes.
//
// The CSV line is made of the JSON line alone, so that a table can be written again from the rows of an interrupted sweep.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "report/answer.h"

namespace headway {

struct SweepPoint {
  std::size_t number = 0;  // in the whole sweep, from 0
  std::string scenario;
  std::vector<std::pair<std::string, std::string>> setting;  // path and value of each axis
};

[[nodiscard]] std::string sweep_row(const SweepPoint& point, const Answer& answer);
// A point without an answer, and why.
[[nodiscard]] std::string sweep_row(const SweepPoint& point, const std::string& error);

// Columns: point, scenario, every path in `paths`, then the figures of training or of collectives, then error.
class SweepTable {
 public:
  SweepTable(std::vector<std::string> paths, bool collectives);
  [[nodiscard]] std::string header() const;
  [[nodiscard]] std::string line(const std::string& row) const;  // requires a row of the functions above

 private:
  std::vector<std::string> paths_;
  bool collectives_;
};

// The number of the point a line is about; throws InputError at `file` where it is no row.
[[nodiscard]] std::size_t point_of_row(const std::string& row, const std::string& file);

// What the rows come to: how many, how many without an answer and the first reason, the best.
struct SweepSummary {
  std::size_t rows = 0, failed = 0, not_fitting = 0;
  std::string first_error;
  std::string best, best_setting;  // scenario and values of the best
  double best_value = 0;           // tokens/s of plans that fit, or bus bandwidth in GB/s
  void add(const std::string& row);
};

[[nodiscard]] std::string sweep_text(const SweepSummary& summary, const std::string& folder);
[[nodiscard]] std::string sweep_json(const SweepSummary& summary, const std::string& folder);

}  // namespace headway
