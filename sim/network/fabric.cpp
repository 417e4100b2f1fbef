#include "network/fabric.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/mixed_hash.h"
#include "network/cables.h"
#include "network/direct_links.h"
#include "network/switch_forest.h"

namespace headway {
namespace {

// Above this many devices a full mesh's pair links are not resources of their own; collectives still respect their rate.
constexpr std::uint32_t kLargestMeshInLinks = 16;

double efficiency_of(const LinkTechnology& technology) {
  if (!technology.efficiency.known)
    throw InputError(technology.mark, technology.name + ": no published value for \"efficiency\"; give one in the link file");
  return technology.efficiency.value;
}

std::vector<Bandwidth> achievable(std::vector<Bandwidth> line_rates, const LinkTechnology& technology) {
  const double efficiency = efficiency_of(technology);
  for (Bandwidth& rate : line_rates) rate *= efficiency;
  return line_rates;
}

}  // namespace

// One network's links, numbered from `first`: out and in port of every device, up and down link of every lane of a trunk, then the pair
// links of a small full mesh or the direct links. Nothing but the capacities is stored for most of them.
struct BuiltNetwork {
  NetworkSpec spec;
  NetworkExtent extent;
  Wiring wiring;
  Cables cables;
  std::unique_ptr<DirectLinks> direct;  // of tori and dragonflies
  std::size_t first = 0;
  std::vector<double> capacity;  // by link, B/s

  // `ports`: achievable rates.
  BuiltNetwork(NetworkSpec network, const std::vector<Bandwidth>& ports, std::size_t first_link)
      : spec(std::move(network)),
        extent(extent_of(spec, ports.size())),
        wiring(wire(spec, extent, ports)),
        cables(spec, wiring.switches, *std::max_element(ports.begin(), ports.end())),
        direct(direct_links(spec, extent, ports)),
        first(first_link) {
    capacity.reserve(links());
    for (Bandwidth port : ports) capacity.insert(capacity.end(), 2, port.value());
    for (std::size_t trunk = 0; trunk < trunks(); ++trunk)
      for (std::uint32_t lanes = cables.lanes(SwitchId(trunk)), lane = 0; lane < lanes; ++lane)
        capacity.insert(capacity.end(), 2, wiring.switches.trunk_capacity(trunk).value() / lanes);
    for (std::uint32_t device = 0; device < pair_devices(); ++device)
      capacity.insert(capacity.end(), peers(), ports[device].value() / peers());
    for (std::size_t link = 0; link < direct_count(); ++link) capacity.push_back(direct->capacity(link).value());
  }

  [[nodiscard]] std::size_t trunks() const { return wiring.switches.trunks(); }
  [[nodiscard]] std::uint32_t peers() const { return extent.domain - 1; }
  [[nodiscard]] bool has_pair_links() const {
    return spec.kind == NetworkKind::full_mesh && extent.domain > 1 && extent.domain <= kLargestMeshInLinks;
  }
  [[nodiscard]] std::uint32_t pair_devices() const { return has_pair_links() ? extent.devices : 0; }
  [[nodiscard]] std::size_t first_trunk() const { return 2 * std::size_t{extent.devices}; }
  [[nodiscard]] std::size_t first_pair() const { return first_trunk() + 2 * cables.all_lanes(); }
  [[nodiscard]] std::size_t first_direct() const { return first_pair() + std::size_t{pair_devices()} * peers(); }
  [[nodiscard]] std::size_t direct_count() const { return direct ? direct->links() : 0; }
  [[nodiscard]] std::size_t links() const { return first_direct() + direct_count(); }

