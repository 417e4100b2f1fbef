// Simulated time: integer picoseconds, so that sums are exact and equal instants are equal.
// Time ends after 2^62 ps, 53 days; a step lasts seconds.
#pragma once

#include <cstdint>

#include "base/quantity.h"

namespace headway {

using Instant = std::int64_t;  // picoseconds since the start of the step
using Picoseconds = std::int64_t;

inline constexpr Instant kEndOfTime = Instant{1} << 62;

// The one conversion from real to integer time: rounds up, so that no activity ends before its work is done.
// What lasts longer than time itself lasts to its end. Not std::ceil: without SSE 4.1 that is a call, and this runs for every event.
constexpr Picoseconds to_picoseconds(Seconds duration) {
  const double exact = duration.value() * 1e12;
  if (!(exact < static_cast<double>(kEndOfTime))) return kEndOfTime;
  const auto below = static_cast<Picoseconds>(exact);  // towards zero
  return below + (static_cast<double>(below) < exact ? 1 : 0);
}

constexpr Seconds to_seconds(Picoseconds duration) { return Seconds(static_cast<double>(duration) * 1e-12); }

}  // namespace headway
