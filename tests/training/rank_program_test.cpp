#include "training/rank_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "training/buckets.h"
#include "training/pass_script.h"
#include "world.h"

namespace headway {
namespace {

using testing::ElementsAre;

constexpr double kTiny = 1e-9;

// ---- reading programs

// An op where it was laid down.
struct LaidOp : Op {
  std::int32_t tag = 0, pass = -1;
  std::vector<std::size_t> waits;
};

std::vector<LaidOp> laid_ops(const RankProgram& program) {
  std::vector<LaidOp> all;
  auto link = program.ops.links.begin();
  for (std::size_t p = 0; p < program.ops.pieces.size(); ++p) {
    const Piece& piece = program.ops.pieces[p];
    const Block<Op>& block = program.ops.blocks[piece.block];
    for (std::uint32_t i = 0; i < block.operations.size(); ++i) {
      LaidOp op{block.operations[i], static_cast<std::int32_t>(piece.tag + i), program.pass_of[p], {}};
      for (std::uint32_t e = block.after_offset[i]; e < block.after_offset[i + 1]; ++e)
        op.waits.push_back(piece.first + block.after[e]);
      for (; link != program.ops.links.end() && link->to == piece.first + i; ++link) op.waits.push_back(link->from);
      all.push_back(op);
    }
  }
  return all;
}

double flops(const RankProgram& program) {
  double sum = 0;
  for (const LaidOp& op : laid_ops(program))
    if (!op.collective)
      for (const Kernel& kernel : program.segments[op.what].kernels) sum += matrix_flops(kernel).value();
  return sum;
}

// Of all ranks: the stages' programs stand for tensor x data ranks each.
double flops(const TrainingPlan& plan) {
  double sum = 0;
  for (const RankProgram& program : build_programs(plan)) sum += flops(program);
  return sum * plan.layout.tensor * plan.layout.data;
}

double bytes(const RankProgram& program, Dimension dimension, CollectiveKind kind) {
  double sum = 0;
  for (const LaidOp& op : laid_ops(program))
    if (op.collective && program.calls[op.what].dimension == dimension && program.calls[op.what].kind == kind)
      sum += program.calls[op.what].bytes.value();
  return sum;
}

std::string name(const RankProgram& program, const Op& op) {
  return op.collective ? program.calls[op.what].name : program.segments[op.what].name;
}

// The ops of one pass without its messages, one per line; "| " marks an op beside the compute stream.
std::vector<std::string> picture(const RankProgram& program, int pass) {
  std::vector<std::string> lines;
  for (const LaidOp& op : laid_ops(program))
    if (op.pass == pass && !(op.collective && program.calls[op.what].kind == CollectiveKind::send_receive))
      lines.push_back((op.stream == Stream::compute ? "" : "| ") + name(program, op));
  return lines;
}

std::vector<std::size_t> waits(const RankProgram& program, std::size_t op) { return laid_ops(program).at(op).waits; }

Dimension other_side(Dimension dimension) {
  switch (dimension) {
    case Dimension::to_next: return Dimension::from_previous;
    case Dimension::to_previous: return Dimension::from_next;
    case Dimension::up_to_previous: return Dimension::up_from_next;
    case Dimension::up_to_next: return Dimension::up_from_previous;
    default: return dimension;
  }
}

// ---- order of a layer

TEST(RankProgram, LayerWithoutParallelismIsTwoSegments) {
  const RankProgram p = build_programs(world::plan(world::llama_8b(), {}, 2)).front();
  EXPECT_THAT(picture(p, 0), ElementsAre("embedding .. loss"));
  EXPECT_THAT(picture(p, 1), ElementsAre("loss_grad .. embedding_grad_accumulate"));
  const KernelList& forward = p.segments[laid_ops(p)[0].what].kernels;
  EXPECT_EQ(forward[2].label, "qkv");
  EXPECT_EQ(forward[2].repeat, 32);
}

TEST(RankProgram, SequenceParallelLayer) {
  const TrainingPlan plan = world::plan(world::llama(2, 4096, 14336, 32, 8), {.tensor = 4, .pipeline = 2, .sequence = true}, 2);
  const RankProgram p = build_programs(plan)[1];
  // receive, then norm [AG] qkv .. projection [RS] residual, norm [AG] up .. down [RS] residual, final norm [AG] logits, loss
  EXPECT_THAT(picture(p, 0), ElementsAre("attention_norm", "tensor all_gather", "qkv .. projection", "tensor reduce_scatter",
                                         "attention_residual .. mlp_norm", "tensor all_gather", "mlp_up .. mlp_down",
                                         "tensor reduce_scatter", "mlp_residual .. final_norm", "tensor all_gather",
                                         "logits .. loss", "tensor all_reduce", "tensor all_reduce"));
  EXPECT_THAT(picture(p, 1),
              ElementsAre("loss_grad", "tensor all_gather", "logits_dgrad", "tensor reduce_scatter",
                          "logits_wgrad .. final_norm_grad", "tensor all_gather", "mlp_down_dgrad .. activation_grad",
                          "tensor all_gather", "mlp_up_dgrad", "tensor reduce_scatter", "mlp_up_wgrad .. mlp_norm_grad",
                          "tensor all_gather", "projection_dgrad .. rotary_grad", "tensor all_gather", "qkv_dgrad",
                          "tensor reduce_scatter", "qkv_wgrad .. attention_norm_grad"));
}

TEST(RankProgram, DataGradientAllReduceRunsUnderTheWeightGradient) {
  TrainingPlan plan = world::plan(world::llama(2, 4096, 14336, 32, 8), {.tensor = 4, .pipeline = 2}, 1);
  plan.software.overlap_tensor_gradient = true;
  const RankProgram p = build_programs(plan)[0];
  EXPECT_THAT(picture(p, 1),
              ElementsAre("mlp_down_dgrad .. mlp_up_dgrad", "| tensor all_reduce", "mlp_up_wgrad", "mlp_norm_grad .. qkv_dgrad",
                          "| tensor all_reduce", "qkv_wgrad", "attention_norm_grad .. embedding_grad_accumulate"));
  const std::vector<LaidOp> ops = laid_ops(p);
  const auto norm = static_cast<std::size_t>(
      std::find_if(ops.begin(), ops.end(),
                   [&](const LaidOp& op) { return op.pass == 1 && name(p, op) == "mlp_norm_grad .. qkv_dgrad"; }) -
      ops.begin());
  EXPECT_THAT(waits(p, norm), ElementsAre(norm - 2));  // the all-reduce; the weight gradient is before it in its own stream
  EXPECT_THAT(waits(p, norm - 2), ElementsAre(norm - 3));
}

// Half of each collective hides: a gather under the product it feeds, a reduction under the product it drains.
TEST(RankProgram, TensorOverlapSplitsACollective) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.tensor = 4, .pipeline = 4, .sequence = true}, 1);
  const double without = bytes(build_programs(plan)[1], Dimension::tensor, CollectiveKind::all_gather);
  plan.software.tensor_overlap = 0.5;
  const RankProgram p = build_programs(plan)[1];
  EXPECT_THAT(picture(p, 0),
              ElementsAre("attention_norm", "tensor all_gather", "| tensor all_gather", "qkv", "rotary .. attention",
                          "projection", "| tensor reduce_scatter", "tensor reduce_scatter", "attention_residual .. mlp_norm",
                          "tensor all_gather", "| tensor all_gather", "mlp_up", "activation", "mlp_down",
                          "| tensor reduce_scatter", "tensor reduce_scatter", "mlp_residual"));
  EXPECT_NEAR(bytes(p, Dimension::tensor, CollectiveKind::all_gather) / without, 1, kTiny);
}