  [[nodiscard]] LinkId out_port(DeviceIndex device) const { return LinkId(first + 2 * std::size_t{device}); }
  [[nodiscard]] LinkId in_port(DeviceIndex device) const { return LinkId(first + 2 * std::size_t{device} + 1); }
  [[nodiscard]] LinkId up(SwitchId below, std::uint32_t lane = 0) const {
    return LinkId(first + first_trunk() + 2 * (cables.first_lane(below) + lane));
  }
  [[nodiscard]] LinkId down(SwitchId below, std::uint32_t lane = 0) const { return LinkId(up(below, lane).index() + 1U); }
  [[nodiscard]] LinkId pair(DeviceIndex from, DeviceIndex to) const {
    const std::uint32_t at = from % extent.domain, other = to % extent.domain;
    return LinkId(first + first_pair() + std::size_t{from} * peers() + (other < at ? other : other - 1));
  }

  [[nodiscard]] std::string name_of(std::size_t local) const {
    const auto device = [](std::size_t number) { return "device " + std::to_string(number); };
    if (local < first_trunk()) return device(local / 2) + (local % 2 == 0 ? " out" : " in");
    if (local < first_pair()) {
      const auto [below, lane] = cables.trunk_of((local - first_trunk()) / 2);
      if (!cables.hashed()) return wiring.switches.name(below) + (local % 2 == 0 ? " up" : " down");
      const std::string under = cables.below(wiring.switches, below, lane), over = cables.above(wiring.switches, below, lane);
      return local % 2 == 0 ? under + " to " + over : over + " to " + under;
    }
    if (local >= first_direct()) return direct->name(local - first_direct());
    const std::size_t from = (local - first_pair()) / peers(), slot = (local - first_pair()) % peers();
    const std::size_t to = from - from % extent.domain + slot + (slot >= from % extent.domain ? 1 : 0);
    return device(from) + " to " + device(to);
  }

  // Nothing where every device reaches every plane.
  [[nodiscard]] std::uint32_t plane_of(DeviceIndex device) const {
    if (spec.kind != NetworkKind::multi_plane || spec.split_ports) return 0;
    return device % extent.domain % extent.node % static_cast<std::uint32_t>(spec.planes);
  }

  // Between two devices whose ports lead to the same switches.
  void route(DeviceIndex from, DeviceIndex to, std::vector<RouteLink>& links) const {
    links.push_back({out_port(from)});
    if (direct)
      route_direct(from, to, links);
    else
      route_switched(from, to, links);
    links.push_back({in_port(to)});
  }

  void route_direct(DeviceIndex from, DeviceIndex to, std::vector<RouteLink>& links) const {
    std::vector<DirectShare> between;
    direct->route(from, to, between);
    for (const DirectShare& part : between) links.push_back({LinkId(first + first_direct() + part.link), part.share});
  }

  void route_switched(DeviceIndex from, DeviceIndex to, std::vector<RouteLink>& links) const {
    const SwitchForest& switches = wiring.switches;
    const SwitchId start = wiring.leaf_of[from], end = wiring.leaf_of[to], top = switches.lowest_common(start, end);
    if (cables.hashed() && start != top) return route_hashed(from, to, top, links);
    for (SwitchId at = start; at != top; at = switches.parent(at)) links.push_back({up(at)});
    if (has_pair_links()) links.push_back({pair(from, to)});
    const std::size_t turn = links.size();
    for (SwitchId at = end; at != top; at = switches.parent(at)) links.push_back({down(at)});
    std::reverse(links.begin() + static_cast<std::ptrdiff_t>(turn), links.end());
  }

  // Every flow on its own way through the parallel switches; a way with a dead cable on it is none.
  void route_hashed(DeviceIndex from, DeviceIndex to, SwitchId top, std::vector<RouteLink>& links) const {
    SwitchId highest = wiring.leaf_of[from];
    while (wiring.switches.parent(highest) != top) highest = wiring.switches.parent(highest);
    const std::uint32_t ways = cables.cables(highest);
    const double share = 1.0 / flows();
    std::vector<RouteLink> way;
    for (std::uint32_t flow = 0; flow < flows(); ++flow) {
      const std::uint64_t hash = mixed(mixed(mixed(static_cast<std::uint64_t>(spec.seed), from), to), flow);
      const auto first_choice = static_cast<std::uint32_t>(hash % ways);
      way = way_through(from, to, top, first_choice, ways, share);
      if (!alive(way)) way = another_way(from, to, top, ways, share, hash);
      links.insert(links.end(), way.begin(), way.end());
    }
  }

