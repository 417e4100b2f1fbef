#include "study/goodput.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "study/percentile.h"

namespace headway {

namespace {

template <class Value>
Spread spread_of(const std::vector<RunOutcome>& outcomes, const Value& value) {
  std::vector<double> values;
  values.reserve(outcomes.size());
  for (const RunOutcome& outcome : outcomes) values.push_back(value(outcome));
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  std::sort(values.begin(), values.end());
  return {mean, percentile(values, 0.1), percentile(values, 0.5), percentile(values, 0.9)};
}

}  // namespace

Goodput goodput(const LongRun& plan, int runs, std::uint64_t seed) {
  HEADWAY_CHECK(runs > 0, "a mean is of something");
  std::vector<RunOutcome> outcomes(static_cast<std::size_t>(runs));
  tbb::parallel_for(std::size_t{0}, outcomes.size(), [&](std::size_t i) { outcomes[i] = simulate_long_run(plan, seed, i); });

  Goodput sum;
  sum.runs = runs;
  sum.effective = spread_of(outcomes, [](const RunOutcome& o) { return o.work / o.elapsed; });
  sum.elapsed = spread_of(outcomes, [](const RunOutcome& o) { return o.elapsed.value(); });
  sum.failures = spread_of(outcomes, [](const RunOutcome& o) {
    return static_cast<double>(std::accumulate(o.failures.begin(), o.failures.end(), std::uint64_t{0}));
  });
  sum.failures_by.resize(plan.hazards.size());
  const double share = 1.0 / runs;
  for (const RunOutcome& outcome : outcomes) {
    sum.work += outcome.work * share;
    sum.running += outcome.running * share;
    for (std::size_t i = 0; i < kLosses; ++i) sum.lost[i] += outcome.lost[i] * share;
    for (std::size_t i = 0; i < sum.failures_by.size(); ++i) sum.failures_by[i] += outcome.failures[i] * share;
    sum.windows += outcome.windows;
  }
  sum.windows /= runs;
  const auto finished = [&](const RunOutcome& outcome) { return outcome.work >= plan.work; };
  sum.finished = static_cast<double>(std::count_if(outcomes.begin(), outcomes.end(), finished)) / runs;
  return sum;
}

}  // namespace headway
