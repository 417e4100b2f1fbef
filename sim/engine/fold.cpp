#include "engine/fold.h"

#include <algorithm>
#include <compare>
#include <numeric>

#include "base/check.h"

namespace headway {
namespace {

using Colour = std::uint32_t;

// SplitMix64's finaliser: every input bit moves every output bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// An order-free 128-bit digest of a vertex's labelled neighbours: a sum, so a neighbour that changes colour is exchanged in it.
struct Digest {
  std::uint64_t low = 0, high = 0;

  static Digest of(std::uint64_t label, Colour neighbour) {
    // Two hashes of the pair, each by its own constants: 128 independent bits.
    return {mix(mix(label) ^ neighbour), mix(mix(label ^ 0x5851f42d4c957f2dULL) + 0xd1342543de82ef95ULL * neighbour)};
  }
  Digest& operator+=(const Digest& d) {
    low += d.low;
    high += d.high;
    return *this;
  }
  friend Digest operator-(const Digest& a, const Digest& b) { return {a.low - b.low, a.high - b.high}; }
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

// Vertices of one class with one digest.
struct Part {
  Colour colour = 0;
  Digest digest;
  std::uint32_t size = 0;
  Colour becomes = 0;
};

// Parts by first appearance, looked up by hash (open addressing).
class PartTable {
 public:
  std::uint32_t find_or_add(Colour colour, const Digest& digest) {
    std::size_t at = hash(colour, digest) & mask();
    for (; slots_[at] != kNone; at = (at + 1) & mask()) {
      const Part& part = parts_[slots_[at]];
      if (part.colour == colour && part.digest == digest) return slots_[at];
    }
    slots_[at] = static_cast<std::uint32_t>(parts_.size());
    parts_.push_back({colour, digest, 0, 0});
    if (parts_.size() * 2 > slots_.size()) grow();
    return static_cast<std::uint32_t>(parts_.size() - 1);
  }
  [[nodiscard]] std::vector<Part>& parts() { return parts_; }

 private:
  static std::size_t hash(Colour colour, const Digest& d) { return d.low ^ (d.high * 3) ^ (colour * 0x9e3779b97f4a7c15ULL); }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  void grow() {
    slots_.assign(slots_.size() * 2, kNone);
    for (std::uint32_t i = 0; i < parts_.size(); ++i) {
      std::size_t at = hash(parts_[i].colour, parts_[i].digest) & mask();
      while (slots_[at] != kNone) at = (at + 1) & mask();
      slots_[at] = i;
    }
  }

  std::vector<Part> parts_;
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(64, kNone);  // a power of two of them
};

struct Change {
  std::uint32_t vertex = 0;
  Colour before = 0, after = 0;
};

// The actors, the groups or the resources: their colours, what they see, and whose view has changed since they were last split.
// Vertices of a class that are not touched have one digest.
class Side {
 public:
  template <class Key>
  Side(std::size_t n, Key key) : colour_(n, 0), digest_(n), touched_(n), is_touched_(n, 1) {
    size_.assign(n == 0 ? 0 : 1, static_cast<std::uint32_t>(n));
    std::iota(touched_.begin(), touched_.end(), 0U);
    for (std::size_t v = 0; v < n; ++v) digest_[v] = Digest::of(key(v), 0);
    split();
  }

  [[nodiscard]] Colour colour(std::uint32_t vertex) const { return colour_[vertex]; }
  void see(std::uint32_t vertex, const Digest& more) {
    digest_[vertex] += more;
    if (is_touched_[vertex] != 0) return;
    is_touched_[vertex] = 1;
    touched_.push_back(vertex);
  }

  // Gives the touched vertices of each class new colours by their digests; a class that is touched throughout leaves its colour
  // to its largest part.
  std::vector<Change> split() {
    PartTable table;
    std::vector<std::uint32_t> part_of;
    part_of.reserve(touched_.size());
    for (const std::uint32_t v : touched_) {
      part_of.push_back(table.find_or_add(colour_[v], digest_[v]));
      ++table.parts()[part_of.back()].size;
    }
    recolour(table.parts());
    std::vector<Change> changes;
    for (std::size_t i = 0; i < touched_.size(); ++i) {
      const std::uint32_t v = touched_[i];
      is_touched_[v] = 0;
      const Part& part = table.parts()[part_of[i]];
      if (part.becomes == part.colour) continue;
      colour_[v] = part.becomes;
      changes.push_back({v, part.colour, part.becomes});
    }
    touched_.clear();
    return changes;
  }

