#include "simulate/communicators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "simulate/pricing.h"
#include "simulate/rank_groups.h"

namespace headway {

bool is_message(Dimension d) {
  return d == Dimension::to_next || d == Dimension::from_previous || d == Dimension::to_previous || d == Dimension::from_next ||
         d == Dimension::up_to_previous || d == Dimension::up_from_next || d == Dimension::up_to_next ||
         d == Dimension::up_from_previous;
}

Dimension sender_side(Dimension d) {
  if (d == Dimension::from_previous) return Dimension::to_next;
  if (d == Dimension::from_next) return Dimension::to_previous;
  if (d == Dimension::up_from_next) return Dimension::up_to_previous;
  if (d == Dimension::up_from_previous) return Dimension::up_to_next;
  return d;
}

namespace {

// Calls of one dimension that differ, over all programs.
struct Call {
  CollectiveKind kind{};
  double bytes = 0, efficiency = 1;
  std::optional<TokenSpread> routing;
  int multiprocessors = 0;
  std::string name;
  friend bool operator==(const Call& a, const Call& b) {
    return a.kind == b.kind && a.bytes == b.bytes && a.efficiency == b.efficiency && a.routing == b.routing &&
           a.multiprocessors == b.multiprocessors;
  }
};

class Builder {
 public:
  Builder(const RankGrid& grid, const std::vector<RankProgram>& programs, const Fabric& fabric,
          const std::vector<DeviceIndex>& device_of, ForcedChoice forced)
      : grid_(grid),
        programs_(programs),
        fabric_(fabric),
        device_of_(device_of),
        forced_(forced),
        resource_of_(fabric.link_count(), kNone) {}

  Communicators build() {
    collect_calls();
    for (const auto& [dimension, calls] : calls_) survey(dimension, calls);
    out_.structure.slots = slots_;
    out_.structure.group_of.assign(static_cast<std::size_t>(grid_.size()) * static_cast<std::size_t>(slots_), kNone);
    for (const auto& [dimension, calls] : calls_) lay(dimension, calls);
    place_program_calls();
    return std::move(out_);
  }

 private:
  // All that the library's choice and its cost depend on.
  struct Placement {
    Geometry geometry;
    std::vector<Bandwidth> ports;  // the slowest, by level
    friend bool operator==(const Placement&, const Placement&) = default;
  };

  // What a dimension's groups look like and where its calls went.
  struct Survey {
    RankGroups groups;
    std::vector<Placement> placements;
    std::vector<std::uint32_t> placement_of;             // by group
    std::vector<std::vector<CollectiveCost>> costs;      // [placement][call]
    std::vector<CallPlace> places;                       // by call
    std::vector<std::vector<std::uint32_t>> slot_calls;  // by slot of this dimension: its calls
    std::uint16_t first_slot = 0;
    std::uint32_t first_report = 0;
  };

  void collect_calls() {
    call_index_.resize(programs_.size());
    for (std::size_t p = 0; p < programs_.size(); ++p) {
      for (const CollectiveCall& c : programs_[p].calls) {
        std::vector<Call>& calls = calls_[sender_side(c.dimension)];
        const Call call{c.kind, c.bytes.value(), c.efficiency, c.routing, c.multiprocessors, c.name};
        auto at = std::find(calls.begin(), calls.end(), call);
        if (at == calls.end()) at = calls.insert(calls.end(), call);
        call_index_[p].push_back(static_cast<std::uint32_t>(at - calls.begin()));
      }
    }
  }

  void members_of(const RankGroups& groups, std::size_t g, std::vector<DeviceIndex>& members) const {
    members.clear();
    for (std::uint32_t i = groups.offset[g]; i < groups.offset[g + 1]; ++i) members.push_back(device_of_[groups.ranks[i]]);
  }

  [[nodiscard]] Placement placement_of(std::span<const DeviceIndex> members) const {
    Placement placement{geometry_of(members, fabric_), {}};
    placement.ports = slowest_ports(members, placement.geometry, fabric_);
    return placement;
  }

