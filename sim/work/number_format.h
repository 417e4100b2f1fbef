// Number formats a device can store, multiply or send.
#pragma once

#include <array>

#include "base/enum_names.h"
#include "base/quantity.h"

namespace headway {

enum class NumberFormat { fp64, fp32, tf32, bf16, fp16, fp8, fp6, int8, fp4 };

template <>
struct EnumNames<NumberFormat> {
  static constexpr auto table = std::to_array<EnumName<NumberFormat>>({{NumberFormat::fp64, "fp64"},
                                                                       {NumberFormat::fp32, "fp32"},
                                                                       {NumberFormat::tf32, "tf32"},
                                                                       {NumberFormat::bf16, "bf16"},
                                                                       {NumberFormat::fp16, "fp16"},
                                                                       {NumberFormat::fp8, "fp8"},
                                                                       {NumberFormat::fp6, "fp6"},
                                                                       {NumberFormat::int8, "int8"},
                                                                       {NumberFormat::fp4, "fp4"}});
};

// Bytes one element takes in memory, scale factors not counted.
constexpr Bytes element_size(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp64: return Bytes(8);
    case NumberFormat::fp32:
    case NumberFormat::tf32: return Bytes(4);
    case NumberFormat::bf16:
    case NumberFormat::fp16: return Bytes(2);
    case NumberFormat::fp8:
    case NumberFormat::int8: return Bytes(1);
    case NumberFormat::fp6: return Bytes(0.75);
    case NumberFormat::fp4: return Bytes(0.5);
  }
  return Bytes(4);
}

// Bits of one multiplied operand. TF32 keeps 19 of the 32 it is stored in.
constexpr int bit_length(NumberFormat format) {
  return format == NumberFormat::tf32 ? 19 : static_cast<int>(8 * element_size(format).value());
}

}  // namespace headway