// ---- arithmetic

// Forward and backward products are 6 N tokens; fused attention runs 1 + 2.5 times its forward where the model counts 3.
double expected_flops(const TrainingPlan& plan) {
  const double attention = 6.0 * plan.model.layers * plan.model.heads * plan.model.head_dim * plan.sequence;
  const double run = plan.software.fused_attention() ? 7.0 / 6.0 : 2.0;  // unfused: the whole square of scores
  return plan.tokens_per_step() * (6 * matrix_parameters(plan.model) + run * attention);
}

TEST(RankProgram, GemmFlopsAreTheModels) {
  for (const world::Degrees degrees : {world::Degrees{},
                                       {.tensor = 8},
                                       {.tensor = 4, .pipeline = 4, .sequence = true},
                                       {.tensor = 2, .pipeline = 2, .virtual_stages = 4, .data = 2, .sequence = true}}) {
    TrainingPlan plan = world::plan(world::llama(16, 4096, 14336, 32, 8, 131072), degrees, 8);
    EXPECT_NEAR(flops(plan) / expected_flops(plan), 1, kTiny);
    plan.software.attention = {"unfused"};
    EXPECT_NEAR(flops(plan) / expected_flops(plan), 1, kTiny);
    plan.software.tensor_overlap = 0.6;
    plan.software.overlap_tensor_gradient = plan.software.overlap_gradient_reduction = true;
    EXPECT_NEAR(flops(plan) / expected_flops(plan), 1, kTiny);
  }
}

TEST(RankProgram, FullRecomputationRunsTheLayersForwardAgain) {
  TrainingPlan plan = world::plan(world::gpt(8, 2048, 16), {.tensor = 2, .pipeline = 2}, 4);
  const double before = flops(plan);
  plan.recompute.modules = {RecomputeModule::layer};
  const double layer_matrices = matrix_parameters(plan.model) - 51200.0 * 2048;
  const double attention_forward = 2.0 * 8 * 2048 * 2048;
  EXPECT_NEAR((flops(plan) - before) / (plan.tokens_per_step() * (2 * layer_matrices + attention_forward)), 1, kTiny);
}

TEST(RankProgram, SelectiveRecomputationRunsTheAttentionCoreAgain) {
  TrainingPlan plan = world::plan(world::gpt(8, 2048, 16), {.tensor = 2, .sequence = true}, 4);
  const RankProgram before = build_programs(plan).front();
  plan.recompute.modules = {RecomputeModule::attention_core};
  const RankProgram after = build_programs(plan).front();
  EXPECT_NEAR((flops(after) - flops(before)) * 2 / (plan.tokens_per_step() * 2.0 * 8 * 2048 * 2048), 1, kTiny);
  EXPECT_EQ(bytes(after, Dimension::tensor, CollectiveKind::all_gather),
            bytes(before, Dimension::tensor, CollectiveKind::all_gather));
}

