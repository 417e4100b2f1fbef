#include "training/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.h"

namespace headway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> mistakes(const TrainingPlan& plan) {
  std::vector<std::string> lines;
  for (const PlanMistake& m : check_plan(plan)) lines.push_back(m.key + ": " + m.message);
  return lines;
}

TrainingPlan good() { return world::plan(world::gpt3_175b(), {.tensor = 8, .pipeline = 8, .data = 4}, 32); }

TEST(CheckPlan, APlanPeopleRanHasNoMistakes) {
  EXPECT_THAT(mistakes(good()), IsEmpty());
  EXPECT_THAT(
      mistakes(world::plan(world::llama_405b(), {.tensor = 8, .pipeline = 16, .virtual_stages = 8, .sequence = true}, 32)),
      IsEmpty());
}

TEST(CheckPlan, TensorDividesHeads) {
  TrainingPlan p = world::plan(world::llama(4, 16384, 53256, 128, 8), {.tensor = 12}, 1);
  EXPECT_THAT(mistakes(p),
              ElementsAre("parallel.tensor: 12 does not divide 128 heads (did you mean 8 or 16?)",
                          "parallel.tensor: 12 neither divides nor is a multiple of 8 key-value heads (did you mean 8?)"));
}

TEST(CheckPlan, KeyValueHeadsMayBeReplicated) {
  EXPECT_THAT(mistakes(world::plan(world::llama(4, 4096, 14336, 32, 2), {.tensor = 8}, 1)), IsEmpty());
}

TEST(CheckPlan, BatchIsDealtEvenly) {
  TrainingPlan p = good();
  p.microbatch = 3;
  p.global_batch = 100;
  EXPECT_THAT(mistakes(p),
              ElementsAre("global_batch: 100 is not a multiple of 12 = 4 data ranks x microbatch 3 (did you mean 96 or 108?)"));
}

TEST(CheckPlan, AStepThatNoMemoryHoldsIsRefused) {
  TrainingPlan p = good();
  p.global_batch = 2'000'000'000;
  EXPECT_THAT(
      mistakes(p),
      ElementsAre("global_batch: 500000000 microbatches per data rank and step are too many to simulate; at most 10416 of a "
                  "model of 96 layers"));
}

TEST(CheckPlan, InterleavedNeedsChunksStagesAndWholeGroups) {
  TrainingPlan p = good();
  p.schedule = Schedule::interleaved;
  EXPECT_THAT(mistakes(p), ElementsAre("schedule: \"interleaved\" needs virtual_stages > 1 (did you mean \"1f1b\"?)"));
  p.layout.virtual_stages = 2;
  p.global_batch = 4 * 30;
  EXPECT_THAT(mistakes(p),
              ElementsAre("schedule: \"interleaved\" runs microbatches in groups of one per stage: 30 microbatches are not a "
                          "multiple of 8 stages (did you mean 24 or 32?)"));
  p.schedule = Schedule::one_f_one_b;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.virtual_stages: 2 virtual stages need schedule \"interleaved\", not \"1f1b\""));
}

TEST(CheckPlan, EveryStageHasALayer) {
  TrainingPlan p = world::plan(world::gpt(12, 1024, 16), {.pipeline = 16}, 16);
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.pipeline: 16 pipeline stages need at least 16 layers, the model has 12"));
  p.model.layers = 14;  // embedding and loss take the two slots that are left
  EXPECT_THAT(mistakes(p), IsEmpty());
}

TEST(CheckPlan, SplitSaysItOutright) {
  TrainingPlan p = world::plan(world::gpt(12, 1024, 16), {.pipeline = 4}, 4);
  p.split = {3, 3, 5};
  EXPECT_THAT(mistakes(p), ElementsAre("split: 3 entries for 4 pipeline stages; give one per part, in model order",
                                       "split: adds up to 11 layers, the model has 12"));
}

TEST(CheckPlan, WhatIsNotSimulatedYet) {
  TrainingPlan p = good();
  p.layout.context = 2;
  p.layout.expert = 2;
  p.sharding = Sharding::parameters;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.context: context parallelism is not simulated yet; leave it at 1",
                                       "parallel.expert: expert parallelism is not simulated yet; leave it at 1",
                                       "sharding: \"parameters\" is not simulated yet; use \"none\" or \"optimizer\""));
}

TEST(CheckPlan, RangesComeFirst) {
  TrainingPlan p = good();
  p.layout.tensor = 0;
  p.microbatch = -1;
  EXPECT_THAT(mistakes(p), ElementsAre("microbatch: -1 is less than 1", "parallel.tensor: 0 is less than 1"));
}

TEST(CheckPlan, FullRecomputationStandsAlone) {
  TrainingPlan p = good();
  p.recompute.modules = {RecomputeModule::layer, RecomputeModule::norm};
  EXPECT_THAT(mistakes(p), ElementsAre("recompute: \"full\" computes the whole layer again; it stands alone"));
}

}  // namespace
}  // namespace headway
