#include <algorithm>

#include "collective/algorithm.h"

namespace headway {

void LoadSum::add_route(NetworkId network, DeviceIndex from, DeviceIndex to, double bytes_per_byte) {
  route_.clear();
  fabric_->route(network, from, to, route_);
  for (const RouteLink& part : route_) add(part.link, bytes_per_byte * part.share);
}

void LoadSum::merge() {
  const auto begin = loads_->begin() + static_cast<std::ptrdiff_t>(before_);
  // By amount within a link, so that links with the same shares sum them in the same order and to the same bits.
  std::sort(begin, loads_->end(), [](const LinkLoad& a, const LinkLoad& b) {
    return a.link != b.link ? a.link < b.link : a.bytes_per_byte < b.bytes_per_byte;
  });
  auto kept = begin;
  for (auto at = begin; at != loads_->end(); ++at) {
    if (kept != begin && (kept - 1)->link == at->link)
      (kept - 1)->bytes_per_byte += at->bytes_per_byte;
    else
      *kept++ = *at;
  }
  loads_->erase(kept, loads_->end());
}

void add_between(LoadSum& sum, NetworkId network, const Places& places, MemberRun from, MemberRun to, double bytes_per_byte) {
  // On a line of |from| x |to| units, sender i holds units [i |to|, (i+1) |to|) and receiver j units [j |from|, (j+1) |from|).
  const std::uint64_t senders = from.size(), receivers = to.size();
  const double unit = static_cast<double>(senders) * static_cast<double>(receivers);
  for (std::uint64_t i = 0, j = 0; i < senders && j < receivers;) {
    const std::uint64_t begin = std::max(i * receivers, j * senders);
    const std::uint64_t end = std::min((i + 1) * receivers, (j + 1) * senders);
    const double share = bytes_per_byte * static_cast<double>(end - begin) / unit;
    sum.add_route(network, places.devices[from.begin + i], places.devices[to.begin + j], share);
    const bool sender_done = end == (i + 1) * receivers, receiver_done = end == (j + 1) * senders;
    i += sender_done ? 1U : 0U;
    j += receiver_done ? 1U : 0U;
  }
}

}  // namespace headway
