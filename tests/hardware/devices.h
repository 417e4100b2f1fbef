// Devices for tests: the figures of topologies/devices in one line each, so that no test reads a file.
#pragma once

#include <string>
#include <utility>

#include "base/quantity.h"
#include "hardware/device.h"

namespace headway::test {

template <class T>
Sourced<T> known(T value) {
  return {std::move(value), Grade::measured, "test", true};
}

inline MatrixRate matrix_rate(double peak_tflops, double fraction, double floor_us) {
  return {known(FlopRate(peak_tflops * 1e12)), known(fraction), known(4.0), known(Seconds(floor_us * 1e-6)), {}};
}

inline AttentionRate attention_rate(double forward, double backward, double half_length, double softmax_share, double floor_us) {
  return {known(forward), known(backward), known(half_length), known(softmax_share), {}, known(Seconds(floor_us * 1e-6))};
}

inline Device common(std::string name, double memory_gbps, double gemm_memory_fraction, int multiprocessors) {
  Device d;
  d.name = std::move(name);
  d.mark = {"topologies/devices/" + d.name + ".yaml", 1, 1};
  d.memory_bandwidth = known(Bandwidth(memory_gbps * 1e9));
  d.gemm_memory_fraction = known(gemm_memory_fraction);
  d.multiprocessors = known(multiprocessors);
  d.weight_gradient_slowdown = known(1.05);
  d.stream_floor = known(Seconds(2.5e-6));
  for (const auto& entry : EnumNames<StreamClass>::table) d.stream_fraction[entry.value] = known(0.75);
  d.stream_fraction[StreamClass::norm] = known(0.60);
  return d;
}

inline Device a100() {
  Device d = common("a100-sxm-80g", 2039, 0.81, 108);
  d.matrix[NumberFormat::bf16] = d.matrix[NumberFormat::fp16] = matrix_rate(312, 0.815, 6);
  d.attention["flash2"] = attention_rate(0.62, 0.625, 280, 0.11, 20);
  d.sustained_clock = known(0.98);
  return d;
}

inline Device h100() {
  Device d = common("h100-sxm", 3350, 0.86, 132);
  d.matrix[NumberFormat::bf16] = d.matrix[NumberFormat::fp16] = matrix_rate(989.4, 0.81, 4);
  d.matrix[NumberFormat::fp8] = matrix_rate(1979, 0.71, 3.4);
  d.attention["flash2"] = attention_rate(0.355, 0.315, 280, 0.05, 10);
  d.attention["flash3"] = attention_rate(0.65, 0.555, 520, 0.25, 14);
  d.sustained_clock = known(0.9);
  return d;
}

}  // namespace headway::test
