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

// For every stage and every two places in it, a group of the ranks that differ in a third alone: rank_of(outer, inner, member, stage).
template <class RankOf>
RankGroups groups_along(int stages, int outer, int inner, int members, RankOf rank_of) {
  RankGroups groups;
  for (int s = 0; s < stages; ++s)
    for (int o = 0; o < outer; ++o)
      for (int i = 0; i < inner; ++i, groups.close())
        for (int m = 0; m < members; ++m) groups.ranks.push_back(rank_of(o, i, m, s));
  return groups;
}

RankGroups context_groups(const RankGrid& g) {
  return groups_along(g.stages(), g.data(), g.tensor(), g.context(), [&](int d, int t, int c, int s) {
    return g.rank({t, c, d, s});
  });
}

// Ranks that hold the same parameters: all data and context ranks of a tensor position and stage.
RankGroups data_groups(const RankGrid& g) {
  return groups_along(g.stages(), 1, g.tensor(), g.replicas(), [&](int, int t, int r, int s) { return g.replica_rank(t, r, s); });
}

// Blocks of a data group that divide its parameters, and ranks of equal place in the blocks.
RankGroups shard_groups(const RankGrid& g) {
  return groups_along(g.stages(), g.tensor(), g.replicas() / g.shard(), g.shard(),
                      [&](int t, int block, int i, int s) { return g.replica_rank(t, block * g.shard() + i, s); });
}

RankGroups replica_groups(const RankGrid& g) {
  return groups_along(g.stages(), g.tensor(), g.shard(), g.replicas() / g.shard(),
                      [&](int t, int i, int block, int s) { return g.replica_rank(t, block * g.shard() + i, s); });
}

RankGroups expert_groups(const RankGrid& g) {
  return groups_along(g.stages(), g.expert_data(), g.expert_tensor(), g.expert(),
                      [&](int d, int t, int e, int s) { return g.expert_rank(t, e, d, s); });
}

RankGroups expert_tensor_groups(const RankGrid& g) {
  return groups_along(g.stages(), g.expert_data(), g.expert(), g.expert_tensor(),
                      [&](int d, int e, int t, int s) { return g.expert_rank(t, e, d, s); });
}

RankGroups expert_data_groups(const RankGrid& g) {
  return groups_along(g.stages(), g.expert(), g.expert_tensor(), g.expert_data(),
                      [&](int e, int t, int d, int s) { return g.expert_rank(t, e, d, s); });
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
