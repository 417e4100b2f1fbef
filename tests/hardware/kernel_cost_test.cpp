// What holds for every kernel on every device: no free lunch, no negative slope, and an error that names what is missing.
#include "hardware/kernel_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "devices.h"

namespace headway {
namespace {

using test::a100;
using test::h100;
using test::known;
using ::testing::AllOf;
using ::testing::HasSubstr;

class RandomKernels {
 public:
  Kernel next() {
    switch (generator_() % 3) {
      case 0: return gemm();
      case 1: return attention();
      default: return {"pass", Streaming{Bytes(between(1, 1e11)), pick_class()}};
    }
  }

 private:
  // Log-uniform whole number.
  double between(double low, double high) {
    const double u = static_cast<double>(generator_()) / static_cast<double>(std::mt19937::max());
    return std::floor(low * std::pow(high / low, u));
  }
  NumberFormat pick_format() { return generator_() % 2 == 0 ? NumberFormat::bf16 : NumberFormat::fp8; }
  StreamClass pick_class() { return EnumNames<StreamClass>::table.at(generator_() % EnumNames<StreamClass>::table.size()).value; }

  Kernel gemm() {
    Gemm g{between(1, 200000), between(1, 200000), between(1, 200000), between(1, 512)};
    g.format = pick_format();
    g.pass = static_cast<GemmPass>(generator_() % 3);
    return {"gemm", g, 1, between(1, 100)};
  }

  Kernel attention() {
    Attention a{between(1, 64), between(1, 256), 1, between(1, 200000), between(1, 200000), between(16, 512), between(16, 512)};
    a.causal = generator_() % 2 == 0;
    if (a.causal && generator_() % 3 == 0) a.window = between(1, 200000);
    a.kv_heads = between(1, a.heads);
    a.format = pick_format();
    a.pass = generator_() % 2 == 0 ? AttentionPass::forward : AttentionPass::backward;
    return {"attention", a, 1, between(1, 100)};
  }

