// Folded equals unfolded to the picosecond, for every rank of whole training runs: on every cluster of the catalogue, under every
// schedule and sharding, on every kind of fabric, routing and placement, with slow devices, mixed fleets, broken links and sizes that
// divide badly.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;

using Change = std::function<void(TrainingRun&)>;

Change slow(int device, double speed) {
  return [=](TrainingRun& r) { r.cluster.slow_devices.push_back({device, speed}); };
}
Change weak_link_of_device(int device, const char* network, double scale) {
  return [=](TrainingRun& r) { r.cluster.link_faults.push_back({network, device, {}, "", "", scale}); };
}
Change weak_links_of_node(int node, const char* network, double scale) {
  return [=](TrainingRun& r) { r.cluster.link_faults.push_back({network, {}, node, "", "", scale}); };
}
// The last `devices` devices are of another kind.
Change others(int devices, const char* device) {
  return [=](TrainingRun& r) {
    r.cluster.groups.front().devices -= devices;
    r.cluster.groups.push_back({catalogue().device(device), devices});
  };
}
Change schedule(Schedule schedule) {
  return [=](TrainingRun& r) { r.plan.schedule = schedule; };
}
Change shard(int ranks) {
  return [=](TrainingRun& r) { r.plan.layout.shard = ranks; };
}

const Change broadcast_parameters = [](TrainingRun& r) { r.plan.software.broadcasts_parameters = true; };

Change sharding(Sharding sharding) {
  return [=](TrainingRun& r) { r.plan.sharding = sharding; };
}
Change layers(int layers) {
  return [=](TrainingRun& r) { r.plan.model.layers = layers; };
}
Change recompute_all() {
  return [](TrainingRun& r) { r.plan.recompute.modules = {RecomputeModule::layer}; };
}
Change no_sequence_parallelism() {
  return [](TrainingRun& r) { r.plan.layout.sequence = false; };
}
// Leaves of so many nodes, their uplinks `ratio` times oversubscribed: traffic between leaves contends even in small clusters.
Change leaves(int nodes, double ratio) {
  return [=](TrainingRun& r) {
    for (NetworkSpec& network : r.cluster.networks)
      if (network.kind == NetworkKind::rail_optimized) {
        network.unit_nodes = nodes;
        network.leaf_oversubscription = ratio;
      }
  };
}

// Every layer a mixture of 16 experts, shared by so many ranks.
Change experts(int expert, int expert_tensor = 1, double overlap = 0) {
  return [=](TrainingRun& r) {
    r.plan.model.experts = Experts{.count = 16, .top_k = 4, .ffn = 2048, .shared_ffn = 2048};
    r.plan.layout.expert = expert;
    r.plan.layout.expert_tensor = expert_tensor;
    r.plan.software.expert_overlap = overlap;
    r.plan.software.overlap_shared_expert = overlap > 0;
  };
}
Change latent() {
  return [](TrainingRun& r) {
    r.plan.model.kv_heads = r.plan.model.heads;
    r.plan.model.latent = LatentAttention{.q_rank = 512, .kv_rank = 256, .qk_nope_dim = 128, .qk_rope_dim = 64};
  };
}
Change context(int context, ContextExchange exchange) {
  return [=](TrainingRun& r) {
    r.plan.layout.context = context;
    r.plan.layout.data /= context;
    r.plan.global_batch /= context;
    r.plan.software.context_exchange = exchange;
  };
}
Change placed(PlacementOrder order, std::uint64_t seed = 0) {
  return [=](TrainingRun& r) { r.plan.placement = {order, seed, {}}; };
}
// Every second node first, then the others.
Change placed_alternately() {
  return [](TrainingRun& r) {
    r.plan.placement.order = PlacementOrder::listed;
    for (const std::uint32_t parity : {0U, 1U})
      for (int device = 0; device < r.cluster.devices(); ++device)
        if (static_cast<std::uint32_t>(device / r.cluster.devices_per_node) % 2 == parity)
          r.plan.placement.devices.push_back(static_cast<std::uint32_t>(device));
  };
}
// In place of a network of the cluster, one of another kind over the same technology.
Change network_of(const char* name, NetworkKind kind, const std::function<void(NetworkSpec&)>& shape) {
  return [=](TrainingRun& r) {
    for (NetworkSpec& network : r.cluster.networks) {
      if (network.name != name) continue;
      network.kind = kind;
      network.unit_nodes = 0;
      shape(network);
    }
  };
}
Change torus(std::vector<int> shape) {
  return network_of("scale_up", NetworkKind::torus, [=](NetworkSpec& n) { n.shape = shape; });
}
Change dragonfly(int router_devices, int group_routers, int global_links) {
  return network_of("scale_out", NetworkKind::dragonfly, [=](NetworkSpec& n) {
    n.router_devices = router_devices;
    n.group_routers = group_routers;
    n.global_links = global_links;
  });
}
Change planes(int count, int unit_nodes, bool split_ports = false) {
  return network_of("scale_out", NetworkKind::multi_plane, [=](NetworkSpec& n) {
    n.planes = count;
    n.unit_nodes = unit_nodes;
    n.leaf_oversubscription = 2;
    n.split_ports = split_ports;
  });
}
Change pcie_boxes() {
  return network_of("scale_up", NetworkKind::pcie, [](NetworkSpec& n) {
    n.port = Bandwidth(63e9);
    n.switch_devices = 2;
    n.sockets = 2;
    n.socket_link = Bandwidth(60e9);
    n.technology.in_switch_reduction = {};
  });
}

