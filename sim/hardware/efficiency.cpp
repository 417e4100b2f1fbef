#include "hardware/efficiency.h"

#include <array>

namespace headway {

namespace {

class Heir {
 public:
  explicit Heir(const std::string& source) : source_(source) {}

  template <class T>
  void take(Sourced<T>& mine, const Sourced<T>& theirs) const {
    if (!mine.known && theirs.known) mine = {theirs.value, Grade::estimated, source_, true};
  }
  void take(MatrixRate& mine, const MatrixRate& theirs) const {  // the peak is a device's own
    take(mine.gemm_fraction, theirs.gemm_fraction);
    take(mine.gemm_knee, theirs.gemm_knee);
    take(mine.gemm_floor, theirs.gemm_floor);
  }
  void take(AttentionRate& mine, const AttentionRate& theirs) const {
    take(mine.forward_fraction, theirs.forward_fraction);
    take(mine.backward_fraction, theirs.backward_fraction);
    take(mine.half_length, theirs.half_length);
    take(mine.softmax_share, theirs.softmax_share);
    take(mine.uneven_head_share, theirs.uneven_head_share);
    take(mine.floor, theirs.floor);
  }

 private:
  const std::string& source_;
};

const MatrixRate* nearest_rate(NumberFormat format, const Device& device) {
  for (const NumberFormat each : std::array{format, NumberFormat::bf16, NumberFormat::fp16})
    if (const auto found = device.matrix.find(each); found != device.matrix.end() && found->second.gemm_fraction.known)
      return &found->second;
  return nullptr;
}

}  // namespace

void inherit_efficiency(Device& device, const Device& of_class, const std::string& source) {
  const Heir heir(source);
  for (auto& [format, rate] : device.matrix) {
    if (const MatrixRate* theirs = nearest_rate(format, of_class)) heir.take(rate, *theirs);
    if (const auto same = of_class.matrix.find(format); same != of_class.matrix.end())
      heir.take(rate.block_scaled_share, same->second.block_scaled_share);
  }
  for (const auto& [implementation, rate] : of_class.attention) heir.take(device.attention[implementation], rate);
  for (const auto& [kind, fraction] : of_class.stream_fraction) heir.take(device.stream_fraction[kind], fraction);
  heir.take(device.gemm_memory_fraction, of_class.gemm_memory_fraction);
  heir.take(device.stream_floor, of_class.stream_floor);
  heir.take(device.sustained_clock, of_class.sustained_clock);
  heir.take(device.power_limited_clock, of_class.power_limited_clock);
  heir.take(device.weight_gradient_slowdown, of_class.weight_gradient_slowdown);
  heir.take(device.multiprocessors, of_class.multiprocessors);
}

}  // namespace headway
