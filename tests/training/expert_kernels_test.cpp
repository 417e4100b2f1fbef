// Layers with experts and latent attention, read from the scripts of whole passes.
#include "training/expert_kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "training/buckets.h"
#include "training/pass_script.h"
#include "world.h"

namespace headway {
namespace {

using testing::ElementsAre;

constexpr double kTiny = 1e-9;

// Forward and backward of every chunk of the model, once.
Script whole_model(const TrainingPlan& plan) {
  Script all;
  for (const std::vector<Chunk>& stage : split_layers(plan))
    for (const Chunk& chunk : stage)
      for (const PassKind kind : {PassKind::forward, PassKind::backward}) {
        const Script script = pass_script(plan, chunk, {.kind = kind});
        all.insert(all.end(), script.begin(), script.end());
      }
  return all;
}

double flops(const Script& script) {
  double sum = 0;
  for (const Step& step : script)
    for (const Kernel& kernel : step.kernels) sum += matrix_flops(kernel).value();
  return sum;
}

double bytes(const Script& script, Dimension dimension, CollectiveKind kind) {
  double sum = 0;
  for (const Step& step : script)
    if (step.call && step.call->dimension == dimension && step.call->kind == kind) sum += step.call->bytes.value();
  return sum;
}

std::vector<std::string> labels(const Script& script) {
  std::vector<std::string> names;
  for (const Step& step : script) {
    for (const Kernel& kernel : step.kernels) names.emplace_back(kernel.label);
    if (step.call)
      names.push_back("[" + std::string(name_of(step.call->dimension)) + " " + std::string(name_of(step.call->kind)) + "]");
  }
  return names;
}

TrainingPlan mixture(int expert, int data, int experts = 8) {
  Model m = world::llama(4, 1024, 4096, 8, 8, 32768);
  m.experts = Experts{.count = experts, .top_k = 2, .ffn = 2048};
  TrainingPlan p = world::plan(m, {.pipeline = 2, .data = data}, 2);
  p.layout.expert = expert;
  return p;
}

Script layer(const TrainingPlan& plan, PassKind kind) {
  Chunk chunk;
  chunk.layers = {LayerKind{true}};
  return pass_script(plan, chunk, {.kind = kind});
}

TEST(ExpertKernels, OrderOfTheForwardPass) {
  TrainingPlan p = mixture(4, 4);
  EXPECT_THAT(labels(layer(p, PassKind::forward)),
              ElementsAre("attention_norm", "qkv", "rotary", "attention", "projection", "attention_residual", "mlp_norm",
                          "router", "router_scores", "permute", "[expert all_to_all]", "sort_by_expert", "experts_up",
                          "experts_activation", "experts_down", "sort_back", "[expert all_to_all]", "unpermute", "mlp_residual"));
  p.layout.expert = 1;  // nobody to send to, and permuting sorts
  EXPECT_THAT(
      labels(layer(p, PassKind::forward)),
      ElementsAre("attention_norm", "qkv", "rotary", "attention", "projection", "attention_residual", "mlp_norm", "router",
                  "router_scores", "permute", "experts_up", "experts_activation", "experts_down", "unpermute", "mlp_residual"));
}

TEST(ExpertKernels, OrderOfTheBackwardPassWithASharedExpert) {
  TrainingPlan p = mixture(8, 8);
  p.model.experts->shared_ffn = 2048;
  EXPECT_THAT(
      labels(layer(p, PassKind::backward)),
      ElementsAre("unpermute_grad", "[expert all_to_all]", "experts_down_dgrad", "experts_down_wgrad", "experts_activation_grad",
                  "experts_up_dgrad", "experts_up_wgrad", "[expert all_to_all]", "permute_grad", "shared_down_dgrad",
                  "shared_down_wgrad", "shared_activation_grad", "shared_up_dgrad", "shared_up_wgrad", "router_scores_grad",
                  "router_dgrad", "router_wgrad", "mlp_norm_grad", "projection_dgrad", "projection_wgrad", "attention_grad",
                  "rotary_grad", "qkv_dgrad", "qkv_wgrad", "attention_norm_grad"));
}

TEST(ExpertKernels, TheSharedExpertRunsBesideTheExchange) {
  TrainingPlan p = mixture(8, 8);
  p.model.experts->shared_ffn = 2048;
  const double alone = flops(whole_model(p));
  p.software.overlap_shared_expert = true;
  const Script script = layer(p, PassKind::forward);
  for (std::size_t i = 0; i + 1 < script.size(); ++i)
    if (script[i].call) {
      EXPECT_EQ(script[i].call->hidden, 1);
      EXPECT_EQ(std::string(script[i + 1].kernels.front().label).substr(0, 6), "shared");
    }
  EXPECT_NEAR(flops(whole_model(p)) / alone, 1, kTiny);
}

// Forward and backward products are 6 N tokens over the parameters a token passes through; fused attention runs 1 + 2.5 times its
// forward where the model counts 3.
TEST(ExpertKernels, FlopsAreTheModels) {
  Model v3 = world::deepseek(8, 1024, 4096, 32768, {.count = 16, .top_k = 4, .ffn = 512, .shared_ffn = 512, .dense_layers = 2});
  Model alternating = world::llama(8, 1024, 4096, 16, 8, 32768);
  alternating.experts = Experts{.count = 16, .top_k = 1, .ffn = 2048, .shared_ffn = 2048, .every = 2};
  Model direct = v3;
  direct.latent->q_rank = 0;
  Model predicting = v3;
  predicting.prediction_depth = 2;
  for (const Model& m : {v3, alternating, direct, predicting})
    for (const bool shared_overlap : {false, true})
      for (const int expert : {1, 4, 16}) {
        TrainingPlan p = world::plan(m, {.tensor = 4, .pipeline = 2, .data = 16, .sequence = true}, 1);
        p.layout.expert = expert;
        p.layout.expert_tensor = expert == 4 ? 4 : 1;
        p.software.overlap_shared_expert = shared_overlap;
        ASSERT_TRUE(check_plan(p).empty());
        const double heads = m.heads * (m.qk_dim() + m.v_dim());
        const double attention = 3.0 * (m.layers + m.prediction_depth) * heads * p.sequence;
        const double expected = p.sequence * (6 * matrix_parameters(m) + 7.0 / 6.0 * attention) / p.layout.tensor;
        // The narrow layers are computed on a rank's own tokens, and so is the router: nothing is computed twice.
        EXPECT_NEAR(flops(whole_model(p)) / expected, 1, kTiny) << m.layers << " layers, expert " << expert;
      }
}

// Dispatch and combine, forward and backward: four times tokens x top_k x hidden, this rank's own part included.
TEST(ExpertKernels, BytesOfTheExchange) {
  TrainingPlan p = mixture(4, 4);
  const double copies = 2048.0 * 2 * 1024 * 2;
  EXPECT_NEAR(bytes(whole_model(p), Dimension::expert, CollectiveKind::all_to_all), 4 * 4 * copies, 1);
  p.recipe.dispatch = NumberFormat::fp8;  // two of the four ways: tokens there, and their gradients
  EXPECT_NEAR(bytes(whole_model(p), Dimension::expert, CollectiveKind::all_to_all), 4 * 3.0 * copies, 1);
  p.recompute.modules = {RecomputeModule::layer};  // the forward exchange again
  EXPECT_NEAR(bytes(whole_model(p), Dimension::expert, CollectiveKind::all_to_all), 4 * 4.5 * copies, 1);
}

// In the format they are multiplied in, where software casts before it sends.
TEST(ExpertKernels, NarrowDispatch) {
  Recipe fp8;
  fp8.compute = NumberFormat::fp8;
  fp8.cast_bytes_per_element = 3;
  Software software;
  EXPECT_EQ(recipe_under(software, fp8).dispatch, NumberFormat::bf16);
  software.narrow_dispatch = true;
  EXPECT_EQ(recipe_under(software, fp8).dispatch, NumberFormat::fp8);
  EXPECT_EQ(recipe_under(software, Recipe{}).dispatch, NumberFormat::bf16) << "nothing to cast to";
}

// The device stands before each forward dispatch, that of recomputation included, while the host reads how many tokens go where.
TEST(ExpertKernels, TheHostReadsCounts) {
  TrainingPlan p = mixture(4, 4);
  const auto stands = [&](PassKind kind) {
    Seconds sum;
    for (const Step& step : layer(p, kind)) sum += step.host;
    return sum;
  };
  EXPECT_EQ(stands(PassKind::forward), Seconds(0));
  p.software.host_per_dispatch = Seconds(1e-4);
  EXPECT_EQ(stands(PassKind::forward), Seconds(1e-4));
  EXPECT_EQ(stands(PassKind::backward), Seconds(0)) << "known by then";
  p.recompute.modules = {RecomputeModule::layer};
  EXPECT_EQ(stands(PassKind::backward), Seconds(1e-4));
  EXPECT_EQ(stands(PassKind::input_gradient), Seconds(1e-4));
  EXPECT_EQ(stands(PassKind::weight_gradient), Seconds(0));
}

// Two of eight experts on four ranks of two: a rank is missed with probability 6/8 x 5/7, so 13/28 of the ranks are reached.
TEST(ExpertKernels, ATokenSentOncePerRank) {
  TrainingPlan p = mixture(4, 4);
  p.software.dispatch = Dispatch::per_rank;
  EXPECT_NEAR(ExpertShape(p).sent / 2048, 4 * 13.0 / 28, kTiny);
  EXPECT_EQ(ExpertShape(p).rows, 2048.0 * 2);
}

// The busiest rank: its rows, and what it is sent.
TEST(ExpertKernels, ImbalanceStretchesRowsAndExchange) {
  const TrainingPlan even = mixture(4, 4);
  TrainingPlan skewed = even;
  skewed.routing.skew = 1.5;
  EXPECT_NEAR(ExpertShape(skewed).rows / ExpertShape(even).rows, 1.5, kTiny);
  EXPECT_NEAR(bytes(whole_model(skewed), Dimension::expert, CollectiveKind::all_to_all) /
                  bytes(whole_model(even), Dimension::expert, CollectiveKind::all_to_all),
              1.5, kTiny);
}

// A capacity cuts off the busiest rank; padded, every rank works on all of it, busy or not.
TEST(ExpertKernels, CapacityBoundsTheBusiestRank) {
  TrainingPlan p = mixture(4, 4);
  p.software.expert_imbalance = 1.3;
  EXPECT_EQ(busiest_share(p), 1.3);  // as the software's runs show, unless the plan says otherwise
  p.routing = {.skew = 1.5};
  EXPECT_EQ(busiest_share(p), 1.5);
  p.routing = {.skew = 1.5, .capacity = 1.2};
  EXPECT_EQ(busiest_share(p), 1.2);
  p.routing = {.skew = 1.5, .capacity = 2.0};
  EXPECT_EQ(busiest_share(p), 1.5);
  p.routing.padded = true;
  EXPECT_EQ(busiest_share(p), 2.0);
}

// With expert-tensor ranks, rows are gathered before the products and summed behind them; widths shrink as rows grow.
TEST(ExpertKernels, ExpertTensorGroups) {
  TrainingPlan p = mixture(2, 4);
  p.layout.tensor = 2;
  p.layout.sequence = true;
  p.layout.expert_tensor = 2;
  const double copies = 1024.0 * 2 * 1024 * 2;
  const Script script = layer(p, PassKind::forward);
  EXPECT_NEAR(bytes(script, Dimension::expert_tensor, CollectiveKind::all_gather), 2 * copies, 1);
  EXPECT_NEAR(bytes(script, Dimension::expert_tensor, CollectiveKind::reduce_scatter), 2 * copies, 1);
  EXPECT_EQ(ExpertShape(p).ffn, 1024);
}

TEST(ExpertKernels, OneLaunchOrOnePerExpert) {
  const auto launches = [](const TrainingPlan& plan) {
    double sum = 0;
    for (const Step& step : layer(plan, PassKind::forward))
      for (const Kernel& kernel : step.kernels)
        if (kernel.label.starts_with("experts_up") || kernel.label.starts_with("experts_down"))
          sum += kernel.launches * kernel.repeat;
    return sum;
  };
  TrainingPlan p = mixture(2, 4);
  EXPECT_EQ(launches(p), 2);
  p.software.grouped_products = false;
  EXPECT_EQ(launches(p), 2 * 4);
}

// What all data ranks hold, and what the expert-data group does, add up to the model.
TEST(ExpertKernels, ParametersOfAllRanksAreTheModels) {
  for (const int expert : {1, 2, 8}) {
    const TrainingPlan p = mixture(expert, 8);
    double common = 0, routed = 0;
    for (const std::vector<Chunk>& stage : split_layers(p))
      for (const Chunk& chunk : stage) {
        common += chunk_parameters(p, chunk).common;
        routed += chunk_parameters(p, chunk).expert;
      }
    EXPECT_NEAR(common + expert * routed, total_parameters(p.model), 1);
    EXPECT_NEAR(expert * routed, count_parameters(p.model).routed_experts, 1);
  }
}

TEST(LatentAttention, RecomputesTheProductsOutOfItsNarrowLayers) {
  const Model m = world::deepseek(4, 1024, 4096, 32768, {.count = 16, .top_k = 4, .ffn = 512});
  TrainingPlan p = world::plan(m, {.tensor = 2, .sequence = true}, 1);
  const double before = flops(whole_model(p));
  p.recompute.modules = {RecomputeModule::mla_up_proj};
  const double up = 1536.0 * 128 * 192 + 512.0 * 128 * 256;
  EXPECT_NEAR((flops(whole_model(p)) - before) / (2 * 4 * 2048 * up / 2), 1, kTiny);
}

// Keys, projection and half of the MLP's first product run again, and nothing is kept that they bring back.
TEST(SelectiveOperations, EverySecondProductRunsAgain) {
  TrainingPlan p = world::plan(world::llama(4, 1024, 4096, 8, 4), {}, 1, 4096);
  const double before = flops(whole_model(p));
  p.recompute.modules = {RecomputeModule::selective_op};
  const double again = 1024.0 * (512 + 1024 + 4096);
  EXPECT_NEAR((flops(whole_model(p)) - before) / (2 * 4 * 4096 * again), 1, kTiny);
}

// A ring gathers keys and values, and reduces their gradients; an all-to-all moves queries, keys and values in, results out.
TEST(ContextParallelism, FlopsAndBytes) {
  const TrainingPlan whole = world::plan(world::llama(4, 1024, 4096, 8, 4), {}, 1, 8192);
  TrainingPlan p = whole;
  p.layout.context = 4;
  EXPECT_NEAR(4 * flops(whole_model(p)) / flops(whole_model(whole)), 1, kTiny);
  const double keys_and_values = 8192.0 * 4 * 256 * 2;
  EXPECT_NEAR(bytes(whole_model(p), Dimension::context, CollectiveKind::all_gather), 4 * 2 * keys_and_values, 1);
  EXPECT_NEAR(bytes(whole_model(p), Dimension::context, CollectiveKind::reduce_scatter), 4 * keys_and_values, 1);
  p.software.context_exchange = ContextExchange::all_to_all;
  EXPECT_NEAR(4 * flops(whole_model(p)) / flops(whole_model(whole)), 1, kTiny);
  EXPECT_NEAR(bytes(whole_model(p), Dimension::context, CollectiveKind::all_to_all), 4 * 2 * 2048.0 * 2 * (1024 + 1024 + 1024),
              1);
}

}  // namespace
}  // namespace headway