  // Colours numbered by first appearance, so that they do not depend on the order of splitting.
  [[nodiscard]] std::vector<Colour> numbered() const {
    std::vector<Colour> number(size_.size(), kNone), colours;
    colours.reserve(colour_.size());
    Colour next = 0;
    for (const Colour c : colour_) {
      if (number[c] == kNone) number[c] = next++;
      colours.push_back(number[c]);
    }
    return colours;
  }
  [[nodiscard]] std::size_t classes() const { return size_.size(); }

 private:
  void recolour(std::vector<Part>& parts) {
    for (const Part& part : parts) size_[part.colour] -= part.size;  // what is left of a class is untouched
    std::vector<std::uint32_t> order(parts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return parts[a].colour != parts[b].colour ? parts[a].colour < parts[b].colour : parts[a].size > parts[b].size;
    });
    for (const std::uint32_t i : order) {
      Part& part = parts[i];
      part.becomes = size_[part.colour] == 0 ? part.colour : static_cast<Colour>(size_.size());
      if (part.becomes == size_.size()) size_.push_back(0);
      size_[part.becomes] = part.size;
    }
  }

  std::vector<Colour> colour_;
  std::vector<Digest> digest_;
  std::vector<std::uint32_t> touched_;
  std::vector<std::uint8_t> is_touched_;
  std::vector<std::uint32_t> size_;  // by colour
};

// Edges seen from the resources: CSR of (group, amount).
struct ResourceEdges {
  std::vector<std::uint64_t> offset;
  std::vector<std::uint32_t> group;
  std::vector<std::int64_t> amount;
};

ResourceEdges reverse_loads(const Structure& s) {
  ResourceEdges edges;
  edges.offset.assign(s.resources() + 1, 0);
  for (const Load& load : s.loads) ++edges.offset[load.resource + 1];
  std::partial_sum(edges.offset.begin(), edges.offset.end(), edges.offset.begin());
  edges.group.resize(s.loads.size());
  edges.amount.resize(s.loads.size());
  std::vector<std::uint64_t> next(edges.offset.begin(), edges.offset.end() - 1);
  for (std::uint32_t g = 0; g < s.groups(); ++g) {
    for (std::uint64_t e = s.load_offset[g]; e < s.load_offset[g + 1]; ++e) {
      const std::uint64_t at = next[s.loads[e].resource]++;
      edges.group[at] = g;
      edges.amount[at] = s.loads[e].amount;
    }
  }
  return edges;
}

// Edges seen from the groups: CSR of the (actor, slot) pairs that take part.
struct Membership {
  std::uint32_t actor = 0;
  std::uint16_t slot = 0;
};
struct GroupEdges {
  std::vector<std::uint64_t> offset;
  std::vector<Membership> members;
};

GroupEdges reverse_slots(const Structure& s) {
  GroupEdges edges;
  edges.offset.assign(s.groups() + 1, 0);
  for (const std::uint32_t g : s.group_of)
    if (g != kNone) ++edges.offset[g + 1];
  std::partial_sum(edges.offset.begin(), edges.offset.end(), edges.offset.begin());
  edges.members.resize(edges.offset.back());
  std::vector<std::uint64_t> next(edges.offset.begin(), edges.offset.end() - 1);
  const std::uint32_t* at = s.group_of.data();
  for (std::uint32_t a = 0; a < s.actors(); ++a)
    for (int slot = 0; slot < s.slots; ++slot, ++at)
      if (*at != kNone) edges.members[next[*at]++] = {a, static_cast<std::uint16_t>(slot)};
  return edges;
}

struct Colouring {
  std::vector<Colour> actor, group, resource;
  std::size_t actors = 0, groups = 0, resources = 0;
};

// What a vertex that changed colour is exchanged for in a neighbour's digest, by the label of the edge.
class Exchange {
 public:
  explicit Exchange(const Change& change) : change_(change) {}
  const Digest& along(std::uint64_t label) {
    if (!known_ || label != label_) digest_ = Digest::of(label, change_.after) - Digest::of(label, change_.before);
    label_ = label;
    known_ = true;
    return digest_;
  }

 private:
  Change change_;
  bool known_ = false;
  std::uint64_t label_ = 0;
  Digest digest_;
};

// Splits until nothing changes. Only neighbours of what changed are looked at again, so that an asymmetry costs what it reaches.
//
// At first the sides look at one another in the order in which they learn most: groups at actors, resources at groups, groups at
// resources, actors at groups.
class Refinement {
 public:
  Refinement(const Structure& s, const ResourceEdges& reverse)
      : s_(s),
        by_resource_(reverse),
        by_group_(reverse_slots(s)),
        actors_(s.actors(), [&](std::size_t a) { return s.actor_program[a]; }),
        groups_(s.groups(), [&](std::size_t g) { return s.group_kind[g]; }),
        resources_(s.resources(), [&](std::size_t r) { return static_cast<std::uint64_t>(s.capacity[r]); }) {}