  [[nodiscard]] std::vector<RouteLink> way_through(DeviceIndex from, DeviceIndex to, SwitchId top, std::uint32_t number,
                                                   std::uint32_t ways, double share) const {
    std::vector<RouteLink> way;
    for (SwitchId at = wiring.leaf_of[from]; at != top; at = wiring.switches.parent(at))
      way.push_back({up(at, cables.on_route(at, number, ways)), share});
    const std::size_t turn = way.size();
    for (SwitchId at = wiring.leaf_of[to]; at != top; at = wiring.switches.parent(at))
      way.push_back({down(at, cables.on_route(at, number, ways)), share});
    std::reverse(way.begin() + static_cast<std::ptrdiff_t>(turn), way.end());
    return way;
  }

  [[nodiscard]] bool alive(const std::vector<RouteLink>& way) const {
    return std::all_of(way.begin(), way.end(), [&](const RouteLink& part) { return capacity[part.link.index() - first] > 0; });
  }

  // One of those that are left, by the same hash.
  [[nodiscard]] std::vector<RouteLink> another_way(DeviceIndex from, DeviceIndex to, SwitchId top, std::uint32_t ways,
                                                   double share, std::uint64_t hash) const {
    std::vector<std::vector<RouteLink>> left;
    for (std::uint32_t number = 0; number < ways; ++number)
      if (std::vector<RouteLink> way = way_through(from, to, top, number, ways, share); alive(way))
        left.push_back(std::move(way));
    if (left.empty())
      throw InputError(
          {}, spec.name + ": dead cables leave no way from device " + std::to_string(from) + " to device " + std::to_string(to));
    return left[mixed(hash) % left.size()];
  }

  // Connections of a pair: as many as a large collective has channels, unless the network says otherwise.
  [[nodiscard]] std::uint32_t flows() const {
    const Sourced<int>& channels = spec.technology.multiprocessors;
    return static_cast<std::uint32_t>(spec.flows > 0 ? spec.flows : std::max(1, channels.known ? channels.value : 1));
  }

  void scale(LinkId link, double factor) { capacity[link.index() - first] *= factor; }

  void scale_device(DeviceIndex device, double factor, std::optional<Direction> only) {
    if (device >= extent.devices)
      throw InputError({},
                       spec.name + ": a fault names device " + std::to_string(device) + " of " + std::to_string(extent.devices));
    if (only && direct) throw InputError({}, spec.name + ": its links have no direction of their own; leave out \"direction\"");
    if (only != Direction::in) scale(out_port(device), factor);
    if (only != Direction::out) scale(in_port(device), factor);
    if (direct)
      for (const std::size_t link : direct->of_device(device)) capacity[first_direct() + link] *= factor;
    const DeviceIndex domain_start = device - device % extent.domain;
    for (DeviceIndex peer = domain_start; has_pair_links() && peer < std::min(domain_start + extent.domain, extent.devices);
         ++peer) {
      if (peer == device) continue;
      if (only != Direction::in) scale(pair(device, peer), factor);
      if (only != Direction::out) scale(pair(peer, device), factor);
    }
  }

  void scale_cable(const LinkFault& fault) {
    const auto found = cables.find(wiring.switches, fault.from, fault.to);
    if (!found) throw InputError({}, spec.name + ": no cable joins \"" + fault.from + "\" and \"" + fault.to + "\"");
    const std::uint32_t lanes = cables.lanes(found->below), all = cables.cables(found->below);
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
      if (lanes > 1 && found->cable && lane != *found->cable) continue;
      const bool part = lanes == 1 && found->cable;  // of a sprayed bundle: the other cables carry on
      if (part) lose(found->below, (1 - fault.scale) / all);
      for (const LinkId link : {up(found->below, lane), down(found->below, lane)})
        if (!part) scale(link, fault.scale);
    }
    if (trunk_capacity(found->below) <= 0)
      throw InputError({}, spec.name + ": " + wiring.switches.name(found->below) +
                               " and the devices below it are cut off: no cable above it is left");
  }

