#include "study/validation.h"

#include <gtest/gtest.h>

#include <atomic>

#include "training/memory.h"

namespace headway {
namespace {

ScoredRun scored(const std::string& source, const std::string& device, double error, bool tier_a = true) {
  return {source + "-1", source, device, "", tier_a, 1.0, 1.0 + error, error, {}, "", false};
}

// Cell (a, x): errors +0.2, -0.1 -> MAPE 0.15. Cell (b, x): +0.3. MAPE 0.6/3, macro (0.15 + 0.3)/2, bias 0.4/3, median 0.2.
TEST(Validation, ScoresByHand) {
  ValidationScore result;
  result.runs = {scored("b", "x", 0.3), scored("a", "x", 0.2), scored("a", "x", -0.1), scored("a", "x", 5.0, false)};
  score(result);
  EXPECT_EQ(result.scored, 3);
  EXPECT_DOUBLE_EQ(result.mape, 0.2);
  EXPECT_DOUBLE_EQ(result.macro_mape, 0.225);
  EXPECT_NEAR(result.bias, 0.4 / 3, 1e-15);
  EXPECT_DOUBLE_EQ(result.median_ape, 0.2);
  ASSERT_EQ(result.cells.size(), 2U);
  EXPECT_EQ(result.cells[0].source, "a");
  EXPECT_EQ(result.cells[0].rows, 2);
  EXPECT_DOUBLE_EQ(result.cells[0].mape, 0.15);
  EXPECT_DOUBLE_EQ(result.cells[0].bias, 0.05);
}

// Job one: measured 1.0, 1.04, 1.5 and the second predicted fastest, 4 % lost. Job two: 2.0 and 3.0, the wrong one chosen, 50 %.
// A job in one layout only and one that does not count say nothing.
TEST(Validation, OrderOfLayouts) {
  const auto row = [](const std::string& job, double measured, double predicted, bool counts = true) {
    ScoredRun run = scored("a", "x", predicted / measured - 1, counts);
    run.measured = measured;
    run.predicted = predicted;
    run.job = job;
    return run;
  };
  ValidationScore result;
  result.kind = "runs";
  result.runs = {row("one", 1.0, 1.1), row("one", 1.04, 0.9),       row("one", 1.5, 1.6), row("two", 2.0, 2.5),
                 row("two", 3.0, 2.4), row("two", 1.0, 9.0, false), row("alone", 1, 1)};
  score(result);
  EXPECT_EQ(result.order.jobs, 2);
  EXPECT_EQ(result.order.near, 1);
  EXPECT_NEAR(result.order.mean_loss, (0.04 + 0.5) / 2, 1e-12);
  EXPECT_NEAR(result.order.worst_loss, 0.5, 1e-12);
  ASSERT_EQ(result.orders.size(), 1U);
  EXPECT_EQ(result.orders.front().source, "a");
  EXPECT_EQ(result.orders.front().near, 1);

  // Predicted alike, they are one layout, as good as the best of them.
  result.runs = {row("one", 1.5, 1.0), row("one", 1.0, 1.0), row("one", 1.2, 1.1), row("two", 1.0, 1.0), row("two", 2.0, 1.0)};
  score(result);
  EXPECT_EQ(result.order.jobs, 1);
  EXPECT_EQ(result.order.worst_loss, 0);
}

TEST(Validation, MedianOfAnEvenNumberIsTheMiddle) {
  ValidationScore result;
  result.runs = {scored("a", "x", 0.1), scored("a", "x", 0.4), scored("a", "x", -0.2), scored("a", "x", 0.3)};
  score(result);
  EXPECT_DOUBLE_EQ(result.median_ape, 0.25);
}

TEST(Validation, NothingScoredIsZeroNotNothing) {
  ValidationScore result;
  result.runs = {scored("a", "x", 5.0, false)};
  score(result);
  EXPECT_EQ(result.scored, 0);
  EXPECT_EQ(result.mape, 0);
  EXPECT_EQ(result.macro_mape, 0);
}

TEST(Validation, RowsThatCannotBePredictedAreSkippedWithTheirReason) {
  MeasuredRun lacking;
  lacking.id = "a-1";
  lacking.tier = "A";
  lacking.measured = 1;
  lacking.why = "mixture of experts is not simulated yet";
  std::atomic<std::size_t> calls{0};
  const ValidationScore result = validate_runs({lacking, lacking}, [&](std::size_t) { ++calls; });
  EXPECT_EQ(result.kind, "runs");
  EXPECT_EQ(result.rows, 2);
  EXPECT_EQ(result.scored, 0);
  ASSERT_EQ(result.skipped.size(), 2U);
  EXPECT_EQ(result.skipped[0].why, "mixture of experts is not simulated yet");
  EXPECT_EQ(calls, 2U);
}

// One device, one number: 2 m n k at half of 1 PFLOPS, plus 1 us of floor.
Device card() {
  Device device;
  device.name = "card";
  const auto known = [](auto value) { return Sourced<decltype(value)>{value, Grade::measured, "test", true}; };
  device.matrix[NumberFormat::bf16] = {known(FlopRate(1e15)), known(0.5), known(4.0), known(Seconds(1e-6)), {}};
  device.memory_bandwidth = known(Bandwidth(1e15));
  device.gemm_memory_fraction = known(1.0);
  device.multiprocessors = known(1);
  device.power_limited_clock = known(0.8);
  device.sustained_clock = known(0.5);
  return device;
}

MeasuredKernel product(const std::string& id, double measured_s, ClockRegime regime) {
  MeasuredKernel row;
  row.id = id;
  row.group = "bf16";
  row.device = "card";
  row.measured = Seconds(measured_s);
  row.kernels = {{"gemm", Gemm{25600, 12800, 1e9}}};
  row.regime = regime;
  return row;
}

// 2 m n k / P = 655.36 ks at half the peak; a regime's clock divides it.
TEST(Validation, KernelsArePricedInTheirRegimeAndScoredByGroup) {
  MeasuredKernels kernels;
  kernels.devices = {card()};
  const double burst = 2 * 25600.0 * 12800 * 1e9 / 0.5e15;
  kernels.rows = {product("gemm-2", burst, ClockRegime::burst), product("gemm-3", burst, ClockRegime::power_limited),
                  product("gemm-4", burst, ClockRegime::sustained), product("gemm-5", 1, ClockRegime::burst),
                  product("gemm-6", 1, ClockRegime::burst)};
  kernels.rows[3].host = Seconds(2 * burst);
  kernels.rows[3].measured = Seconds(2 * burst);
  kernels.rows[4].why = "device \"abacus\" is not in the catalogue";
  const ValidationScore result = validate_kernels("gemm", kernels);
  EXPECT_EQ(result.kind, "gemm");
  EXPECT_EQ(result.scored, 4);
  ASSERT_EQ(result.runs.size(), 4U);
  EXPECT_NEAR(result.runs[0].error, 0, 1e-4);
  EXPECT_NEAR(result.runs[1].error, 1 / 0.8 - 1, 1e-4);
  EXPECT_NEAR(result.runs[2].error, 1 / 0.5 - 1, 1e-4);
  EXPECT_NEAR(result.runs[3].error, 0, 1e-12) << "the host's time is the least a call takes";
  ASSERT_EQ(result.skipped.size(), 1U);
  EXPECT_EQ(result.skipped[0].id, "gemm-6");
  ASSERT_EQ(result.cells.size(), 1U);
  EXPECT_EQ(result.cells[0].source, "bf16");
}

TEST(Validation, MemoryIsThePeakOfTheAllocator) {
  MeasuredRun run;
  run.id = "a-1";
  run.source = "a";
  run.tier = "A";
  run.measured = 1;
  run.cluster = Cluster{};
  TrainingPlan plan;
  plan.model.layers = 2;
  plan.model.hidden = plan.model.ffn = 1024;
  plan.model.heads = plan.model.kv_heads = 8;
  plan.model.head_dim = 128;
  plan.model.vocabulary = 1024;
  plan.sequence = 128;
  plan.global_batch = 1;
  run.plan = plan;
  const ValidationScore result = validate_memory({run});
  ASSERT_EQ(result.runs.size(), 1U);
  EXPECT_DOUBLE_EQ(result.runs[0].predicted, stage_memory(plan).front().allocated().value() / 1073741824.0);
}

// Cell (a, x): errors +0.2 and, of a large one, -0.1.
TEST(Validation, LargeRowsAreScoredOnceMore) {
  ValidationScore result;
  result.runs = {scored("a", "x", 0.2), scored("a", "x", -0.1)};
  result.runs[1].large = true;
  score(result);
  EXPECT_DOUBLE_EQ(result.mape, 0.15);
  EXPECT_EQ(result.large.rows, 1);
  EXPECT_DOUBLE_EQ(result.large.mape, 0.1);
  EXPECT_DOUBLE_EQ(result.large.bias, -0.1);
  EXPECT_DOUBLE_EQ(result.cells.at(0).large.bias, -0.1);
}

}  // namespace
}  // namespace headway
