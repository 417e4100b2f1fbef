#include "engine/plan.h"

#include <algorithm>

#include "engine/structure.h"

namespace headway {
namespace {

// Calls visit(from, to) for every dependency inside the block.
template <class Visit>
void for_each_edge(const Block<Task>& block, int streams, Visit&& visit) {
  std::vector<std::uint32_t> last(static_cast<std::size_t>(streams), kNone);
  for (std::uint32_t t = 0; t < block.operations.size(); ++t) {
    std::uint32_t& previous = last[block.operations[t].stream];
    if (previous != kNone) visit(previous, t);
    previous = t;
    for (std::uint32_t e = block.after_offset[t]; e < block.after_offset[t + 1]; ++e) visit(block.after[e], t);
  }
}

BlockPlan plan_of(const Block<Task>& block, int streams) {
  const std::size_t n = block.operations.size();
  BlockPlan plan;
  plan.waits_for.assign(n, 0);
  plan.next_offset.assign(n + 1, 0);
  for_each_edge(block, streams, [&](std::uint32_t from, std::uint32_t to) {
    ++plan.next_offset[from + 1];
    ++plan.waits_for[to];
  });
  for (std::size_t i = 0; i < n; ++i) plan.next_offset[i + 1] += plan.next_offset[i];
  plan.next.resize(plan.next_offset.back());
  std::vector<std::uint32_t> place(plan.next_offset.begin(), plan.next_offset.end() - 1);
  for_each_edge(block, streams, [&](std::uint32_t from, std::uint32_t to) { plan.next[place[from]++] = to; });
  return plan;
}

// The first and the last task of every stream a block uses.
struct StreamEnds {
  std::uint8_t stream = 0;
  std::uint32_t first = 0, last = 0;
};

std::vector<StreamEnds> stream_ends(const Block<Task>& block) {
  std::vector<StreamEnds> ends;
  for (std::uint32_t t = 0; t < block.operations.size(); ++t) {
    const std::uint8_t stream = block.operations[t].stream;
    const auto known = std::find_if(ends.begin(), ends.end(), [&](const StreamEnds& e) { return e.stream == stream; });
    if (known == ends.end())
      ends.push_back({stream, t, t});
    else
      known->last = t;
  }
  return ends;
}

struct Place {
  std::uint32_t piece = kNone, place = 0;
};

struct Dependency {
  Place from, to;
};

// Every dependency between pieces: the links, and the streams that go on.
std::vector<Dependency> dependencies(const Program& program, const std::vector<std::vector<StreamEnds>>& ends) {
  const Composition<Task>& all = program.tasks;
  std::vector<Dependency> found;
  found.reserve(all.links.size() + 2 * all.pieces.size());
  std::vector<Place> last(static_cast<std::size_t>(program.streams));
  auto link = all.links.begin();
  for (std::uint32_t p = 0; p < all.pieces.size(); ++p) {
    const Piece& piece = all.pieces[p];
    const auto size = static_cast<std::uint32_t>(all.blocks[piece.block].operations.size());
    for (const StreamEnds& e : ends[piece.block]) {
      Place& before = last[e.stream];
      if (before.piece != kNone) found.push_back({before, {p, e.first}});
      before = {p, e.last};
    }
    for (; link != all.links.end() && link->to < piece.first + size; ++link) {
      const auto from = static_cast<std::uint32_t>(all.piece_of(link->from));
      found.push_back({{from, link->from - all.pieces[from].first}, {p, link->to - piece.first}});
    }
  }
  return found;
}

}  // namespace

Plan plan_of(const Program& program) {
  const Composition<Task>& all = program.tasks;
  Plan plan;
  std::vector<std::vector<StreamEnds>> ends;
  for (const Block<Task>& block : all.blocks) {
    plan.blocks.push_back(plan_of(block, program.streams));
    ends.push_back(stream_ends(block));
  }
  plan.waits_for.reserve(all.size());
  for (const Piece& piece : all.pieces) {
    const std::vector<std::uint16_t>& inside = plan.blocks[piece.block].waits_for;
    plan.waits_for.insert(plan.waits_for.end(), inside.begin(), inside.end());
  }
  plan.links_into.assign(all.pieces.size(), 0);
  plan.link_offset.assign(all.pieces.size() + 1, 0);
  const std::vector<Dependency> all_links = dependencies(program, ends);
  for (const Dependency& link : all_links) {
    ++plan.link_offset[link.from.piece + 1];
    ++plan.links_into[link.to.piece];
    ++plan.waits_for[all.pieces[link.to.piece].first + link.to.place];
  }
  for (std::size_t p = 0; p < all.pieces.size(); ++p) plan.link_offset[p + 1] += plan.link_offset[p];
  plan.links.resize(all_links.size());
  std::vector<std::uint32_t> next(plan.link_offset.begin(), plan.link_offset.end() - 1);
  for (const Dependency& link : all_links) plan.links[next[link.from.piece]++] = {link.from.place, link.to.piece, link.to.place};
  return plan;
}

}  // namespace headway