  void survey(Dimension dimension, const std::vector<Call>& calls) {
    Survey& s = surveys_[dimension];
    s.groups = groups_of(dimension, grid_);
    std::vector<DeviceIndex> members;
    for (std::uint32_t g = 0; g < s.groups.size(); ++g) {
      members_of(s.groups, g, members);
      Placement placement = placement_of(members);
      std::size_t known = s.placements.size();
      while (known > 0 && !(s.placements[known - 1] == placement)) --known;
      if (known == 0) {
        s.costs.emplace_back();
        for (const Call& call : calls)
          s.costs.back().push_back(
              choose_collective(call.kind, Bytes(call.bytes), members, placement.geometry, fabric_, forced_, call.routing));
        s.placements.push_back(std::move(placement));
        known = s.placements.size();
      }
      s.placement_of.push_back(static_cast<std::uint32_t>(known - 1));
    }
    deal_slots(dimension, calls, s);
  }

  // Calls share a slot when they have one kind and the same algorithm in every placement.
  void deal_slots(Dimension dimension, const std::vector<Call>& calls, Survey& s) {
    std::map<std::pair<CollectiveKind, std::vector<Algorithm>>, std::uint16_t> slot_of;
    s.first_slot = static_cast<std::uint16_t>(slots_);
    const int slots_each = is_message(dimension) ? 2 : 1;  // sender's and receiver's
    for (std::uint32_t c = 0; c < calls.size(); ++c) {
      std::vector<Algorithm> algorithms;
      for (const auto& costs : s.costs) algorithms.push_back(costs[c].choice.algorithm);
      const auto [at, fresh] = slot_of.try_emplace({calls[c].kind, algorithms}, static_cast<std::uint16_t>(slots_));
      if (fresh) {
        slots_ += slots_each;
        s.slot_calls.emplace_back();
      }
      std::vector<std::uint32_t>& members =
          s.slot_calls[static_cast<std::size_t>(at->second - s.first_slot) / static_cast<std::size_t>(slots_each)];
      s.places.push_back({at->second, static_cast<std::uint32_t>(members.size())});
      members.push_back(c);
    }
  }

  std::uint32_t resource_of(LinkId link) {
    std::uint32_t& resource = resource_of_[link.index()];
    if (resource == kNone) {
      resource = static_cast<std::uint32_t>(out_.structure.capacity.size());
      out_.structure.capacity.push_back(static_cast<std::int64_t>(fabric_.capacity(link).value()));
      out_.links.push_back(link);
    }
    return resource;
  }

  // The link that lets the fewest payload bytes through, and how many per second.
  struct Tightest {
    LinkId link;
    Bandwidth rate{std::numeric_limits<double>::infinity()};
  };
  [[nodiscard]] Tightest tightest(std::span<const LinkLoad> loads) const {
    Tightest found;
    for (const LinkLoad& load : loads)
      if (const Bandwidth rate = fabric_.capacity(load.link) / load.bytes_per_byte; rate < found.rate) found = {load.link, rate};
    return found;
  }

  static GroupCall group_call(const Call& call, const CollectiveCost& cost, Bandwidth limit) {
    GroupCall out;
    out.work = call.bytes / kLevelBytes;
    out.top_level = std::min(cost.top_rate, limit).value() * call.efficiency / kLevelBytes;
    out.latency = to_picoseconds(cost.latency);
    out.draws[kMemory] = static_cast<std::int64_t>(std::ceil(cost.memory_bytes_per_byte * kLevelBytes));
    const int held = call.multiprocessors > 0 ? call.multiprocessors : cost.multiprocessors;
    out.holds[kMultiprocessors] = static_cast<std::int64_t>(held * kPerMultiprocessor);
    return out;
  }

  // The kind of a slot's groups in one placement whose tightest links agree: all the slot's calls.
  std::uint32_t add_kind(const std::vector<Call>& calls, const Survey& s, const std::vector<std::uint32_t>& in_slot,
                         std::uint32_t placement, Bandwidth limit) {
    std::vector<GroupCall> kind;
    for (const std::uint32_t c : in_slot) kind.push_back(group_call(calls[c], s.costs[placement][c], limit));
    out_.structure.kinds.push_back(std::move(kind));
    return static_cast<std::uint32_t>(out_.structure.kinds.size() - 1);
  }

  void report(const Call& call, const CollectiveCost& cost, int members, const GroupCall& priced, std::size_t at) {
    out_.reports[at] = {
        call.name, cost.choice, members, Bytes(call.bytes), to_seconds(priced.latency) + Seconds(priced.work / priced.top_level),
        {}};
  }

