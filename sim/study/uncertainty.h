// How sure a predicted step time is: the band in which the middle 80 % of comparable published runs lay.
//
// A ratio is measured / predicted step time of one published run. For runs alike in device and software, else in device, else in
// software, else for all, the 10th and the 90th percentile of the ratios, laid on the prediction, are its band. The runs are those
// the model was calibrated on, so that the band says how well it fits what is known, not how it does on what nobody has measured.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.h"
#include "study/validation.h"

namespace headway {

inline constexpr double kBandLevel = 0.8;
inline constexpr int kEnoughRuns = 10;  // fewer say little about percentiles

struct ErrorBand {
  std::string device, software;  // "": any
  int runs = 0;
  double low = 0, high = 0;  // ratios
};

// Of every group of kEnoughRuns and more among the scored runs; all of them together first.
[[nodiscard]] std::vector<ErrorBand> error_bands(const std::vector<ScoredRun>& runs);

struct Uncertainty {
  Seconds low, high;
  int runs = 0;
  std::string comparable;  // "on h800-sxm with megatron-core"
};

// Of the most telling band. Requires a band of all runs among them.
[[nodiscard]] Uncertainty uncertainty_of(Seconds step_time, const std::string& device, const std::string& software,
                                         const std::vector<ErrorBand>& bands);

}  // namespace headway
