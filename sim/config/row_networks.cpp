#include "config/row_networks.h"

#include <cmath>
#include <optional>

#include "config/csv.h"

namespace headway {

namespace {

constexpr int kUnitNodes = 32;  // nodes that share their leaves: the scalable unit of rail-optimised reference designs

// 400 of "ib-ndr-400g".
std::optional<double> rate_in_name(const std::string& name) {
  const auto dash = name.rfind('-');
  if (dash == std::string::npos || name.back() != 'g') return std::nullopt;
  if (name.rfind("ib-", 0) != 0 && name.rfind("roce-", 0) != 0) return std::nullopt;
  return number_in<double>(name.substr(dash + 1, name.size() - dash - 2));
}

}  // namespace

RowNetworks::RowNetworks(const Catalogue& catalogue) : catalogue_(catalogue), links_(catalogue.names(CatalogueKind::links)) {
  for (const std::string& name : catalogue.names(CatalogueKind::clusters)) {
    const Cluster cluster = catalogue.cluster(name);
    if (cluster.groups.size() != 1) continue;
    const std::string& device = cluster.groups.front().device.name;
    std::vector<NetworkSpec> networks;
    for (const NetworkSpec& network : cluster.networks) {
      if (network.name != "scale_out")
        networks.push_back(network);
      else if (const std::optional<Bandwidth> rate = line_rate(network))
        outer_.try_emplace(device, UsualRate{rate->value() * 8e-9, name});
    }
    for (const NetworkSpec& network : networks)
      if (network.name == "scale_up") inner_.emplace(std::pair(device, network.domain), networks);
  }
}

std::vector<NetworkSpec> RowNetworks::scale_up(const Device& device, int node, int domain) const {
  const auto found = inner_.find({device.name, domain});
  if (found != inner_.end()) return found->second;
  NetworkSpec network;
  network.name = "scale_up";
  network.kind = NetworkKind::switched;
  if (device.scale_up_technology.empty())
    throw RowSkip{device.name + ": nobody has published how its devices are linked to each other"};
  network.technology = catalogue_.link(device.scale_up_technology, device.mark);
  const Sourced<Bandwidth>& port = device.scale_up.known ? device.scale_up : network.technology.bandwidth;
  if (!port.known) throw RowSkip{device.name + ": nobody has published its scale-up bandwidth"};
  network.port = port.value;
  network.domain = domain;
  network.node = node;
  return {network};
}

NetworkSpec RowNetworks::scale_out(const Device& device, int node, double gbps, std::string_view kind,
                                   const SourceMark& mark) const {
  const std::string usual = lower(device.vendor) == "nvidia" && gbps >= 200 ? "ib" : "roce";
  NetworkSpec network;
  network.name = "scale_out";
  network.kind = node > 1 ? NetworkKind::rail_optimized : NetworkKind::fat_tree;
  network.technology = catalogue_.link(technology(kind.empty() ? usual : std::string(kind), gbps), mark);
  network.port = Bandwidth(gbps * 1e9 / 8);
  network.node = node;
  network.unit_nodes = kUnitNodes;
  return network;
}

std::optional<UsualRate> RowNetworks::usual_rate(const Device& device) const {
  const auto found = outer_.find(device.name);
  if (found == outer_.end()) return std::nullopt;
  return found->second;
}

std::string RowNetworks::technology(const std::string& kind, double gbps) const {
  std::string best;
  std::pair<bool, double> best_distance{true, INFINITY};  // (another kind, distance in octaves)
  for (const std::string& name : links_) {
    const std::optional<double> rate = rate_in_name(name);
    if (!rate) continue;
    const std::pair<bool, double> distance{name.rfind(kind + "-", 0) != 0, std::abs(std::log2(*rate / gbps))};
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  if (best.empty()) throw RowSkip{"the catalogue has no scale-out link"};
  return best;
}

}  // namespace headway
