#include "simulate/rank_groups.h"

#include "base/check.h"

namespace headway {

namespace {

RankGroups tensor_groups(const RankGrid& g) {
  RankGroups groups;
  for (Rank r = 0; r < g.size(); ++r) {
    groups.ranks.push_back(r);
    if (g.place(r).tensor == g.tensor() - 1) groups.close();
  }
  return groups;
}

RankGroups context_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int d = 0; d < g.data(); ++d)
      for (int t = 0; t < g.tensor(); ++t, groups.close())
        for (int c = 0; c < g.context(); ++c) groups.ranks.push_back(g.rank({t, c, d, s}));
  return groups;
}

// Ranks that hold the same parameters: all data and context ranks of a tensor position and stage.
RankGroups data_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int t = 0; t < g.tensor(); ++t, groups.close())
      for (int d = 0; d < g.data(); ++d)
        for (int c = 0; c < g.context(); ++c) groups.ranks.push_back(g.rank({t, c, d, s}));
  return groups;
}

// Blocks of a data group that divide its parameters, and ranks of equal place in the blocks.
RankGroups shard_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int t = 0; t < g.tensor(); ++t)
      for (int first = 0; first < g.replicas(); first += g.shard(), groups.close())
        for (int i = 0; i < g.shard(); ++i) groups.ranks.push_back(g.replica_rank(t, first + i, s));
  return groups;
}

RankGroups replica_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int t = 0; t < g.tensor(); ++t)
      for (int i = 0; i < g.shard(); ++i, groups.close())
        for (int first = 0; first < g.replicas(); first += g.shard()) groups.ranks.push_back(g.replica_rank(t, first + i, s));
  return groups;
}

RankGroups expert_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int d = 0; d < g.expert_data(); ++d)
      for (int t = 0; t < g.expert_tensor(); ++t, groups.close())
        for (int e = 0; e < g.expert(); ++e) groups.ranks.push_back(g.expert_rank(t, e, d, s));
  return groups;
}

RankGroups expert_tensor_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int d = 0; d < g.expert_data(); ++d)
      for (int e = 0; e < g.expert(); ++e, groups.close())
        for (int t = 0; t < g.expert_tensor(); ++t) groups.ranks.push_back(g.expert_rank(t, e, d, s));
  return groups;
}

RankGroups expert_data_groups(const RankGrid& g) {
  RankGroups groups;
  for (int s = 0; s < g.stages(); ++s)
    for (int e = 0; e < g.expert(); ++e)
      for (int t = 0; t < g.expert_tensor(); ++t, groups.close())
        for (int d = 0; d < g.expert_data(); ++d) groups.ranks.push_back(g.expert_rank(t, e, d, s));
  return groups;
}

// Pairs (from, to) of equal position in neighbouring stages; `step` +1 towards the loss. The ring is closed for virtual stages.
RankGroups message_groups(const RankGrid& g, int step) {
  RankGroups groups;
  for (Rank r = 0; r < g.size(); ++r) {
    RankPlace p = g.place(r);
    p.stage = (p.stage + step + g.stages()) % g.stages();
    groups.ranks.push_back(r);
    groups.ranks.push_back(g.rank(p));
    groups.close();
  }
  return groups;
}

// Pairs of equal position in a stage and in the one as far from the other end, for the first `stages` stages.
RankGroups mirrored_groups(const RankGrid& g, int stages) {
  RankGroups groups;
  for (Rank r = 0; g.place(r).stage < stages; ++r, groups.close()) {
    RankPlace p = g.place(r);
    groups.ranks.push_back(r);
    p.stage = g.stages() - 1 - p.stage;
    groups.ranks.push_back(g.rank(p));
  }
  return groups;
}

RankGroups world_group(const RankGrid& g) {
  RankGroups groups;
  for (Rank r = 0; r < g.size(); ++r) groups.ranks.push_back(r);
  groups.close();
  return groups;
}

}  // namespace

RankGroups groups_of(Dimension dimension, const RankGrid& grid) {
  switch (dimension) {
    case Dimension::tensor: return tensor_groups(grid);
    case Dimension::context: return context_groups(grid);
    case Dimension::data: return data_groups(grid);
    case Dimension::expert: return expert_groups(grid);
    case Dimension::expert_tensor: return expert_tensor_groups(grid);
    case Dimension::expert_data: return expert_data_groups(grid);
    case Dimension::shard: return shard_groups(grid);
    case Dimension::replica: return replica_groups(grid);
    case Dimension::embedding: return mirrored_groups(grid, 1);  // the ends of the model
    case Dimension::world: return world_group(grid);
    case Dimension::copy: return mirrored_groups(grid, grid.stages() / 2);  // which hold copies of the same parts
    case Dimension::to_next:
    case Dimension::up_to_next: return message_groups(grid, 1);
    case Dimension::to_previous:
    case Dimension::up_to_previous: return message_groups(grid, -1);
    case Dimension::from_previous:
    case Dimension::from_next:
    case Dimension::up_from_previous:
    case Dimension::up_from_next: break;
  }
  HEADWAY_CHECK(false, "receivers are members of their sender's groups");
  return {};
}

}  // namespace headway