// ---- backward passes in halves

// Kernels of a script by label, and how often.
std::map<std::string_view, double> counted(const Script& script) {
  std::map<std::string_view, double> count;
  for (const Step& step : script)
    for (const Kernel& kernel : step.kernels) count[kernel.label] += kernel.repeat;
  return count;
}

double collective_bytes(const Script& script) {
  double sum = 0;
  for (const Step& step : script)
    if (step.call) sum += step.call->bytes.value();
  return sum;
}

TEST(RankProgram, TheHalvesOfABackwardPassAreTheWhole) {
  for (Model model :
       {world::gpt(4, 2048, 16), world::llama(4, 4096, 14336, 32, 8), world::mixtral_8x7b(), world::deepseek_v3()}) {
    model.layers = 4;
    for (const RecomputeModule again : {RecomputeModule::norm, RecomputeModule::layer}) {
      TrainingPlan plan = world::plan(model, {.tensor = 2, .sequence = true}, 2);
      plan.recompute.modules = {again};
      plan.software.tensor_overlap = 0.5;
      plan.software.overlap_tensor_gradient = plan.software.overlap_shared_expert = true;
      const Chunk chunk = split_layers(plan).front().front();
      const Script whole = pass_script(plan, chunk, {PassKind::backward, false, true});
      const Script first = pass_script(plan, chunk, {PassKind::input_gradient, false, true});
      const Script second = pass_script(plan, chunk, {PassKind::weight_gradient, false, true});
      auto sum = counted(first);
      for (const auto& [label, times] : counted(second)) sum[label] += times;
      EXPECT_EQ(sum, counted(whole));
      EXPECT_EQ(collective_bytes(first), collective_bytes(whole));
      EXPECT_EQ(collective_bytes(second), 0);
      for (const auto& [label, times] : counted(second))
        EXPECT_TRUE(label.find("grad") != label.npos && label.find("dgrad") == label.npos) << label;
      for (const auto& [label, times] : counted(first)) EXPECT_EQ(label.find("wgrad"), label.npos) << label;
      for (const Step& step : first) EXPECT_NE(step.border, BucketBorder::gradients_complete);
    }
  }
}

// What ran beside a weight gradient has nothing to run beside.
TEST(RankProgram, AReductionBlocksWhereTheWeightGradientComesLater) {
  TrainingPlan plan = world::plan(world::llama(2, 4096, 14336, 32, 8), {.tensor = 4, .pipeline = 2}, 1);
  plan.schedule = Schedule::zero_bubble;
  plan.software.overlap_tensor_gradient = true;
  const RankProgram p = build_programs(plan)[0];
  EXPECT_THAT(picture(p, 1), ElementsAre("mlp_down_dgrad .. mlp_up_dgrad", "tensor all_reduce", "mlp_norm_grad .. qkv_dgrad",
                                         "tensor all_reduce", "attention_norm_grad"));
  EXPECT_THAT(picture(p, 2), ElementsAre("mlp_down_wgrad .. embedding_grad_accumulate"));
}

// Gradients leave when the last weight gradient of their bucket is made.
TEST(RankProgram, GradientsLeaveAfterTheSecondHalf) {
  TrainingPlan plan = world::plan(world::llama_8b(), {.pipeline = 2, .data = 4}, 4);
  plan.schedule = Schedule::zero_bubble;
  plan.software.overlap_gradient_reduction = true;
  double reduced = 0;
  for (const RankProgram& p : build_programs(plan)) {
    reduced += bytes(p, Dimension::data, CollectiveKind::all_reduce);
    for (const LaidOp& op : laid_ops(p))
      if (op.stream == Stream::data) {
        EXPECT_EQ(p.passes[static_cast<std::size_t>(op.pass)], (Pass{PassKind::weight_gradient, 0, 3}));
      }
  }
  EXPECT_NEAR(reduced / (4 * total_parameters(plan.model)), 1, kTiny);
}

// ---- pairs of passes

// The exchange of one runs while the other computes: F of one chunk, B of the other.
TEST(RankProgram, AForwardAndABackwardRunInterleaved) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.pipeline = 4, .data = 8}, 8);
  plan.model.experts = Experts{.count = 8, .top_k = 2, .ffn = 2048};
  plan.layout.expert = 8;
  plan.schedule = Schedule::dualpipe;
  const RankProgram p = build_programs(plan)[1];
  const auto pair = static_cast<int>(
      std::find_if(p.passes.begin(), p.passes.end(), [](const Pass& pass) { return pass.with_next; }) - p.passes.begin());
  EXPECT_THAT(picture(p, pair), ElementsAre("attention_norm .. permute", "| expert all_to_all",  // F
                                            "unpermute_grad", "| expert all_to_all",             // B
                                            "experts_up .. experts_down", "| expert all_to_all",
                                            "experts_down_dgrad .. experts_up_wgrad", "| expert all_to_all",  //
                                            "unpermute .. mlp_residual",                                      //
                                            "permute_grad .. attention_norm_grad"));
}

