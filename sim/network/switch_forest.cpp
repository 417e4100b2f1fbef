#include "network/switch_forest.h"

#include <boost/graph/breadth_first_search.hpp>
#include <boost/pending/queue.hpp>

#include "base/check.h"

namespace headway {
namespace {

using Vertex = boost::graph_traits<SwitchGraph>::vertex_descriptor;

// Records, for every switch the search discovers, where it was discovered from and over which trunk.
class Rooting : public boost::default_bfs_visitor {
 public:
  Rooting(IdVector<SwitchId, SwitchId>& parent, IdVector<SwitchId, std::uint8_t>& depth, std::vector<Bandwidth>& capacity)
      : parent_(&parent), depth_(&depth), capacity_(&capacity) {}

  template <class Edge>
  void tree_edge(Edge trunk, const SwitchGraph& graph) const {
    const SwitchId above(boost::source(trunk, graph)), below(boost::target(trunk, graph));
    HEADWAY_CHECK(below.index() < capacity_->size(), "a root hangs under another switch");
    (*parent_)[below] = above;
    (*depth_)[below] = static_cast<std::uint8_t>((*depth_)[above] + 1);
    (*capacity_)[below.index()] = graph[trunk].capacity;
  }

 private:
  IdVector<SwitchId, SwitchId>* parent_;
  IdVector<SwitchId, std::uint8_t>* depth_;
  std::vector<Bandwidth>* capacity_;
};

}  // namespace

SwitchForest::SwitchForest(const SwitchGraph& graph, std::vector<SwitchTier> tiers)
    : tiers_(std::move(tiers)),
      parent_(boost::num_vertices(graph)),
      depth_(boost::num_vertices(graph)),
      trunk_capacity_(boost::num_vertices(graph) - tiers_.back().switches) {
  HEADWAY_CHECK(boost::num_edges(graph) == trunks(), "not a forest under its last tier");
  if (trunks() == 0) return;
  std::vector<boost::default_color_type> colours(boost::num_vertices(graph), boost::white_color);
  const auto colour_map = boost::make_iterator_property_map(colours.begin(), boost::get(boost::vertex_index, graph));
  boost::queue<Vertex> pending;
  for (Vertex root = trunks(); root < boost::num_vertices(graph); ++root)
    boost::breadth_first_visit(graph, root, pending, Rooting(parent_, depth_, trunk_capacity_), colour_map);
  for (std::size_t trunk = 0; trunk < trunks(); ++trunk)
    HEADWAY_CHECK(parent_[SwitchId(trunk)].valid(), name(SwitchId(trunk)) + " hangs under no root");
}

SwitchId SwitchForest::lowest_common(SwitchId a, SwitchId b) const {
  while (a != b) {
    SwitchId& deeper = depth(a) >= depth(b) ? a : b;
    HEADWAY_CHECK(!is_root(deeper), "no switch is above both");
    deeper = parent(deeper);
  }
  return a;
}

std::size_t SwitchForest::tier_of(SwitchId at) const {
  std::uint32_t number = at.index();
  std::size_t tier = 0;
  while (number >= tiers_[tier].switches) number -= tiers_[tier++].switches;
  return tier;
}

std::uint32_t SwitchForest::number_in_tier(SwitchId at) const {
  std::uint32_t number = at.index();
  for (std::size_t tier = 0; number >= tiers_[tier].switches; ++tier) number -= tiers_[tier].switches;
  return number;
}

std::string SwitchForest::name(SwitchId at) const { return tiers_[tier_of(at)].name + " " + std::to_string(number_in_tier(at)); }

}  // namespace headway
