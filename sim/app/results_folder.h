// The folder a sweep writes: results.csv and results.jsonl, rows in order of their points.
//
//   sweep.json      which sweep this is, so that --resume goes on with no other
//   results.jsonl   one row a line
//   results.csv     the same rows, made of these lines
//   rows.*.jsonl    while several processes or shards share the work: what each has done, in its own order, until all is done
//
// A process alone appends to results.* as rows come; one of several to a file of its own, and whoever is done publishes all rows
// there are. A process killed at any moment leaves at most one broken line, which the next one drops. Rows are kept as the text they
// were written as, so that a resumed sweep ends in the same bytes.
#pragma once

#include <cstddef>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "report/sweep_rows.h"

namespace headway {

class ResultsFolder {
 public:
  // `points` of the whole sweep; `identity`: one line that tells it from any other. Throws InputError where the folder cannot be made.
  ResultsFolder(std::string folder, SweepTable table, std::size_t points, std::string identity);

  // Reads the rows that are there. Throws InputError where they are another sweep's.
  void resume();
  // Forgets them: all, or those of one shard of this very sweep.
  void clear(const std::string& shard);
  [[nodiscard]] bool has(std::size_t point) const { return known_.contains(point); }
  [[nodiscard]] const std::map<std::size_t, std::string>& known() const { return known_; }

  // Alone: writes the known rows up to the first point that is missing and returns that; then every further row, known or new.
  [[nodiscard]] std::size_t start();
  void append(const std::string& row);
  void finish();

  // One of several: rows go to rows.<name>..., then `publish` turns all rows there are into results.*.
  void start_part(const std::string& name);
  void append_part(const std::string& row);
  void publish();

  [[nodiscard]] std::vector<std::string> rows() const;  // of results.jsonl
  [[nodiscard]] SweepSummary summary() const;           // of these

 private:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::vector<std::string> parts(const std::string& name = "") const;
  [[nodiscard]] bool is_this_sweep() const;
  void read_rows(const std::string& file);
  void write_identity() const;
  void write_known(const std::string& suffix, std::size_t before);

  std::string folder_;
  SweepTable table_;
  std::size_t points_;
  std::string identity_;
  std::map<std::size_t, std::string> known_;
  std::ofstream jsonl_, csv_, part_;
};

}  // namespace headway
