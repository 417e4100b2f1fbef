// Of sorted values, the one that the given share of them lies below: between the two nearest.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace headway {

[[nodiscard]] inline double percentile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace headway
