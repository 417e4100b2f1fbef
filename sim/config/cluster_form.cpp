#include <algorithm>
#include <set>

#include "config/file_forms.h"

namespace headway {

namespace {

struct GroupText {
  Device device;
  int devices = 0;
};

struct ClusterText {
  std::string title, source;
  std::optional<Device> device;
  std::optional<std::vector<GroupText>> groups;
  std::optional<int> devices;
  int devices_per_node = 1;
  std::vector<NetworkSpec> networks;
  Sourced<Watts> host_power;
  std::map<std::string, std::string> sources;
};

// Keys that only some kinds of network have, and which of them those kinds cannot do without.
struct KindKey {
  const char* key;
  std::vector<NetworkKind> kinds;
  bool needed = false;
};

const std::vector<KindKey>& kind_keys() {
  using K = NetworkKind;
  static const std::vector<KindKey> keys{{"taper", {K::two_level}},
                                         {"unit_nodes", {K::fat_tree, K::rail_optimized, K::multi_plane}},
                                         {"units_per_pod", {K::fat_tree, K::rail_optimized}},
                                         {"leaf_oversubscription", {K::fat_tree, K::rail_optimized, K::multi_plane}},
                                         {"spine_oversubscription", {K::fat_tree, K::rail_optimized}},
                                         {"switch_devices", {K::pcie}},
                                         {"switch_uplinks", {K::pcie}},
                                         {"sockets", {K::pcie}},
                                         {"socket_link", {K::pcie}},
                                         {"shape", {K::torus}, true},
                                         {"planes", {K::multi_plane}, true},
                                         {"split_ports", {K::multi_plane}},
                                         {"router_devices", {K::dragonfly}},
                                         {"group_routers", {K::dragonfly}, true},
                                         {"global_links", {K::dragonfly}},
                                         {"routing", {K::fat_tree, K::rail_optimized, K::multi_plane}},
                                         {"seed", {K::fat_tree, K::rail_optimized, K::multi_plane}},
                                         {"flows", {K::fat_tree, K::rail_optimized, K::multi_plane}}};
  return keys;
}

void keys_of_its_kind(const Node& node, NetworkSpec& spec) {
  for (const KindKey& rule : kind_keys()) {
    const bool has = node.tree().find(rule.key) != nullptr;
    const bool meant = std::find(rule.kinds.begin(), rule.kinds.end(), spec.kind) != rule.kinds.end();
    const std::string kind(name_of(spec.kind));
    if (has && !meant) node.error_below(rule.key, "a " + kind + " network has no " + rule.key);
    if (!has && meant && rule.needed) node.error_below("kind", "a " + kind + " network needs the key \"" + rule.key + "\"");
  }
}

void shape_holds(const Node& node, NetworkSpec& spec) {
  if (!spec.shape.empty() && spec.shape.size() != 2 && spec.shape.size() != 3)
    node.error_below("shape", "a torus has two or three dimensions, not " + std::to_string(spec.shape.size()));
  if (spec.kind == NetworkKind::torus && spec.domain != 0)
    node.error_below("domain", "the shape of a torus says how many devices it joins");
  for (const char* key : {"seed", "flows"})
    if (spec.routing != Routing::ecmp && node.tree().find(key) != nullptr)
      node.error_below(key, std::string(key) + " means something with \"routing: ecmp\" only");
  if (spec.sockets > 1 && spec.socket_link <= Bandwidth(0))
    node.error_below("sockets", "two sockets need a \"socket_link\" between them");
}

Form<NetworkSpec> network() {
  using N = NetworkSpec;
  return Record<N>()
      .required("name", &N::name, text(), "scale_up, scale_out, package ...: what restrictions call it")
      .required("kind", &N::kind, one_of<NetworkKind>(), "its shape")
      .required("technology", &N::technology, reference(CatalogueKind::links, link_form()), "a name in topologies/links")
      .optional("port", &N::port, quantity<Bandwidth>(),
                "line rate per device and direction, where neither device nor technology has it")
      .optional("domain", &N::domain, integer(1), "devices that reach one another over it; all of the cluster where left out")
      .optional("node", &N::node, integer(1), "devices behind one uplink bundle (two_level) or in one node (rail_optimized)")
      .optional("taper", &N::taper, number({.least = 1}), "two_level: ports of a node over uplinks of the node")
      .optional("unit_nodes", &N::unit_nodes, integer(1), "nodes that share their leaves")
      .optional("units_per_pod", &N::units_per_pod, integer(1), "three tiers: units under one spine block")
      .optional("leaf_oversubscription", &N::leaf_oversubscription, number({.least = 1}), "down-links over up-links of a leaf")
      .optional("spine_oversubscription", &N::spine_oversubscription, number({.least = 1}),
                "down-links over up-links of a spine, three tiers")
      .optional("switch_devices", &N::switch_devices, integer(1), "pcie: devices behind one PCIe switch; 1 where left out")
      .optional("switch_uplinks", &N::switch_uplinks, integer(1),
                "pcie: uplinks of a switch, each as fast as a device's port; 1 where left out")
      .optional("sockets", &N::sockets, integer(1, 2), "pcie: host bridges of a domain; 1 where left out")
      .optional("socket_link", &N::socket_link, quantity<Bandwidth>(), "pcie: line rate between the sockets, per direction")
      .optional("shape", &N::shape, list_of(integer(2)),
                "torus: devices along each of its two or three dimensions, that of neighbouring numbers first")
      .optional("planes", &N::planes, integer(2),
                "multi_plane: fat trees side by side; device i of a node is in plane i mod planes")
      .optional("split_ports", &N::split_ports, boolean(),
                "multi_plane: every device has a port in each plane and spreads its traffic; false where left out")
      .optional("router_devices", &N::router_devices, integer(1), "dragonfly: devices at a router; 1 where left out")
      .optional("group_routers", &N::group_routers, integer(1), "dragonfly: routers of a group")
      .optional("global_links", &N::global_links, integer(1), "dragonfly: cables of a router to other groups; 1 where left out")
      .optional("in_switch_reduction", &N::in_switch_reduction, boolean(),
                "whether switches that can reduce do; left out: yes, but not in fabrics of adapters")
      .optional("routing", &N::routing, one_of<Routing>(), "among parallel cables; spray where left out")
      .optional("seed", &N::seed, integer(0), "ecmp: of the hash that chooses each flow's cable; 0 where left out")
      .optional("flows", &N::flows, integer(1),
                "ecmp: connections of a pair; one for each of the library's channels where left out")
      .other("source", true, source_key(), "where the shape comes from: a key under sources")
      .other("grade", true, one_of<Grade>(), "how far the shape can be trusted")
      .check_with([](const Node& node, N& spec) {
        keys_of_its_kind(node, spec);
        shape_holds(node, spec);
        spec.provenance.source = node.tree().find("source")->text;
        spec.provenance.grade = *value_of<Grade>(node.tree().find("grade")->text);
      })
      .form();
}

Form<GroupText> group() {
  return Record<GroupText>()
      .required("device", &GroupText::device, reference(CatalogueKind::devices, device_form()), "a name in topologies/devices")
      .required("devices", &GroupText::devices, integer(1), "how many")
      .form();
}

void gather_groups(const Node& node, ClusterText& cluster) {
  if (cluster.device && cluster.groups) return node.error_below("groups", "write either device or groups");
  if (!cluster.device && !cluster.groups) return node.error_at_key("missing key \"device\"");
  if (cluster.groups && cluster.groups->empty()) return node.error_below("groups", "needs at least one group");
  if (cluster.device) {
    if (!cluster.devices) return node.error_at_key("missing key \"devices\"");
    cluster.groups = {{*cluster.device, *cluster.devices}};
    return;
  }
  int sum = 0;
  for (const GroupText& of : *cluster.groups) sum += of.devices;
  if (cluster.devices && *cluster.devices != sum)
    node.error_below("devices", "the groups add up to " + std::to_string(sum) + ", not " + std::to_string(*cluster.devices) +
                                    ": a mixed cluster grows by its groups");
}

void whole_nodes(const Node& node, ClusterText& cluster) {
  if (!cluster.groups) return;
  const int per_node = cluster.devices_per_node;
  for (std::size_t i = 0; i < cluster.groups->size(); ++i) {
    const GroupText& of = (*cluster.groups)[i];
    const std::string key = cluster.device ? "devices" : "groups." + std::to_string(i) + ".devices";
    const bool part_of_one_node = cluster.groups->size() == 1 && of.devices < per_node;
    if (of.devices % per_node != 0 && !part_of_one_node)
      node.error_below(key, std::to_string(of.devices) + " devices are no whole number of nodes of " + std::to_string(per_node));
    if (of.devices % of.device.dies_per_package != 0)
      node.error_below(key, std::to_string(of.devices) + " devices are no whole number of packages of " +
                                std::to_string(of.device.dies_per_package));
  }
}

void distinct_networks(const Node& node, ClusterText& cluster) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < cluster.networks.size(); ++i)
    if (!names.insert(cluster.networks[i].name).second)
      node.error_below("networks." + std::to_string(i) + ".name", "a second network \"" + cluster.networks[i].name + "\"");
}