// Both stages of a pair hold the same two parts, twice the parameters, and sum the shards of their gradients.
TEST(RankProgram, CopiesSumTheirGradients) {
  TrainingPlan plan = world::plan(world::llama(8, 4096, 14336, 32, 8), {.pipeline = 4, .data = 4}, 8);
  plan.schedule = Schedule::dualpipe;
  for (const Sharding sharding : {Sharding::none, Sharding::optimizer}) {
    plan.sharding = sharding;
    double summed = 0, returned = 0;
    for (const RankProgram& p : build_programs(plan)) {
      summed +=
          bytes(p, Dimension::copy, sharding == Sharding::none ? CollectiveKind::all_reduce : CollectiveKind::reduce_scatter);
      returned += bytes(p, Dimension::copy, CollectiveKind::all_gather);
    }
    const double shards = sharding == Sharding::none ? 1 : 4;
    EXPECT_NEAR(summed / (2 * 4 * total_parameters(plan.model) / shards), 1, kTiny);
    EXPECT_NEAR(returned / (2 * 2 * total_parameters(plan.model) / shards), sharding == Sharding::none ? 0 : 1, kTiny);
  }
}

// ---- traffic

// Per layer and microbatch: forward 2 [AG], 2 [RS]; backward 2 [AG] of output gradients, 2 [AG] of inputs, 2 [RS].
TEST(RankProgram, TensorTrafficOfALayer) {
  TrainingPlan plan = world::plan(world::llama(8, 4096, 14336, 32, 8), {.tensor = 4, .pipeline = 4, .sequence = true}, 3);
  const double activation = 2048.0 * 4096 * 2;
  const RankProgram middle = build_programs(plan)[1];
  EXPECT_NEAR(bytes(middle, Dimension::tensor, CollectiveKind::all_gather), 2 * 3 * 6 * activation, 1);
  EXPECT_NEAR(bytes(middle, Dimension::tensor, CollectiveKind::reduce_scatter), 2 * 3 * 4 * activation, 1);
  plan.layout.sequence = false;
  EXPECT_NEAR(bytes(build_programs(plan)[1], Dimension::tensor, CollectiveKind::all_reduce), 2 * 3 * 4 * activation, 1);
  plan.recompute.modules = {RecomputeModule::layer};
  EXPECT_NEAR(bytes(build_programs(plan)[1], Dimension::tensor, CollectiveKind::all_reduce), 2 * 3 * 6 * activation, 1);
}

TEST(RankProgram, DataTrafficIsEveryParameterOnceOverlappedOrNot) {
  TrainingPlan plan = world::plan(world::llama_8b(), {.pipeline = 2, .virtual_stages = 2, .data = 4}, 4);
  for (const bool overlap : {false, true}) {
    plan.software.overlap_gradient_reduction = plan.software.overlap_parameter_gather = overlap;
    plan.sharding = Sharding::optimizer;
    double reduced = 0, gathered = 0;
    for (const RankProgram& p : build_programs(plan)) {
      reduced += bytes(p, Dimension::data, CollectiveKind::reduce_scatter);
      gathered += bytes(p, Dimension::data, CollectiveKind::all_gather);
    }
    EXPECT_NEAR(reduced / (4 * total_parameters(plan.model)), 1, kTiny);
    EXPECT_NEAR(gathered / (2 * total_parameters(plan.model)), 1, kTiny);
    plan.sharding = Sharding::none;
    EXPECT_GT(bytes(build_programs(plan)[0], Dimension::data, CollectiveKind::all_reduce), 0);
  }
}

TEST(RankProgram, FirstForwardWaitsForItsParameters) {
  TrainingPlan plan = world::plan(world::llama_8b(), {.data = 8}, 2);
  plan.sharding = Sharding::optimizer;
  plan.software.overlap_parameter_gather = true;
  const RankProgram p = build_programs(plan).front();
  const std::size_t buckets = chunk_buckets(plan, split_layers(plan)[0][0]).size();
  EXPECT_EQ(buckets, 32U);
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    EXPECT_EQ(laid_ops(p)[bucket].stream, Stream::data);
    EXPECT_THAT(waits(p, buckets + bucket), ElementsAre(bucket));  // one forward segment per bucket
  }
}

// ZeRO-3: every parameter is gathered before its forward and again before its backward, its gradient reduced after each microbatch.
TEST(RankProgram, ShardedParametersComeAndGoWithEveryPass) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.data = 8}, 3);
  plan.sharding = Sharding::parameters;
  const RankProgram p = build_programs(plan).front();
  const double parameters = total_parameters(plan.model);
  EXPECT_NEAR(bytes(p, Dimension::data, CollectiveKind::all_gather) / (3 * 2 * 2 * parameters), 1, kTiny);
  EXPECT_NEAR(bytes(p, Dimension::data, CollectiveKind::reduce_scatter) / (3 * 4 * parameters), 1, kTiny);
  // The second layer's parameters travel beside the first layer; the third's wait for the first to be done with its own.
  EXPECT_THAT(picture(p, 0), ElementsAre("| data all_gather", "| data all_gather", "embedding .. mlp_residual",
                                         "| data all_gather", "attention_norm .. mlp_residual", "| data all_gather",
                                         "attention_norm .. mlp_residual", "attention_norm .. loss"));
  EXPECT_THAT(picture(p, 1),
              ElementsAre("| data all_gather", "| data all_gather", "loss_grad .. attention_norm_grad", "| data reduce_scatter",
                          "| data all_gather", "mlp_down_dgrad .. attention_norm_grad", "| data reduce_scatter",
                          "| data all_gather", "mlp_down_dgrad .. attention_norm_grad", "| data reduce_scatter",
                          "mlp_down_dgrad .. embedding_grad_accumulate", "| data reduce_scatter"));
}

