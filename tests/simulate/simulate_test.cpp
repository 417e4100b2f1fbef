// Textbook checks on whole steps: what must hold whatever the calibration says.
#include "simulate/simulate.h"

#include <gtest/gtest.h>

#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;

double sum_of(const Breakdown& b) { return b.sum().value(); }

TEST(Simulate, BreakdownSumsToTheStep) {
  for (const int pipeline : {1, 4}) {
    const Result r = run("dgx-h100", 64, 4, pipeline, 1, 8).result();
    EXPECT_NEAR(sum_of(r.breakdown), r.step_time.value(), 1e-9 * r.step_time.value());
  }
}

double sum_of(const PassTimes& p) {
  return (p.forward + p.backward + p.input_gradient + p.weight_gradient + p.together + p.outside).value();
}

// Whatever the schedule, and in one whose backward passes are whole as long as its kernels and what they wait for.
TEST(Simulate, PassTimesSumToTheStep) {
  TrainingRun r = run("dgx-h100", 32, 1, 4, 1, 24);
  for (const Schedule schedule : {Schedule::one_f_one_b, Schedule::zero_bubble, Schedule::dualpipe}) {
    r.plan.schedule = schedule;
    const Result result = r.result();
    EXPECT_NEAR(sum_of(result.passes), result.step_time.value(), 1e-9 * result.step_time.value());
    EXPECT_GT(result.passes.forward, Seconds(0));
    EXPECT_GT(result.passes.outside, Seconds(0));
    EXPECT_EQ(result.passes.together > Seconds(0), schedule == Schedule::dualpipe);
    EXPECT_EQ(result.passes.weight_gradient > Seconds(0), schedule != Schedule::one_f_one_b);
    const Breakdown& b = result.breakdown;
    EXPECT_GE(result.passes.outside.value(), (b.bubble + b.optimizer).value() * 0.99)
        << "nothing in a pass waits for another stage";
  }
}

// A stand for every layer with experts and microbatch, hidden by nothing.
TEST(Simulate, ReadingCountsCostsAsMuchAsItTakes) {
  TrainingRun r = run("dgx-h100", 8, 1, 1, 1, 4);
  r.plan.model.experts = Experts{.count = 16, .top_k = 4, .ffn = 4096};
  r.plan.layout.expert = 8;
  r.plan.software.host_per_dispatch = Seconds(0);
  const Result without = r.result();
  r.plan.software.host_per_dispatch = Seconds(1e-3);
  const Result with = r.result();
  const double stands = 4.0 * r.plan.model.layers;
  EXPECT_NEAR((with.step_time - without.step_time).value(), stands * 1e-3, 1e-4 * stands);
  EXPECT_NEAR((with.breakdown.other - without.breakdown.other).value(), stands * 1e-3, 1e-9);
}

TEST(Simulate, NoStepBeatsTheDensePeak) {
  const Result r = run("dgx-h100", 8, 1, 1, 1, 4).result();
  EXPECT_GT(r.mfu, 0.0);
  EXPECT_LT(r.mfu, 1.0);
  EXPECT_LE(r.mfu, r.hfu);
}

// Bubble of 1F1B over uniform stages: (p - 1) / (m + p - 1) of the step, communication and optimizer aside.
TEST(Simulate, BubbleOfUniformStages) {
  TrainingRun r = run("dgx-h100", 4, 1, 4, 1, 12);
  r.plan.model.vocabulary = 64;  // next to nothing on the end stages
  const Result result = r.result();
  const double rest = result.step_time.value() - result.breakdown.optimizer.value() - result.breakdown.exposed_data.value() -
                      result.breakdown.exposed_pipeline.value() - result.breakdown.other.value();
  EXPECT_NEAR(result.breakdown.bubble.value() / rest, 3.0 / (12 + 3), 0.01);
}

// Time on the compute stream of one pass of this kind, on a middle stage.
double pass_time(const Result& result, PassKind kind) {
  const std::size_t rank_class = 1;
  const RankProgram& program = result.labels.programs[result.labels.classes[rank_class].program];
  double sum = 0, passes = 0;
  for (const Pass& pass : program.passes)
    if (pass.kind == kind) ++passes;
  for (std::size_t p = 0; p < program.ops.pieces.size(); ++p) {
    if (program.pass_of[p] < 0 || program.passes[static_cast<std::size_t>(program.pass_of[p])].kind != kind) continue;
    const Piece& piece = program.ops.pieces[p];
    const Block<Op>& block = program.ops.blocks[piece.block];
    for (std::uint32_t i = 0; i < block.operations.size(); ++i)
      if (const TaskTimes& t = result.timeline.tasks[rank_class][piece.first + i]; !block.operations[i].collective)
        sum += to_seconds(t.end - t.start).value();
  }
  return sum / passes;
}