  Colouring run() && {
    groups_see_actors();
    groups_.split();  // nobody has looked at a group yet
    resources_see_groups();
    resources_.split();
    groups_see_resources();
    actors_see_groups();
    while (true) {
      const std::vector<Change> of_groups = groups_.split();
      for (const Change& change : of_groups) tell_of_group(change);
      const std::vector<Change> of_resources = resources_.split();
      for (const Change& change : of_resources) tell_of_resource(change);
      const std::vector<Change> of_actors = actors_.split();
      for (const Change& change : of_actors) tell_of_actor(change);
      if (of_groups.empty() && of_resources.empty() && of_actors.empty()) break;
    }
    return {actors_.numbered(), groups_.numbered(), resources_.numbered(),
            actors_.classes(),  groups_.classes(),  resources_.classes()};
  }

 private:
  static std::uint64_t as_member(std::uint16_t slot) { return ~static_cast<std::uint64_t>(slot); }

  void groups_see_actors() {
    for (std::uint32_t g = 0; g < s_.groups(); ++g) {
      Digest all;
      for (std::uint64_t e = by_group_.offset[g]; e < by_group_.offset[g + 1]; ++e)
        all += Digest::of(as_member(by_group_.members[e].slot), actors_.colour(by_group_.members[e].actor));
      groups_.see(g, all);
    }
  }
  void groups_see_resources() {
    for (std::uint32_t g = 0; g < s_.groups(); ++g) {
      Digest all;
      for (std::uint64_t e = s_.load_offset[g]; e < s_.load_offset[g + 1]; ++e)
        all += Digest::of(static_cast<std::uint64_t>(s_.loads[e].amount), resources_.colour(s_.loads[e].resource));
      groups_.see(g, all);
    }
  }
  void resources_see_groups() {
    for (std::uint32_t r = 0; r < s_.resources(); ++r) {
      Digest all;
      for (std::uint64_t e = by_resource_.offset[r]; e < by_resource_.offset[r + 1]; ++e)
        all += Digest::of(static_cast<std::uint64_t>(by_resource_.amount[e]), groups_.colour(by_resource_.group[e]));
      resources_.see(r, all);
    }
  }
  void actors_see_groups() {
    const std::uint32_t* at = s_.group_of.data();
    for (std::uint32_t a = 0; a < s_.actors(); ++a) {
      Digest all;
      for (int slot = 0; slot < s_.slots; ++slot, ++at)
        if (*at != kNone) all += Digest::of(static_cast<std::uint64_t>(slot), groups_.colour(*at));
      actors_.see(a, all);
    }
  }

  void tell_of_group(const Change& change) {
    const std::uint32_t g = change.vertex;
    Exchange exchange(change);
    for (std::uint64_t e = by_group_.offset[g]; e < by_group_.offset[g + 1]; ++e)
      actors_.see(by_group_.members[e].actor, exchange.along(by_group_.members[e].slot));
    for (std::uint64_t e = s_.load_offset[g]; e < s_.load_offset[g + 1]; ++e)
      resources_.see(s_.loads[e].resource, exchange.along(static_cast<std::uint64_t>(s_.loads[e].amount)));
  }
  void tell_of_resource(const Change& change) {
    const std::uint32_t r = change.vertex;
    Exchange exchange(change);
    for (std::uint64_t e = by_resource_.offset[r]; e < by_resource_.offset[r + 1]; ++e)
      groups_.see(by_resource_.group[e], exchange.along(static_cast<std::uint64_t>(by_resource_.amount[e])));
  }
  void tell_of_actor(const Change& change) {
    Exchange exchange(change);
    const std::uint32_t* groups = s_.group_of.data() + change.vertex * static_cast<std::size_t>(s_.slots);
    for (int slot = 0; slot < s_.slots; ++slot)
      if (groups[slot] != kNone) groups_.see(groups[slot], exchange.along(as_member(static_cast<std::uint16_t>(slot))));
  }

