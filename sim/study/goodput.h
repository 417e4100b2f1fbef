// What a run of weeks delivers: thousands of seeded runs (operations/long_run.h) in parallel, and what they come to.
//
// Run i draws from (seed, i); sums are taken in the order of the runs, so that no number of threads shows.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "operations/long_run.h"

namespace headway {

// Mean, and the range in which the middle 80 % of the runs lie.
struct Spread {
  double mean = 0, low = 0, median = 0, high = 0;
};

struct Goodput {
  int runs = 0;
  Spread effective;                     // share of the elapsed time that was training, and stayed
  Spread elapsed;                       // s
  Spread failures;                      // of all sources
  double finished = 0;                  // share of the runs that did all their work
  Seconds work, running;                // mean
  std::array<Seconds, kLosses> lost{};  // mean, by Loss
  std::vector<double> failures_by;      // mean, by hazard
  double windows = 0;                   // of maintenance, mean
};

[[nodiscard]] Goodput goodput(const LongRun& plan, int runs, std::uint64_t seed);

}  // namespace headway