  // Takes so much of a sprayed trunk's first capacity away.
  void lose(SwitchId below, double share) {
    const double whole = wiring.switches.trunk_capacity(below.index()).value();
    for (const LinkId link : {up(below), down(below)}) {
      double& left = capacity[link.index() - first];
      left -= share * whole;
      if (left < 1e-9 * whole) left = 0;
    }
  }

  [[nodiscard]] double trunk_capacity(SwitchId below) const {
    double sum = 0;
    for (std::uint32_t lane = 0; lane < cables.lanes(below); ++lane) sum += capacity[up(below, lane).index() - first];
    return sum;
  }

  void suffer(const LinkFault& fault) {
    const bool cable = !fault.from.empty() || !fault.to.empty();
    if (fault.device) scale_device(static_cast<DeviceIndex>(*fault.device), fault.scale, fault.direction);
    if (fault.node)
      for (std::uint32_t i = 0; i < extent.node; ++i)
        scale_device(static_cast<DeviceIndex>(*fault.node) * extent.node + i, fault.scale, fault.direction);
    if (!fault.device && !fault.node && !cable)
      for (DeviceIndex device = 0; device < extent.devices; ++device) scale_device(device, fault.scale, fault.direction);
    if (cable) scale_cable(fault);
  }
};

namespace {

// Gathers links that are alike. `local`: a link of the network, numbered from 0; where `ways` is 2 the next one is its other direction.
class LinkCount {
 public:
  LinkCount(const BuiltNetwork& built, std::span<const double> busy) : built_(built), busy_(busy) {}

  void add(const std::string& from, const std::string& to, std::size_t links, double capacity, std::size_t local,
           std::size_t ways) {
    const auto alike = [&](const LinkClass& known) {
      return known.from == from && known.to == to && std::abs(known.capacity.value() - capacity) <= 1e-9 * capacity;
    };
    auto known = std::find_if(classes_.begin(), classes_.end(), alike);
    if (known == classes_.end()) known = classes_.insert(known, {from, to, 0, Bandwidth(capacity)});
    known->links += links;
    for (std::size_t way = 0; way < ways && !busy_.empty(); ++way) {
      const double busy = busy_[built_.first + local + way];
      known->busy += busy * static_cast<double>(links) / static_cast<double>(ways);
      known->busiest = std::max(known->busiest, busy);
    }
  }
  [[nodiscard]] std::vector<LinkClass> take() {
    for (LinkClass& links : classes_) links.busy /= static_cast<double>(links.links);
    return std::move(classes_);
  }

 private:
  const BuiltNetwork& built_;
  std::span<const double> busy_;
  std::vector<LinkClass> classes_;
};

void count_ports(LinkCount& count, const BuiltNetwork& built) {
  const NetworkKind kind = built.spec.kind;
  if (kind == NetworkKind::torus || built.has_pair_links()) return;  // the links are the port
  const std::string end = kind == NetworkKind::dragonfly   ? "router"
                          : kind == NetworkKind::full_mesh ? "device"
                                                           : built.wiring.switches.tiers().front().name;
  const std::uint32_t each = kind == NetworkKind::full_mesh ? built.peers() : 1;
  for (std::size_t port = 0; port < built.first_trunk(); port += 2)
    count.add("device", end, each, built.capacity[port] / each, port, 2);
}

void count_trunks(LinkCount& count, const BuiltNetwork& built) {
  const SwitchForest& switches = built.wiring.switches;
  for (std::size_t trunk = 0; trunk < built.trunks(); ++trunk) {
    const SwitchId below(trunk);
    const std::string from = switches.tiers()[switches.tier_of(below)].name;
    const std::string to = switches.tiers()[switches.tier_of(switches.parent(below))].name;
    const std::uint32_t lanes = built.cables.lanes(below), each = built.cables.cables(below) / lanes;
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
      const std::size_t up = built.up(below, lane).index() - built.first;
      count.add(from, to, each, built.capacity[up] / each, up, 2);
    }
  }
}

}  // namespace