// ZeRO-2: gradients leave after every microbatch, parameters come once per step.
TEST(RankProgram, ShardedGradientsLeaveAfterEveryMicrobatch) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.data = 8}, 3);
  plan.sharding = Sharding::gradients;
  const RankProgram p = build_programs(plan).front();
  const double parameters = total_parameters(plan.model);
  EXPECT_NEAR(bytes(p, Dimension::data, CollectiveKind::all_gather) / (2 * parameters), 1, kTiny);
  EXPECT_NEAR(bytes(p, Dimension::data, CollectiveKind::reduce_scatter) / (3 * 4 * parameters), 1, kTiny);
}

// Hybrid sharding: eight replicas in blocks of four. Parameters are gathered in a block; what its reduce-scatter leaves on a rank is
// summed with the same part of the other block.
TEST(RankProgram, HybridShardingStaysInItsBlock) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.data = 8}, 3);
  plan.sharding = Sharding::parameters;
  plan.layout.shard = 4;
  ASSERT_TRUE(check_plan(plan).empty());
  const RankProgram p = build_programs(plan).front();
  const double parameters = total_parameters(plan.model);
  EXPECT_NEAR(bytes(p, Dimension::shard, CollectiveKind::all_gather) / (3 * 2 * 2 * parameters), 1, kTiny);
  EXPECT_NEAR(bytes(p, Dimension::shard, CollectiveKind::reduce_scatter) / (3 * 4 * parameters), 1, kTiny);
  EXPECT_NEAR(bytes(p, Dimension::replica, CollectiveKind::all_reduce) / (3 * 4 * parameters / 4), 1, kTiny);
  EXPECT_EQ(bytes(p, Dimension::data, CollectiveKind::all_gather), 0);
}

TEST(RankProgram, BlocksAsLargeAsTheGroupNeedNoSecondSum) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.data = 8}, 3);
  plan.sharding = Sharding::optimizer;
  plan.layout.shard = 8;
  const RankProgram p = build_programs(plan).front();
  EXPECT_EQ(bytes(p, Dimension::replica, CollectiveKind::all_reduce), 0);
  EXPECT_NEAR(bytes(p, Dimension::shard, CollectiveKind::all_gather) / (2 * total_parameters(plan.model)), 1, kTiny);
}

// The same bytes in four times the calls.
TEST(RankProgram, GathersMatrixByMatrix) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.data = 8}, 1);
  plan.sharding = Sharding::parameters;
  const auto gathers = [&] {
    std::pair<int, double> calls_and_bytes{0, 0};
    const RankProgram p = build_programs(plan).front();
    for (const LaidOp& op : laid_ops(p))
      if (op.collective && p.calls[op.what].kind == CollectiveKind::all_gather) {
        ++calls_and_bytes.first;
        calls_and_bytes.second += p.calls[op.what].bytes.value();
      }
    return calls_and_bytes;
  };
  const auto [layers, whole] = gathers();
  plan.software.gathers_by_tensor = true;
  const auto [matrices, pieces] = gathers();
  EXPECT_EQ(matrices, 4 * layers);
  EXPECT_NEAR(pieces / whole, 1, kTiny);
}

// Each of four ranks broadcasts a quarter.
TEST(RankProgram, ParametersComeBackByBroadcast) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {.data = 4}, 1);
  plan.sharding = Sharding::optimizer;
  plan.software.broadcasts_parameters = true;
  const RankProgram p = build_programs(plan).front();
  int broadcasts = 0;
  for (const LaidOp& op : laid_ops(p))
    if (op.collective && p.calls[op.what].kind == CollectiveKind::broadcast) ++broadcasts;
  EXPECT_EQ(broadcasts, 4);
  EXPECT_NEAR(bytes(p, Dimension::data, CollectiveKind::broadcast) / (2 * total_parameters(plan.model)), 1, kTiny);
}

// Attention and MLP side by side: one gather in front of both and one reduction behind, where two layers in a row take two each.
TEST(RankProgram, BlocksSideBySideShareTheirCollectives) {
  TrainingPlan plan = world::plan(world::llama(2, 4096, 14336, 32, 8), {.tensor = 4, .pipeline = 2, .sequence = true}, 2);
  plan.model.parallel_blocks = true;
  const RankProgram p = build_programs(plan)[1];
  EXPECT_THAT(picture(p, 0), ElementsAre("attention_norm", "tensor all_gather", "qkv .. mlp_down", "tensor reduce_scatter",
                                         "mlp_residual .. final_norm", "tensor all_gather", "logits .. loss", "tensor all_reduce",
                                         "tensor all_reduce"));
}

// Every second layer looks back over 512 of 2048 tokens.
TEST(RankProgram, LocalLayersDoLessAttention) {
  TrainingPlan plan = world::plan(world::llama(4, 4096, 14336, 32, 8), {}, 1);
  const double all = flops(plan);
  plan.model.local = LocalAttention{512, 2};
  const double core = 3.5 * 2 * 32 * 2048.0 * 2 * 128;  // forward and 2.5 backward, per key and layer
  EXPECT_NEAR(all - flops(plan), 2 * core * (1024 - (512 - 512.0 * 512 / 2048 / 2)), 1e-9 * all);
}

