// Which of several answers is best, by how much, and where each of the others loses its time.
//
// Best is the largest tokens/s among the plans that fit in memory; plans that do not fit come after all that do.
//
// Why one loses: a step spends b_k seconds in part k on T tokens, so a token costs b_k / T there and the costs add up to
// 1 / (tokens/s). The part whose cost grows most over the winner's is the reason, named with its share of all that grew. Where
// that part is compute and the devices' dense peaks differ, the peaks are named, for they are the cause behind it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "simulate/result.h"

namespace headway {

struct Standing {
  std::size_t run = 0;          // index into the results compared
  double share_of_best = 1;     // tokens/s over the winner's
  double share_per_device = 1;  // the same per device
  bool alike = false;           // fits as the winner does and is as fast within 0.5 %: nobody would act on the difference
  std::string why;              // "" for the winner
};

[[nodiscard]] double tokens_per_s_per_device(const Result& result);

// Best first; equals keep their order. `results` must not be empty.
[[nodiscard]] std::vector<Standing> compare(std::span<const Result* const> results);

}  // namespace headway
