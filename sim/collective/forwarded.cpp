// All-to-all with forwarding: between domains every member talks to the one of its own position only, over the innermost links what
// arrives is passed on to where it belongs (NCCL's PXN, DeepEP). On rails nothing then climbs to the spines for want of a rail.
//
// With m domains of g members, of each member's buffer: (m-1)/m crosses, and of all that has arrived (g-1)/g is passed on. Tokens
// that go to several members of one domain cross once (TokenSpread): reached(m) / reached(m g) of that, and all copies are passed on.
// Combining is the same backwards: partial sums meet inside a domain before they cross.
#include "collective/algorithm.h"

namespace headway {
namespace {

// Of the traffic between domains, what is left where a token crosses once to each.
double crossing(const std::optional<TokenSpread>& routing, double domains, double members) {
  return routing ? parts_reached(*routing, domains) / parts_reached(*routing, members) : 1.0;
}

// One by one: the members of equal position in two parts.
void add_rails(LoadSum& sum, NetworkId network, const Places& places, std::span<const MemberRun> parts, double each) {
  for (const MemberRun& from : parts)
    for (const MemberRun& to : parts)
      for (std::uint32_t i = 0; i < from.size() && from.begin != to.begin; ++i)
        sum.add_route(network, places.devices[from.begin + i], places.devices[to.begin + i], each);
}

}  // namespace

bool forwards(const Question& question) {
  const std::vector<Geometry::Level>& levels = question.geometry.levels;
  if (levels.size() < 2 || !nests_evenly(question.geometry)) return false;
  const NetworkKind outer = question.fabric.spec(levels.back().network).kind;
  return question.routing || outer == NetworkKind::rail_optimized || outer == NetworkKind::multi_plane;
}

Outline forwarded_outline(const Geometry& geometry, const std::optional<TokenSpread>& routing) {
  const double n = geometry.members, domains = geometry.levels.back().fan, g = n / domains;
  Outline outline;
  outline.levels = exchange_levels(geometry, geometry.levels.size() - 1, g);
  const double crossed = crossing(routing, domains, n) * (domains - 1) / domains;
  // A library still sends each member's message on its own; token-aware kernels send to each domain.
  outline.levels.push_back(
      {.port_share = crossed, .peers = domains - 1, .steps = exchange_steps(routing ? domains - 1 : n - g, false)});
  outline.exchanges = true;
  outline.memory_bytes_per_byte = 2.0 * (crossed + (g - 1) / g);
  return outline;
}

void forwarded_loads(const Places& places, const std::optional<TokenSpread>& routing, LoadSum& sum) {
  const std::size_t outer = places.levels.size() - 1;
  places.for_each_group(outer, [&](MemberRun group, std::span<const MemberRun> parts) {
    const auto domains = static_cast<double>(parts.size());
    for (std::size_t i = 0; i < outer; ++i) add_exchange(sum, places, i, domains / group.size());
    add_rails(sum, places.levels[outer].network, places, parts, crossing(routing, domains, group.size()) / domains);
  });
}

}  // namespace headway
