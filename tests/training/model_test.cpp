#include "training/model.h"

#include <gtest/gtest.h>

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