// Qi et al. 2023: 1F1B waits (p - 1) (F + B + W), ZB-H1 (p - 1) (F + B - W), whatever the three take.
TEST(Simulate, BubbleOfZeroBubble) {
  TrainingRun r = run("dgx-h100", 4, 1, 4, 1, 12);
  r.plan.model.vocabulary = 64;
  const double whole = r.result().breakdown.bubble.value();
  r.plan.schedule = Schedule::zero_bubble;
  const Result result = r.result();
  const double f = pass_time(result, PassKind::forward), b = pass_time(result, PassKind::input_gradient),
               w = pass_time(result, PassKind::weight_gradient);
  EXPECT_NEAR(whole / (3 * (f + b + w)), 1, 0.03);
  EXPECT_NEAR(result.breakdown.bubble.value() / (3 * (f + b - w)), 1, 0.05);
}

// What the experts exchange runs beside the other direction's kernels, and nothing is done that 1F1B does not do.
TEST(Simulate, DualPipeHidesTheExchangeOfExperts) {
  TrainingRun r = run("dgx-h100", 32, 1, 4, 1, 24);
  r.plan.model.experts = Experts{.count = 16, .top_k = 4, .ffn = 4096};
  r.plan.layout.expert = 8;
  const Result one_way = r.result();
  r.plan.schedule = Schedule::dualpipe;
  const Result both_ways = r.result();
  EXPECT_LT(both_ways.step_time, one_way.step_time);
  EXPECT_LT(both_ways.breakdown.exposed_expert, 0.6 * one_way.breakdown.exposed_expert);
  EXPECT_GT(both_ways.breakdown.compute, 0.99 * one_way.breakdown.compute);  // what shares multiprocessors is slowed
}

// One stage, so that no other can hide the delay.
TEST(Simulate, ASlowDeviceSlowsItsStep) {
  TrainingRun r = run("dgx-h100", 64, 4, 1, 1, 8);
  const Result even = r.result();
  r.cluster.slow_devices.push_back({17, 0.9});
  const Result odd = r.result();
  EXPECT_GT(odd.step_time, even.step_time * 1.03);
  EXPECT_LT(odd.step_time, even.step_time * 1.0 / 0.9);
}

// Both nodes hold tensor groups of the first stage: which of them has the slow links cannot matter.
TEST(Simulate, AFaultOfTheFirstNodeIsNoOtherThanOfTheSecond) {
  const auto with_fault_in = [](int node) {
    TrainingRun r = run("dgx-h100", 32, 8, 2, 1, 8);
    r.cluster.link_faults.push_back({"scale_up", std::nullopt, node, "", "", 0.5});
    return r.result().step_time;
  };
  EXPECT_EQ(with_fault_in(0), with_fault_in(1));
}

TEST(Simulate, FasterLinksNeverSlowAStep) {
  TrainingRun r = run("dgx-h100", 64, 8, 1, 1, 4);
  const Result slow = [&] {
    TrainingRun half = r;
    half.cluster.networks.front().port = Bandwidth(100e9);
    return half.result();
  }();
  EXPECT_LT(r.result().step_time, slow.step_time);
}

TEST(Simulate, AloneThereIsNobodyToShardWith) {
  for (const Software& software : {catalogue().software("megatron-core"), catalogue().software("torchtitan")}) {
    TrainingRun r = run("dgx-h100", 8, 4, 2, 1, 4);
    r.plan.software = software;
    r.plan.sharding = Sharding::none;
    const Seconds step = r.result().step_time;
    for (const Sharding sharding : {Sharding::optimizer, Sharding::gradients, Sharding::parameters}) {
      r.plan.sharding = sharding;
      EXPECT_NEAR(r.result().step_time / step, 1, 1e-3) << name_of(sharding);
    }
  }
}

TEST(Simulate, AStepIsTimedUpToALimit) {
  const TrainingRun r = run("dgx-h100", 64, 4, 4, 2, 8);
  const Seconds step = r.result().step_time;
  const Fabric fabric = build_fabric(r.cluster);
  EXPECT_EQ(step_time_within(r.cluster, fabric, r.plan, step), step);
  EXPECT_EQ(step_time_within(r.cluster, fabric, r.plan, 0.999 * step), std::nullopt);
}

TEST(Simulate, SameScenarioSameBits) {
  const TrainingRun r = run("dgx-h100", 64, 4, 4, 2, 8);
  EXPECT_EQ(r.result().step_time, r.result().step_time);
}

TEST(Simulate, MemoryThatDoesNotFitIsAnAnswer) {
  TrainingRun r = run("dgx-h100", 8, 1, 1, 1, 1);
  r.plan.model = catalogue().model("llama-3.1-70b");
  const Result result = r.result();
  EXPECT_FALSE(result.fits);
  EXPECT_GT(result.step_time.value(), 0.0);
}

}  // namespace
}  // namespace headway
