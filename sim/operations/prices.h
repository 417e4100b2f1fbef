// What a fleet costs: rented by the hour, or owned and written off, and the power it draws.
//
//   rented   packages x rent, for every hour of the calendar, power included
//   owned    (packages x (device + network) + nodes x server) / life, for every hour, and energy x PUE x electricity
//   carbon   energy x PUE x grid
//
// Nothing here has a default: what is not given is left out of the answer, which says so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/quantity.h"
#include "base/sourced.h"

namespace headway {

// In units of the currency that the prices are in.
using Money = double;

struct Prices {
  std::string name, title, currency;
  std::string as_of;  // when they were asked
  SourceMark mark;
  std::string note;

  Sourced<Money> rent;     // a package for an hour
  Sourced<Money> device;   // a package
  Sourced<Money> server;   // a node, beside its devices; unknown: in the price of the device
  Sourced<Money> network;  // its share, per package; unknown: likewise
  Sourced<Seconds> life;   // over which what was bought is written off

  Sourced<Money> electricity;  // per kWh
  Sourced<double> pue;         // power of the site over that of its machines
  Sourced<double> grid;        // kg of CO2 equivalents per kWh
  std::map<std::string, std::string> sources;

  [[nodiscard]] bool owned() const { return device.known && life.known; }
};

// What is paid for: spare nodes too.
struct PricedFleet {
  double packages = 0, nodes = 0;
  std::optional<Watts> power;  // mean draw of all its machines; none: some number is unknown
};

// Per hour of the calendar.
struct HourlyCost {
  std::optional<Money> rent;
  std::optional<Money> capital, power;  // owned
  std::optional<double> carbon;         // kg
  std::vector<std::string> left_out;    // what was not given, and what is missing for it

  [[nodiscard]] std::optional<Money> owned() const {
    return capital ? std::optional(*capital + power.value_or(0)) : std::nullopt;
  }
  // The cheaper of the two, where both are known.
  [[nodiscard]] std::optional<Money> least() const;
};

[[nodiscard]] HourlyCost hourly_cost(const Prices& prices, const PricedFleet& fleet);

}  // namespace headway
