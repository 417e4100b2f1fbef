// One line on the terminal that says how far long work has come: done, rate, time left. Nothing where standard error is no terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace headway {

class ProgressLine {
 public:
  // "1,234 of 10,000 points, 180/s, 49 s left"
  ProgressLine(std::string what, std::size_t total, bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void done(std::size_t now) { done(now, total_); }  // from one thread at a time
  void done(std::size_t now, std::size_t total);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  std::size_t total_;
  bool shown_;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

}  // namespace headway