// Leaves of so many nodes, flows hashed onto their cables.
Change hashed_routes(int nodes, int seed, NetworkKind kind = NetworkKind::rail_optimized) {
  return network_of("scale_out", kind, [=](NetworkSpec& n) {
    n.unit_nodes = nodes;
    n.routing = Routing::ecmp;
    n.seed = seed;
  });
}
Change dead_cable(const char* below, const char* above) {
  return [=](TrainingRun& r) { r.cluster.link_faults.push_back({"scale_out", {}, {}, below, above, 0}); };
}

const Change gpipe = schedule(Schedule::gpipe);
const Change replicated = sharding(Sharding::none);

struct Case {
  const char* name;
  const char* cluster;
  int devices, tensor, pipeline, virtual_stages, microbatches;
  std::size_t most_classes;  // it folds as far as it did
  std::vector<Change> changes;
};

// How many ranks of each stage live through each timeline.
using Population = std::map<std::pair<std::uint32_t, std::vector<std::array<Instant, 3>>>, std::uint64_t>;

Population population(const Result& result) {
  Population ranks;
  for (std::size_t k = 0; k < result.labels.classes.size(); ++k) {
    std::vector<std::array<Instant, 3>> times;
    for (const TaskTimes& t : result.timeline.tasks[k]) times.push_back({t.ready, t.start, t.end});
    ranks[{result.labels.classes[k].program, std::move(times)}] += result.labels.classes[k].ranks;
  }
  return ranks;
}

class FoldExactness : public testing::TestWithParam<Case> {};

TEST_P(FoldExactness, SameTimelineForEveryRank) {
  const Case& c = GetParam();
  TrainingRun r = run(c.cluster, c.devices, c.tensor, c.pipeline, c.virtual_stages, c.microbatches);
  r.plan.model.layers = std::max(4, c.pipeline * c.virtual_stages);
  for (const Change& change : c.changes) change(r);
  for (const PlanMistake& mistake : check_plan(r.plan)) FAIL() << mistake.key << ": " << mistake.message;
  const Result folded = r.result(true);
  const Result whole = r.result(false);
  EXPECT_EQ(whole.rank_classes, static_cast<std::uint64_t>(c.devices));
  EXPECT_LE(folded.rank_classes, c.most_classes);
  EXPECT_EQ(folded.step_time, whole.step_time);
  EXPECT_TRUE(population(folded) == population(whole));
  RecordProperty("rank_classes", static_cast<int>(folded.rank_classes));
}

// Cases: name, cluster, devices, tensor, pipeline, virtual stages, microbatches per data rank, classes at most, changes.

