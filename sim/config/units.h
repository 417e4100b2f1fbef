// Quantities as people write them: `400 Gb/s`, `50 GB/s`, `400 GB/s both`, `141 GB`, `80 GiB`, `989.5 TFLOPS`, `3.4 us`, `700 W`.
//
// b is bits and B is bytes; k M G T P E are decimal, Ki Mi Gi Ti binary. Memory is never written in bits. A bandwidth is per
// direction; `both` after it says that the figure counts both directions, and halves it. There is no default unit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/quantity.h"

namespace headway {

enum class UnitKind { data, bandwidth, compute, time, power, area };

// The value in base units (B, B/s, FLOP/s, s, W, mm2), or what is wrong with the text.
struct UnitReading {
  std::optional<double> value;
  std::string mistake;
};

[[nodiscard]] UnitReading read_quantity(std::string_view text, UnitKind wanted);

// A plain count with an optional decimal suffix: `15T` tokens, `512`, `1.5M`.
[[nodiscard]] UnitReading read_count(std::string_view text);

// What JSON Schema and editors need: a regular expression that all spellings of this kind match.
[[nodiscard]] std::string unit_pattern(UnitKind kind);
// "50 GB/s", for a bandwidth.
[[nodiscard]] std::string unit_example(UnitKind kind);

template <class Q>
struct UnitOf;
template <>
struct UnitOf<Bytes> {
  static constexpr UnitKind kind = UnitKind::data;
};
template <>
struct UnitOf<Bandwidth> {
  static constexpr UnitKind kind = UnitKind::bandwidth;
};
template <>
struct UnitOf<FlopRate> {
  static constexpr UnitKind kind = UnitKind::compute;
};
template <>
struct UnitOf<Seconds> {
  static constexpr UnitKind kind = UnitKind::time;
};
template <>
struct UnitOf<Watts> {
  static constexpr UnitKind kind = UnitKind::power;
};

}  // namespace headway
