#include "hardware/attention_cost.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "hardware/clock.h"

namespace headway {
namespace {

constexpr double kBlock = 128;                      // queries (keys, backward) that one unit of work holds
constexpr double kReferenceHead = 128;              // the head size the fractions are given for
constexpr NumberFormat kWide = NumberFormat::bf16;  // the format they are given for

const AttentionRate& rate_of(const Device& device, const std::string& implementation) {
  const auto rate = device.attention.find(implementation);
  if (rate != device.attention.end()) return rate->second;
  std::vector<std::string> known;
  for (const auto& [name, unused] : device.attention) known.push_back(name);
  throw InputError(device.mark, device.name + ": no attention implementation \"" + implementation + "\"" +
                                    did_you_mean(implementation, known));
}

// Time per key over that at the reference head size: the products' part grows with the head, the softmax does not.
double time_per_key(const Attention& a, double softmax_share) {
  const double head = (a.qk_dim + a.v_dim) / 2;
  return (1.0 - softmax_share) * head / kReferenceHead + softmax_share;
}

double length_efficiency(const Attention& a, double half_length, double key_time) {
  const double fixed_price = (a.causal ? half_length : half_length / 4) / key_time;
  const double length = a.causal ? 2 * causal_keys(a.kv_length, a.window) : a.kv_length;
  return length / (length + fixed_price);
}

// A block of queries multiplies whole blocks of keys: the first and the last of a window are half empty.
double window_efficiency(const Attention& a) {
  if (a.window <= 0 || a.window >= a.kv_length) return 1.0;
  return a.window / (a.window + kBlock);
}

double head_efficiency(const Attention& a, double key_time) {
  const double head = (a.qk_dim + a.v_dim) / 2;
  return head / kReferenceHead / key_time;
}

// The softmax of 8-bit attention also scales and narrows what the second product reads: half as much again, estimated so that a
// kernel whose softmax takes a quarter of its time becomes a third faster.
constexpr double kNarrowSoftmax = 1.5;

// Time in 8 bits over that in 16: the products run at the peak of their format, the softmax does not.
double narrow_share(const Attention& a, const Device& device, double softmax_share, double key_time) {
  if (element_size(a.format) >= Bytes(2)) return 1.0;
  const double softmax = softmax_share / key_time;
  const double products = require(require_format(kWide, device).peak, device, "peak") /
                          require(require_format(a.format, device).peak, device, "peak");
  return std::min(1.0, (1.0 - softmax) * products + kNarrowSoftmax * softmax);
}

double occupancy(const Attention& a, double multiprocessors) {
  const double length = a.pass == AttentionPass::forward ? a.q_length : a.kv_length;
  const double blocks = std::ceil(length / kBlock);
  const double filled = length / (blocks * kBlock);
  const double waves = a.batch * a.heads * blocks / multiprocessors;
  const double paid = waves <= 1.0 ? 1.0 : 0.5 * (waves + std::ceil(waves));
  return filled * waves / paid;
}

}  // namespace

Seconds attention_time(const Attention& a, const Device& device, const std::string& implementation, ClockRegime regime) {
  HEADWAY_CHECK(a.batch > 0 && a.heads > 0 && a.kv_heads > 0 && a.q_length > 0 && a.kv_length > 0 && a.qk_dim > 0 && a.v_dim > 0,
                "attention has positive dimensions");
  const Kernel kernel{"", a};
  const bool narrow = element_size(a.format) < Bytes(2);
  const MatrixRate& matrix = require_format(narrow ? kWide : a.format, device);
  const AttentionRate& rate = rate_of(device, implementation);
  const double asymptote = a.pass == AttentionPass::forward ? require_share(rate.forward_fraction, device, "forward_fraction")
                                                            : require_share(rate.backward_fraction, device, "backward_fraction");
  const double softmax_share = rate.softmax_share.known ? rate.softmax_share.value : 0.0;
  const double key_time = time_per_key(a, softmax_share);
  const double share = std::min(1.0, asymptote * head_efficiency(a, key_time)) *
                       length_efficiency(a, require(rate.half_length, device, "half_length"), key_time) * window_efficiency(a) *
                       occupancy(a, require(device.multiprocessors, device, "multiprocessors")) * clock_share(device, regime);
  const double uneven = a.qk_dim != a.v_dim && rate.uneven_head_share.known
                            ? require_share(rate.uneven_head_share, device, "uneven_head_share")
                            : 1.0;
  const Seconds compute = narrow_share(a, device, softmax_share, key_time) * matrix_flops(kernel) /
                          (require(matrix.peak, device, "peak") * share * uneven);
  const Seconds memory = least_traffic(kernel) / (require(device.memory_bandwidth, device, "memory_bandwidth") *
                                                  require_share(device.gemm_memory_fraction, device, "gemm_memory_fraction"));
  const Seconds floor = rate.floor.known ? rate.floor.value : require(matrix.gemm_floor, device, "gemm_floor");
  return floor + std::max(compute, memory);
}

}  // namespace headway
