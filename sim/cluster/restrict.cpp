#include "cluster/restrict.h"

#include <algorithm>
#include <set>

namespace headway {
namespace {

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Lays one restriction over the cluster, or reports at its mark why it cannot.
class Restrictor {
 public:
  Restrictor(Cluster& cluster, SourceMark mark, Diagnostics& diagnostics)
      : cluster_(&cluster), mark_(std::move(mark)), diagnostics_(&diagnostics) {}

  void operator()(const CapLink& cap) const {
    if (cap.port <= Bandwidth(0)) return error("link: a bandwidth must be positive; use remove to take the network away");
    if (NetworkSpec* network = find(cap.network))
      change_ports(*network, cap.direction, [&](Bandwidth port) { return std::min(port, cap.port); });
  }

  void operator()(const ScaleLink& scaling) const {
    if (scaling.scale <= 0)
      return error("scale: " + number(scaling.scale) + " must be positive; use remove to take the network away");
    if (NetworkSpec* network = find(scaling.network))
      change_ports(*network, scaling.direction, [&](Bandwidth port) { return port * scaling.scale; });
  }

  void operator()(const RemoveNetwork& removal) const {
    if (find(removal.network))
      std::erase_if(cluster_->networks, [&](const NetworkSpec& network) { return network.name == removal.network; });
  }

  void operator()(const ReplaceNetwork& replacement) const {
    NetworkSpec* network = find(replacement.network);
    if (!network) return;
    if (!replacement.with.bandwidth.known)
      return error("replace: " + replacement.with.name + " has no published bandwidth; give one in its link file");
    network->technology = replacement.with;
    network->port = replacement.with.bandwidth.value;
  }

  void operator()(const ResizeDomain& resize) const {
    const auto network = std::find_if(cluster_->networks.begin(), cluster_->networks.end(),
                                      [](const NetworkSpec& spec) { return spec.kind != NetworkKind::package; });
    if (network == cluster_->networks.end()) return error("domain: the cluster has no network to resize");
    const int devices = cluster_->devices(), package = package_size();
    const std::string asked = "domain: " + std::to_string(resize.domain);
    if (network->kind == NetworkKind::torus) return error(asked + ": the shape of a torus says how many devices it joins");
    if (resize.domain < 1 || resize.domain > devices)
      return error(asked + " must lie between 1 and the cluster's " + std::to_string(devices) + " devices");
    if (resize.domain % package != 0) return error(asked + " would cut packages of " + std::to_string(package) + " dies");
    if (resize.domain < devices && network + 1 == cluster_->networks.end())
      return error(asked + " would leave " + std::to_string(devices) + " devices that no other network joins");
    network->domain = resize.domain;
  }

  // Also where there is none: a cluster that never had it is compared with one that lost it.
  void operator()(const ForbidInSwitchReduction&) const {
    for (NetworkSpec& network : cluster_->networks) network.technology.in_switch_reduction = {};
  }

  void operator()(const Oversubscribe& tier) const {
    if (tier.ratio < 1) return error("ratio: " + number(tier.ratio) + " must be at least 1 (down-links over up-links)");
    const std::vector<std::string> tiers{"node", "leaf", "spine"};
    if (std::find(tiers.begin(), tiers.end(), tier.tier) == tiers.end())
      return error("oversubscribe: no tier is called \"" + tier.tier + "\"" + did_you_mean(tier.tier, tiers) +
                   "; there are node, leaf and spine");
    bool found = false;
    for (NetworkSpec& network : cluster_->networks)
      if (double* ratio = ratio_of(network, tier.tier)) {
        *ratio = tier.ratio;
        found = true;
      }
    if (!found)
      error("oversubscribe: no network of the cluster has a " + tier.tier + " tier with up-links" + hint_for(tier.tier));
  }

  void operator()(const SwapDevice& swap) const {
    const int dies = swap.device.dies_per_package;
    for (const DeviceGroup& group : cluster_->groups)
      if (group.devices % dies != 0)
        return error("swap_device: " + std::to_string(group.devices) + " devices do not fill packages of " +
                     std::to_string(dies) + " " + swap.device.name);
    for (DeviceGroup& group : cluster_->groups) group.device = swap.device;
  }

  void operator()(const SlowOne& slow) const {
    if (slow.slow.speed <= 0) return error("speed: " + number(slow.slow.speed) + " must be positive");
    if (in_range("device", slow.slow.device, cluster_->devices())) cluster_->slow_devices.push_back(slow.slow);
  }

