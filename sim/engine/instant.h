// Simulated time: integer picoseconds, so that sums are exact and equal instants are equal.
// 2^63 ps are 106 days; a step lasts seconds.
#pragma once

#include <cstdint>

#include "base/quantity.h"

namespace headway {

using Instant = std::int64_t;  // picoseconds since the start of the step
using Picoseconds = std::int64_t;

// The one conversion from real to integer time: rounds up, so that no activity ends before its work is done.
// Not std::ceil: without SSE 4.1 that is a call, and this runs for every event.
constexpr Picoseconds to_picoseconds(Seconds duration) {
  const double exact = duration.value() * 1e12;
  const auto below = static_cast<Picoseconds>(exact);  // towards zero
  return below + (static_cast<double>(below) < exact ? 1 : 0);
}

constexpr Seconds to_seconds(Picoseconds duration) { return Seconds(static_cast<double>(duration) * 1e-12); }

}  // namespace headway
