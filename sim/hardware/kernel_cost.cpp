#include "hardware/kernel_cost.h"

#include "base/check.h"
#include "hardware/attention_cost.h"
#include "hardware/gemm_cost.h"
#include "hardware/streaming_cost.h"

namespace headway {
namespace {

constexpr double kRounding = 1e-9;  // what a chain of doubles may lose against the bound

struct Alone {
  const Device& device;
  const std::string& attention_kernel;
  ClockRegime regime;
  TableUse& use;

  Seconds operator()(const Gemm& gemm) const { return gemm_time(gemm, device, regime, use); }
  Seconds operator()(const Attention& attention) const { return attention_time(attention, device, attention_kernel, regime); }
  Seconds operator()(const Streaming& streaming) const { return streaming_time(streaming, device); }
};

struct OnMatrixUnits {
  const Device& device;
  Flops flops;

  Seconds operator()(const Gemm& gemm) const { return at_peak(gemm.format); }
  Seconds operator()(const Attention& attention) const { return at_peak(attention.format); }
  Seconds operator()(const Streaming&) const { return Seconds(0); }
  [[nodiscard]] Seconds at_peak(NumberFormat format) const {
    return flops / require(require_format(format, device).peak, device, "peak");
  }
};

}  // namespace

KernelCost kernel_cost(const Kernel& kernel, const Device& device, const std::string& attention_kernel, ClockRegime regime) {
  HEADWAY_CHECK(kernel.repeat >= 0, "a kernel runs no negative number of times");
  KernelCost cost;
  cost.time = kernel.repeat * std::visit(Alone{device, attention_kernel, regime, cost.table}, kernel.work);
  cost.flops = matrix_flops(kernel);
  cost.traffic = least_traffic(kernel);

  const Seconds matrix_bound = std::visit(OnMatrixUnits{device, cost.flops}, kernel.work);
  const Seconds memory_bound = cost.traffic / device.memory_bandwidth.value;
  HEADWAY_CHECK(cost.time * (1.0 + kRounding) >= matrix_bound, "no kernel beats the dense peak");
  HEADWAY_CHECK(cost.time * (1.0 + kRounding) >= memory_bound, "no kernel beats the memory bandwidth");
  cost.matrix_share = cost.time > Seconds(0) ? matrix_bound / cost.time : 0.0;
  return cost;
}

}  // namespace headway
