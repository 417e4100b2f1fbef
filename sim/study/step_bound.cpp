#include "study/step_bound.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "collective/collective.h"
#include "hardware/kernel_cost.h"
#include "simulate/pricing.h"
#include "training/buckets.h"
#include "training/optimizer_kernels.h"
#include "training/pass_script.h"
#include "training/pass_template.h"
#include "training/placement.h"

namespace headway {

namespace {

// Forward and backward of a part, and what of it has to run on a stage for every microbatch.
struct PartTime {
  Seconds forward, backward;
};

std::vector<Seconds> prefix_sums(const std::vector<PartTime>& parts, Seconds PartTime::*time) {
  std::vector<Seconds> sums(parts.size() + 1);
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i + 1] = sums[i] + parts[i].*time;
  return sums;
}

// The first device and every `distance`-th after it.
std::vector<DeviceIndex> at_distance(int ranks, int distance) {
  std::vector<DeviceIndex> members;
  for (int i = 0; i < ranks; ++i) members.push_back(static_cast<DeviceIndex>(i * distance));
  return members;
}

bool runs_pairs(Schedule schedule) { return schedule == Schedule::dualpipe || schedule == Schedule::dualpipe_v; }

}  // namespace

StepBound::Cost& StepBound::Cost::operator+=(const Cost& other) {
  kernels += other.kernels;
  launches += other.launches;
  blocked += other.blocked;
  beside += other.beside;
  return *this;
}

StepBound::StepBound(const Cluster& cluster, const Fabric& fabric) : cluster_(cluster), fabric_(fabric) {
  alike_ = cluster.groups.size() == 1 && cluster.slow_devices.empty() && cluster.link_faults.empty();
  borders_.push_back(cluster.devices_per_node);
  for (const NetworkSpec& network : cluster.networks) {
    if (network.domain > 0) borders_.push_back(network.domain);
    if (network.node > 0) borders_.push_back(network.node);
    if (network.unit_nodes > 0) borders_.push_back(network.unit_nodes * cluster.devices_per_node);
    alike_ = alike_ && network.routing == Routing::spray && network.kind != NetworkKind::torus &&
             network.kind != NetworkKind::dragonfly && network.kind != NetworkKind::pcie;
  }
}

// Blocks of so many neighbours lie alike on the links, wherever they begin at a multiple of their size.
bool StepBound::congruent(int ranks) const {
  return alike_ &&
         std::all_of(borders_.begin(), borders_.end(), [&](int border) { return border % ranks == 0 || ranks % border == 0; });
}

Seconds StepBound::alone(const CollectiveCall& call, const std::vector<DeviceIndex>& members) const {
  const Geometry geometry = geometry_of(members, fabric_);
  const CollectiveCost cost = choose_collective(call.kind, call.bytes, members, geometry, fabric_, {}, call.routing);
  std::vector<LinkLoad> loads;
  collective_loads(call.kind, cost.choice, members, geometry, fabric_, loads, call.routing);
  const Seconds moving = alone_time(call.bytes, cost, loads, fabric_) - cost.latency;
  return cost.latency + moving / call.efficiency;
}

// The first group of a dimension: neighbours at a distance, which lie in a block of ranks that begins with them.
Seconds StepBound::taken_by(const LayerCall& call, double share, const TrainingPlan& plan) const {
  if (share <= 0 || plan.placement.order != PlacementOrder::packed) return Seconds(0);
  const Layout& layout = plan.layout;
  int ranks = 0, distance = 1;
  switch (call.dimension) {
    case Dimension::tensor: ranks = layout.tensor; break;
    case Dimension::context: ranks = layout.context, distance = layout.tensor; break;
    case Dimension::expert: ranks = layout.expert, distance = layout.expert_tensor; break;
    case Dimension::expert_tensor: ranks = layout.expert_tensor; break;
    default: return Seconds(0);
  }
  if (ranks < 2 || !congruent(ranks * distance)) return Seconds(0);
  return alone(collective_call(call, share, plan.software), at_distance(ranks, distance));
}

