#include "study/resources.h"

#include "base/check.h"
#include "cluster/restrict.h"

namespace headway {

namespace {

template <class Change>
void each_device(Machine& machine, Change change) {
  for (DeviceGroup& group : machine.cluster.groups) change(group.device);
}

void faster_compute(Machine& machine, double k) {
  each_device(machine, [&](Device& device) {
    for (auto& [format, rate] : device.matrix) rate.peak.value *= k;
  });
}

void faster_memory(Machine& machine, double k) {
  each_device(machine, [&](Device& device) { device.memory_bandwidth.value *= k; });
}

// What a kernel takes before and beside its work.
void faster_start(Machine& machine, double k) {
  each_device(machine, [&](Device& device) {
    for (auto& [format, rate] : device.matrix) rate.gemm_floor.value /= k;
    for (auto& [name, rate] : device.attention) rate.floor.value /= k;
    device.stream_floor.value /= k;
  });
}

void faster_host(Machine& machine, double k) {
  Software& software = machine.plan.software;
  software.host_per_kernel /= k;
  software.host_per_microbatch /= k;
  software.host_per_dispatch /= k;
  software.host_per_step /= k;
}

void faster_links(Machine& machine, const std::string& network, double k) {
  Diagnostics mistakes;
  machine.cluster = apply({{{}, ScaleLink{network, k}}}, std::move(machine.cluster), mistakes);
  mistakes.throw_if_any();
  for (NetworkSpec& spec : machine.cluster.networks) {
    if (spec.name != network) continue;
    spec.socket_link *= k;
    spec.technology.exchange_rate.value *= k;
  }
}

void quicker_links(Machine& machine, const std::string& network, double k) {
  for (NetworkSpec& spec : machine.cluster.networks) {
    if (spec.name != network) continue;
    LinkTechnology& link = spec.technology;
    for (Sourced<Seconds>* delay :
         {&link.base_latency, &link.hop_latency, &link.hop_latency_low, &link.message_latency, &link.in_switch_latency})
      delay->value /= k;
  }
}

}  // namespace

std::vector<Resource> resources_of(const Machine& machine) {
  std::vector<Resource> all = {{"compute", "matrix units", false, faster_compute},
                               {"memory_bandwidth", "memory bandwidth", false, faster_memory}};
  for (const NetworkSpec& network : machine.cluster.networks)
    all.push_back({network.name + ".bandwidth", "bandwidth of " + network.name, false,
                   [name = network.name](Machine& m, double k) { faster_links(m, name, k); }});
  for (const NetworkSpec& network : machine.cluster.networks)
    all.push_back({network.name + ".latency", "latency of " + network.name, true,
                   [name = network.name](Machine& m, double k) { quicker_links(m, name, k); }});
  all.push_back({"kernel_start", "start-up of kernels", true, faster_start});
  all.push_back({"host", "host time", true, faster_host});
  return all;
}

Machine without_measured_tables(Machine machine) {
  each_device(machine, [](Device& device) { device.gemm_table.reset(); });
  return machine;
}

}  // namespace headway
