#include "simulate/phase_clock.h"

#include <sys/resource.h>

#include <ctime>

namespace headway {
namespace {

double read_clock(clockid_t which) {
  timespec t{};
  clock_gettime(which, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

PhaseClock::PhaseClock()
    : wall_start_(read_clock(CLOCK_MONOTONIC)), cpu_start_(read_clock(CLOCK_THREAD_CPUTIME_ID)), phase_start_(cpu_start_) {}

void PhaseClock::end(const std::string& phase) {
  const double now = read_clock(CLOCK_THREAD_CPUTIME_ID);
  phases_.emplace_back(phase, now - phase_start_);
  phase_start_ = now;
}

void PhaseClock::report(Stats& stats) const {
  stats.wall_s = read_clock(CLOCK_MONOTONIC) - wall_start_;
  stats.cpu_s = read_clock(CLOCK_THREAD_CPUTIME_ID) - cpu_start_;
  for (const auto& [phase, seconds] : phases_) stats.cpu_by_phase_s[phase] += seconds;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  stats.peak_rss_mib = static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace headway
