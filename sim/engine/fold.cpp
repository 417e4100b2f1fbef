#include "engine/fold.h"

#include <numeric>
#include <unordered_map>

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

// What a vertex looks like in a round: its colour and an order-free 128-bit digest of its labelled neighbours.
struct View {
  std::uint64_t low = 0, high = 0;
  Colour colour = 0;

  void see(std::uint64_t label, Colour neighbour) {
    const std::uint64_t one = mix(mix(label) ^ neighbour);
    low += one;
    high += mix(one ^ 0x5851f42d4c957f2dULL);
  }
  friend bool operator==(const View&, const View&) = default;
};

struct ViewHash {
  std::size_t operator()(const View& v) const { return v.low ^ (v.high * 3) ^ mix(v.colour); }
};

// Numbers views by first appearance, so that colours do not depend on hashing order.
class Renumbering {
 public:
  Colour operator()(const View& view) {
    if (have_last_ && view == last_) return last_colour_;
    last_colour_ = seen_.try_emplace(view, static_cast<Colour>(seen_.size())).first->second;
    last_ = view;
    have_last_ = true;
    return last_colour_;
  }
  [[nodiscard]] std::size_t count() const { return seen_.size(); }

 private:
  std::unordered_map<View, Colour, ViewHash> seen_;
  View last_;
  Colour last_colour_ = 0;
  bool have_last_ = false;
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

struct Colouring {
  std::vector<Colour> actor, group, resource;
  std::size_t actors = 0, groups = 0, resources = 0;
  [[nodiscard]] std::size_t classes() const { return actors + groups + resources; }
};

Colouring first_colours(const Structure& s) {
  Colouring c;
  const auto paint = [](std::size_t n, auto&& key, std::vector<Colour>& out) {
    Renumbering number;
    out.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      View view;
      view.low = key(i);
      out[i] = number(view);
    }
    return number.count();
  };
  c.actors = paint(
      s.actors(), [&](std::size_t i) { return s.actor_program[i]; }, c.actor);
  c.groups = paint(
      s.groups(), [&](std::size_t i) { return s.group_kind[i]; }, c.group);
  c.resources = paint(
      s.resources(), [&](std::size_t i) { return static_cast<std::uint64_t>(s.capacity[i]); }, c.resource);
  return c;
}

// One round: every vertex is renumbered by its colour and its neighbours' colours of the round before.
Colouring refine(const Structure& s, const ResourceEdges& reverse, const Colouring& old) {
  Colouring next;
  std::vector<View> group_view(s.groups());
  for (std::uint32_t g = 0; g < s.groups(); ++g) {
    group_view[g].colour = old.group[g];
    for (std::uint64_t e = s.load_offset[g]; e < s.load_offset[g + 1]; ++e)
      group_view[g].see(static_cast<std::uint64_t>(s.loads[e].amount), old.resource[s.loads[e].resource]);
  }
  next.actor.resize(s.actors());
  Renumbering actor_number;
  const auto slots = static_cast<std::size_t>(s.slots);
  for (std::size_t a = 0; a < s.actors(); ++a) {
    View view;
    view.colour = old.actor[a];
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const std::uint32_t g = s.group_of[a * slots + slot];
      if (g == kNone) continue;
      view.see(slot, old.group[g]);
      group_view[g].see(~slot, old.actor[a]);
    }
    next.actor[a] = actor_number(view);
  }
  next.actors = actor_number.count();
  next.group.resize(s.groups());
  Renumbering group_number;
  for (std::size_t g = 0; g < s.groups(); ++g) next.group[g] = group_number(group_view[g]);
  next.groups = group_number.count();
  next.resource.resize(s.resources());
  Renumbering resource_number;
  for (std::size_t r = 0; r < s.resources(); ++r) {
    View view;
    view.colour = old.resource[r];
    for (std::uint64_t e = reverse.offset[r]; e < reverse.offset[r + 1]; ++e)
      view.see(static_cast<std::uint64_t>(reverse.amount[e]), old.group[reverse.group[e]]);
    next.resource[r] = resource_number(view);
  }
  next.resources = resource_number.count();
  return next;
}

Colouring coarsest_equitable(const Structure& s, const ResourceEdges& reverse) {
  Colouring colours = first_colours(s);
  while (true) {
    Colouring next = refine(s, reverse, colours);
    const bool stable = next.classes() == colours.classes();
    colours = std::move(next);
    if (stable) return colours;
  }
}

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

Quotient quotient_of(const Structure& s, const ResourceEdges& reverse, const Colouring& colours) {
  Quotient q;
  fold_actors(s, colours, q);
  fold_members(colours, q);
  fold_loads(s, reverse, colours, q);
  return q;
}

}  // namespace

Quotient fold(const Structure& structure) {
  HEADWAY_CHECK(structure.load_offset.size() == structure.groups() + 1, "loads end where groups end");
  const ResourceEdges reverse = reverse_loads(structure);
  return quotient_of(structure, reverse, coarsest_equitable(structure, reverse));
}

Quotient unfolded(const Structure& structure) {
  HEADWAY_CHECK(structure.load_offset.size() == structure.groups() + 1, "loads end where groups end");
  return quotient_of(structure, reverse_loads(structure), all_different(structure));
}

}  // namespace headway
