// What a table of measurements holds, told by its header.
#pragma once

#include <array>

#include "base/enum_names.h"
#include "config/csv.h"

namespace headway {

enum class MeasurementKind { runs, memory, gemm, attention, collectives };

template <>
struct EnumNames<MeasurementKind> {
  static constexpr auto table = std::to_array<EnumName<MeasurementKind>>({{MeasurementKind::runs, "runs"},
                                                                          {MeasurementKind::memory, "memory"},
                                                                          {MeasurementKind::gemm, "gemm"},
                                                                          {MeasurementKind::attention, "attention"},
                                                                          {MeasurementKind::collectives, "collectives"}});
};

// By the columns only that kind has; a header without any is taken for one of training runs, whose reader says what it lacks.
[[nodiscard]] inline MeasurementKind kind_of(const CsvTable& table) {
  if (table.has("step_seconds")) return MeasurementKind::runs;
  if (table.has("peak_gib")) return MeasurementKind::memory;
  if (table.has("collective")) return MeasurementKind::collectives;
  if (table.has("head_dim") && table.has("time_us")) return MeasurementKind::attention;
  if (table.has("k") && table.has("time_us")) return MeasurementKind::gemm;
  return MeasurementKind::runs;
}

}  // namespace headway
