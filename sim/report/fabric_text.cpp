#include "report/fabric_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace headway {

namespace {

std::string rate_text(Bandwidth rate) {
  const double gb = rate.value() / 1e9;
  return gb >= 1000 ? significant(gb / 1000) + " TB/s" : significant(gb) + " GB/s";
}

std::string devices_text(const Cluster& cluster) {
  std::string text;
  for (const DeviceGroup& group : cluster.groups)
    text += fmt::format("{}{} x {}", text.empty() ? "" : " + ", grouped(group.devices), group.device.name);
  return text;
}

Bandwidth line_rate(const LinkClass& links, const NetworkSpec& spec) { return links.capacity / spec.technology.efficiency.value; }

std::string links_text(const LinkClass& links, const NetworkSpec& spec) {
  return fmt::format("{} x {}", grouped(static_cast<double>(links.links)), rate_text(line_rate(links, spec)));
}

// All links between two tiers together.
Bandwidth sum_up(const std::vector<LinkClass>& classes, const std::string& from) {
  Bandwidth sum;
  for (const LinkClass& links : classes)
    if (links.from == from && links.to != from) sum += links.capacity * static_cast<double>(links.links);
  return sum;
}

// "7:1 oversubscribed" where less goes up from a tier than comes to it from below.
std::string scarcity(const std::vector<LinkClass>& classes, const std::string& below, const std::string& tier) {
  const Bandwidth up = sum_up(classes, tier);
  if (below.empty() || up <= Bandwidth(0)) return "";
  const double ratio = sum_up(classes, below) / up;
  return ratio > 1 + 1e-6 ? fmt::format("   {:.3g}:1 oversubscribed", ratio) : "   non-blocking";
}

std::string tier_line(const std::string& name, const std::string& what) { return fmt::format("  {:<10}{}\n", name, what); }

// The links that lead up from one tier, or join its members to one another.
std::string link_lines(const std::vector<LinkClass>& classes, const NetworkSpec& spec, const std::string& from, bool upwards,
                       const std::string& behind) {
  std::string out;
  for (const LinkClass& links : classes)
    if (links.from == from && (links.to != from) == upwards)
      out += fmt::format("    {}  {}{}\n", upwards ? "|" : "=", links_text(links, spec), behind);
  return out;
}

std::string network_drawing(const Cluster& cluster, const Fabric& fabric, NetworkId network) {
  const NetworkSpec& spec = fabric.spec(network);
  const std::vector<SwitchClass> switches = fabric.switch_classes(network);
  const std::vector<LinkClass> classes = fabric.link_classes(network);
  std::string out;
  for (std::size_t tier = switches.size(); tier-- > 0;) {
    const std::string& name = switches[tier].name;
    const std::string below = tier == 0 ? "device" : switches[tier - 1].name;
    out += link_lines(classes, spec, name, true, scarcity(classes, below, name));
    if (name == "router") out += link_lines(classes, spec, "group", false, "   between groups");
    out += tier_line(name, grouped(static_cast<double>(switches[tier].switches)));
    out += link_lines(classes, spec, name, false, "   between " + name + "s");
  }
  out += link_lines(classes, spec, "device", true, "");
  out += tier_line("device", devices_text(cluster));
  return out + link_lines(classes, spec, "device", false, "   between devices");
}

std::string shape_words(const NetworkSpec& spec) {
  std::string words(name_of(spec.kind));
  for (std::size_t i = 0; i < spec.shape.size(); ++i) words += fmt::format("{}{}", i == 0 ? " " : " x ", spec.shape[i]);
  if (spec.planes > 0) words += fmt::format(", {} planes", spec.planes);
  if (spec.routing == Routing::ecmp) words += fmt::format(", hashed routes (seed {})", spec.seed);
  return words;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\\\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace

std::string fabric_text(const Cluster& cluster, const TextStyle& style) {
  const Fabric fabric = build_fabric(cluster);
  std::string out;
  for (std::size_t i = fabric.network_count(); i-- > 0;) {
    const NetworkSpec& spec = fabric.spec(NetworkId(i));
    const std::uint32_t domain = fabric.domain_size(NetworkId(i));
    const std::size_t domains = (fabric.devices() + domain - 1) / domain;
    out += "\n" + toned(spec.name + ": " + shape_words(spec), Tone::heading, style);
    out +=
        domains > 1 ? fmt::format(", {} domains of {} devices\n", grouped(static_cast<double>(domains)), grouped(domain)) : "\n";
    out += network_drawing(cluster, fabric, NetworkId(i));
  }
  return out;
}

std::string fabric_dot(const Cluster& cluster) {
  const Fabric fabric = build_fabric(cluster);
  std::string out = "graph " + quoted(cluster.name) + " {\n  rankdir=BT;\n  node [shape=box];\n";
  out += "  device [label=" + quoted(devices_text(cluster)) + "];\n";
  for (std::size_t i = 0; i < fabric.network_count(); ++i) {
    const NetworkSpec& spec = fabric.spec(NetworkId(i));
    const auto vertex = [&](const std::string& name) { return name == "device" ? name : quoted(spec.name + " " + name); };
    for (const SwitchClass& tier : fabric.switch_classes(NetworkId(i)))
      out += fmt::format("  {} [label={}];\n", vertex(tier.name),
                         quoted(fmt::format("{} x {} {}", grouped(static_cast<double>(tier.switches)), spec.name, tier.name)));
    for (const LinkClass& links : fabric.link_classes(NetworkId(i))) {
      const bool global = links.from == "group";  // cables between groups leave from routers
      const std::string from = vertex(global ? "router" : links.from), to = vertex(global ? "router" : links.to);
      out += fmt::format("  {} -- {} [label={}];\n", from, to, quoted(links_text(links, spec)));
    }
  }
  return out + "}\n";
}

}  // namespace headway
