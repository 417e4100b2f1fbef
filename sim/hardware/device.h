// A device as its software ranks it: one GPU, or one die of a two-die package.
//
// Vendor figures (peaks, memory, links) and the few efficiencies that turn them into kernel times; every value is Sourced.
// A value nobody has published stays unknown, and using it is an error that names it (see `require`).
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/diagnostic.h"
#include "base/enum_names.h"
#include "base/quantity.h"
#include "base/sourced.h"
#include "hardware/gemm_table.h"
#include "work/kernel.h"
#include "work/number_format.h"

namespace headway {

// Matrix multiplication in one number format.
struct MatrixRate {
  Sourced<FlopRate> peak;         // dense, vendor figure: the denominator of MFU and the roof no kernel passes
  Sourced<double> gemm_fraction;  // of peak, that large GEMMs reach in a short burst: P in t = t0 + ((F/P)^p + (B/W)^p)^(1/p)
  Sourced<double> gemm_knee;      // p: how sharp the knee of the roofline is
  Sourced<Seconds> gemm_floor;    // t0: shortest GEMM
  Sourced<double>
      block_scaled_share;  // of that rate, with a scale per block inside the product; needed by ScaleBlock::block only
};

// Fused attention: the share of `peak` (of its format) that long sequences with many heads approach, and what a short one loses.
struct AttentionRate {
  Sourced<double> forward_fraction;  // asymptotic share of the dense peak, head size 128
  Sourced<double> backward_fraction;
  Sourced<double> half_length;        // sequence length (tokens) at which half of the asymptote is reached, causal, head size 128
  Sourced<double> softmax_share;      // of a long forward kernel at head size 128, the share of time spent on the softmax: 0..1,
                                      // what makes small heads slow and large ones fast; optional, unknown: no dependence
  Sourced<double> uneven_head_share;  // of that rate, where queries and keys have another head size than values (latent
                                      // attention): 0..1; optional, unknown: all of it
  Sourced<Seconds> floor;             // shortest kernel, its bookkeeping included; optional, unknown: gemm_floor of the format
};

// Who offers a device and how: what an export rule that asks for a product on the US market looks at.
enum class Market { us_commercial, rented, internal, foreign };

template <>
struct EnumNames<Market> {
  static constexpr auto table = std::to_array<EnumName<Market>>({{Market::us_commercial, "us_commercial"},
                                                                 {Market::rented, "rented"},
                                                                 {Market::internal, "internal"},
                                                                 {Market::foreign, "foreign"}});
};

struct Device {
  std::string name;   // catalogue key: "h200-sxm"
  std::string title;  // "NVIDIA H200 SXM 141 GB"
  std::string vendor;
  SourceMark mark;                             // where it was read
  std::string note;                            // what a reader of its values should know: conflicts, readings
  std::map<std::string, std::string> sources;  // what the source keys of the values stand for

  std::map<NumberFormat, MatrixRate> matrix;
  std::map<std::string, AttentionRate> attention;  // by implementation: "flash2", "flash3", "ascend"; see Software::attention

  Sourced<Bytes> memory;                                   // capacity
  Sourced<Bandwidth> memory_bandwidth;                     // vendor figure
  Sourced<double> gemm_memory_fraction;                    // of memory_bandwidth inside GEMMs: W
  std::map<StreamClass, Sourced<double>> stream_fraction;  // of memory_bandwidth, by class of memory-bound kernel
  Sourced<Seconds> stream_floor;                           // shortest memory-bound kernel

  std::optional<GemmTable> gemm_table;  // measured products that override the formula where they reach; optional

  Sourced<double> sustained_clock;           // burst rate of matrix kernels that survives at the power cap in a training step
  Sourced<double> power_limited_clock;       // ... in a kernel repeated alone for a second and more; unknown: sustained_clock
  Sourced<double> weight_gradient_slowdown;  // time of a weight-gradient GEMM over the forward one of equal shape (>= 1)
  Sourced<int> multiprocessors;              // SMs, CUs, cores: tile and wave quantisation, and what a collective holds

  Sourced<Bandwidth> scale_up;      // its port into the scale-up network, per direction
  std::string scale_up_technology;  // a name in topologies/links
  int dies_per_package = 1;         // 2: this device is one die of two in a package
  Sourced<Bandwidth> host_link;     // PCIe or the like, per direction; beside scale_up, unless that is the same link
  Sourced<Bandwidth> scale_out;     // a port into the scale-out network on the device itself, per direction
  Sourced<Watts> board_power;       // its limit, of the device as ranked
  Sourced<Watts> idle_power;        // with nothing to do
  Sourced<double> die_area_mm2;     // of its logic dies, memory stacks not counted

  // What only export controls and people ask for.
  Sourced<std::string> process, memory_type;
  Sourced<int> memory_stacks;         // HBM stacks
  Sourced<double> memory_stack_area;  // mm2 of one stack's package
  Sourced<Market> market;
  Sourced<double> claimed_performance;  // a total processing performance somebody printed, to be held against the computed one
  bool data_center = true;              // designed or marketed for data centres

  [[nodiscard]] bool supports(NumberFormat format) const { return matrix.contains(format); }
};

// `h20-141g: no published value for "memory_bandwidth"; ...`, and how a scenario gives one.
[[nodiscard]] InputError unpublished(const Device& device, const std::string& key);

// The value, or that error.
template <class T>
const T& require(const Sourced<T>& value, const Device& device, const char* key) {
  if (!value.known) throw unpublished(device, key);
  return value.value;
}

// As `require`, for a value that must lie in (0, 1].
[[nodiscard]] double require_share(const Sourced<double>& value, const Device& device, const char* key);

// The device's rate in `format`, its peak known; or an InputError that names the peak or lists the formats it multiplies.
[[nodiscard]] const MatrixRate& require_format(NumberFormat format, const Device& device);

// What a training step in these formats needs of the vendor's figures (peaks, memory and its bandwidth), all that is missing at once.
void require_published(const Device& device, const std::set<NumberFormat>& formats, Diagnostics& diagnostics);

}  // namespace headway