  std::mt19937 generator_{20240917};
};

NumberFormat format_of(const Kernel& kernel) {
  if (const auto* gemm = std::get_if<Gemm>(&kernel.work)) return gemm->format;
  if (const auto* attention = std::get_if<Attention>(&kernel.work)) return attention->format;
  return NumberFormat::bf16;
}

// time >= flops / peak, time >= traffic / bandwidth, sustained never faster than burst.
TEST(KernelCost, NothingBeatsThePeakNorTheMemory) {
  const Device device = h100();
  RandomKernels kernels;
  for (int i = 0; i < 20000; ++i) {
    const Kernel kernel = kernels.next();
    const KernelCost burst = kernel_cost(kernel, device, "flash3", ClockRegime::burst);
    const KernelCost sustained = kernel_cost(kernel, device, "flash3", ClockRegime::sustained);
    ASSERT_GE(burst.time.value() * (1 + 1e-9), (burst.flops / device.matrix.at(format_of(kernel)).peak.value).value());
    ASSERT_GE(burst.time.value() * (1 + 1e-9), (burst.traffic / device.memory_bandwidth.value).value());
    ASSERT_LE(burst.time, sustained.time);
    ASSERT_LE(burst.matrix_share, 1.0);
    ASSERT_GE(sustained.matrix_share, 0.0);
    ASSERT_TRUE(std::isfinite(burst.time.value()));
  }
}

template <class Shape>
Seconds time_of(const Shape& shape) {
  return kernel_cost({"shape", shape}, h100(), "flash3").time;
}

// A larger product is never cheaper: a ragged tile or a new wave costs, it does not save.
TEST(KernelCost, MoreWorkNeverTakesLess) {
  for (const double size : {1.0, 64.0, 127.0, 128.0, 129.0, 1000.0, 4096.0, 4224.0, 30000.0}) {
    for (const double step : {1.0, 63.0, 128.0, 1000.0}) {
      const Gemm gemm{size, 2048, 1024, 3};
      EXPECT_LE(time_of(gemm), time_of(Gemm{size + step, 2048, 1024, 3})) << "m " << size << " + " << step;
      EXPECT_LE(time_of(Gemm{2048, size, 1024}), time_of(Gemm{2048, size + step, 1024})) << "n " << size << " + " << step;
      EXPECT_LE(time_of(Gemm{2048, 4096, size}), time_of(Gemm{2048, 4096, size + step})) << "k " << size << " + " << step;
      EXPECT_LE(time_of(Gemm{512, 512, 128, size}), time_of(Gemm{512, 512, 128, size + step}))
          << "batch " << size << " + " << step;

      for (const AttentionPass pass : {AttentionPass::forward, AttentionPass::backward}) {
        const Attention attention{1, 8, 8, size, size, 128, 128, true, NumberFormat::bf16, pass};
        Attention longer = attention;
        longer.q_length = longer.kv_length = size + step;
        EXPECT_LE(time_of(attention), time_of(longer)) << "length " << size << " + " << step;
        Attention more_heads = attention;
        more_heads.heads = more_heads.kv_heads = 8 + step;
        EXPECT_LE(time_of(attention), time_of(more_heads)) << "heads 8 + " << step;
      }
    }
  }
}

// Experts multiplied together cut their tiles each for itself: never cheaper than one product of all tokens, never dearer than one
// after the other.
TEST(KernelCost, GroupedProductsLieBetweenOneAndMany) {
  for (const double tokens : {16.0, 100.0, 128.0, 300.0, 1024.0, 4096.0})
    for (const double experts : {2.0, 8.0, 64.0}) {
      const Gemm grouped{tokens, 4096, 2048, experts};
      EXPECT_GE(time_of(grouped), time_of(Gemm{tokens * experts, 4096, 2048}));
      Kernel apart{"experts", Gemm{tokens, 4096, 2048}};
      apart.repeat = experts;
      EXPECT_LE(time_of(grouped), kernel_cost(apart, h100(), "flash3").time);
    }
}

TEST(KernelCost, UnevenHeadsMayBeSlower) {
  Device device = h100();
  const Kernel latent{"attention", Attention{1, 64, 64, 4096, 4096, 192, 128}};
  const Kernel even{"attention", Attention{1, 64, 64, 4096, 4096, 160, 160}};
  EXPECT_EQ(kernel_cost(latent, device, "flash3").time, kernel_cost(even, device, "flash3").time) << "unknown: no dependence";
  device.attention.at("flash3").uneven_head_share = known(0.5);
  EXPECT_GT(kernel_cost(latent, device, "flash3").time, 1.9 * kernel_cost(even, device, "flash3").time);
}

TEST(KernelCost, RepeatsMultiplyEverything) {
  const Kernel once{"gemm", Gemm{4096, 4096, 4096}};
  Kernel thrice = once;
  thrice.repeat = 3;
  const KernelCost one = kernel_cost(once, a100(), "");
  const KernelCost three = kernel_cost(thrice, a100(), "");
  EXPECT_DOUBLE_EQ(three.time / one.time, 3.0);
  EXPECT_DOUBLE_EQ(three.flops / one.flops, 3.0);
  EXPECT_DOUBLE_EQ(three.traffic / one.traffic, 3.0);
  EXPECT_DOUBLE_EQ(three.matrix_share, one.matrix_share);
}

std::string error_of(const Kernel& kernel, const Device& device, const std::string& attention = "flash2") {
  try {
    (void)kernel_cost(kernel, device, attention);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(KernelCost, AMissingValueIsNamed) {
  const Kernel gemm{"gemm", Gemm{4096, 4096, 4096}};
  Device device = a100();
  device.memory_bandwidth = {};
  EXPECT_THAT(error_of(gemm, device), AllOf(HasSubstr("a100-sxm-80g.yaml"), HasSubstr("\"memory_bandwidth\"")));

  device = a100();
  device.sustained_clock = {};
  EXPECT_THAT(error_of(gemm, device), HasSubstr("\"sustained_clock\""));
  EXPECT_NO_THROW((void)kernel_cost(gemm, device, "", ClockRegime::burst));

  device = a100();
  device.stream_fraction.erase(StreamClass::gather);
  EXPECT_THAT(error_of({"permute", Streaming{Bytes(1e9), StreamClass::gather}}, device), HasSubstr("\"stream_fraction.gather\""));
}

TEST(KernelCost, AnUnknownFormatOrAttentionListsWhatThereIs) {
  Gemm fp8{4096, 4096, 4096};
  fp8.format = NumberFormat::fp8;
  EXPECT_THAT(error_of({"gemm", fp8}, a100()), AllOf(HasSubstr("does not multiply fp8"), HasSubstr("bf16, fp16")));
  const Attention attention{1, 8, 8, 4096, 4096, 128, 128};
  EXPECT_THAT(error_of({"attention", attention}, a100(), "flash3"), AllOf(HasSubstr("\"flash3\""), HasSubstr("\"flash2\"")));
}

TEST(KernelCost, AShareAboveOneIsTheUsersMistake) {
  Device device = a100();
  device.matrix[NumberFormat::bf16].gemm_fraction = known(1.2);
  EXPECT_THAT(error_of({"gemm", Gemm{4096, 4096, 4096}}, device), AllOf(HasSubstr("\"gemm_fraction\""), HasSubstr("(0, 1]")));
}

// Scales per block inside an 8-bit product cost their share of the rate; scales per tensor, and micro blocks, cost nothing there.
TEST(KernelCost, BlockScalesCostTheirShare) {
  Device device = h100();
  Gemm gemm{8192, 8192, 8192};
  gemm.format = NumberFormat::fp8;
  const auto time = [&](ScaleBlock scale) {
    gemm.scale = scale;
    return kernel_cost({"gemm", gemm}, device, "", ClockRegime::burst).time;
  };
  EXPECT_THAT(error_of({"gemm", Gemm{gemm.m, gemm.n, gemm.k, 1, NumberFormat::fp8, NumberFormat::bf16, GemmPass::forward,
                                     ScaleBlock::block}},
                       device),
              HasSubstr("\"block_scaled_share\""));
  device.matrix[NumberFormat::fp8].block_scaled_share = known(0.8);
  EXPECT_NEAR(time(ScaleBlock::block) / time(ScaleBlock::tensor), 1 / 0.8, 0.01);
  EXPECT_EQ(time(ScaleBlock::micro), time(ScaleBlock::tensor));
}

// Alone at the power cap is between a short burst and a training step; unknown, it is a training step's.
TEST(KernelCost, ClockRegimes) {
  Device device = h100();
  const Kernel gemm{"gemm", Gemm{8192, 8192, 8192}};
  const auto time = [&](ClockRegime regime) { return kernel_cost(gemm, device, "", regime).time; };
  EXPECT_EQ(time(ClockRegime::power_limited), time(ClockRegime::sustained));
  device.power_limited_clock = known(0.95);
  EXPECT_LT(time(ClockRegime::burst), time(ClockRegime::power_limited));
  EXPECT_LT(time(ClockRegime::power_limited), time(ClockRegime::sustained));
}

TEST(KernelCost, AMeasuredTableOverridesTheFormula) {
  Device device = h100();
  device.gemm_table = GemmTable({{NumberFormat::bf16, GemmPass::forward, 8192, 8192, 8192, Seconds(2e-3)}}, "measured.csv");
  const KernelCost hit = kernel_cost({"gemm", Gemm{8192, 8192, 8192}}, device, "", ClockRegime::burst);
  EXPECT_EQ(hit.table, TableUse::hit);
  EXPECT_NEAR(hit.time.value(), 2e-3, 1e-12);
  EXPECT_NEAR(kernel_cost({"gemm", Gemm{8192, 8192, 8192}}, device, "").time.value(), 2e-3 / 0.9, 1e-12);
  const KernelCost miss = kernel_cost({"gemm", Gemm{4096, 8192, 8192}}, device, "", ClockRegime::burst);
  EXPECT_EQ(miss.table, TableUse::miss);
  EXPECT_EQ(miss.time, kernel_cost({"gemm", Gemm{4096, 8192, 8192}}, h100(), "", ClockRegime::burst).time);
  EXPECT_EQ(kernel_cost({"gemm", Gemm{4096, 8192, 8192}}, h100(), "").table, TableUse::none);

  device.gemm_table = GemmTable({{NumberFormat::bf16, GemmPass::forward, 8192, 8192, 8192, Seconds(1e-3)}}, "measured.csv");
  EXPECT_THAT(error_of({"gemm", Gemm{8192, 8192, 8192}}, device), AllOf(HasSubstr("measured.csv"), HasSubstr("beats")));
}

}  // namespace
}  // namespace headway
