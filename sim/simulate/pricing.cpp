#include "simulate/pricing.h"

#include <algorithm>
#include <variant>

#include "hardware/kernel_cost.h"

namespace headway {

std::string attention_on(const Device& device, const Software& software) {
  if (!software.fused_attention()) return {};
  std::string wanted;
  for (const std::string& name : software.attention) {
    if (device.attention.contains(name)) return name;
    wanted += (wanted.empty() ? "" : ", ") + name;
  }
  throw InputError(device.mark, device.name + ": no attention rates for " + wanted + ", which " + software.name +
                                    " runs; give one of them in the device file");
}

SegmentPrice price(const Segment& segment, const DeviceKind& kind, const Software& software) {
  SegmentPrice total;
  double launches = 0;
  const std::string attention = attention_on(*kind.device, software);
  for (const Kernel& kernel : segment.kernels) {
    const KernelCost cost = kernel_cost(kernel, *kind.device, attention);
    total.time += cost.time;
    total.traffic += cost.traffic;
    launches += kernel.launches * kernel.repeat;
  }
  total.time = std::max(total.time / kind.speed, launches * software.host_per_kernel) + segment.host;
  return total;
}

void count_table_use(const Cluster& cluster, const std::vector<RankProgram>& programs, std::uint64_t& hits,
                     std::uint64_t& misses) {
  for (const DeviceGroup& group : cluster.groups) {
    if (!group.device.gemm_table) continue;
    for (const RankProgram& program : programs)
      for (const Segment& segment : program.segments)
        for (const Kernel& kernel : segment.kernels)
          if (const Gemm* gemm = std::get_if<Gemm>(&kernel.work)) ++(group.device.gemm_table->lookup(*gemm) ? hits : misses);
  }
}

LocalAmounts local_capacity(const Device& device) {
  LocalAmounts capacity{};
  capacity[kMultiprocessors] =
      static_cast<std::int64_t>(require(device.multiprocessors, device, "multiprocessors") * kPerMultiprocessor);
  capacity[kMemory] = static_cast<std::int64_t>(require(device.memory_bandwidth, device, "memory_bandwidth").value());
  return capacity;
}

}  // namespace headway
