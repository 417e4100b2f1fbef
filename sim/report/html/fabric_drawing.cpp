#include "report/html/fabric_drawing.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/html/page.h"

namespace headway {

namespace {

constexpr double kWidth = 400, kShapes = 190, kBox = 22, kGap = 62, kTop = 12;

std::string rate_text(Bandwidth rate) {
  const double gb = rate.value() / 1e9;
  return gb >= 1000 ? significant(gb / 1000) + " TB/s" : significant(gb) + " GB/s";
}

Bandwidth line_rate(const LinkClass& links, const NetworkUse& network) { return links.capacity / network.efficiency; }

std::string busy_text(const LinkClass& links) {
  return links.busiest > links.busy + 0.005
             ? fmt::format("busy {}, most {}", percent_text(links.busy), percent_text(links.busiest))
             : fmt::format("busy {}", percent_text(links.busy));
}

std::string counted(const LinkClass& links, const NetworkUse& network) {
  return fmt::format("{} × {}", grouped(static_cast<double>(links.links)), rate_text(line_rate(links, network)));
}

// A shade of page.css: busy0 to busy4.
int shade(double busy) { return std::clamp(static_cast<int>(busy * 5), 0, 4); }

struct Tier {
  std::string name;
  std::size_t count = 0;
};

std::vector<Tier> tiers_of(const NetworkUse& network) {
  std::vector<Tier> tiers = {{"device", network.devices}};
  for (const SwitchClass& tier : network.switches) tiers.push_back({tier.name, tier.switches});
  return tiers;
}

class Drawing {
 public:
  explicit Drawing(const NetworkUse& network) : network_(network), tiers_(tiers_of(network)) { height_ = y(0) + kBox + 40; }

  std::string svg() {
    for (std::size_t below = 0; below + 1 < tiers_.size(); ++below) links_between(below);
    for (std::size_t tier = 0; tier < tiers_.size(); ++tier) boxes(tier);
    between_equals();
    const std::string title = fmt::format("{}: {}", network_.network, name_of(network_.kind));
    return fmt::format(
        "<figure class=\"fabric\"><figcaption>{0}{1}</figcaption><svg viewBox=\"0 0 {2} {3}\" role=\"img\" aria-label=\"{0}: "
        "{4}\">\n{5}</svg></figure>\n",
        escaped(title), escaped(domains()), kWidth, height_, escaped(words_), out_);
  }

 private:
  [[nodiscard]] std::string domains() const {
    const std::uint32_t count = network_.domain > 0 ? (network_.devices + network_.domain - 1) / network_.domain : 1;
    return count > 1 ? fmt::format(", {} domains of {} devices", grouped(count), grouped(network_.domain)) : "";
  }
  // Boxes drawn of a tier.
  [[nodiscard]] std::size_t shown(std::size_t tier) const {
    const std::size_t most = tier == 0 ? 8 : tier + 1 == tiers_.size() && tiers_.size() > 2 ? 3 : 4;
    return std::max<std::size_t>(1, std::min(tiers_[tier].count, most));
  }
  [[nodiscard]] double y(std::size_t tier) const { return kTop + static_cast<double>(tiers_.size() - 1 - tier) * (kBox + kGap); }
  [[nodiscard]] double x(std::size_t tier, std::size_t box) const {
    return 8 + kShapes * (static_cast<double>(box) + 0.5) / static_cast<double>(shown(tier));
  }

  void boxes(std::size_t tier) {
    const std::size_t n = shown(tier);
    const double width = std::min(tier == 0 ? 16.0 : 34.0, kShapes / static_cast<double>(n) - 6);
    for (std::size_t i = 0; i < n; ++i)
      out_ += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"4\"/>",
                          tier == 0 ? "device" : "switch", x(tier, i) - width / 2, y(tier), width, kBox);
    text(y(tier) + 15, grouped(static_cast<double>(tiers_[tier].count)) + " × " + tiers_[tier].name, "name");
  }

  // Devices hang under the switch of their share; tiers of switches meet all with all, unless they are domains of their own.
  void links_between(std::size_t below) {
    std::vector<const LinkClass*> classes;
    for (const LinkClass& links : network_.links)
      if (links.from == tiers_[below].name && links.to == tiers_[below + 1].name) classes.push_back(&links);
    if (classes.empty()) return;
    double busiest = 0;
    for (const LinkClass* links : classes) busiest = std::max(busiest, links->busy);
    const std::size_t low = shown(below), high = shown(below + 1);
    const bool all = below > 0 && network_.kind != NetworkKind::pcie;
    for (std::size_t i = 0; i < low; ++i)
      for (std::size_t j = 0; j < high; ++j)
        if (all || i * high / low == j) line(x(below, i), y(below), x(below + 1, j), y(below + 1) + kBox, busiest);
    labels(classes, y(below) - kGap / 2);
  }

  void between_equals() {
    for (std::size_t tier = 0; tier < tiers_.size(); ++tier) {
      std::vector<const LinkClass*> classes;
      const bool top = tier + 1 == tiers_.size();
      for (const LinkClass& links : network_.links)
        if (links.from == links.to && (links.from == tiers_[tier].name || (top && links.from == "group")))
          classes.push_back(&links);
      if (classes.empty()) continue;
      double busiest = 0;
      for (const LinkClass* links : classes) busiest = std::max(busiest, links->busy);
      const double rail = y(tier) + kBox + 10;
      line(x(tier, 0), rail, x(tier, shown(tier) - 1), rail, busiest);
      for (std::size_t i = 0; i < shown(tier); ++i) line(x(tier, i), y(tier) + kBox, x(tier, i), rail, busiest);
      labels(classes, rail + 8);
    }
  }

  void labels(const std::vector<const LinkClass*>& classes, double y) {
    const LinkClass& first = *classes.front();
    const std::string more = classes.size() > 1 ? fmt::format(" + {} kinds", classes.size() - 1) : "";
    text(y - 2, counted(first, network_) + more, "rate");
    text(y + 14, busy_text(first), "load");
  }

  void line(double x1, double y1, double x2, double y2, double busy) {
    out_ += fmt::format("<line class=\"busy{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", shade(busy), x1, y1,
                        x2, y2);
  }

  void text(double y, const std::string& words, const char* of) {
    out_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", of, kShapes + 20, y, escaped(words));
    words_ += (words_.empty() ? "" : "; ") + words;
  }

  const NetworkUse& network_;
  std::vector<Tier> tiers_;
  double height_ = 0;
  std::string out_, words_;
};

}  // namespace

std::string fabric_drawing(const std::vector<NetworkUse>& networks) {
  std::string out = "<div class=\"fabrics\">\n";
  for (const NetworkUse& network : networks) out += Drawing(network).svg();
  out += "</div>\n<p class=\"legend\">Links busy:";
  for (int i = 0; i < 5; ++i)
    out += fmt::format(" <i style=\"background:var(--busy{})\"></i>{}–{}\u00a0%", i, 20 * i, 20 * (i + 1));
  return out + "</p>\n";
}

Table link_table(const std::vector<NetworkUse>& networks) {
  Table table({"network", "from", "to", "links", "rate each", "busy", "busiest"}, {false, false, false, true, true, true, true});
  for (const NetworkUse& network : networks)
    for (const LinkClass& links : network.links)
      table.row({network.network, links.from, links.to, grouped(static_cast<double>(links.links)),
                 rate_text(line_rate(links, network)), percent_text(links.busy), percent_text(links.busiest)});
  return table;
}

}  // namespace headway
