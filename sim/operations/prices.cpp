#include "operations/prices.h"

#include <algorithm>

namespace headway {

namespace {

constexpr double kHour = 3600;

}  // namespace

std::optional<Money> HourlyCost::least() const {
  const std::optional<Money> own = owned();
  if (rent && own) return std::min(*rent, *own);
  return rent ? rent : own;
}

HourlyCost hourly_cost(const Prices& prices, const PricedFleet& fleet) {
  HourlyCost cost;
  if (prices.rent.known) cost.rent = fleet.packages * prices.rent.value;
  if (prices.owned()) {
    const Money bought = fleet.packages * (prices.device.value + (prices.network.known ? prices.network.value : 0)) +
                         fleet.nodes * (prices.server.known ? prices.server.value : 0);
    cost.capital = bought / prices.life.value.value() * kHour;
  } else if (prices.device.known) {
    cost.left_out.emplace_back("what owning costs: no \"life\" to write it off over");
  } else if (!prices.rent.known) {
    cost.left_out.emplace_back("any cost of the machines: neither \"rent\" nor \"device\"");
  }
  const auto site_kw = [&]() -> std::optional<double> {
    if (!fleet.power || !prices.pue.known) return std::nullopt;
    return fleet.power->value() / 1e3 * prices.pue.value;
  }();
  if (cost.capital) {
    if (site_kw && prices.electricity.known)
      cost.power = *site_kw * prices.electricity.value;
    else if (fleet.power)
      cost.left_out.emplace_back(std::string("electricity: no ") + (prices.pue.known ? "\"electricity\"" : "\"pue\""));
  }
  if (prices.grid.known && site_kw) cost.carbon = *site_kw * prices.grid.value;
  if (prices.grid.known && !site_kw && fleet.power) cost.left_out.emplace_back("carbon: no \"pue\"");
  return cost;
}

}  // namespace headway
