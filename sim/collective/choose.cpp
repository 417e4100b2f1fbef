// The library's choice: of the algorithms and protocols that can do the job, the one with the least predicted time alone.
#include <algorithm>
#include <limits>
#include <optional>

#include "base/check.h"
#include "base/diagnostic.h"
#include "collective/algorithm.h"

namespace headway {
namespace {

// Of the time a forwarded byte takes on the innermost port, what copying a byte at home takes: out-of-place all-gathers,
// reduce-scatters and all-reduces among 2, 4 and 8 A100, H100 and B200 agree on it (nccl-tests in ai-dynamo/aiconfigurator).
constexpr double kOwnPart = 0.5;
// What one channel has in flight, of NCCL's 512 KiB step; fitted on the same measurements, the same for all three generations.
constexpr Bytes kSlice{240.0 * 1024};
// The same of all-to-alls, of the 128 KiB into which NCCL cuts messages; what is longer waits for a slice. Beside set-up and hops,
// opening the connections takes 6 us. Up to 16 KiB for each peer go with flags, through one channel at 6 GB/s.
constexpr Bytes kMessageSlice{96.0 * 1024}, kFlaggedMessage{16.0 * 1024};
constexpr Seconds kMessageStart{6e-6};
constexpr Bandwidth kFlaggedChannel{6e9};

// Whether this can be done on these members, and the outline of it.
struct AlgorithmEntry {
  Algorithm algorithm;
  bool (*can)(const Question&);  // beside performs(algorithm, kind)
  Outline (*outline)(const Question&);
};

bool is_exchange(const Question& q) { return q.kind == CollectiveKind::all_to_all; }

constexpr AlgorithmEntry kAlgorithms[] = {
    {Algorithm::ring, [](const Question&) { return true; },
     [](const Question& q) { return ring_outline(q.kind, q.geometry, q.fabric); }},
    {Algorithm::hierarchical, [](const Question& q) { return is_exchange(q) ? forwards(q) : nests_evenly(q.geometry); },
     [](const Question& q) {
       return is_exchange(q) ? forwarded_outline(q.geometry, q.routing) : hierarchical_outline(q.bytes, q.geometry, q.fabric);
     }},
    {Algorithm::in_switch,
     [](const Question& q) {
       const std::size_t levels = q.geometry.levels.size();
       return reducing_levels(q.geometry, q.fabric) == levels &&
              (levels == 1 || (q.kind == CollectiveKind::all_reduce && nests_evenly(q.geometry)));
     },
     [](const Question& q) { return in_switch_outline(q.kind, q.bytes, q.geometry, q.fabric); }},
    {Algorithm::in_switch_tree,
     [](const Question& q) {
       return q.geometry.levels.size() > 1 && reducing_levels(q.geometry, q.fabric) > 0 && nests_evenly(q.geometry);
     },
     [](const Question& q) { return hierarchical_outline(q.bytes, q.geometry, q.fabric, 1); }},
    {Algorithm::pairwise, [](const Question& q) { return !q.routing || !forwards(q); },
     [](const Question& q) { return pairwise_outline(q.geometry); }},
    {Algorithm::direct, [](const Question&) { return true; },
     [](const Question& q) { return direct_outline(q.kind, q.geometry, q.fabric); }},
};

// Whether the user leaves it to the library, or wants just this.
template <class T>
bool allowed(const std::optional<T>& forced, T choice) {
  return !forced || *forced == choice;
}

[[noreturn]] void refuse(CollectiveKind kind, ForcedChoice forced) {
  std::string words;
  if (forced.algorithm) words += std::string(name_of(*forced.algorithm)) + " ";
  if (forced.protocol) words += std::string(name_of(*forced.protocol)) + " ";
  std::string why;
  if (forced.algorithm == Algorithm::hierarchical)
    why = kind == CollectiveKind::all_to_all ? ": they are no equal domains on rails" : ": their groups differ in size";
  if (kind == CollectiveKind::all_to_all && forced.protocol == Protocol::low_latency) why = ": it is for 16 KiB or less to each";
  if (forced.algorithm == Algorithm::in_switch) why = ": no network of switches that reduce joins them all";
  if (forced.algorithm == Algorithm::in_switch_tree) why = ": they are no equal domains of switches that reduce";
  throw InputError({}, "no " + words + std::string(name_of(kind)) + " on these devices" + why);
}

template <class T>
const T& known(const Sourced<T>& value, const LinkTechnology& technology, const char* key) {
  if (!value.known)
    throw InputError(technology.mark, technology.name + ": no published value for \"" + key + "\"; give one in the link file");
  return value.value;
}

const LinkTechnology& technology_of(const Geometry::Level& level, const Fabric& fabric) {
  return fabric.spec(level.network).technology;
}

// Set-up and the hops that follow one another.
Seconds hop_time(CollectiveChoice choice, const Outline& outline, const Geometry& geometry, const Fabric& fabric) {
  Seconds base, hops;
  for (std::size_t i = 0; i < geometry.levels.size(); ++i) {
    const LinkTechnology& technology = technology_of(geometry.levels[i], fabric);
    base = std::max(base, known(technology.base_latency, technology, "base_latency"));
    hops += outline.levels[i].steps * (choice.protocol == Protocol::low_latency
                                           ? known(technology.hop_latency_low, technology, "hop_latency_low")
                                           : known(technology.hop_latency, technology, "hop_latency"));
  }
  return base + outline.start + hops;
}

// What a port of this rate lets through towards `peers` others.
Bandwidth towards(double peers, Bandwidth port, NetworkId network, const Fabric& fabric) {
  if (fabric.spec(network).kind != NetworkKind::full_mesh) return port;
  return port * std::min(1.0, peers / (fabric.domain_size(network) - 1.0));
}

// The low-latency protocol spends a part of each link on flags.
double protocol_share(Protocol protocol, const LinkTechnology& technology) {
  return protocol == Protocol::simple ? 1.0 : known(technology.low_latency_share, technology, "low_latency_share");
}

// Payload bytes per second that the slowest ports and the channels allow; no member can be ahead of another, so nobody's rate is
// higher. The part of the buffer that stays at home is copied by the channels in between; those of an all-to-all copy all of it
// and may be what limits.
Bandwidth protocol_rate(Protocol protocol, const Outline& outline, std::span<const Bandwidth> ports, const Geometry& geometry,
                        const Fabric& fabric) {
  double seconds_per_byte = 0, own = 0;
  for (std::size_t i = 0; i < geometry.levels.size(); ++i) {
    const Outline::Level& level = outline.levels[i];
    const Bandwidth port = towards(level.peers, ports[i], geometry.levels[i].network, fabric) *
                           protocol_share(protocol, technology_of(geometry.levels[i], fabric)) * level.rate_share;
    seconds_per_byte = std::max(seconds_per_byte, level.port_share / port.value());
    if (i == 0) own = kOwnPart * outline.own_share / port.value();
    const Sourced<Bandwidth>& copies = technology_of(geometry.levels[i], fabric).exchange_rate;
    if (outline.exchanges && copies.known) seconds_per_byte = std::max(seconds_per_byte, 1.0 / copies.value.value());
  }
  return Bandwidth(1.0 / (seconds_per_byte + own));
}

int held_multiprocessors(const Geometry& geometry, const Fabric& fabric) {
  int held = 0;
  for (const Geometry::Level& level : geometry.levels) {
    const LinkTechnology& technology = technology_of(level, fabric);
    held = std::max(held, known(technology.multiprocessors, technology, "multiprocessors"));
  }
  return held;
}

// The Simple protocol hands on whole slices: the first slice of every channel fills the pipeline before the ring runs at full rate.
Seconds fill_time(Bytes bytes, const Outline& outline, const CollectiveCost& cost) {
  double sent = 0;
  for (const Outline::Level& level : outline.levels) sent += level.port_share;
  if (!outline.exchanges) return cost.multiprocessors * kSlice / (cost.top_rate * sent);
  const Bytes slices = cost.multiprocessors * kMessageSlice;
  return kMessageStart + std::clamp(sent * bytes - slices, Bytes(0), slices) / (cost.top_rate * sent);
}

CollectiveCost cost_of(CollectiveChoice choice, Bytes bytes, const Outline& outline, std::span<const Bandwidth> ports,
                       const Geometry& geometry, const Fabric& fabric) {
  CollectiveCost cost{.choice = choice,
                      .latency = {},
                      .top_rate = protocol_rate(choice.protocol, outline, ports, geometry, fabric),
                      .memory_bytes_per_byte = outline.memory_bytes_per_byte,
                      .multiprocessors = held_multiprocessors(geometry, fabric)};
  if (choice.algorithm == Algorithm::direct) {
    const LinkTechnology& technology = technology_of(geometry.levels.front(), fabric);
    cost.latency = known(technology.message_latency, technology, "message_latency");
    return cost;
  }
  if (outline.exchanges && choice.protocol == Protocol::low_latency)
    cost.top_rate = std::min(cost.top_rate, geometry.members * kFlaggedChannel);
  cost.latency = hop_time(choice, outline, geometry, fabric);
  if (choice.protocol == Protocol::simple) cost.latency += fill_time(bytes, outline, cost);
  return cost;
}

}  // namespace

bool nests_evenly(const Geometry& geometry) {
  return std::all_of(geometry.levels.begin(), geometry.levels.end(), [](const Geometry::Level& level) { return level.even; });
}

std::vector<Bandwidth> slowest_ports(std::span<const DeviceIndex> members, const Geometry& geometry, const Fabric& fabric) {
  std::vector<Bandwidth> slowest;
  for (const Geometry::Level& level : geometry.levels) {
    Bandwidth port(std::numeric_limits<double>::infinity());
    for (const DeviceIndex member : members)
      port = std::min({port, fabric.capacity(fabric.out_port(level.network, member)),
                       fabric.capacity(fabric.in_port(level.network, member))});
    slowest.push_back(port);
  }
  return slowest;
}

CollectiveCost choose_collective(CollectiveKind kind, Bytes bytes, std::span<const DeviceIndex> members, const Geometry& geometry,
                                 const Fabric& fabric, ForcedChoice forced, const std::optional<TokenSpread>& routing) {
  if (geometry.members == 1) return {.choice = {}, .latency = {}, .top_rate = Bandwidth(std::numeric_limits<double>::infinity())};
  HEADWAY_CHECK(kind != CollectiveKind::send_receive || geometry.members == 2, "a message has one sender and one receiver");
  const Question question{kind, bytes, geometry, fabric, routing};
  const std::vector<Bandwidth> ports = slowest_ports(members, geometry, fabric);
  std::optional<CollectiveCost> best;
  const auto predicted = [&](const CollectiveCost& cost) { return cost.latency + bytes / cost.top_rate; };
  for (const AlgorithmEntry& entry : kAlgorithms) {
    if (!performs(entry.algorithm, kind) || !entry.can(question) || !allowed(forced.algorithm, entry.algorithm)) continue;
    const Outline outline = entry.outline(question);
    for (Protocol protocol : {Protocol::simple, Protocol::low_latency}) {
      if (!performs(protocol, kind) || !performs(protocol, entry.algorithm) || !allowed(forced.protocol, protocol)) continue;
      if (outline.exchanges && protocol == Protocol::low_latency && bytes > geometry.members * kFlaggedMessage) continue;
      const CollectiveCost cost = cost_of({entry.algorithm, protocol}, bytes, outline, ports, geometry, fabric);
      if (!best || predicted(cost) < predicted(*best)) best = cost;
    }
  }
  if (!best) refuse(kind, forced);
  return *best;
}

void collective_loads(CollectiveKind kind, CollectiveChoice choice, std::span<const DeviceIndex> members,
                      const Geometry& geometry, const Fabric& fabric, std::vector<LinkLoad>& loads,
                      const std::optional<TokenSpread>& routing) {
  if (geometry.members == 1) return;
  LoadSum sum(fabric, loads);
  if (choice.algorithm == Algorithm::direct) {
    direct_loads(members[0], members[1], sum);
  } else {
    const Places places = places_of(members, fabric);
    switch (choice.algorithm) {
      case Algorithm::ring: ring_loads(kind, places, sum); break;
      case Algorithm::in_switch: in_switch_loads(kind, places, sum); break;
      case Algorithm::in_switch_tree: hierarchical_loads(places, sum, 1); break;
      case Algorithm::pairwise: pairwise_loads(places, sum); break;
      default: kind == CollectiveKind::all_to_all ? forwarded_loads(places, routing, sum) : hierarchical_loads(places, sum);
    }
  }
  sum.merge();
}

Seconds alone_time(Bytes bytes, const CollectiveCost& cost, std::span<const LinkLoad> loads, const Fabric& fabric) {
  Bandwidth rate = cost.top_rate;
  for (const LinkLoad& load : loads) rate = std::min(rate, fabric.capacity(load.link) / load.bytes_per_byte);
  return cost.latency + bytes / rate;
}

}  // namespace headway
