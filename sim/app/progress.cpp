#include "app/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "report/text.h"

namespace headway {

ProgressLine::ProgressLine(std::string what, std::size_t total, bool quiet)
    : what_(std::move(what)), total_(total), shown_(!quiet && isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::done(std::size_t now, std::size_t total) {
  total_ = total;
  const auto time = Clock::now();
  if (!shown_ || (now < total_ && time - last_ < std::chrono::milliseconds(200))) return;
  last_ = time;
  const double spent = std::chrono::duration<double>(time - start_).count();
  const double rate = spent > 0 ? static_cast<double>(now) / spent : 0;
  const double left = rate > 0 ? static_cast<double>(total_ - now) / rate : 0;
  const std::string line =
      fmt::format("{} of {} {}, {}/s, {} left", grouped(static_cast<double>(now)), grouped(static_cast<double>(total_)), what_,
                  significant(rate, 3), seconds_text(Seconds(left)));
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
}

}  // namespace headway