// Experts travel in the expert-data group.
TEST(RankProgram, GradientsOfExpertsAreReducedApart) {
  TrainingPlan plan = world::plan(world::mixtral_8x7b(), {.data = 8}, 2);
  plan.layout.expert = 4;
  plan.sharding = Sharding::optimizer;
  const RankProgram p = build_programs(plan).front();
  const ParameterCount all = count_parameters(plan.model);
  EXPECT_NEAR(bytes(p, Dimension::expert_data, CollectiveKind::reduce_scatter) / (4 * all.routed_experts / 4), 1, kTiny);
  EXPECT_NEAR(bytes(p, Dimension::data, CollectiveKind::reduce_scatter) / (4 * (all.total() - all.routed_experts)), 1, kTiny);
}

TEST(RankProgram, PipelineMessageIsOneActivation) {
  TrainingPlan plan = world::plan(world::gpt(8, 2048, 16), {.tensor = 4, .pipeline = 2}, 1);
  const auto message = [&] { return bytes(build_programs(plan)[0], Dimension::to_next, CollectiveKind::send_receive); };
  EXPECT_EQ(message(), 2048.0 * 2048 * 2);
  plan.software.scatter_pipeline_sends = true;
  EXPECT_EQ(message(), 2048.0 * 2048 * 2 / 4);
  EXPECT_EQ(bytes(build_programs(plan)[1], Dimension::tensor, CollectiveKind::all_gather), 2048.0 * 2048 * 2);
  plan.layout.sequence = true;
  EXPECT_EQ(message(), 2048.0 * 2048 * 2 / 4);
}

// ---- both sides of every message, and no circle

struct Grid {
  int p, v, m;
  Schedule schedule = Schedule::one_f_one_b;  // interleaved with virtual stages
};
constexpr Grid kGrids[] = {{1, 1, 3}, {2, 1, 1}, {2, 1, 5}, {4, 1, 2},  {4, 1, 9}, {8, 1, 16}, {2, 2, 2}, {2, 2, 6},
                           {2, 5, 4}, {4, 2, 4}, {4, 2, 8}, {4, 3, 12}, {3, 4, 9}, {8, 3, 16}, {5, 2, 10}};
constexpr Grid kSplitGrids[] = {
    {2, 1, 1, Schedule::zero_bubble}, {4, 1, 3, Schedule::zero_bubble}, {4, 1, 9, Schedule::zero_bubble},
    {8, 1, 9, Schedule::zero_bubble}, {2, 2, 1, Schedule::zero_bubble}, {3, 2, 4, Schedule::zero_bubble},
    {4, 2, 9, Schedule::zero_bubble}, {8, 2, 8, Schedule::zero_bubble}, {2, 1, 4, Schedule::dualpipe},
    {4, 1, 8, Schedule::dualpipe},    {4, 1, 14, Schedule::dualpipe},   {8, 1, 16, Schedule::dualpipe},
    {2, 2, 4, Schedule::dualpipe_v},  {3, 2, 7, Schedule::dualpipe_v},  {8, 2, 16, Schedule::dualpipe_v}};

std::vector<Grid> all_grids() {
  std::vector<Grid> grids(std::begin(kGrids), std::end(kGrids));
  grids.insert(grids.end(), std::begin(kSplitGrids), std::end(kSplitGrids));
  return grids;
}

TrainingPlan on(const Grid& grid) {
  TrainingPlan plan = world::plan(world::gpt(grid.p * grid.v, 256, 2),
                                  {.tensor = 2, .pipeline = grid.p, .virtual_stages = grid.v, .data = 2}, grid.m);
  if (grid.schedule != Schedule::one_f_one_b) plan.schedule = grid.schedule;
  plan.software.tensor_overlap = 0.5;
  plan.software.overlap_tensor_gradient = true;
  plan.software.host_per_microbatch = Seconds(1e-3);
  return plan;
}

using Tags = std::vector<std::int32_t>;

Tags tags(const RankProgram& program, Dimension dimension) {
  Tags found;
  for (const LaidOp& op : laid_ops(program))
    if (op.collective && program.calls[op.what].dimension == dimension) found.push_back(op.tag);
  return found;
}

TEST(RankProgram, BothSidesNumberTheirMessagesAlike) {
  for (const Grid& grid : kGrids) {
    const std::vector<RankProgram> programs = build_programs(on(grid));
    for (std::size_t s = 0; s < programs.size(); ++s) {
      const RankProgram& next = programs[(s + 1) % programs.size()];
      const Tags sent = tags(programs[s], Dimension::to_next), back = tags(next, Dimension::to_previous);
      EXPECT_EQ(sent, tags(next, Dimension::from_previous));  // the same messages in the same order
      EXPECT_EQ(back, tags(programs[s], Dimension::from_next));
      for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(sent[i], static_cast<int>(i));
      const bool around = s + 1 == programs.size();
      EXPECT_EQ(sent.size(), static_cast<std::size_t>(grid.p == 1 ? 0 : (around ? grid.v - 1 : grid.v) * grid.m));
    }
  }
}

