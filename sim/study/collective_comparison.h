// Which of several bare collectives is fastest, and where each of the others loses its time.
//
// Time is latency plus transfer (simulate/collective_result.h); the part that grows most over the fastest's is the reason, transfer
// with the link it waits for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "simulate/collective_result.h"

namespace headway {

struct CollectiveStanding {
  std::size_t run = 0;       // index into the results compared
  double share_of_best = 1;  // the fastest's time over its own
  bool alike = false;        // as fast as the fastest within 0.5 %
  std::string why;           // "" for the fastest
};

// Fastest first; equals keep their order. `results` must not be empty.
[[nodiscard]] std::vector<CollectiveStanding> compare(std::span<const CollectiveResult* const> results);

}  // namespace headway