std::vector<Case> every_cluster() {
  return {{"dgx_a100_40g", "dgx-a100-40g", 64, 4, 2, 1, 4, 2, {}},
          {"dgx_a100", "dgx-a100", 64, 2, 2, 2, 4, 2, {}},
          {"dgx_b200", "dgx-b200", 64, 8, 2, 1, 4, 2, {}},
          {"dgx_h100", "dgx-h100", 64, 4, 4, 1, 4, 4, {}},
          {"dgx_h200", "dgx-h200", 64, 8, 2, 2, 4, 2, {}},
          {"hgx_a800", "hgx-a800", 64, 4, 4, 2, 4, 4, {}},
          {"hgx_h800", "hgx-h800", 64, 2, 4, 1, 4, 4, {}},
          {"h200_nvlink_256", "h200-nvlink-256", 256, 8, 4, 2, 4, 4, {}},
          {"cloudmatrix384", "cloudmatrix384", 256, 8, 4, 1, 4, 4, {}},
          {"atlas_900_a2", "atlas-900-a2", 128, 8, 2, 1, 4, 2, {}},
          {"gb200_nvl72", "gb200-nvl72", 144, 4, 4, 1, 4, 4, {}},
          {"h800_mpft", "h800-mpft", 128, 8, 4, 1, 4, 4, {}},
          {"llama3_24k", "llama3-24k", 128, 8, 4, 1, 4, 4, {}}};
}

std::vector<Case> every_schedule() {
  return {{"data_only", "dgx-h100", 64, 1, 1, 1, 2, 1, {}},
          {"data_only_replicated", "dgx-h100", 64, 1, 1, 1, 2, 1, {replicated}},
          {"tensor_only", "dgx-h100", 8, 8, 1, 1, 2, 1, {}},
          {"pipeline_only", "dgx-h100", 8, 1, 8, 1, 12, 8, {}},
          {"gpipe", "dgx-h100", 128, 4, 4, 1, 6, 4, {gpipe}},
          {"gpipe_replicated", "dgx-a100", 64, 2, 8, 1, 8, 8, {gpipe, replicated}},
          {"gpipe_slow", "dgx-h100", 64, 4, 4, 1, 6, 16, {gpipe, slow(21, 0.8)}},
          {"replicated", "dgx-h200", 128, 4, 4, 1, 8, 4, {replicated}},
          {"replicated_interleaved", "hgx-h800", 128, 8, 4, 2, 8, 4, {replicated}},
          {"interleaved_deep", "dgx-h100", 256, 2, 8, 4, 8, 8, {}},
          {"stages_with_fewer_layers_at_the_ends", "dgx-h100", 64, 4, 4, 1, 8, 4, {layers(14)}},
          {"recomputing", "dgx-h100", 64, 8, 4, 1, 8, 4, {recompute_all()}},
          {"without_sequence_parallelism", "dgx-a100", 64, 8, 2, 1, 4, 2, {no_sequence_parallelism()}}};
}

const Change zero_bubble = schedule(Schedule::zero_bubble);
const Change dualpipe = schedule(Schedule::dualpipe);
const Change dualpipe_v = schedule(Schedule::dualpipe_v);

std::vector<Case> split_backward() {
  return {{"zb_h1", "dgx-h100", 64, 4, 4, 1, 6, 4, {zero_bubble}},
          {"zb_h1_replicated", "dgx-a100", 64, 2, 8, 1, 12, 8, {zero_bubble, replicated}},
          {"zb_h1_slow", "dgx-h100", 64, 4, 4, 1, 6, 16, {zero_bubble, slow(21, 0.8)}},
          {"zb_h1_gradients_sharded", "dgx-h100", 64, 2, 2, 1, 4, 2, {zero_bubble, sharding(Sharding::gradients)}},
          {"zb_v", "dgx-h100", 64, 4, 4, 2, 8, 4, {zero_bubble}},
          {"zb_v_few_microbatches", "hgx-h800", 64, 2, 4, 2, 3, 4, {zero_bubble}},
          {"zb_v_weak_node", "hgx-h800", 128, 8, 4, 2, 8, 8, {zero_bubble, weak_links_of_node(3, "scale_out", 0.5)}},
          {"dualpipe", "dgx-h100", 64, 4, 4, 1, 8, 4, {dualpipe}},
          {"dualpipe_replicated", "dgx-a100", 64, 2, 8, 1, 16, 8, {dualpipe, replicated}},
          {"dualpipe_experts", "hgx-h800", 128, 1, 4, 1, 10, 4, {dualpipe, experts(16), latent()}},
          {"dualpipe_experts_slow", "dgx-h100", 64, 1, 2, 1, 4, 8, {dualpipe, experts(16), slow(21, 0.8)}},
          {"dualpipe_v", "dgx-h100", 64, 4, 4, 2, 8, 4, {dualpipe_v}},
          {"dualpipe_v_experts", "dgx-h200", 64, 1, 2, 2, 5, 2, {dualpipe_v, experts(16, 1, 0.5), latent()}},
          {"dualpipe_v_mixed", "dgx-h100", 128, 4, 4, 2, 8, 4, {dualpipe_v, others(64, "h200-sxm")}}};
}

