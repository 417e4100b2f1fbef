#include "collective/places.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "base/diagnostic.h"
#include "collective/torus_ring.h"

namespace headway {
namespace {

std::vector<std::uint32_t> merged_starts(const std::vector<std::uint32_t>& inner, const std::vector<DeviceIndex>& devices,
                                         NetworkId network, const Fabric& fabric) {
  std::vector<std::uint32_t> starts{0};
  for (std::size_t i = 1; i + 1 < inner.size(); ++i)
    if (fabric.domain_of(network, devices[inner[i]]) != fabric.domain_of(network, devices[inner[i - 1]]))
      starts.push_back(inner[i]);
  starts.push_back(inner.back());
  return starts;
}

// Of the innermost groups; empty where they form different boxes, or one of them none.
std::vector<int> common_box(const Places& places, const Fabric& fabric) {
  std::optional<std::vector<int>> common;
  places.for_each_group(0, [&](MemberRun group, std::span<const MemberRun>) {
    const auto members = std::span(places.devices).subspan(group.begin, group.size());
    std::vector<int> box = box_of(members, fabric.spec(places.levels.front().network));
    if (common && *common != box) box.clear();
    common = std::move(box);
  });
  return common.value_or(std::vector<int>{});
}

}  // namespace

std::vector<MemberRun> Places::parts_of(std::size_t level) const {
  std::vector<MemberRun> parts;
  if (level == 0) {
    for (std::uint32_t i = 0; i < members(); ++i) parts.push_back({i, i + 1});
    return parts;
  }
  const std::vector<std::uint32_t>& inner = levels[level - 1].starts;
  for (std::size_t i = 0; i + 1 < inner.size(); ++i) parts.push_back({inner[i], inner[i + 1]});
  return parts;
}

Places places_of(std::span<const DeviceIndex> members, const Fabric& fabric) {
  Places places;
  places.devices.assign(members.begin(), members.end());
  std::sort(places.devices.begin(), places.devices.end());
  HEADWAY_CHECK(!places.devices.empty(), "a communicator has members");
  HEADWAY_CHECK(std::adjacent_find(places.devices.begin(), places.devices.end()) == places.devices.end(),
                "a member appears twice");
  std::vector<std::uint32_t> starts(places.devices.size() + 1);
  std::iota(starts.begin(), starts.end(), 0U);
  for (std::size_t i = 0; i < fabric.network_count() && starts.size() > 2; ++i) {
    std::vector<std::uint32_t> merged = merged_starts(starts, places.devices, NetworkId(i), fabric);
    if (merged.size() == starts.size()) continue;
    starts = std::move(merged);
    places.levels.push_back({NetworkId(i), starts});
  }
  if (starts.size() > 2)
    throw InputError({}, "no network joins device " + std::to_string(places.devices.front()) + " and device " +
                             std::to_string(places.devices[starts[1]]));
  return places;
}

bool operator==(const Geometry::Level& a, const Geometry::Level& b) {
  return a.network == b.network && a.groups == b.groups && a.fan == b.fan && a.even == b.even && a.box == b.box;
}
bool operator==(const Geometry& a, const Geometry& b) { return a.members == b.members && a.levels == b.levels; }

Geometry geometry_of(std::span<const DeviceIndex> members, const Fabric& fabric) {
  const Places places = places_of(members, fabric);
  Geometry geometry;
  geometry.members = static_cast<int>(places.members());
  for (std::size_t i = 0; i < places.levels.size(); ++i) {
    Geometry::Level level{places.levels[i].network, static_cast<int>(places.levels[i].starts.size()) - 1, 0, true, {}};
    std::uint32_t size = 0;
    places.for_each_group(i, [&](MemberRun group, std::span<const MemberRun> parts) {
      const int fan = static_cast<int>(parts.size());
      level.even = level.even && (size == 0 || (group.size() == size && fan == level.fan));
      size = group.size();
      level.fan = std::max(level.fan, fan);
    });
    if (i == 0 && fabric.spec(level.network).kind == NetworkKind::torus) level.box = common_box(places, fabric);
    geometry.levels.push_back(level);
  }
  return geometry;
}

}  // namespace headway