void whole_tori(const Node& node, ClusterText& cluster) {
  int devices = 0;
  for (const GroupText& of : cluster.groups.value_or(std::vector<GroupText>{})) devices += of.devices;
  for (std::size_t i = 0; i < cluster.networks.size(); ++i) {
    int torus = 1;
    for (const int length : cluster.networks[i].shape) torus *= length;
    if (devices % torus != 0)
      node.error_below("networks." + std::to_string(i) + ".shape",
                       std::to_string(devices) + " devices do not fill tori of " + std::to_string(torus));
  }
}

Cluster finish(ClusterText text) {
  Cluster cluster;
  cluster.title = std::move(text.title);
  cluster.source = std::move(text.source);
  for (GroupText& of : *text.groups) cluster.groups.push_back({std::move(of.device), of.devices});
  cluster.devices_per_node = text.devices_per_node;
  cluster.networks = std::move(text.networks);
  cluster.host_power = std::move(text.host_power);
  cluster.sources = std::move(text.sources);
  return cluster;
}

Form<Cluster> make_cluster_form() {
  using C = ClusterText;
  return map_form(
      Record<C>()
          .required("title", &C::title, text(), "full name")
          .optional("source", &C::source, text(), "where the cluster is described")
          .optional("device", &C::device, reference(CatalogueKind::devices, device_form()), "a name in topologies/devices")
          .optional("groups", &C::groups, list_of(group()), "a mixed cluster: its devices in order")
          .optional("devices", &C::devices, integer(1), "how many the software ranks: two for a package of two dies")
          .required("devices_per_node", &C::devices_per_node, integer(1), "as the software ranks them")
          .required("networks", &C::networks, list_of(network()), "innermost first")
          .optional("host_power", &C::host_power, sourced(quantity<Watts>()),
                    "of hosts, switches, fans and cables, for every device as ranked")
          .required("sources", &C::sources, source_list(), "where the values come from: key and reference")
          .check_with(gather_groups)
          .check_with(whole_nodes)
          .check_with(distinct_networks)
          .check_with(whole_tori)
          .form(),
      finish);
}

}  // namespace

const Form<Cluster>& cluster_form() {
  static const Form<Cluster> form = make_cluster_form();
  return form;
}

}  // namespace headway