struct Fabric::Impl {
  std::size_t devices = 0;
  std::vector<BuiltNetwork> networks;
  std::size_t links = 0;

  [[nodiscard]] const BuiltNetwork& at(NetworkId network) const { return networks[network.index()]; }
  [[nodiscard]] const BuiltNetwork& owner(LinkId link) const { return networks[owner_index(link)]; }
  [[nodiscard]] std::size_t owner_index(LinkId link) const {
    HEADWAY_CHECK(link.index() < links, "no such link");
    std::size_t network = networks.size() - 1;
    while (networks[network].first > link.index()) --network;
    return network;
  }

  void suffer(const LinkFault& fault) {
    for (BuiltNetwork& network : networks)
      if (network.spec.name == fault.network) return network.suffer(fault);
    std::vector<std::string> names;
    for (const BuiltNetwork& network : networks) names.push_back(network.spec.name);
    throw InputError(
        {}, "a fault names network \"" + fault.network + "\", which the cluster lacks" + did_you_mean(fault.network, names));
  }
};

Fabric::Fabric(std::vector<NetworkSpec> networks, std::size_t devices, std::vector<std::vector<Bandwidth>> ports,
               const std::vector<LinkFault>& faults)
    : impl_(std::make_unique<Impl>()) {
  HEADWAY_CHECK(devices > 0 && ports.size() == networks.size(), "one list of ports for each network");
  impl_->devices = devices;
  impl_->networks.reserve(networks.size());
  for (std::size_t i = 0; i < networks.size(); ++i) {
    HEADWAY_CHECK(ports[i].size() == devices, "one port for each device");
    ports[i] = achievable(std::move(ports[i]), networks[i].technology);
    impl_->networks.emplace_back(std::move(networks[i]), ports[i], impl_->links);
    impl_->links += impl_->networks.back().links();
  }
  for (const LinkFault& fault : faults) impl_->suffer(fault);
}

Fabric::~Fabric() = default;
Fabric::Fabric(Fabric&&) noexcept = default;

std::size_t Fabric::devices() const { return impl_->devices; }
std::size_t Fabric::network_count() const { return impl_->networks.size(); }
const NetworkSpec& Fabric::spec(NetworkId network) const { return impl_->at(network).spec; }

std::size_t Fabric::link_count() const { return impl_->links; }

Bandwidth Fabric::capacity(LinkId link) const {
  const BuiltNetwork& network = impl_->owner(link);
  return Bandwidth(network.capacity[link.index() - network.first]);
}

NetworkId Fabric::network_of(LinkId link) const { return NetworkId(impl_->owner_index(link)); }

std::string Fabric::link_name(LinkId link) const {
  const BuiltNetwork& network = impl_->owner(link);
  return network.spec.name + ": " + network.name_of(link.index() - network.first);
}

std::uint32_t Fabric::domain_size(NetworkId network) const { return impl_->at(network).extent.domain; }

std::uint32_t Fabric::domain_of(NetworkId network, DeviceIndex device) const { return device / impl_->at(network).extent.domain; }

std::optional<NetworkId> Fabric::joining(DeviceIndex a, DeviceIndex b) const {
  for (std::size_t i = 0; i < network_count(); ++i)
    if (domain_of(NetworkId(i), a) == domain_of(NetworkId(i), b)) return NetworkId(i);
  return std::nullopt;
}

