// All-to-all: every member sends 1/n of its buffer to each other one, over the innermost network that joins the two.
//
// Counted, not enumerated, where routes run along trunks: the pairs that cross one follow from how many members of each part sit
// below it, so the cost stays linear in members. Where they do not (full meshes, tori, dragonflies, planes) pairs are listed.
#include <algorithm>
#include <cmath>

#include "collective/algorithm.h"

namespace headway {
namespace {

// Peers that a library serves at the same time on one channel (NCCL: NCCL_MAX_DEV_WORK_P2P_PER_BATCH).
constexpr double kPeersAtOnce = 8;
// Of the rate that rings reach, what pairs reach that meet in the switches: 8 A100, H100 and B200 alike (nccl-tests in
// ai-dynamo/aiconfigurator).
constexpr double kPairs = 0.9;

// One member below one trunk, and the part it belongs to.
struct Below {
  TrunkLinks trunk;
  std::size_t part;
};

void add_ports(LoadSum& sum, NetworkId network, const Places& places, MemberRun part, std::uint32_t others, double each) {
  for (std::uint32_t i = part.begin; i < part.end; ++i) {
    sum.add(sum.fabric().out_port(network, places.devices[i]), others * each);
    sum.add(sum.fabric().in_port(network, places.devices[i]), others * each);
  }
}

// Ordered pairs (a, b) with a below the trunk, b elsewhere in the group and in another part: v(g - v) - sum over parts s_v(s - s_v),
// with v members below in all, s_v of them of a part of s members.
void add_trunks(LoadSum& sum, std::vector<Below>& below, std::uint32_t group, std::span<const MemberRun> parts, double each) {
  std::sort(below.begin(), below.end(),
            [](const Below& a, const Below& b) { return a.trunk.up != b.trunk.up ? a.trunk.up < b.trunk.up : a.part < b.part; });
  for (std::size_t first = 0; first < below.size();) {
    double inside_parts = 0;
    std::size_t at = first;
    while (at < below.size() && below[at].trunk.up == below[first].trunk.up) {
      const std::size_t run = at;
      while (at < below.size() && below[at].trunk.up == below[run].trunk.up && below[at].part == below[run].part) ++at;
      const double here = static_cast<double>(at - run);
      inside_parts += here * (parts[below[run].part].size() - here);
    }
    const double under = static_cast<double>(at - first);
    const double pairs = under * (group - under) - inside_parts;
    if (pairs > 0) {
      sum.add(below[first].trunk.up, pairs * each);
      sum.add(below[first].trunk.down, pairs * each);
    }
    first = at;
  }
}

// Pairs between different parts, one by one: at first in whole routes, so that equal links have equal sums.
void add_pairs(LoadSum& sum, NetworkId network, const Places& places, std::span<const MemberRun> parts, double each) {
  std::vector<double> routes(sum.fabric().link_count());
  std::vector<RouteLink> route;
  for (const MemberRun& from : parts)
    for (const MemberRun& to : parts)
      for (std::uint32_t i = from.begin; i < from.end && from.begin != to.begin; ++i)
        for (std::uint32_t j = to.begin; j < to.end; ++j) {
          route.clear();
          sum.fabric().route(network, places.devices[i], places.devices[j], route);
          for (const RouteLink& part : route) routes[part.link.index()] += part.share;
        }
  for (std::size_t link = 0; link < routes.size(); ++link)
    if (routes[link] > 0) sum.add(LinkId(link), routes[link] * each);
}

}  // namespace

double exchange_steps(double peers, bool innermost) {
  const double rounds = std::ceil(peers / kPeersAtOnce);
  return innermost ? rounds * std::log2(1 + peers / rounds) : rounds;
}

void add_exchange(LoadSum& sum, const Places& places, std::size_t level, double each) {
  std::vector<TrunkLinks> trunks;
  std::vector<Below> below;
  const NetworkId network = places.levels[level].network;
  places.for_each_group(level, [&](MemberRun group, std::span<const MemberRun> parts) {
    if (parts.size() < 2) return;
    if (!sum.fabric().routes_along_trunks(network)) return add_pairs(sum, network, places, parts, each);
    below.clear();
    for (std::size_t part = 0; part < parts.size(); ++part) {
      add_ports(sum, network, places, parts[part], group.size() - parts[part].size(), each);
      for (std::uint32_t member = parts[part].begin; member < parts[part].end; ++member) {
        trunks.clear();
        sum.fabric().trunks_above(network, places.devices[member], trunks);
        for (const TrunkLinks& trunk : trunks) below.push_back({trunk, part});
      }
    }
    add_trunks(sum, below, group.size(), parts, each);
  });
}

std::vector<Outline::Level> exchange_levels(const Geometry& geometry, std::size_t levels, double members) {
  std::vector<Outline::Level> outlined;
  double below = 1;  // members that inner networks already serve, the member itself included
  for (std::size_t i = 0; i < levels; ++i) {
    const double joined = static_cast<double>(geometry.members) / geometry.levels[i].groups, peers = joined - below;
    outlined.push_back(
        {.port_share = peers / members, .peers = peers, .steps = exchange_steps(peers, i == 0), .rate_share = kPairs});
    below = joined;
  }
  return outlined;
}

Outline pairwise_outline(const Geometry& geometry) {
  const double n = geometry.members;
  return {.levels = exchange_levels(geometry, geometry.levels.size(), n),
          .memory_bytes_per_byte = 2.0 * (n - 1) / n,
          .exchanges = true};
}

void pairwise_loads(const Places& places, LoadSum& sum) {
  for (std::size_t i = 0; i < places.levels.size(); ++i) add_exchange(sum, places, i, 1.0 / places.members());
}

}  // namespace headway
