// The what-ifs of a scenario's `restrict`. Which one an entry is follows from its keys.
#include <algorithm>

#include "config/file_forms.h"

namespace headway {

namespace {

struct NodeFault {
  int node;
  std::string link;
  double scale;
};
struct DeviceFault {
  int device;
  std::string link;
  double scale;
};
struct CableFault {
  std::vector<std::string> cable;
  std::optional<std::string> link;
  double scale;
};
struct Forbid {
  std::string what;
};

std::string plain(double value) { return Json(value).dump(); }

std::string rate(Bandwidth bandwidth) { return plain(bandwidth.value() / 1e9) + " GB/s"; }

// One kind of what-if: its keys, how it reads, what it turns into.
struct Variant {
  std::vector<std::string> keys, required;
  Form<SaidRestriction> form;
};

template <class T, class F>
Variant variant(const Record<T>& record, F say) {
  Variant result;
  for (const RecordKeys::Key& key : record.keys()) {
    result.keys.push_back(key.name);
    if (key.required) result.required.push_back(key.name);
  }
  const Form<T> form = record.form();
  result.form.schema = form.schema;
  result.form.read = [read = form.read, say](const Node& node) -> std::optional<SaidRestriction> {
    std::optional<T> value = read(node);
    if (!value) return std::nullopt;
    SaidRestriction said = say(std::move(*value));
    said.restriction.mark = node.tree().mark;
    return said;
  };
  return result;
}

template <class T>
SaidRestriction said(T what, std::string words) {
  return {{{}, std::move(what)}, std::move(words)};
}

LinkFault fault_of(std::string network, double scale) {
  LinkFault fault;
  fault.network = std::move(network);
  fault.scale = scale;
  return fault;
}

void two_ends(const Node& node, CableFault& fault) {
  if (fault.cable.size() != 2) node.error_below("cable", "name the two switches it joins: [leaf-2, spine-0]");
}

std::vector<Variant> make_variants() {
  const Form<std::string> network = text();
  const Form<double> factor = number(kNotNegative);
  const Form<Device> device = reference(CatalogueKind::devices, device_form());
  const Form<LinkTechnology> technology = reference(CatalogueKind::links, link_form());
  std::vector<Variant> variants;

  variants.push_back(variant(
      Record<CapLink>()
          .required("link", &CapLink::network, network, "a network of the cluster")
          .required("bandwidth", &CapLink::port, quantity<Bandwidth>(), "per device and direction")
          .optional("direction", &CapLink::direction, one_of<Direction>(), "out or in; both where left out"),
      [](CapLink cap) {
        std::string words = cap.network + " at " + rate(cap.port) + " per device" +
                            (cap.direction ? ", " + std::string(name_of(*cap.direction)) + "ward alone" : " and direction");
        return said(std::move(cap), std::move(words));
      }));
  variants.push_back(
      variant(Record<ScaleLink>()
                  .required("link", &ScaleLink::network, network, "a network of the cluster")
                  .required("scale", &ScaleLink::scale, number(kPositive), "of its bandwidth")
                  .optional("direction", &ScaleLink::direction, one_of<Direction>(), "out or in; both where left out"),
              [](ScaleLink scale) {
                std::string words = scale.network + " at " + plain(scale.scale) + " of its bandwidth" +
                                    (scale.direction ? " " + std::string(name_of(*scale.direction)) + "ward" : "");
                return said(std::move(scale), std::move(words));
              }));
  variants.push_back(
      variant(Record<RemoveNetwork>().required("remove", &RemoveNetwork::network, network, "a network of the cluster"),
              [](RemoveNetwork remove) {
                std::string words = "without " + remove.network;
                return said(std::move(remove), std::move(words));
              }));
  variants.push_back(variant(Record<ReplaceNetwork>()
                                 .required("replace", &ReplaceNetwork::network, network, "a network of the cluster")
                                 .required("with", &ReplaceNetwork::with, technology, "a name in topologies/links"),
                             [](ReplaceNetwork replace) {
                               std::string words = replace.with.title + " for " + replace.network;
                               return said(std::move(replace), std::move(words));
                             }));
  variants.push_back(variant(
      Record<ResizeDomain>().required("domain", &ResizeDomain::domain, integer(1), "devices in a scale-up domain"),
      [](ResizeDomain resize) { return said(resize, "scale-up domains of " + std::to_string(resize.domain) + " devices"); }));
  variants.push_back(variant(
      Record<Forbid>().required("forbid", &Forbid::what, word_of({"in_switch_reduction"}), "what the switches must not do"),
      [](const Forbid&) { return said(ForbidInSwitchReduction{}, "no reduction in switches"); }));
  variants.push_back(
      variant(Record<Oversubscribe>()
                  .required("oversubscribe", &Oversubscribe::tier, word_of({"node", "leaf", "spine"}), "a tier of switches")
                  .required("ratio", &Oversubscribe::ratio, number({.least = 1}), "down-links over up-links"),
              [](Oversubscribe over) {
                std::string words = over.tier + " oversubscribed " + plain(over.ratio) + " to 1";
                return said(std::move(over), std::move(words));
              }));
  variants.push_back(
      variant(Record<SwapDevice>().required("swap_device", &SwapDevice::device, device, "a name in topologies/devices"),
              [](SwapDevice swap) {
                std::string words = "every device a " + swap.device.title;
                return said(std::move(swap), std::move(words));
              }));
  variants.push_back(variant(Record<SlowDevice>()
                                 .required("device", &SlowDevice::device, integer(0), "its number, from 0")
                                 .required("speed", &SlowDevice::speed, number(kPositive), "of its kernels"),
                             [](SlowDevice slow) {
                               return said(SlowOne{slow}, "device " + std::to_string(slow.device) + " at " + plain(slow.speed) +
                                                              " of its speed");
                             }));
  variants.push_back(variant(Record<DeviceFault>()
                                 .required("device", &DeviceFault::device, integer(0), "its number, from 0")
                                 .required("link", &DeviceFault::link, network, "a network of the cluster")
                                 .required("scale", &DeviceFault::scale, factor, "of its bandwidth"),
                             [](DeviceFault of) {
                               std::string words = of.link + " of device " + std::to_string(of.device) + " at " +
                                                   plain(of.scale) + " of its bandwidth";
                               LinkFault fault = fault_of(std::move(of.link), of.scale);
                               fault.device = of.device;
                               return said(FaultLink{std::move(fault)}, std::move(words));
                             }));
  variants.push_back(variant(Record<NodeFault>()
                                 .required("node", &NodeFault::node, integer(0), "its number, from 0")
                                 .required("link", &NodeFault::link, network, "a network of the cluster")
                                 .required("scale", &NodeFault::scale, factor, "of its bandwidth"),
                             [](NodeFault of) {
                               std::string words = of.link + " of node " + std::to_string(of.node) + " at " + plain(of.scale) +
                                                   " of its bandwidth";
                               LinkFault fault = fault_of(std::move(of.link), of.scale);
                               fault.node = of.node;
                               return said(FaultLink{std::move(fault)}, std::move(words));
                             }));
  variants.push_back(variant(
      Record<CableFault>()
          .required("cable", &CableFault::cable, list_of(text()), "the two switches it joins")
          .optional("link", &CableFault::link, network, "a network of the cluster; scale_out where left out")
          .required("scale", &CableFault::scale, factor, "of its bandwidth")
          .check_with(two_ends),
      [](CableFault of) {
        std::string words = "the cable " + of.cable[0] + " to " + of.cable[1] + " at " + plain(of.scale) + " of its bandwidth";
        LinkFault fault = fault_of(of.link.value_or("scale_out"), of.scale);
        fault.from = of.cable[0];
        fault.to = of.cable[1];
        return said(FaultLink{std::move(fault)}, std::move(words));
      }));
  return variants;
}

// The kind of what-if that has most of the entry's keys, and of those the one that lacks fewest.
const Variant* meant_by(const Tree& entry, const std::vector<Variant>& variants) {
  const Variant* best = nullptr;
  std::pair<long, long> best_score;
  for (const Variant& v : variants) {
    const auto among = [](const std::vector<std::string>& keys) {
      return [&keys](const Tree& child) { return std::find(keys.begin(), keys.end(), child.key) != keys.end(); };
    };
    const long shared = std::count_if(entry.children.begin(), entry.children.end(), among(v.keys));
    const long satisfied = std::count_if(entry.children.begin(), entry.children.end(), among(v.required));
    const std::pair<long, long> score{shared, satisfied - static_cast<long>(v.required.size())};
    if (shared > 0 && (best == nullptr || score > best_score)) {
      best = &v;
      best_score = score;
    }
  }
  return best;
}

Form<SaidRestriction> make_restriction_form() {
  const std::vector<Variant> variants = make_variants();
  std::vector<std::string> keys;
  std::vector<Schema> schemas;
  for (const Variant& v : variants) {
    schemas.push_back(v.form.schema);
    for (const std::string& key : v.keys)
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return {[variants, keys](const Node& node) -> std::optional<SaidRestriction> {
            if (!node.expect(Tree::Kind::map)) return std::nullopt;
            if (const Variant* meant = meant_by(node.tree(), variants)) return meant->form.read(node);
            for (const Tree& entry : node.tree().children)
              node.error_at(entry.key_mark, "unknown what-if \"" + entry.key + "\"" + did_you_mean(entry.key, keys));
            if (node.tree().children.empty()) node.error("says nothing");
            return std::nullopt;
          },
          any_of(std::move(schemas))};
}

}  // namespace

const Form<SaidRestriction>& restriction_form() {
  static const Form<SaidRestriction> form = make_restriction_form();
  return form;
}

}  // namespace headway
