#include "study/bill.h"

#include <algorithm>

#include "base/check.h"

namespace headway {

namespace {

int spare_nodes(const Weeks* weeks) { return weeks != nullptr && weeks->run.spares ? weeks->run.spares->nodes : 0; }

}  // namespace

FleetPower fleet_power(const Cluster& cluster, const Result& result) {
  HEADWAY_CHECK(result.use.size() == cluster.groups.size(), "what every group of devices does is known");
  FleetPower power;
  for (const DeviceGroup& group : cluster.groups) {
    if (!group.device.board_power.known) power.missing.push_back(group.device.name + ": board_power");
    if (!group.device.idle_power.known) power.missing.push_back(group.device.name + ": idle_power");
  }
  if (!cluster.host_power.known) power.missing.push_back((cluster.name.empty() ? cluster.title : cluster.name) + ": host_power");
  if (!power.known()) return power;
  for (std::size_t i = 0; i < cluster.groups.size(); ++i) {
    const Device& device = cluster.groups[i].device;
    const double count = cluster.groups[i].devices, share = count / cluster.devices();
    const Watts idle = device.idle_power.value, limit = device.board_power.value;
    power.devices += count * device_power(idle, limit, result.use[i]);
    power.idle += count * idle;
    power.limit += count * limit;
    power.use.matrix += share * result.use[i].matrix;
    power.use.memory += share * result.use[i].memory;
    power.use.exchange += share * result.use[i].exchange;
  }
  power.hosts = static_cast<double>(cluster.devices()) * cluster.host_power.value;
  return power;
}

std::optional<Watts> mean_power(const FleetPower& power, const Cluster& cluster, const Weeks* weeks) {
  if (!power.known()) return std::nullopt;
  if (weeks == nullptr) return power.busy();
  const double running = weeks->goodput.running.value() / weeks->goodput.elapsed.mean;
  const double spares = static_cast<double>(spare_nodes(weeks)) * cluster.devices_per_node / cluster.devices();
  return running * power.devices + (1 - running + spares) * power.idle + (1 + spares) * power.hosts;
}

Bill bill_of(const Prices& prices, const Cluster& cluster, const Result& result, const FleetPower& power, const Weeks* weeks) {
  const double per_node = std::min(cluster.devices_per_node, cluster.devices());
  const double spares = spare_nodes(weeks) * per_node / cluster.devices();
  const PricedFleet fleet{(1 + spares) * cluster.packages(), (1 + spares) * cluster.devices() / per_node,
                          mean_power(power, cluster, weeks)};
  Bill bill{prices, hourly_cost(prices, fleet), 0, 0, std::nullopt};
  for (const std::string& number : power.missing)
    bill.hour.left_out.push_back("power and energy: nobody has published " + number);
  const double effective = weeks == nullptr ? 1 : weeks->goodput.work.value() / weeks->goodput.elapsed.mean;
  bill.steps_per_hour = 3600 / result.step_time.value() * effective;
  bill.tokens_per_hour = result.tokens_per_s * 3600 * effective;
  if (weeks != nullptr) bill.hours = weeks->goodput.elapsed.mean / 3600;
  return bill;
}

}  // namespace headway
