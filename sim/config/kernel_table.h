// Tables of kernels as somebody timed them (CSV, one measurement a row), as kernels that can be priced.
//
//   matrix products    device, precision, m, n, k, layout, time_us, source, note
//   fused attention    device, precision, pass (fwd, bwd, fwd+bwd), kernel, batch, heads, kv_heads, seq, head_dim, causal, time_us,
//                      source, note
//
// What the columns do not say (which clock the measurement was taken at, which passes over memory the software runs beside the
// product, which attention implementation a kernel's name means) is decided in one table each, at the head of the source, with
// the reason. A row whose device or precision the catalogue lacks keeps the reason and no kernels.
//
// The same products as a device's own table, which overrides the formula (Device::gemm_table), have the columns
// format, m, n, k, time_us and, where it is not forward, pass (forward, data_gradient, weight_gradient).
#pragma once

#include "config/catalogue.h"
#include "config/csv.h"
#include "hardware/gemm_table.h"
#include "hardware/measured_kernel.h"

namespace headway {

// Each throws InputError with every mistake of the table: a missing column, a row of another length, a number that is none.
[[nodiscard]] MeasuredKernels measured_gemms(const CsvTable& table, const Catalogue& catalogue);
[[nodiscard]] MeasuredKernels measured_attentions(const CsvTable& table, const Catalogue& catalogue);
[[nodiscard]] GemmTable device_gemm_table(const CsvTable& table);

}  // namespace headway
