#include "study/uncertainty.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "study/percentile.h"

namespace headway {
namespace {

const ErrorBand* band_of(const std::vector<ErrorBand>& bands, const std::string& device, const std::string& software) {
  const auto found = std::find_if(bands.begin(), bands.end(),
                                  [&](const ErrorBand& band) { return band.device == device && band.software == software; });
  return found == bands.end() ? nullptr : &*found;
}

std::string name_of(const ErrorBand& band) {
  if (band.device.empty() && band.software.empty()) return "of all kinds";
  std::string name = band.device.empty() ? "" : "on " + band.device;
  if (!band.software.empty()) name += (name.empty() ? "with " : " with ") + band.software;
  return name;
}

}  // namespace

std::vector<ErrorBand> error_bands(const std::vector<ScoredRun>& runs) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> groups;
  for (const ScoredRun& run : runs) {
    if (!run.scored) continue;
    const double ratio = run.measured / run.predicted;
    for (const std::string& device : {std::string(), run.device})
      for (const std::string& software : {std::string(), run.software}) groups[{device, software}].push_back(ratio);
  }
  std::vector<ErrorBand> bands;
  for (auto& [group, ratios] : groups) {
    const bool all = group.first.empty() && group.second.empty();
    if (!all && ratios.size() < kEnoughRuns) continue;
    std::sort(ratios.begin(), ratios.end());
    bands.push_back({group.first, group.second, static_cast<int>(ratios.size()), percentile(ratios, (1 - kBandLevel) / 2),
                     percentile(ratios, (1 + kBandLevel) / 2)});
  }
  return bands;
}

Uncertainty uncertainty_of(Seconds step_time, const std::string& device, const std::string& software,
                           const std::vector<ErrorBand>& bands) {
  for (const auto& [d, s] : {std::pair(device, software), std::pair(device, std::string()), std::pair(std::string(), software),
                             std::pair(std::string(), std::string())})
    if (const ErrorBand* band = band_of(bands, d, s))
      return {band->low * step_time, band->high * step_time, band->runs, name_of(*band)};
  throw InternalError("no error band holds all runs");
}

}  // namespace headway
