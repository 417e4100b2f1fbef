#include "collective/torus_ring.h"

#include <algorithm>
#include <set>

namespace headway {

std::vector<int> box_of(std::span<const DeviceIndex> devices, const NetworkSpec& spec) {
  std::vector<int> box;
  std::size_t size = 1;
  DeviceIndex stride = 1;
  for (const int length : spec.shape) {
    std::set<DeviceIndex> coordinates;
    for (const DeviceIndex device : devices) coordinates.insert(device / stride % static_cast<DeviceIndex>(length));
    box.push_back(static_cast<int>(coordinates.size()));
    size *= coordinates.size();
    stride *= static_cast<DeviceIndex>(length);
  }
  if (size != devices.size()) box.clear();
  return box;
}

std::vector<int> torus_box(const Fabric& fabric, NetworkId network, const Places& places, std::span<const MemberRun> parts) {
  if (fabric.spec(network).kind != NetworkKind::torus) return {};
  if (std::any_of(parts.begin(), parts.end(), [](MemberRun part) { return part.size() != 1; })) return {};
  return box_of(std::span(places.devices).subspan(parts.front().begin, parts.size()), fabric.spec(network));
}

std::vector<double> dimension_shares(const std::vector<int>& box) {
  std::vector<double> shares(box.size(), 0.0);
  std::vector<std::size_t> busy;
  double n = 1;
  for (std::size_t j = 0; j < box.size(); ++j) {
    if (box[j] > 1) busy.push_back(j);
    n *= box[j];
  }
  for (std::size_t start = 0; start < busy.size(); ++start) {
    double before = 1;
    for (std::size_t i = 0; i < busy.size(); ++i) {
      const std::size_t j = busy[(start + i) % busy.size()];
      shares[j] += (1.0 - 1.0 / box[j]) / before / static_cast<double>(busy.size()) / (1.0 - 1.0 / n);
      before *= box[j];
    }
  }
  return shares;
}

RingPace ring_pace(const Geometry::Level& level, double parts, const Fabric& fabric) {
  const NetworkSpec& spec = fabric.spec(level.network);
  if (spec.kind != NetworkKind::torus) return {parts - level.groups, 1.0};
  const auto dimensions = static_cast<double>(spec.shape.size());
  if (level.box.empty()) return {parts - level.groups, 0.5 / dimensions};  // one link out, one in
  RingPace pace;
  double longest = 0;
  const std::vector<double> shares = dimension_shares(level.box);
  for (std::size_t j = 0; j < shares.size(); ++j) {
    const bool closes = level.box[j] == spec.shape[j];  // otherwise the way back takes the same cables
    pace.steps += level.groups * (level.box[j] - 1);
    longest = std::max(longest, shares[j] * (closes ? 1.0 : 2.0));
  }
  pace.rate_share = std::min(1.0, 1.0 / (dimensions * longest));
  return pace;
}

void add_torus_cycle(LoadSum& sum, NetworkId network, std::span<const DeviceIndex> members, const std::vector<int>& box,
                     std::span<const double> amount) {
  const std::vector<double> shares = dimension_shares(box);
  std::size_t stride = 1;
  for (std::size_t j = 0; j < box.size(); ++j) {
    const auto length = static_cast<std::size_t>(box[j]);
    for (std::size_t i = 0; i < members.size() && length > 1; ++i) {
      const std::size_t here = i / stride % length, base = i - here * stride;
      for (const std::size_t there : {(here + 1) % length, (here + length - 1) % length})
        sum.add_route(network, members[i], members[base + there * stride], amount[i] * shares[j] / 2);
    }
    stride *= length;
  }
}

}  // namespace headway
