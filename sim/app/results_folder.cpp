#include "app/results_folder.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/diagnostic.h"

namespace headway {

namespace fs = std::filesystem;

namespace {

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

std::ofstream open(const std::string& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  if (!out) throw InputError({file, 0, 0}, "cannot write this file");
  return out;
}

void put(std::ofstream& out, const std::string& line, const std::string& file) {
  out << line << std::flush;
  if (!out) throw InputError({file, 0, 0}, "cannot write this file: is the disk full?");
}

}  // namespace

ResultsFolder::ResultsFolder(std::string folder, SweepTable table, std::size_t points, std::string identity)
    : folder_(std::move(folder)), table_(std::move(table)), points_(points), identity_(std::move(identity)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw InputError({folder_, 0, 0}, "cannot be made: " + error.message());
}

std::vector<std::string> ResultsFolder::parts(const std::string& name) const {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with("rows." + name) && file.ends_with(".jsonl")) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool ResultsFolder::is_this_sweep() const { return text_of(path("sweep.json")) == identity_ + "\n"; }

void ResultsFolder::read_rows(const std::string& file) {
  std::istringstream lines(text_of(file));
  for (std::string line; std::getline(lines, line) && !lines.eof();) {  // a line without its end was not finished
    const std::size_t point = point_of_row(line, file);
    if (point < points_) known_.emplace(point, line);
  }
}

void ResultsFolder::resume() {
  if (fs::exists(path("sweep.json")) && !is_this_sweep())
    throw InputError({folder_, 0, 0},
                     "holds the rows of another sweep, or of this file before it was changed; name another folder");
  read_rows(path("results.jsonl"));
  for (const std::string& part : parts()) read_rows(part);
}

void ResultsFolder::clear(const std::string& shard) {
  const bool all = shard.empty() || !is_this_sweep();
  for (const std::string& part : parts(all ? "" : shard + ".")) fs::remove(part);
  if (!all) return;
  fs::remove(path("results.jsonl"));
  fs::remove(path("results.csv"));
}

void ResultsFolder::write_identity() const {
  const std::string file = path("sweep.json");
  if (is_this_sweep()) return;
  std::ofstream out = open(file);
  put(out, identity_ + "\n", file);
}

// The rows before a point, into new files that take the place of the old ones in one step.
void ResultsFolder::write_known(const std::string& suffix, std::size_t before) {
  const std::string jsonl = path("results.jsonl"), csv = path("results.csv");
  jsonl_ = open(jsonl + suffix);
  csv_ = open(csv + suffix);
  put(csv_, table_.header(), csv);
  for (const auto& [point, row] : known_)
    if (point < before) append(row);
  fs::rename(jsonl + suffix, jsonl);
  fs::rename(csv + suffix, csv);
}

// Known rows beyond a gap go to a file of their own first, so that nothing is lost if this process dies before it comes to them.
std::size_t ResultsFolder::start() {
  write_identity();
  std::size_t next = 0;
  while (known_.contains(next)) ++next;
  const std::vector<std::string> old = parts();
  if (known_.upper_bound(next) != known_.end()) {
    start_part("kept");
    for (auto row = known_.upper_bound(next); row != known_.end(); ++row) append_part(row->second);
  }
  write_known(".new", next);
  for (const std::string& part : old) fs::remove(part);
  return next;
}

void ResultsFolder::append(const std::string& row) {
  put(jsonl_, row + "\n", path("results.jsonl"));
  put(csv_, table_.line(row), path("results.csv"));
}

void ResultsFolder::finish() {
  for (const std::string& part : parts()) fs::remove(part);
}

void ResultsFolder::start_part(const std::string& name) {
  write_identity();
  int attempt = 0;  // what an earlier one left stays where it is
  const auto file = [&] { return path("rows." + name + "." + std::to_string(attempt) + ".jsonl"); };
  while (fs::exists(file())) ++attempt;
  part_ = open(file());
}

void ResultsFolder::append_part(const std::string& row) { put(part_, row + "\n", folder_); }

// Others may do the same at this moment: who comes last has read all, and looks once more.
void ResultsFolder::publish() {
  const std::string suffix = ".new." + std::to_string(getpid());
  std::size_t before = 0;
  do {
    before = known_.size();
    read_rows(path("results.jsonl"));
    for (const std::string& part : parts()) read_rows(part);
    write_known(suffix, points_);
    for (const std::string& part : parts()) read_rows(part);
  } while (known_.size() > before);
  if (known_.size() == points_) finish();
}

std::vector<std::string> ResultsFolder::rows() const {
  std::vector<std::string> rows;
  std::istringstream lines(text_of(path("results.jsonl")));
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  return rows;
}

SweepSummary ResultsFolder::summary() const {
  SweepSummary summary;
  for (const std::string& row : rows()) summary.add(row);
  return summary;
}

}  // namespace headway
