#include "operations/checkpoint.h"

#include <cmath>

namespace headway {

Seconds young_interval(Seconds cost, Seconds between_failures) {
  return Seconds(std::sqrt(2 * cost.value() * between_failures.value()));
}

Seconds daly_interval(Seconds cost, Seconds between_failures) {
  if (cost >= 2 * between_failures) return between_failures;
  const double ratio = cost / (2 * between_failures);
  return young_interval(cost, between_failures) * (1 + std::sqrt(ratio) / 3 + ratio / 9) - cost;
}

}  // namespace headway