  void lay(Dimension dimension, const std::vector<Call>& calls) {
    Survey& s = surveys_[dimension];
    const int slots_each = is_message(dimension) ? 2 : 1;
    s.first_report = static_cast<std::uint32_t>(out_.reports.size());
    out_.reports.resize(out_.reports.size() + calls.size());
    for (std::size_t i = 0; i < s.slot_calls.size(); ++i) {
      const int slot = s.first_slot + static_cast<int>(i) * slots_each;
      const std::vector<std::uint32_t>& in_slot = s.slot_calls[i];
      lay_slot(s, calls, in_slot, slot);
    }
    s.groups = {};  // laid; at a million ranks they are worth giving back
  }

  void lay_slot(const Survey& s, const std::vector<Call>& calls, const std::vector<std::uint32_t>& in_slot, int slot) {
    const RankGroups& groups = s.groups;
    Structure& out = out_.structure;
    const std::uint32_t call = in_slot.front();
    const CollectiveKind kind = calls[call].kind;
    std::map<std::pair<std::uint32_t, Bandwidth>, std::uint32_t> kind_of;
    std::vector<DeviceIndex> members;
    std::vector<LinkLoad> loads;
    NetworkId network;
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      const std::uint32_t placement = s.placement_of[g];
      members_of(groups, g, members);
      loads.clear();
      collective_loads(kind, s.costs[placement][call].choice, members, s.placements[placement].geometry, fabric_, loads,
                       calls[call].routing);
      const auto [link, limit] = tightest(loads);
      if (g == 0 && !loads.empty()) network = fabric_.network_of(link);
      const auto [known, fresh] = kind_of.try_emplace({placement, limit}, 0);
      if (fresh) known->second = add_kind(calls, s, in_slot, placement, limit);
      lay_group(groups, g, known->second, loads, slot, kind == CollectiveKind::send_receive);
    }
    const std::vector<GroupCall>& first = out.kinds[out.group_kind[out.group_kind.size() - groups.size()]];
    for (std::size_t i = 0; i < in_slot.size(); ++i) {
      const std::size_t at = s.first_report + in_slot[i];
      report(calls[in_slot[i]], s.costs[0][in_slot[i]], s.placements[0].geometry.members, first[i], at);
      out_.reports[at].network = network;
    }
  }

  void lay_group(const RankGroups& groups, std::uint32_t g, std::uint32_t kind, std::span<const LinkLoad> loads, int slot,
                 bool message) {
    Structure& out = out_.structure;
    const auto id = static_cast<std::uint32_t>(out.group_kind.size());
    out.group_kind.push_back(kind);
    for (const LinkLoad& load : loads)
      out.loads.push_back({resource_of(load.link), static_cast<std::int64_t>(std::ceil(load.bytes_per_byte * kLevelBytes))});
    out.load_offset.push_back(out.loads.size());
    for (std::uint32_t i = groups.offset[g]; i < groups.offset[g + 1]; ++i) {
      const int at = slot + (message && i > groups.offset[g] ? 1 : 0);
      out.group_of[groups.ranks[i] * static_cast<std::size_t>(out.slots) + static_cast<std::size_t>(at)] = id;
    }
  }

  void place_program_calls() {
    out_.places.resize(programs_.size());
    out_.report_of.resize(programs_.size());
    for (std::size_t p = 0; p < programs_.size(); ++p) {
      for (std::size_t c = 0; c < programs_[p].calls.size(); ++c) {
        const Dimension dimension = programs_[p].calls[c].dimension;
        const Survey& s = surveys_[sender_side(dimension)];
        CallPlace place = s.places[call_index_[p][c]];
        if (sender_side(dimension) != dimension) ++place.slot;  // the receiver's
        out_.places[p].push_back(place);
        out_.report_of[p].push_back(s.first_report + call_index_[p][c]);
      }
    }
  }

  const RankGrid& grid_;
  const std::vector<RankProgram>& programs_;
  const Fabric& fabric_;
  const std::vector<DeviceIndex>& device_of_;
  ForcedChoice forced_;
  std::map<Dimension, std::vector<Call>> calls_;
  std::map<Dimension, Survey> surveys_;
  std::vector<std::vector<std::uint32_t>> call_index_;  // [program][call] -> index in calls_ of its dimension
  std::vector<std::uint32_t> resource_of_;              // by link
  int slots_ = 0;
  Communicators out_;
};

}  // namespace

Communicators build_communicators(const RankGrid& grid, const std::vector<RankProgram>& programs, const Fabric& fabric,
                                  const std::vector<DeviceIndex>& device_of, ForcedChoice forced) {
  return Builder(grid, programs, fabric, device_of, forced).build();
}

}  // namespace headway
