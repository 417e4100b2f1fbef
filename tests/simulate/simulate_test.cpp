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