std::vector<Case> tensor_across_nodes() {
  return {{"tensor_16", "dgx-h100", 128, 16, 2, 1, 4, 2, {}},
          {"tensor_16_a100", "dgx-a100", 64, 16, 2, 2, 4, 2, {}},
          {"tensor_32_slow", "dgx-h100", 128, 32, 2, 1, 2, 8, {slow(40, 0.9)}},
          {"tensor_16_ascend", "atlas-900-a2", 64, 16, 2, 1, 4, 2, {}},
          {"tensor_16_in_one_node", "cloudmatrix384", 128, 16, 2, 1, 4, 2, {}},
          {"tensor_32_two_level", "h200-nvlink-256", 128, 32, 2, 1, 4, 2, {}}};
}

std::vector<Case> stragglers() {
  return {{"slow_first", "dgx-h100", 64, 4, 2, 1, 4, 8, {slow(0, 0.9)}},
          {"slow_last", "dgx-h100", 64, 4, 2, 1, 4, 8, {slow(63, 0.9)}},
          {"two_slow_alike_in_one_node", "dgx-h100", 128, 4, 4, 2, 4, 16, {slow(32, 0.9), slow(33, 0.9)}},
          {"two_slow_far_apart", "dgx-h100", 256, 4, 4, 2, 8, 36, {slow(17, 0.9), slow(200, 0.85)}},
          {"two_slow_in_one_replica", "dgx-a100", 160, 4, 4, 1, 8, 16, {slow(3, 0.95), slow(43, 0.7)}},
          {"slow_on_nvlink_network", "h200-nvlink-256", 256, 8, 4, 1, 4, 16, {slow(99, 0.9)}},
          {"slow_die", "cloudmatrix384", 256, 8, 4, 1, 4, 24, {slow(17, 0.9)}},
          {"slow_ascend", "atlas-900-a2", 128, 8, 2, 1, 4, 8, {slow(77, 0.9), replicated}}};
}

std::vector<Case> mixed_fleets() {
  return {{"h100_and_h200", "dgx-h100", 128, 4, 4, 1, 4, 4, {others(64, "h200-sxm")}},
          {"h100_and_h800", "dgx-h100", 128, 8, 2, 2, 4, 4, {others(32, "h800-sxm")}},
          {"h100_and_a100_in_one_group", "dgx-h100", 64, 4, 1, 1, 2, 2, {others(8, "a100-sxm-80g")}},
          {"a100_and_a800_and_a_slow_one", "dgx-a100", 96, 4, 2, 1, 4, 12, {others(40, "a800-sxm"), slow(5, 0.9)}}};
}

std::vector<Case> broken_links() {
  return {{"weak_adapter", "dgx-h100", 64, 4, 2, 1, 4, 8, {weak_link_of_device(13, "scale_out", 0.5)}},
          {"weak_nvlink", "dgx-h100", 64, 8, 2, 1, 4, 4, {weak_link_of_device(13, "scale_up", 0.25)}},
          {"weak_node", "hgx-h800", 128, 8, 4, 1, 4, 8, {weak_links_of_node(3, "scale_out", 0.5)}},
          {"weak_node_and_slow", "dgx-a100", 128, 2, 4, 2, 4, 24, {weak_links_of_node(9, "scale_out", 0.3), slow(5, 0.9)}},
          {"weak_hccs", "atlas-900-a2", 64, 8, 2, 1, 4, 4, {weak_link_of_device(20, "scale_up", 0.5)}},
          {"weak_ub", "cloudmatrix384", 128, 8, 2, 1, 4, 4, {weak_links_of_node(2, "scale_up", 0.5)}},
          {"weak_nvlink_network", "h200-nvlink-256", 128, 8, 2, 1, 4, 4, {weak_links_of_node(5, "scale_up", 0.5)}}};
}

