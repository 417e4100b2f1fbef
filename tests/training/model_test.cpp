#include "training/model.h"

#include <gtest/gtest.h>

#include <string>

#include "world.h"

namespace headway {
namespace {

void expect_within(double value, double expected, double share) {
  EXPECT_NEAR(value / expected, 1, share) << value << " vs " << expected;
}

TEST(Model, PublishedParameterCounts) {
  expect_within(total_parameters(world::llama_8b()), 8.03e9, 0.001);
  expect_within(total_parameters(world::llama_70b()), 70.6e9, 0.001);
  expect_within(total_parameters(world::llama_405b()), 405.9e9, 0.001);
  expect_within(total_parameters(world::gpt3_175b()), 174.6e9, 0.001);
}

// Totals and active parameters as their authors state them: Mixtral arXiv 2401.04088 (47 B, 13 B), Qwen3 arXiv 2505.09388 (235 B,
// 22 B), DeepSeek-V3 arXiv 2412.19437 (671 B, 37 B).
TEST(Model, PublishedParameterCountsOfExperts) {
  expect_within(total_parameters(world::mixtral_8x7b()), 46.7e9, 0.002);
  expect_within(active_parameters(world::mixtral_8x7b()), 12.9e9, 0.005);
  expect_within(total_parameters(world::qwen3_235b()), 235.1e9, 0.002);
  expect_within(active_parameters(world::qwen3_235b()), 22.2e9, 0.005);
  expect_within(total_parameters(world::deepseek_v3()), 671.0e9, 0.002);
  expect_within(active_parameters(world::deepseek_v3()), 37.5e9, 0.005);  // embedding counted
}

// DeepSeek-V3's module of depth 1: 11.5 B of its own, 14 B as published with copies of embedding and head.
TEST(Model, PredictionModulesCountApart) {
  Model m = world::deepseek_v3();
  m.prediction_depth = 1;
  const ParameterCount all = count_parameters(m);
  expect_within(all.prediction + embedding_parameters(m) + head_parameters(m), 13.5e9, 0.02);
  EXPECT_EQ(total_parameters(m), total_parameters(world::deepseek_v3()));
  EXPECT_EQ(all.total() - all.prediction, total_parameters(m));
  EXPECT_GT(flops_per_token(m, 4096).prediction, Flops(0));
}

TEST(Model, LayersOfBothKinds) {
  const auto picture = [](const Model& m) {
    std::string kinds;
    for (int i = 0; i < m.layers; ++i) kinds += layer_kind(m, i).experts ? 'E' : 'd';
    return kinds;
  };
  Model m = world::llama(6, 128, 256, 1, 1);
  EXPECT_EQ(picture(m), "dddddd");
  m.experts = Experts{.count = 8, .top_k = 2, .ffn = 64, .dense_layers = 2};
  EXPECT_EQ(picture(m), "ddEEEE");
  m.experts = Experts{.count = 8, .top_k = 2, .ffn = 64, .every = 2};
  EXPECT_EQ(picture(m), "dEdEdE");
}

TEST(Model, LocalLayersAlternateWithGlobalOnes) {
  const auto picture = [](const Model& m) {
    std::string kinds;
    for (int i = 0; i < m.layers; ++i) kinds += layer_kind(m, i).local ? '.' : 'G';
    return kinds;
  };
  Model m = world::llama(7, 128, 256, 1, 1);
  EXPECT_EQ(picture(m), "GGGGGGG");
  m.local = LocalAttention{64};
  EXPECT_EQ(picture(m), ".......");
  m.local->global_every = 2;
  EXPECT_EQ(picture(m), ".G.G.G.");
  m.local->global_every = 6;
  EXPECT_EQ(picture(m), ".....G.");
  EXPECT_EQ(local_layers(m), 6);
}

// Of 8 queries with a window of 3: 1 + 2 + 6 x 3 keys, less half a key each for the continuous triangle.
TEST(Model, KeysInAWindow) {
  EXPECT_EQ(causal_keys(8, 0), 4);
  EXPECT_EQ(causal_keys(8, 8), 4);
  EXPECT_EQ(causal_keys(8, 100), 4);
  EXPECT_DOUBLE_EQ(causal_keys(8, 3), (1 + 2 + 6 * 3 - 0.5 * 3) / 8);
  Model m = world::llama_8b();
  const double whole = flops_per_token(m, 8192).attention_core.value();
  m.local = LocalAttention{4096, 2};
  EXPECT_NEAR(flops_per_token(m, 8192).attention_core.value() / whole, 0.5 + 0.5 * 0.75, 1e-12);
}

// The parts add up: 6 per active matrix parameter, and the attention core.
TEST(Model, FlopsByComponentAddUp) {
  for (Model m : {world::llama_8b(), world::mixtral_8x7b(), world::deepseek_v3(), world::gpt3_175b()})
    for (const int depth : {0, 1}) {
      m.prediction_depth = depth;
      const FlopCount flops = flops_per_token(m, 4096);
      const double core = 3.0 * 4096 * m.heads * (m.qk_dim() + m.v_dim()) * (m.layers + depth);
      EXPECT_NEAR(flops.total().value() / (6 * matrix_parameters(m) + core), 1, 1e-12);
      EXPECT_NEAR((flops.attention_core.value() * (m.layers + depth) / m.layers) / core, 1, 1e-12);
    }
}

// Narayanan et al. 2021, eq. 2: P = 12 l h^2 (1 + 13/(12 h) + (V + s)/(12 l h)); the final norm is not in it.
TEST(Model, GptParametersFollowTheClosedFormula) {
  const double l = 24, h = 2304, v = 51200, s = 2048;
  const double expected = 12 * l * h * h * (1 + 13 / (12 * h) + (v + s) / (12 * l * h)) + 2 * h;
  EXPECT_NEAR(total_parameters(world::gpt(24, 2304, 24)), expected, 1);
}

TEST(Model, TiedEmbeddingsSaveOneMatrixButNoWork) {
  Model m = world::llama_8b();
  const double untied = total_parameters(m), matrices = matrix_parameters(m);
  m.tied_embeddings = true;
  EXPECT_EQ(untied - total_parameters(m), 128256.0 * 4096);
  EXPECT_EQ(matrix_parameters(m), matrices);
}

// 6 N per token and, causal attention counted half, 6 l h s.
TEST(Model, SixNTokensAndAttention) {
  const Model m = world::llama_70b();
  const double tokens = 4 * 8192.0;
  EXPECT_NEAR(model_flops(m, tokens, 8192).value(), tokens * (6 * matrix_parameters(m) + 6.0 * 80 * 8192 * 8192), 1e6);
  // Twice the sequence, same tokens: only attention grows.
  const Flops more = model_flops(m, tokens, 16384) - model_flops(m, tokens, 8192);
  EXPECT_NEAR(more / Flops(tokens * 6.0 * 80 * 8192 * 8192), 1, 1e-9);
}

}  // namespace
}  // namespace headway
