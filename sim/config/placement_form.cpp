// Which device each rank has: a word, `{scattered: SEED}`, or the devices in order of rank.
#include <map>

#include "config/file_forms.h"

namespace headway {

namespace {

struct Scattered {
  int seed = 0;
};

RankPlacement listed(const std::vector<int>& devices) {
  RankPlacement placement{PlacementOrder::listed, 0, {}};
  for (const int device : devices) placement.devices.push_back(static_cast<std::uint32_t>(device));
  return placement;
}

Form<RankPlacement> make_placement_form() {
  const Form<std::string> word = word_of({"packed", "by_rail", "scattered"});
  const Form<Scattered> seeded =
      Record<Scattered>().required("scattered", &Scattered::seed, integer(0), "the seed of a pseudo-random order").form();
  const Form<std::vector<int>> list = list_of(integer(0));
  return {[word, seeded, list](const Node& node) -> std::optional<RankPlacement> {
            if (node.tree().is_list()) {
              const std::optional<std::vector<int>> devices = list.read(node);
              return devices ? std::optional(listed(*devices)) : std::nullopt;
            }
            if (node.tree().is_map()) {
              const std::optional<Scattered> order = seeded.read(node);
              if (!order) return std::nullopt;
              return RankPlacement{PlacementOrder::scattered, static_cast<std::uint64_t>(order->seed), {}};
            }
            const std::optional<std::string> order = word.read(node);
            return order ? std::optional(RankPlacement{*value_of<PlacementOrder>(*order), 0, {}}) : std::nullopt;
          },
          any_of({word.schema, seeded.schema, list.schema})};
}

}  // namespace

const Form<RankPlacement>& placement_form() {
  static const Form<RankPlacement> form = make_placement_form();
  return form;
}

void check_placement(const Node& workload, const RankPlacement& placement, int devices) {
  if (placement.order != PlacementOrder::listed) return;
  if (placement.devices.size() != static_cast<std::size_t>(devices))
    workload.error_below(
        "placement", "lists " + std::to_string(placement.devices.size()) + " devices for " + std::to_string(devices) + " ranks");
  std::map<std::uint32_t, std::size_t> rank_of;
  for (std::size_t rank = 0; rank < placement.devices.size(); ++rank) {
    const std::uint32_t device = placement.devices[rank];
    const std::string at = "placement." + std::to_string(rank), name = "device " + std::to_string(device);
    if (device >= static_cast<std::uint32_t>(devices))
      workload.error_below(at, name + " is out of range; the cluster has devices 0 to " + std::to_string(devices - 1));
    else if (const auto [first, fresh] = rank_of.try_emplace(device, rank); !fresh)
      workload.error_below(at, name + " already has rank " + std::to_string(first->second));
  }
}

}  // namespace headway