StepBound::Cost StepBound::cost_of(const Script& script, const TrainingPlan& plan) const {
  Cost cost;
  bool begun = false;  // what runs beside the first kernels of a pass may begin before them
  for (std::size_t i = 0; i < script.size(); ++i) {
    const Step& step = script[i];
    cost.blocked += step.host;
    if (step.call) cost.blocked += taken_by(*step.call, 1 - step.call->hidden, plan);
    Seconds kernels;
    for (const Kernel& kernel : step.kernels) {
      Seconds fastest(std::numeric_limits<double>::infinity());
      for (const DeviceGroup& group : cluster_.groups)
        fastest = std::min(fastest, kernel_cost(kernel, group.device, attention_on(group.device, plan.software)).time);
      kernels += fastest / speed_;
      cost.launches += kernel.launches * kernel.repeat * plan.software.host_per_kernel;
    }
    if (begun && !step.kernels.empty()) {
      const auto beside = [&](const Step& other, Beside side) {
        return other.call && other.call->beside == side ? taken_by(*other.call, other.call->hidden, plan) : Seconds(0);
      };
      const Seconds before = beside(script[i - 1], Beside::following);
      const Seconds after = i + 1 < script.size() ? beside(script[i + 1], Beside::preceding) : Seconds(0);
      cost.beside += std::max(std::max(before, after) - kernels, Seconds(0));
    }
    cost.kernels += kernels;
    begun = begun || step.call || !step.kernels.empty();
  }
  return cost;
}

StepBound::Passes StepBound::passes_of(const TrainingPlan& plan, const Chunk& chunk) const {
  const HeldParameters held = chunk_parameters(plan, chunk);
  return {cost_of(pass_script(plan, chunk, {PassKind::forward}), plan),
          cost_of(pass_script(plan, chunk, {PassKind::backward}), plan), held.common, held.expert};
}

const StepBound::Pieces& StepBound::pieces_of(const TrainingPlan& plan) {
  const Layout& layout = plan.layout;
  const auto [at, fresh] = pieces_.try_emplace(Shape{layout.tensor, layout.context, layout.expert, layout.expert_tensor,
                                                     plan.microbatch, layout.sequence, plan.recompute.modules});
  if (!fresh) return at->second;
  speed_ = 1 / (1 + plan.software.rank_spread * std::max(0.0, std::log2(cluster_.devices() / 8.0)));
  Pieces& pieces = at->second;
  for (int layer = 0; layer < plan.model.layers; ++layer)
    if (const LayerKind kind = layer_kind(plan.model, layer); !pieces.layers.contains(kind))
      pieces.layers[kind] = passes_of(plan, {{kind}});
  pieces.embedding = passes_of(plan, {{}, true, false});
  pieces.head = passes_of(plan, {{}, false, true});
  return pieces;
}

StepBound::Passes StepBound::part_of(const Chunk& chunk, const Pieces& pieces) const {
  Passes sum;
  const auto add = [&](const Passes& piece, double count) {
    sum.forward += count * piece.forward;
    sum.backward += count * piece.backward;
    sum.parameters += count * piece.parameters;
    sum.expert_parameters += count * piece.expert_parameters;
  };
  for (const auto& [kind, passes] : pieces.layers)
    add(passes, static_cast<double>(std::count(chunk.layers.begin(), chunk.layers.end(), kind)));
  if (chunk.embedding) add(pieces.embedding, 1);
  if (chunk.head) add(pieces.head, 1);
  return sum;
}

const StageSplit& StepBound::split_of(const TrainingPlan& plan) {
  const Layout& layout = plan.layout;
  const auto [at, fresh] = splits_.try_emplace({plan.schedule, layout.pipeline, layout.virtual_stages});
  if (fresh) at->second = split_layers(plan);
  return at->second;
}

namespace {

CollectiveKind reduction_of(const TrainingPlan& plan) {
  return plan.sharding == Sharding::none ? CollectiveKind::all_reduce : CollectiveKind::reduce_scatter;
}

bool reduces_beside_passes(const TrainingPlan& plan) {
  return plan.software.overlap_gradient_reduction || plan.sharding >= Sharding::gradients;
}

}  // namespace

// Of the first data group of the first stage.
Seconds StepBound::alone_in_data_group(const TrainingPlan& plan, CollectiveKind kind, double parameters, bool of_experts) {
  const Layout& layout = plan.layout;
  const int ranks = of_experts ? layout.expert_data() : layout.data * layout.context;
  const int distance = of_experts ? layout.expert * layout.expert_tensor : layout.tensor;
  const bool placed_so = layout.shard == 0 && plan.placement.order == PlacementOrder::packed;
  if (ranks < 2 || parameters <= 0 || !placed_so) return Seconds(0);
  const NumberFormat wire = kind == CollectiveKind::all_gather ? plan.recipe.parameter_wire : plan.recipe.gradient_wire;
  const Bytes bytes = parameters * element_size(wire);
  const auto [at, fresh] = alone_.try_emplace({kind, bytes.value(), ranks, distance});
  if (!fresh) return at->second;
  return at->second = alone({"", Dimension::data, kind, bytes, plan.software.data_efficiency}, at_distance(ranks, distance));
}

Seconds StepBound::reduction(const TrainingPlan& plan, double parameters) {
  return reduces_beside_passes(plan) ? Seconds(0) : alone_in_data_group(plan, reduction_of(plan), parameters, false);
}