  const Structure& s_;
  const ResourceEdges& by_resource_;
  GroupEdges by_group_;
  Side actors_, groups_, resources_;
};

Colouring all_different(const Structure& s) {
  Colouring c;
  const auto number = [](std::size_t n, std::vector<Colour>& out) {
    out.resize(n);
    std::iota(out.begin(), out.end(), 0U);
    return n;
  };
  c.actors = number(s.actors(), c.actor);
  c.groups = number(s.groups(), c.group);
  c.resources = number(s.resources(), c.resource);
  return c;
}

// First vertex of each class.
std::vector<std::uint32_t> representatives(const std::vector<Colour>& colours, std::size_t classes) {
  std::vector<std::uint32_t> first(classes, kNone);
  for (std::uint32_t v = 0; v < colours.size(); ++v)
    if (first[colours[v]] == kNone) first[colours[v]] = v;
  return first;
}

void fold_actors(const Structure& s, const Colouring& c, Quotient& q) {
  const std::vector<std::uint32_t> first = representatives(c.actor, c.actors);
  q.actors.resize(c.actors);
  for (std::size_t k = 0; k < c.actors; ++k) q.actors[k] = {first[k], 0, s.actor_program[first[k]]};
  for (const Colour colour : c.actor) ++q.actors[colour].count;
  q.class_of_actor = c.actor;
  q.slots = s.slots;
  const auto slots = static_cast<std::size_t>(s.slots);
  q.group_of.assign(c.actors * slots, kNone);
  for (std::size_t k = 0; k < c.actors; ++k)
    for (std::size_t slot = 0; slot < slots; ++slot)
      if (const std::uint32_t g = s.group_of[first[k] * slots + slot]; g != kNone) q.group_of[k * slots + slot] = c.group[g];
}

void fold_members(const Colouring& c, Quotient& q) {
  const auto slots = static_cast<std::size_t>(q.slots);
  q.member_offset.assign(c.groups + 1, 0);
  for (const std::uint32_t g : q.group_of)
    if (g != kNone) ++q.member_offset[g + 1];
  std::partial_sum(q.member_offset.begin(), q.member_offset.end(), q.member_offset.begin());
  q.members.resize(q.member_offset.back());
  std::vector<std::uint32_t> next(q.member_offset.begin(), q.member_offset.end() - 1);
  for (std::uint32_t k = 0; k < c.actors; ++k)
    for (std::size_t slot = 0; slot < slots; ++slot)
      if (const std::uint32_t g = q.group_of[k * slots + slot]; g != kNone)
        q.members[next[g]++] = {k, static_cast<std::uint16_t>(slot)};
}

// What the representative of each resource class carries from each group class, merged by group class.
void fold_loads(const Structure& s, const ResourceEdges& reverse, const Colouring& c, Quotient& q) {
  const std::vector<std::uint32_t> group_first = representatives(c.group, c.groups);
  q.group_kind.resize(c.groups);
  for (std::size_t g = 0; g < c.groups; ++g) q.group_kind[g] = s.group_kind[group_first[g]];
  const std::vector<std::uint32_t> first = representatives(c.resource, c.resources);
  q.capacity.resize(c.resources);
  std::vector<std::vector<Draw>> by_group(c.groups);
  for (std::uint32_t k = 0; k < c.resources; ++k) {
    q.capacity[k] = s.capacity[first[k]];
    for (std::uint64_t e = reverse.offset[first[k]]; e < reverse.offset[first[k] + 1]; ++e) {
      std::vector<Draw>& draws = by_group[c.group[reverse.group[e]]];
      if (draws.empty() || draws.back().resource != k) draws.push_back({k, 0});
      draws.back().amount += reverse.amount[e];
    }
  }
  q.draw_offset.assign(1, 0);
  for (const std::vector<Draw>& draws : by_group) {
    q.draws.insert(q.draws.end(), draws.begin(), draws.end());
    q.draw_offset.push_back(static_cast<std::uint32_t>(q.draws.size()));
  }
}

Quotient quotient_of(const Structure& s, const ResourceEdges& reverse, Colouring colours) {
  Quotient q;
  fold_actors(s, colours, q);
  fold_members(colours, q);
  fold_loads(s, reverse, colours, q);
  q.class_of_resource = std::move(colours.resource);
  return q;
}

}  // namespace

Quotient fold(const Structure& structure) {
  HEADWAY_CHECK(structure.load_offset.size() == structure.groups() + 1, "loads end where groups end");
  const ResourceEdges reverse = reverse_loads(structure);
  return quotient_of(structure, reverse, Refinement(structure, reverse).run());
}

Quotient unfolded(const Structure& structure) {
  HEADWAY_CHECK(structure.load_offset.size() == structure.groups() + 1, "loads end where groups end");
  return quotient_of(structure, reverse_loads(structure), all_different(structure));
}

}  // namespace headway
