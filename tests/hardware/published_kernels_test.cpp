// Kernel times people have published, each with its source and the tolerance that its spread deserves.
#include <gtest/gtest.h>

#include "devices.h"
#include "hardware/gemm_cost.h"
#include "hardware/kernel_cost.h"

namespace headway {
namespace {

using test::a100;
using test::h100;

Seconds burst(const Kernel& kernel, const Device& device, const std::string& attention = "") {
  return kernel_cost(kernel, device, attention, ClockRegime::burst).time;
}

double teraflops(const Gemm& gemm, const Device& device) {
  const Kernel kernel{"gemm", gemm};
  return (matrix_flops(kernel) / burst(kernel, device)).value() / 1e12;
}

// Forward plus backward, the mask counted as half: the convention of the FlashAttention papers.
double teraflops(Attention attention, const Device& device, const std::string& implementation) {
  const Kernel forward{"forward", attention};
  attention.pass = AttentionPass::backward;
  const Kernel backward{"backward", attention};
  const Seconds time = burst(forward, device, implementation) + burst(backward, device, implementation);
  return ((matrix_flops(forward) + matrix_flops(backward)) / time).value() / 1e12;
}

double forward_teraflops(const Attention& attention, const Device& device, const std::string& implementation) {
  const Kernel forward{"forward", attention};
  return (matrix_flops(forward) / burst(forward, device, implementation)).value() / 1e12;
}

void expect_near_share(double value, double published, double tolerance) {
  EXPECT_NEAR(value / published, 1.0, tolerance) << value << " against the published " << published;
}

Gemm fp8(double m, double n, double k) {
  Gemm gemm{m, n, k};
  gemm.format = NumberFormat::fp8;
  return gemm;
}

// Horace He, matrix products with random operands on A100 at 400 W (as quoted by plurova.com): 257 TFLOPS.
TEST(PublishedKernels, LargeProductOnA100) { expect_near_share(teraflops(Gemm{8192, 8192, 8192}, a100()), 257, 0.05); }

// stas00/ml-engineering@744d01e, compute/accelerator: the best matmul found on H100 SXM in FP8, a maximum over many shapes.
TEST(PublishedKernels, BestEightBitProductOnH100) { expect_near_share(teraflops(fp8(1024, 9216, 14336), h100()), 1402.6, 0.10); }

// Azure/AI-benchmarking-guide, ND_H100_v5 results, cuBLASLt FP8.
TEST(PublishedKernels, EightBitProductsOnH100) {
  expect_near_share(teraflops(fp8(4096, 4096, 4096), h100()), 1217, 0.10);
  expect_near_share(teraflops(fp8(6144, 12288, 12288), h100()), 1351, 0.10);
  expect_near_share(teraflops(fp8(16384, 16384, 16384), h100()), 1377, 0.10);
}

// FlashAttention-2, arXiv 2307.08691, forward plus backward on A100, 16k tokens, hidden size 2048.
TEST(PublishedKernels, FlashAttention2OnA100) {
  expect_near_share(teraflops(Attention{4, 16, 16, 4096, 4096, 128, 128, false}, a100(), "flash2"), 196, 0.06);
  expect_near_share(teraflops(Attention{4, 16, 16, 4096, 4096, 128, 128, true}, a100(), "flash2"), 173, 0.06);
  expect_near_share(teraflops(Attention{16, 32, 32, 1024, 1024, 64, 64, true}, a100(), "flash2"), 119, 0.06);
  expect_near_share(teraflops(Attention{1, 32, 32, 16384, 16384, 64, 64, false}, a100(), "flash2"), 176, 0.06);
}

// FlashAttention-3, arXiv 2407.08608 figure 5, forward on H100 in 16 bits: length, mask and head size each at work.
TEST(PublishedKernels, FlashAttention3OnH100) {
  expect_near_share(forward_teraflops(Attention{16, 16, 16, 1024, 1024, 128, 128, true}, h100(), "flash3"), 423, 0.12);
  expect_near_share(forward_teraflops(Attention{4, 16, 16, 4096, 4096, 128, 128, true}, h100(), "flash3"), 579, 0.06);
  expect_near_share(forward_teraflops(Attention{4, 16, 16, 4096, 4096, 128, 128, false}, h100(), "flash3"), 638, 0.06);
  expect_near_share(forward_teraflops(Attention{2, 32, 32, 8192, 8192, 64, 64, false}, h100(), "flash3"), 496, 0.06);
  expect_near_share(forward_teraflops(Attention{2, 8, 8, 8192, 8192, 256, 256, false}, h100(), "flash3"), 746, 0.06);
}

// deepseek-ai/profile-data, training trace on H800 (the arithmetic of H100): layer norm of 4096 x 7168 BF16 in 65 us.
TEST(PublishedKernels, LayerNormOnH800) {
  const Kernel norm{"norm", Streaming{Bytes(2.0 * 4096 * 7168 * 2), StreamClass::norm}};
  expect_near_share(burst(norm, h100()).value() * 1e6, 65, 0.10);
}

// 108 multiprocessors, tiles of 128 x 256: 108 tiles fill one wave, the 109th opens a second that is half paid.
TEST(TileEfficiency, AFullWaveIsBestAndTheNextTileCosts) {
  const double full = tile_efficiency(9 * 256, 12 * 128, 1e9, 1, 108);
  EXPECT_NEAR(full, 1.0, 1e-6);
  EXPECT_LT(tile_efficiency(9 * 256 + 1, 12 * 128, 1e9, 1, 108), 0.93);
  EXPECT_GT(tile_efficiency(9 * 256 * 16, 12 * 128 * 16 + 1, 1e9, 1, 108), 0.98);
}

// One row of tokens: nearly everything in a tile is idle, and the time is that of reading the weights.
TEST(TileEfficiency, ASingleRowReadsTheWeights) {
  const Kernel row{"gemv", Gemm{1, 8192, 8192}};
  const KernelCost cost = kernel_cost(row, h100(), "", ClockRegime::burst);
  expect_near_share(cost.time.value(), (Bytes(2.0 * 8192 * 8192) / Bandwidth(3350e9 * 0.86)).value() + 4e-6, 0.10);
}

}  // namespace
}  // namespace headway