TEST(RankProgram, MessagesOfSplitSchedulesKeepTheirOrderOnBothSides) {
  for (const Grid& grid : kSplitGrids) {
    const std::vector<RankProgram> programs = build_programs(on(grid));
    for (std::size_t s = 0; s + 1 < programs.size(); ++s) {
      const auto same = [&](Dimension sent, std::size_t from, Dimension received, std::size_t to) {
        const Tags tags_sent = tags(programs[from], sent);
        EXPECT_EQ(tags_sent, tags(programs[to], received));
        for (std::size_t i = 0; i < tags_sent.size(); ++i) EXPECT_EQ(tags_sent[i], static_cast<int>(i));
        return tags_sent.size();
      };
      const std::size_t down = same(Dimension::to_next, s, Dimension::from_previous, s + 1);
      const std::size_t up = same(Dimension::up_to_previous, s + 1, Dimension::up_from_next, s);
      EXPECT_EQ(same(Dimension::to_previous, s + 1, Dimension::from_next, s), down);
      EXPECT_EQ(same(Dimension::up_to_next, s, Dimension::up_from_previous, s + 1), up);
      const bool both_ways = grid.schedule == Schedule::dualpipe;
      EXPECT_EQ(down, static_cast<std::size_t>(both_ways ? grid.m / 2 : grid.m));
      EXPECT_EQ(up, static_cast<std::size_t>(both_ways ? grid.m / 2 : grid.v == 2 ? grid.m : 0));
    }
  }
}

// Message n of a pass is the one its partner's pass makes: (kind, model part, microbatch) travel with the tag.
TEST(RankProgram, AMessageReachesThePassThatNeedsIt) {
  for (const Grid& grid : kGrids) {
    const std::vector<RankProgram> programs = build_programs(on(grid));
    std::map<std::tuple<Dimension, int, int>, std::pair<int, int>> sent;  // (dimension, receiver, tag) -> part, microbatch
    const auto part_of = [&](std::size_t stage, const Pass& pass) { return pass.chunk * grid.p + static_cast<int>(stage); };
    for (std::size_t s = 0; s < programs.size(); ++s)
      for (const LaidOp& op : laid_ops(programs[s])) {
        if (!op.collective) continue;
        const Dimension d = programs[s].calls[op.what].dimension;
        if (d != Dimension::to_next && d != Dimension::to_previous) continue;
        const int receiver = (static_cast<int>(s) + (d == Dimension::to_next ? 1 : grid.p - 1)) % grid.p;
        const Pass& pass = programs[s].passes[static_cast<std::size_t>(op.pass)];
        sent[{other_side(d), receiver, op.tag}] = {part_of(s, pass) + (d == Dimension::to_next ? 1 : -1), pass.microbatch};
      }
    std::size_t received = 0;
    for (std::size_t s = 0; s < programs.size(); ++s)
      for (const LaidOp& op : laid_ops(programs[s])) {
        if (!op.collective) continue;
        const Dimension d = programs[s].calls[op.what].dimension;
        if (d != Dimension::from_next && d != Dimension::from_previous) continue;
        const Pass& pass = programs[s].passes[static_cast<std::size_t>(op.pass)];
        EXPECT_EQ((sent[{d, static_cast<int>(s), op.tag}]), std::pair(part_of(s, pass), pass.microbatch));
        ++received;
      }
    EXPECT_EQ(received, sent.size());
  }
}

// Runs all stages: an op is done when its stream and its `after` are, a message or a call between stages when every side is ready.
class Runner {
 public:
  explicit Runner(const std::vector<RankProgram>& programs) : programs_(programs) {
    for (const RankProgram& p : programs) {
      ops_.push_back(laid_ops(p));
      const std::vector<LaidOp>& ops = ops_.back();
      done_.emplace_back(ops.size(), false);
      next_.emplace_back(kStreams, 0);
      order_.emplace_back(kStreams);
      for (std::size_t i = 0; i < ops.size(); ++i) order_.back()[static_cast<std::size_t>(ops[i].stream)].push_back(i);
    }
  }

  bool finishes() {
    while (step()) {
    }
    for (const std::vector<bool>& stage : done_)
      for (const bool op : stage)
        if (!op) return false;
    return true;
  }

 private:
  using Key = std::tuple<Dimension, std::size_t, std::int32_t>;  // dimension as the receiver names it, its stage, tag

  bool step() {
    bool moved = false;
    std::map<Key, std::vector<std::pair<std::size_t, std::size_t>>> meeting;
    for (std::size_t s = 0; s < programs_.size(); ++s)
      for (std::size_t stream = 0; stream < static_cast<std::size_t>(kStreams); ++stream) {
        std::size_t& n = next_[s][stream];
        const std::vector<std::size_t>& order = order_[s][stream];
        for (; n < order.size() && ready(s, order[n]) && alone(s, order[n]); ++n, moved = true) done_[s][order[n]] = true;
        if (n < order.size() && ready(s, order[n])) meeting[key(s, order[n])].push_back({s, stream});
      }
    for (const auto& [key, sides] : meeting) {
      if (sides.size() < needed(std::get<0>(key))) continue;
      for (const auto& [s, stream] : sides) done_[s][order_[s][stream][next_[s][stream]++]] = true;
      moved = true;
    }
    return moved;
  }

