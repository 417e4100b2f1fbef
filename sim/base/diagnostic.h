// What a user got wrong, and where.
//
// Readers report every mistake they meet into a Diagnostics and go on; at the end `throw_if_any` raises one InputError
// that holds them all, ordered by place. Printed form: `scenarios/x.yaml:14:12: error: tensor: 12 does not divide 128 heads`.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace headway {

// A place in a text file; line and column count from 1, and 0 means "the file as a whole".
struct SourceMark {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  SourceMark where;
  std::string message;

  [[nodiscard]] std::string text() const;
};

// The whole set of mistakes found in one run. Exit code 2.
class InputError : public std::exception {
 public:
  explicit InputError(std::vector<Diagnostic> diagnostics);
  InputError(SourceMark where, std::string message);

  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::vector<Diagnostic> diagnostics_;
  std::string text_;
};

class Diagnostics {
 public:
  void error(SourceMark where, std::string message);
  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  void throw_if_any();

 private:
  std::vector<Diagnostic> items_;
};

// The candidate nearest to `word` by edit distance, or "" where none is near enough to be what was meant.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

// ` (did you mean "x"?)`, or "" where nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace headway