std::vector<Case> odd_sizes() {
  return {{"one_device", "dgx-h100", 1, 1, 1, 1, 2, 1, {}},
          {"one_node", "dgx-h100", 8, 2, 2, 1, 3, 2, {}},
          {"three_stages", "dgx-h100", 72, 4, 3, 1, 5, 3, {layers(7)}},
          {"five_nodes", "dgx-h100", 40, 8, 5, 1, 7, 5, {}},
          {"seven_replicas_over_a_leaf", "dgx-a100", 168, 4, 6, 1, 6, 30, {}},
          {"eleven_nodes_tapered", "dgx-h100", 88, 2, 4, 1, 4, 44, {leaves(4, 3.0)}},
          {"narrow_leaves", "dgx-h100", 256, 4, 4, 2, 4, 4, {leaves(4, 4.0)}},
          {"narrow_leaves_slow", "dgx-h100", 256, 8, 2, 1, 4, 12, {leaves(8, 2.0), slow(100, 0.9)}},
          {"full_cloudmatrix", "cloudmatrix384", 768, 8, 8, 1, 4, 8, {}}};
}

std::vector<Case> mixtures() {
  return {{"experts_in_a_node", "dgx-h100", 64, 1, 2, 1, 4, 2, {experts(8)}},
          {"experts_across_nodes", "dgx-h100", 64, 2, 2, 1, 4, 2, {experts(16)}},
          {"experts_interleaved", "hgx-h800", 64, 2, 4, 2, 4, 4, {experts(4, 2)}},
          {"experts_shared_by_tensor_ranks", "dgx-h100", 64, 4, 2, 1, 4, 2, {experts(8, 4), replicated}},
          {"experts_overlapped", "dgx-h200", 64, 1, 2, 1, 4, 2, {experts(16, 1, 0.5), latent()}},
          {"experts_recomputed", "dgx-a100", 64, 2, 2, 1, 4, 2, {experts(8), recompute_all()}},
          {"experts_slow", "dgx-h100", 64, 2, 2, 1, 4, 16, {experts(16), slow(21, 0.8)}},
          {"experts_weak_adapter", "dgx-h100", 64, 2, 2, 1, 4, 16, {experts(16), weak_link_of_device(13, "scale_out", 0.5)}},
          {"experts_narrow_leaves", "dgx-h100", 128, 2, 2, 1, 4, 8, {experts(16), leaves(4, 4.0)}},
          {"experts_ub", "cloudmatrix384", 128, 2, 2, 1, 4, 2, {experts(16), latent()}},
          {"experts_ascend", "atlas-900-a2", 64, 4, 2, 1, 4, 2, {experts(16)}},
          {"experts_mixed_fleet", "dgx-h100", 128, 4, 4, 1, 4, 4, {experts(8), others(64, "h200-sxm")}},
          {"context_ring", "dgx-h100", 64, 2, 2, 1, 4, 2, {context(4, ContextExchange::ring)}},
          {"context_all_to_all", "dgx-h100", 64, 2, 2, 2, 4, 2, {context(4, ContextExchange::all_to_all)}},
          {"context_and_experts", "dgx-h100", 128, 2, 2, 1, 4, 2, {context(4, ContextExchange::ring), experts(16)}},
          {"parameters_sharded", "dgx-h100", 64, 1, 1, 1, 2, 1, {sharding(Sharding::parameters)}},
          {"parameters_sharded_with_tensor", "dgx-a100", 64, 4, 2, 1, 4, 2, {sharding(Sharding::parameters)}},
          {"parameters_sharded_with_experts", "dgx-h100", 64, 1, 2, 1, 4, 2, {sharding(Sharding::parameters), experts(8)}},
          {"parameters_sharded_slow", "dgx-h100", 64, 1, 1, 1, 2, 8, {sharding(Sharding::parameters), slow(5, 0.9)}},
          {"gradients_sharded", "dgx-h100", 64, 2, 2, 2, 4, 2, {sharding(Sharding::gradients)}},
          {"hybrid_sharding", "dgx-h100", 64, 1, 1, 1, 2, 1, {sharding(Sharding::parameters), shard(8)}},
          {"hybrid_sharding_slow", "dgx-h100", 64, 2, 2, 1, 4, 16, {sharding(Sharding::optimizer), shard(4), slow(5, 0.9)}},
          {"broadcast_parameters", "dgx-h100", 32, 2, 1, 1, 2, 2, {sharding(Sharding::optimizer), broadcast_parameters}},
          {"context_slow", "dgx-h100", 64, 2, 2, 1, 4, 16, {context(8, ContextExchange::ring), slow(3, 0.9)}}};
}

