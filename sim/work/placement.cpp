#include "work/placement.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/mixed_hash.h"

namespace headway {
namespace {

// Fisher and Yates's shuffle; the standard library's differs between implementations.
void scatter(std::vector<std::uint32_t>& devices, std::uint64_t seed) {
  for (std::uint64_t left = devices.size(); left > 1; --left)
    std::swap(devices[left - 1], devices[mixed(mixed(seed), left) % left]);
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> devices) {
  std::sort(devices.begin(), devices.end());
  return devices;
}

}  // namespace

std::vector<std::uint32_t> place_ranks(const RankPlacement& placement, std::uint32_t devices, std::uint32_t devices_per_node) {
  std::vector<std::uint32_t> device_of(devices);
  std::iota(device_of.begin(), device_of.end(), 0U);
  const std::uint32_t per_node = std::min(devices, devices_per_node), nodes = devices / per_node;
  switch (placement.order) {
    case PlacementOrder::packed: break;
    case PlacementOrder::by_rail:
      HEADWAY_CHECK(devices % per_node == 0, "a cluster has whole nodes");
      for (std::uint32_t rank = 0; rank < devices; ++rank) device_of[rank] = rank % nodes * per_node + rank / nodes;
      break;
    case PlacementOrder::scattered: scatter(device_of, placement.seed); break;
    case PlacementOrder::listed:
      HEADWAY_CHECK(sorted(placement.devices) == device_of, "every device has one rank");
      return placement.devices;
  }
  return device_of;
}

}  // namespace headway
