// What a fleet draws and what it costs: per hour, per step, per trillion tokens, for the whole run.
//
// Power while a step runs is that of its devices (hardware/power.h) and of hosts, switches and fans, which draw the same whether the
// devices work or not. Over weeks devices idle while nothing runs, and spare nodes idle all the time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "operations/prices.h"
#include "simulate/result.h"
#include "study/weeks.h"

namespace headway {

// Of the whole fleet, before the site's own losses (PUE).
struct FleetPower {
  Watts devices, idle, limit;        // its devices: in the mean of a step, with nothing to do, at their limit
  Watts hosts;                       // all beside them
  DeviceUse use;                     // of the mean device
  std::vector<std::string> missing;  // numbers nobody published: nothing of the above then

  [[nodiscard]] bool known() const { return missing.empty(); }
  [[nodiscard]] Watts busy() const { return devices + hosts; }
};

// Requires Result::use.
[[nodiscard]] FleetPower fleet_power(const Cluster& cluster, const Result& result);

// Mean draw over the calendar; with weeks, of a run with its pauses and its spare nodes.
[[nodiscard]] std::optional<Watts> mean_power(const FleetPower& power, const Cluster& cluster, const Weeks* weeks);

struct Bill {
  Prices prices;
  HourlyCost hour;
  double steps_per_hour = 0;  // of the calendar: after all losses, where the weeks are known
  double tokens_per_hour = 0;
  std::optional<double> hours;  // of the whole run, where the weeks are known

  [[nodiscard]] double per_trillion(double per_hour) const { return per_hour / tokens_per_hour * 1e12; }
};

[[nodiscard]] Bill bill_of(const Prices& prices, const Cluster& cluster, const Result& result, const FleetPower& power,
                           const Weeks* weeks);

}  // namespace headway