  void operator()(const FaultLink& fault) const {
    const LinkFault& what = fault.fault;
    const bool cable = !what.from.empty() || !what.to.empty();
    if (what.scale <= 0 && !cable)
      return error("scale: " + number(what.scale) + " must be positive: no route leads around a dead port");
    if (!find(what.network)) return;
    const int nodes = cluster_->devices() / std::max(1, cluster_->devices_per_node);
    if (what.device && !in_range("device", *what.device, cluster_->devices())) return;
    if (what.node && !in_range("node", *what.node, nodes)) return;
    Cluster faulty = *cluster_;
    faulty.link_faults.push_back(what);
    if (cable && !builds(faulty)) return;
    *cluster_ = std::move(faulty);
  }

 private:
  void error(const std::string& message) const { diagnostics_->error(mark_, message); }

  NetworkSpec* find(const std::string& name) const {
    std::vector<std::string> names;
    for (NetworkSpec& network : cluster_->networks) {
      if (network.name == name) return &network;
      names.push_back(network.name);
    }
    error("the cluster has no network \"" + name + "\"" + did_you_mean(name, names));
    return nullptr;
  }

  // One port for the network where all groups agree, each device's own where they do not. One direction alone is a fault of every
  // port, and the port as a whole stays what it is.
  template <class Change>
  void change_ports(NetworkSpec& network, std::optional<Direction> direction, Change change) const try {
    std::vector<Bandwidth> ports = group_ports(*cluster_, network);
    if (direction) {
      if (std::set<Bandwidth>(ports.begin(), ports.end()).size() > 1)
        return error("direction: the ports of a mixed fleet differ; restrict both directions, or device by device");
      Cluster faulty = *cluster_;
      LinkFault& fault = faulty.link_faults.emplace_back();
      fault.network = network.name;
      fault.direction = direction;
      fault.scale = change(ports.front()) / ports.front();
      if (builds(faulty)) *cluster_ = std::move(faulty);
      return;
    }
    for (Bandwidth& port : ports) port = change(port);
    if (std::set<Bandwidth>(ports.begin(), ports.end()).size() == 1) {
      network.port = ports.front();
      return;
    }
    for (std::size_t group = 0; group < ports.size(); ++group) cluster_->groups[group].device.scale_up.value = ports[group];
  } catch (const InputError& unknown) {
    pass_on(unknown);
  }

  // A cable's name can only be checked against the built network.
  [[nodiscard]] bool builds(const Cluster& cluster) const try {
    static_cast<void>(build_fabric(cluster));
    return true;
  } catch (const InputError& mistake) {
    pass_on(mistake);
    return false;
  }

  void pass_on(const InputError& mistakes) const {
    for (const Diagnostic& mistake : mistakes.diagnostics()) error(mistake.message);
  }

  [[nodiscard]] int package_size() const {
    int size = 1;
    for (const DeviceGroup& group : cluster_->groups) size = std::max(size, group.device.dies_per_package);
    return size;
  }

  [[nodiscard]] bool in_range(const std::string& what, int index, int count) const {
    if (index >= 0 && index < count) return true;
    error(what + ": " + std::to_string(index) + " is out of range; the cluster has " + what + "s 0 to " +
          std::to_string(count - 1));
    return false;
  }

  static double* ratio_of(NetworkSpec& network, const std::string& tier) {
    const bool tree = network.kind == NetworkKind::fat_tree || network.kind == NetworkKind::rail_optimized ||
                      network.kind == NetworkKind::multi_plane;
    if (tier == "node") return network.kind == NetworkKind::two_level ? &network.taper : nullptr;
    if (tier == "leaf") return tree ? &network.leaf_oversubscription : nullptr;
    return tree && network.units_per_pod > 0 ? &network.spine_oversubscription : nullptr;
  }

  static std::string hint_for(const std::string& tier) {
    return tier == "spine" ? "; spines have up-links in three tiers only, so give units_per_pod" : "";
  }

  Cluster* cluster_;
  SourceMark mark_;
  Diagnostics* diagnostics_;
};

}  // namespace

Cluster apply(const std::vector<Restriction>& restrictions, Cluster cluster, Diagnostics& diagnostics) {
  for (const Restriction& restriction : restrictions)
    std::visit(Restrictor(cluster, restriction.mark, diagnostics), restriction.what);
  return cluster;
}

}  // namespace headway