std::vector<Case> every_fabric() {
  return {{"torus_3d", "dgx-h100", 64, 4, 4, 1, 4, 64, {torus({4, 4, 4})}},
          {"torus_2d_in_pods", "dgx-h100", 64, 8, 2, 2, 4, 64, {torus({4, 4})}},
          {"torus_slow", "dgx-h100", 64, 4, 2, 1, 4, 64, {torus({8, 8}), slow(9, 0.9)}},
          {"torus_weak_link", "dgx-h100", 64, 16, 2, 1, 4, 64, {torus({8, 8}), weak_link_of_device(9, "scale_up", 0.5)}},
          {"dragonfly", "dgx-h100", 128, 4, 4, 1, 4, 128, {dragonfly(4, 4, 4)}},
          {"dragonfly_slow", "hgx-h800", 64, 8, 2, 1, 4, 64, {dragonfly(8, 2, 2), slow(9, 0.9)}},
          {"planes", "hgx-h800", 128, 4, 4, 2, 4, 128, {planes(8, 4)}},
          {"planes_across", "hgx-h800", 128, 2, 2, 1, 4, 128, {planes(4, 4), weak_links_of_node(3, "scale_out", 0.5)}},
          {"planes_on_split_ports", "hgx-h800", 128, 8, 4, 1, 4, 128, {planes(4, 4, true)}},
          {"pcie_boxes", "dgx-a100", 64, 4, 2, 1, 4, 64, {pcie_boxes()}},
          {"pcie_boxes_slow", "dgx-a100", 64, 8, 2, 1, 4, 64, {pcie_boxes(), slow(9, 0.9)}}};
}

std::vector<Case> every_routing() {
  const Change fat_tree = hashed_routes(2, 3, NetworkKind::fat_tree), scattered = placed(PlacementOrder::scattered, 7);
  return {{"ecmp_rails", "dgx-h100", 128, 4, 4, 1, 4, 128, {hashed_routes(4, 7)}},
          {"ecmp_fat_tree", "dgx-h100", 128, 8, 2, 2, 4, 128, {fat_tree}},
          {"ecmp_scattered", "dgx-h100", 64, 4, 2, 1, 4, 64, {fat_tree, scattered}},
          {"ecmp_three_tiers",
           "llama3-24k",
           64,
           4,
           2,
           1,
           4,
           64,
           {fat_tree, [](TrainingRun& r) { r.cluster.networks.back().units_per_pod = 2; }}},
          {"ecmp_dead_cable", "dgx-h100", 64, 4, 2, 1, 4, 64, {fat_tree, dead_cable("leaf-2", "spine-0")}},
          {"spray_dead_cable", "dgx-h100", 64, 4, 2, 1, 4, 64, {leaves(2, 1.0), dead_cable("leaf-2", "spine-0")}}};
}