// With sharded parameters, every pass gathers its layers one by one, and every backward pass reduces them. The embedding travels with
// the first, the head with the last (training/buckets.h).
Seconds StepBound::beside_passes(const TrainingPlan& plan, const std::vector<Chunk>& stage, const Pieces& pieces,
                                 double microbatches) {
  const auto moved = [&](CollectiveKind kind, const Passes& of) {
    return alone_in_data_group(plan, kind, of.parameters, false) + alone_in_data_group(plan, kind, of.expert_parameters, true);
  };
  const auto add = [](Passes& to, const Passes& more) {
    to.parameters += more.parameters;
    to.expert_parameters += more.expert_parameters;
  };
  Seconds gathered, reduced;  // in one pass of each part
  Passes all;
  for (const Chunk& chunk : stage)
    for (std::size_t i = 0; i < chunk.layers.size(); ++i) {
      Passes bucket = pieces.layers.at(chunk.layers[i]);
      if (chunk.embedding && i == 0) add(bucket, pieces.embedding);
      if (chunk.head && i + 1 == chunk.layers.size()) add(bucket, pieces.head);
      add(all, bucket);
      if (plan.sharding != Sharding::parameters) continue;
      gathered += moved(CollectiveKind::all_gather, bucket);
      reduced += moved(CollectiveKind::reduce_scatter, bucket);
    }
  if (plan.sharding == Sharding::parameters) return microbatches * (2 * gathered + reduced);
  Seconds sum;
  if (plan.sharding != Sharding::none && plan.software.overlap_parameter_gather) sum += moved(CollectiveKind::all_gather, all);
  if (reduces_beside_passes(plan))
    sum += (plan.sharding >= Sharding::gradients ? microbatches : 1) * moved(reduction_of(plan), all);
  return sum;
}

Seconds StepBound::of(const TrainingPlan& plan) {
  const Layout& layout = plan.layout;
  const Pieces& pieces = pieces_of(plan);
  const StageSplit& split = split_of(plan);
  const Placement placement(plan);
  const bool pairs = runs_pairs(plan.schedule), one_way = plan.schedule <= Schedule::interleaved;
  const double microbatches = plan.microbatches() / static_cast<double>(placement.copies());

  std::vector<PartTime> parts(static_cast<std::size_t>(placement.parts()));
  std::vector<Cost> work(split.size());
  double least_parameters = std::numeric_limits<double>::infinity(), first_parameters = 0;
  for (std::size_t s = 0; s < split.size(); ++s) {
    double parameters = 0;
    for (std::size_t c = 0; c < split[s].size(); ++c) {
      Passes part = part_of(split[s][c], pieces);
      if (pairs) part.forward.blocked = part.backward.blocked = Seconds(0);   // beside another pass
      if (!one_way) part.forward.beside = part.backward.beside = Seconds(0);  // or other kernels
      parts[static_cast<std::size_t>(placement.part({static_cast<int>(s), static_cast<int>(c)}))] = {part.forward.least(),
                                                                                                     part.backward.least()};
      work[s] += microbatches * part.forward;
      work[s] += microbatches * part.backward;
      const bool sharded = plan.sharding != Sharding::none;
      parameters += part.parameters / (sharded ? layout.data * layout.context * placement.copies() : 1);
      parameters += part.expert_parameters / (sharded ? layout.expert_data() * placement.copies() : 1);
      if (s == 0) first_parameters += part.parameters;
    }
    least_parameters = std::min(least_parameters, parameters);
  }
  const std::vector<Seconds> fill = prefix_sums(parts, &PartTime::forward), drain = prefix_sums(parts, &PartTime::backward);
  const Seconds gaps = 2 * microbatches * static_cast<double>(split.front().size()) * plan.software.host_per_microbatch;

  Seconds longest;
  for (std::size_t s = 0; s < split.size(); ++s) {
    const Seconds before = placement.copies() > 1 ? std::min(fill[s], fill[split.size() - 1 - s]) : fill[s];
    longest = std::max(longest, before + work[s].least() + gaps + (one_way ? drain[s] : Seconds(0)));
  }
  longest = std::max(longest, work.front().least() + gaps + reduction(plan, first_parameters));
  if (!pairs && placement.copies() == 1) longest = std::max(longest, beside_passes(plan, split.front(), pieces, microbatches));
  Seconds adam(std::numeric_limits<double>::infinity());
  for (const DeviceGroup& group : cluster_.groups) {
    Seconds here;
    for (const Kernel& kernel : adam_kernels(plan.recipe, least_parameters, least_parameters))
      here += kernel_cost(kernel, group.device, attention_on(group.device, plan.software)).time;
    adam = std::min(adam, here);
  }
  return longest + adam / speed_ + plan.software.host_per_step;
}

}  // namespace headway
