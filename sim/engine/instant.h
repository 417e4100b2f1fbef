// Simulated time: integer picoseconds, so that sums are exact and equal instants are equal.
// 2^63 ps are 106 days; a step lasts seconds.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/quantity.h"

namespace headway {

using Instant = std::int64_t;  // picoseconds since the start of the step
using Picoseconds = std::int64_t;

// The one conversion from real to integer time: rounds up, so that no activity ends before its work is done.
inline Picoseconds to_picoseconds(Seconds duration) { return static_cast<Picoseconds>(std::ceil(duration.value() * 1e12)); }

constexpr Seconds to_seconds(Picoseconds duration) { return Seconds(static_cast<double>(duration) * 1e-12); }

}  // namespace headway