std::vector<Case> every_placement() {
  const Change by_rail = placed(PlacementOrder::by_rail);
  return {{"by_rail", "dgx-h100", 128, 4, 4, 1, 4, 8, {by_rail}},
          {"by_rail_tapered", "dgx-a100", 160, 4, 4, 2, 4, 160, {by_rail, leaves(5, 2.0)}},
          {"by_rail_planes", "h800-mpft", 128, 8, 2, 1, 4, 16, {by_rail}},
          {"by_rail_dies", "cloudmatrix384", 128, 8, 2, 1, 4, 128, {by_rail}},
          {"scattered", "dgx-h100", 64, 4, 2, 1, 4, 64, {placed(PlacementOrder::scattered, 7)}},
          {"scattered_tapered", "dgx-h100", 64, 2, 4, 1, 4, 64, {placed(PlacementOrder::scattered, 3), leaves(2, 2.0)}},
          {"scattered_planes", "h800-mpft", 64, 8, 2, 1, 4, 64, {placed(PlacementOrder::scattered, 7)}},
          {"scattered_torus", "dgx-h100", 64, 8, 2, 1, 4, 64, {placed(PlacementOrder::scattered, 1), torus({4, 4, 4})}},
          {"scattered_dragonfly", "dgx-h100", 64, 4, 2, 1, 4, 64, {placed(PlacementOrder::scattered, 1), dragonfly(4, 2, 4)}},
          {"listed", "dgx-h100", 128, 8, 4, 1, 4, 128, {placed_alternately(), leaves(2, 2.0)}}};
}

std::vector<Case> large() {
  return {{"large_1024", "dgx-h100", 1024, 2, 4, 1, 4, 4, {}},
          {"large_1024_slow", "dgx-h100", 1024, 2, 4, 1, 4, 24, {slow(17, 0.9)}},
          {"large_1024_weak_node", "dgx-h200", 1024, 8, 4, 2, 4, 8, {weak_links_of_node(77, "scale_out", 0.5)}},
          {"large_1280_a100", "dgx-a100", 1280, 8, 8, 1, 8, 8, {replicated}},
          {"large_1536_atlas", "atlas-900-a2", 1536, 8, 4, 1, 4, 12, {}},
          {"large_2048_mixed", "dgx-h100", 2048, 8, 8, 1, 8, 8, {others(1024, "h200-sxm")}},
          {"large_4096", "dgx-h100", 4096, 8, 8, 1, 8, 8, {}},
          {"large_4096_slow", "dgx-h100", 4096, 8, 4, 1, 2, 24, {slow(2000, 0.9)}}};
}

std::string name_of_case(const testing::TestParamInfo<Case>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Clusters, FoldExactness, testing::ValuesIn(every_cluster()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Schedules, FoldExactness, testing::ValuesIn(every_schedule()), name_of_case);
INSTANTIATE_TEST_SUITE_P(SplitBackward, FoldExactness, testing::ValuesIn(split_backward()), name_of_case);
INSTANTIATE_TEST_SUITE_P(TensorAcrossNodes, FoldExactness, testing::ValuesIn(tensor_across_nodes()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Stragglers, FoldExactness, testing::ValuesIn(stragglers()), name_of_case);
INSTANTIATE_TEST_SUITE_P(MixedFleets, FoldExactness, testing::ValuesIn(mixed_fleets()), name_of_case);
INSTANTIATE_TEST_SUITE_P(BrokenLinks, FoldExactness, testing::ValuesIn(broken_links()), name_of_case);
INSTANTIATE_TEST_SUITE_P(OddSizes, FoldExactness, testing::ValuesIn(odd_sizes()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Mixtures, FoldExactness, testing::ValuesIn(mixtures()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Fabrics, FoldExactness, testing::ValuesIn(every_fabric()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Routings, FoldExactness, testing::ValuesIn(every_routing()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Placements, FoldExactness, testing::ValuesIn(every_placement()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Large, FoldExactness, testing::ValuesIn(large()), name_of_case);

// With tensor groups of one class most of a folded run is replayed; with every rank its own class nothing is.
TEST(FoldExactnessOfReplay, MostOfALongStepIsReplayedAndNothingChanges) {
  for (const char* cluster : {"dgx-h200", "h200-nvlink-256", "cloudmatrix384"}) {
    TrainingRun r = run(cluster, 64, 8, 4, 2, 24);
    r.plan.model.layers = 8;
    r.plan.software.tensor_overlap = 0.5;
    const Result folded = r.result(true), whole = r.result(false);
    EXPECT_TRUE(population(folded) == population(whole)) << cluster;
    EXPECT_GT(folded.stats.replayed, folded.stats.events / 2) << cluster;
    EXPECT_EQ(whole.stats.replayed, 0U) << cluster;
  }
}

}  // namespace
}  // namespace headway
