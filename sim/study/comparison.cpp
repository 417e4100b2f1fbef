#include "study/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "study/breakdown_parts.h"

namespace headway {

namespace {

constexpr double kAlike = 0.005;  // relative difference nobody would act on

// Cost of each part, seconds per token of the whole cluster.
std::array<double, kBreakdownParts.size()> cost_per_token(const Result& result) {
  std::array<double, kBreakdownParts.size()> cost{};
  const double tokens = result.tokens_per_s * result.step_time.value();
  for (std::size_t k = 0; k < kBreakdownParts.size(); ++k)
    cost[k] = tokens > 0 ? (result.breakdown.*kBreakdownParts[k].time).value() / tokens : 0;
  return cost;
}

std::string because_of_devices(const Result& loser, const Result& winner) {
  if (loser.mfu_peak_tflops < winner.mfu_peak_tflops * (1 - kAlike))
    return fmt::format(", on devices of {:.0f} TFLOPS dense peak against {:.0f}", loser.mfu_peak_tflops, winner.mfu_peak_tflops);
  if (loser.devices < winner.devices) return fmt::format(", on {} devices against {}", loser.devices, winner.devices);
  if (loser.mfu < winner.mfu * (1 - kAlike))
    return fmt::format(", at {:.1f} % MFU against {:.1f} %", 100 * loser.mfu, 100 * winner.mfu);
  return "";
}

std::string why_behind(const Result& loser, const Result& winner) {
  const double ratio = winner.tokens_per_s / loser.tokens_per_s;
  if (!std::isfinite(ratio)) return "it makes no progress";
  const std::string memory = loser.fits || !winner.fits ? "" : "does not fit in memory; ";
  if (ratio < 1 + kAlike)
    return memory + (ratio > 1 - kAlike ? "as fast within 0.5 %" : fmt::format("{:.2f}x as fast if it did", 1 / ratio));

  const auto mine = cost_per_token(loser);
  const auto best = cost_per_token(winner);
  std::size_t largest = 0;
  double grown = 0;
  for (std::size_t k = 0; k < mine.size(); ++k) {
    grown += std::max(0.0, mine[k] - best[k]);
    if (mine[k] - best[k] > mine[largest] - best[largest]) largest = k;
  }
  const double extra = mine[largest] - best[largest];
  std::string why = memory + fmt::format("{:.2f}x slower per token", ratio);
  if (extra <= 0) return why;
  why += fmt::format(": {:.0f} % of the loss is {}", 100 * extra / grown, kBreakdownParts[largest].noun);
  return kBreakdownParts[largest].key == "compute" ? why + because_of_devices(loser, winner) : why;
}

}  // namespace

double tokens_per_s_per_device(const Result& result) { return result.devices > 0 ? result.tokens_per_s / result.devices : 0; }

std::vector<Standing> compare(std::span<const Result* const> results) {
  HEADWAY_CHECK(!results.empty(), "nothing to compare");
  std::vector<std::size_t> order(results.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (results[a]->fits != results[b]->fits) return results[a]->fits;
    return results[a]->tokens_per_s > results[b]->tokens_per_s;
  });

  const Result& winner = *results[order.front()];
  std::vector<Standing> standings;
  for (const std::size_t run : order) {
    const Result& result = *results[run];
    Standing standing;
    standing.run = run;
    standing.share_of_best = result.tokens_per_s / winner.tokens_per_s;
    standing.share_per_device = tokens_per_s_per_device(result) / tokens_per_s_per_device(winner);
    standing.alike = result.fits == winner.fits && standing.share_of_best > 1 - kAlike;
    if (run != order.front()) standing.why = why_behind(result, winner);
    standings.push_back(std::move(standing));
  }
  return standings;
}

}  // namespace headway