LinkId Fabric::out_port(NetworkId network, DeviceIndex device) const { return impl_->at(network).out_port(device); }
LinkId Fabric::in_port(NetworkId network, DeviceIndex device) const { return impl_->at(network).in_port(device); }

void Fabric::route(NetworkId network, DeviceIndex from, DeviceIndex to, std::vector<RouteLink>& links) const {
  const BuiltNetwork& built = impl_->at(network);
  HEADWAY_CHECK(from != to && domain_of(network, from) == domain_of(network, to), "a route stays in its domain");
  if (built.plane_of(from) == built.plane_of(to)) return built.route(from, to, links);
  const DeviceIndex relay = relay_of(network, from, to);
  const std::optional<NetworkId> inner = joining(from, relay);
  if (!inner || *inner >= network)
    throw InputError({}, built.spec.name + ": device " + std::to_string(from) + " and device " + std::to_string(to) +
                             " are in different planes, and no inner network leads from one to the other");
  route(*inner, from, relay, links);
  if (relay != to) built.route(relay, to, links);
}

// Of the sender's node, the device in the receiver's plane.
DeviceIndex Fabric::relay_of(NetworkId network, DeviceIndex from, DeviceIndex to) const {
  const NetworkExtent& extent = impl_->at(network).extent;
  const std::uint32_t in_domain = from % extent.domain, node_start = from - in_domain % extent.node;
  return node_start + to % extent.domain % extent.node;
}

bool Fabric::routes_along_trunks(NetworkId network) const {
  const BuiltNetwork& built = impl_->at(network);
  const bool planes = built.spec.kind == NetworkKind::multi_plane && !built.spec.split_ports;
  return !built.direct && !built.has_pair_links() && !built.cables.hashed() && !planes;
}

std::vector<SwitchClass> Fabric::switch_classes(NetworkId network) const {
  const BuiltNetwork& built = impl_->at(network);
  const NetworkSpec& spec = built.spec;
  if (spec.kind == NetworkKind::torus || spec.kind == NetworkKind::full_mesh) return {};
  if (spec.kind == NetworkKind::dragonfly) {
    const auto per_router = static_cast<std::uint32_t>(spec.router_devices);
    return {{"router", std::size_t{built.extent.domains} * ((built.extent.domain + per_router - 1) / per_router)}};
  }
  std::vector<SwitchClass> classes;
  for (const SwitchTier& tier : built.wiring.switches.tiers()) classes.push_back({tier.name, 0});
  for (std::size_t at = 0; at < built.wiring.switches.switches(); ++at)
    classes[built.wiring.switches.tier_of(SwitchId(at))].switches += built.cables.bundle_of(SwitchId(at));
  return classes;
}

std::vector<LinkClass> Fabric::link_classes(NetworkId network, std::span<const double> busy) const {
  const BuiltNetwork& built = impl_->at(network);
  LinkCount count(built, busy);
  count_ports(count, built);
  count_trunks(count, built);
  for (std::size_t pair = built.first_pair(); pair < built.first_direct(); ++pair)
    count.add("device", "device", 1, built.capacity[pair], pair, 1);
  for (std::size_t link = 0; link < built.direct_count(); ++link) {
    const std::string ends = built.direct->ends(link);
    const std::size_t local = built.first_direct() + link;
    count.add(ends, ends, 1, built.capacity[local], local, 1);
  }
  return count.take();
}

bool Fabric::has_pair_links(NetworkId network) const { return impl_->at(network).has_pair_links(); }

void Fabric::trunks_above(NetworkId network, DeviceIndex device, std::vector<TrunkLinks>& trunks) const {
  const BuiltNetwork& built = impl_->at(network);
  const SwitchForest& switches = built.wiring.switches;
  for (SwitchId at = built.wiring.leaf_of[device]; !switches.is_root(at); at = switches.parent(at))
    trunks.push_back({built.up(at), built.down(at)});
}

}  // namespace headway
