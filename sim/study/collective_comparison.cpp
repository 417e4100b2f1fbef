#include "study/collective_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace headway {
namespace {

constexpr double kAlike = 0.005;  // relative difference nobody would act on

std::string why_behind(const CollectiveResult& loser, const CollectiveResult& winner) {
  const double ratio = loser.time / winner.time;
  if (ratio < 1 + kAlike) return "as fast within 0.5 %";
  const Seconds more = loser.time - winner.time, waiting = loser.latency - winner.latency;
  const bool latency = waiting > 0.5 * more;
  const double share = std::min(1.0, latency ? waiting / more : 1 - waiting / more);
  return fmt::format("{:.2f}x slower: {:.0f} % of the loss is {}", ratio, 100 * share,
                     latency ? "latency" : "transfer over " + loser.most_loaded_link);
}

}  // namespace

std::vector<CollectiveStanding> compare(std::span<const CollectiveResult* const> results) {
  HEADWAY_CHECK(!results.empty(), "nothing to compare");
  std::vector<std::size_t> order(results.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return results[a]->time < results[b]->time; });
  const CollectiveResult& winner = *results[order.front()];
  std::vector<CollectiveStanding> standings;
  for (const std::size_t run : order) {
    CollectiveStanding standing{run, winner.time / results[run]->time, false, ""};
    standing.alike = standing.share_of_best > 1 - kAlike;
    if (run != order.front()) standing.why = why_behind(*results[run], winner);
    standings.push_back(std::move(standing));
  }
  return standings;
}

}  // namespace headway
