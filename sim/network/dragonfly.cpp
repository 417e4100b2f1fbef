#include <algorithm>

#include "base/diagnostic.h"
#include "network/direct_links.h"
#include "network/switch_forest.h"

namespace headway {
namespace {

// Links of a domain: of each router its cables to the others of its group, then, group by group, the global ones.
class Dragonfly : public DirectLinks {
 public:
  Dragonfly(const NetworkSpec& spec, const NetworkExtent& extent, Bandwidth cable)
      : domain_(extent.domain),
        domains_(extent.domains),
        devices_(static_cast<std::uint32_t>(spec.router_devices)),
        routers_(static_cast<std::uint32_t>(spec.group_routers)),
        global_(static_cast<std::uint32_t>(spec.global_links)),
        groups_((extent.domain + devices_ * routers_ - 1) / (devices_ * routers_)),
        cable_(cable) {
    if (groups_ > 1 && cables() < groups_ - 1)
      throw InputError({}, spec.name + ": " + std::to_string(groups_) + " groups with " + std::to_string(cables()) +
                               " global links each: not every two of them are joined");
  }

  [[nodiscard]] std::size_t links() const override { return links_of_domain() * domains_; }
  [[nodiscard]] Bandwidth capacity(std::size_t) const override { return cable_; }

  // "router 3 to router 1", "group 2 global 5"
  [[nodiscard]] std::string name(std::size_t link) const override {
    const std::size_t domain = link / links_of_domain(), local = link % links_of_domain();
    if (local >= first_global())
      return "group " + std::to_string(domain * groups_ + (local - first_global()) / cables()) + " global " +
             std::to_string((local - first_global()) % cables());
    const std::size_t from = local / (routers_ - 1), slot = local % (routers_ - 1), position = from % routers_;
    const std::size_t to = from - position + slot + (slot >= position ? 1 : 0), before = domain * groups_ * routers_;
    return "router " + std::to_string(before + from) + " to router " + std::to_string(before + to);
  }

  [[nodiscard]] std::string ends(std::size_t link) const override {
    return link % links_of_domain() < first_global() ? "router" : "group";
  }

  void route(std::uint32_t from, std::uint32_t to, std::vector<DirectShare>& links) const override {
    const std::size_t first = from / domain_ * links_of_domain();
    const std::uint32_t start = from % domain_ / devices_, end = to % domain_ / devices_;
    const std::uint32_t group = start / routers_, other = end / routers_;
    if (group == other) return local_hop(first, start, end, 1.0, links);
    const std::uint32_t ahead = (other + groups_ - group) % groups_, behind = groups_ - ahead;
    const std::uint32_t parallel = joining(ahead, behind);
    for (std::uint32_t i = 0; i < parallel; ++i) {
      const std::uint32_t out = ahead - 1 + i * (groups_ - 1), in = behind - 1 + i * (groups_ - 1);
      local_hop(first, start, group * routers_ + out / global_, 1.0 / parallel, links);
      links.push_back({first + first_global() + std::size_t{group} * cables() + out, 1.0 / parallel});
      local_hop(first, other * routers_ + in / global_, end, 1.0 / parallel, links);
    }
  }

  [[nodiscard]] std::vector<std::size_t> of_device(std::uint32_t) const override { return {}; }

 private:
  [[nodiscard]] std::uint32_t cables() const { return routers_ * global_; }  // global ones of a group
  [[nodiscard]] std::size_t first_global() const { return std::size_t{groups_} * routers_ * (routers_ - 1); }
  [[nodiscard]] std::size_t links_of_domain() const {
    return first_global() + (groups_ > 1 ? std::size_t{groups_} * cables() : 0);
  }
  // Cables between two groups, so many ahead of one and behind the other: a cable needs both of its ends.
  [[nodiscard]] std::uint32_t joining(std::uint32_t ahead, std::uint32_t behind) const {
    const auto dealt = [&](std::uint32_t offset) { return (cables() - offset) / (groups_ - 1) + 1; };
    return std::min(dealt(ahead), dealt(behind));
  }
  void local_hop(std::size_t first, std::uint32_t from, std::uint32_t to, double share, std::vector<DirectShare>& links) const {
    if (from == to) return;
    const std::uint32_t slot = to % routers_ - (to % routers_ > from % routers_ ? 1 : 0);
    links.push_back({first + std::size_t{from} * (routers_ - 1) + slot, share});
  }

  std::uint32_t domain_, domains_, devices_, routers_, global_, groups_;
  Bandwidth cable_;
};

}  // namespace

std::unique_ptr<DirectLinks> dragonfly_links(const NetworkSpec& spec, const NetworkExtent& extent,
                                             const std::vector<Bandwidth>& ports) {
  return std::make_unique<Dragonfly>(spec, extent, *std::max_element(ports.begin(), ports.end()));
}

}  // namespace headway