  bool ready(std::size_t s, std::size_t op) const {
    for (const std::size_t before : ops_[s][op].waits)
      if (!done_[s][before]) return false;
    return true;
  }

  const CollectiveCall& call(std::size_t s, std::size_t op) const { return programs_[s].calls[ops_[s][op].what]; }

  bool alone(std::size_t s, std::size_t op) const {
    if (!ops_[s][op].collective) return true;
    const Dimension d = call(s, op).dimension;
    return d == Dimension::tensor || d == Dimension::data;
  }

  Key key(std::size_t s, std::size_t op) const {
    const Dimension d = call(s, op).dimension;
    return {other_side(d), receiving_stage(d, s), ops_[s][op].tag};
  }

  std::size_t receiving_stage(Dimension d, std::size_t s) const {
    const std::size_t p = programs_.size();
    switch (d) {
      case Dimension::to_next:
      case Dimension::up_to_next: return (s + 1) % p;
      case Dimension::to_previous:
      case Dimension::up_to_previous: return (s + p - 1) % p;
      case Dimension::copy: return std::min(s, p - 1 - s);
      case Dimension::embedding:
      case Dimension::world: return 0;
      default: return s;
    }
  }

  std::size_t needed(Dimension d) const { return d == Dimension::world ? programs_.size() : 2; }

  const std::vector<RankProgram>& programs_;
  std::vector<std::vector<LaidOp>> ops_;
  std::vector<std::vector<bool>> done_;
  std::vector<std::vector<std::size_t>> next_;
  std::vector<std::vector<std::vector<std::size_t>>> order_;
};

TEST(RankProgram, NothingWaitsInACircle) {
  for (const Grid& grid : all_grids())
    for (const bool overlap : {false, true})
      for (const Recompute& recompute : {Recompute{}, Recompute{{RecomputeModule::layer}}}) {
        TrainingPlan plan = on(grid);
        plan.software.overlap_pipeline = plan.software.overlap_gradient_reduction = plan.software.overlap_parameter_gather =
            overlap;
        plan.software.scatter_pipeline_sends = !overlap;
        plan.sharding = overlap ? Sharding::optimizer : Sharding::none;
        plan.recompute = recompute;
        EXPECT_TRUE(Runner(build_programs(plan)).finishes()) << grid.p << ' ' << grid.v << ' ' << grid.m << ' ' << overlap;
      }
}

TEST(RankProgram, GPipeFinishesToo) {
  TrainingPlan plan = on({4, 1, 6});
  plan.schedule = Schedule::gpipe;
  EXPECT_TRUE(Runner(build_programs(plan)).finishes());
}

TEST(RankProgram, EverySchedulesStepIsTheSameWork) {
  const TrainingPlan once = on({4, 1, 8});
  for (const Grid& grid : std::initializer_list<Grid>{{4, 1, 8, Schedule::zero_bubble},
                                                      {2, 2, 8, Schedule::zero_bubble},
                                                      {4, 1, 8, Schedule::dualpipe},
                                                      {2, 2, 8, Schedule::dualpipe_v}})
    EXPECT_NEAR(flops(on(grid)) / flops(once), 1, kTiny) << name_of(grid.schedule);
}

// ---- precision

TEST(RankProgram, LowPrecisionCasts) {
  TrainingPlan plan = world::plan(world::llama(2, 4096, 14336, 32, 8), {}, 3);
  plan.recipe.compute = NumberFormat::fp8;
  plan.recipe.cast_bytes_per_element = 3;
  const RankProgram p = build_programs(plan).front();
  std::map<std::string, double> casts;  // bytes over the step
  for (const LaidOp& op : laid_ops(p))
    if (!op.collective)
      for (const Kernel& k : p.segments[op.what].kernels)
        if (const auto* s = std::get_if<Streaming>(&k.work); s && s->kind == StreamClass::cast)
          casts[std::string(k.label)] += k.repeat * s->traffic.value();
  const double tokens = 2048, per_layer = 4096.0 * (6144 + 4096 + 3 * 14336);
  EXPECT_NEAR(casts["weight_cast"], 2 * 3 * per_layer, 1);  // once a step
  const double inputs = 4096 + 4096 + 4096 + 14336, gradients = 6144 + 4096 + 2 * 14336 + 4096;
  EXPECT_NEAR(casts["cast"], 3 * 2 * 3 * tokens * (inputs + gradients), 1);
}

// ---- size

TEST(RankProgram, StaysCompact) {
  TrainingPlan plan =
      world::plan(world::llama_405b(), {.tensor = 8, .pipeline = 16, .virtual_stages = 8, .data = 8, .sequence = true}, 64, 8192);
  plan.software.tensor_overlap = 0.6;
  plan.software.overlap_tensor_gradient = plan.software.overlap_pipeline = plan.software.overlap_gradient_reduction = true;
  for (const RankProgram& p : build_programs(plan)) {
    EXPECT_EQ(p.passes.size(), 2U * 64 * 8);
    EXPECT_LT(p.segments.size(), 40U);
    EXPECT_LT(p.calls.size(), 24U);
  }
}

}  // namespace
}  // namespace headway
