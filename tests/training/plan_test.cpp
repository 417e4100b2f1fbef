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

TEST(CheckPlan, ZeroBubblePlacesOneChunkOrTwo) {
  TrainingPlan p = good();
  p.schedule = Schedule::zero_bubble;
  EXPECT_THAT(mistakes(p), IsEmpty());
  p.layout.virtual_stages = 2;
  EXPECT_THAT(mistakes(p), IsEmpty());
  p.layout.virtual_stages = 3;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.virtual_stages: \"zero_bubble\" places 1 chunk on a stage (ZB-H1) or 2 as a V "
                                       "(ZB-V), not 3"));
  p.layout.virtual_stages = p.layout.pipeline = 1;
  EXPECT_THAT(mistakes(p), ElementsAre("schedule: \"zero_bubble\" needs pipeline > 1 (did you mean \"1f1b\"?)"));
}

TEST(CheckPlan, DualPipeFillsThePipelineFromBothEnds) {
  TrainingPlan p = good();  // 8 stages, 32 microbatches
  p.schedule = Schedule::dualpipe;
  EXPECT_THAT(mistakes(p), IsEmpty());
  p.sharding = Sharding::gradients;
  p.global_batch = 4 * 15;
  EXPECT_THAT(
      mistakes(p),
      ElementsAre("sharding: \"dualpipe\" runs a forward and a backward at once and keeps parameters and gradients whole: "
                  "\"none\" or \"optimizer\"",
                  "schedule: \"dualpipe\" sends half of the microbatches either way: 15 is not an even number (did you "
                  "mean 14 or 16?)",
                  "schedule: \"dualpipe\" needs at least 2 microbatches per stage: 15 microbatches for 8 stages"));
  p = good();
  p.schedule = Schedule::dualpipe;
  p.layout.pipeline = 3;
  p.layout.virtual_stages = 2;
  EXPECT_THAT(mistakes(p),
              ElementsAre("parallel.virtual_stages: \"dualpipe\" takes 1: its stages hold two parts of a model cut into as many "
                          "parts as there are stages (did you mean schedule \"dualpipe_v\"?)",
                          "parallel.pipeline: \"dualpipe\" pairs stages from both ends: 3 stages are not an even number (did you "
                          "mean 2 or 4?)"));
  p.schedule = Schedule::dualpipe_v;
  EXPECT_THAT(mistakes(p), IsEmpty());
  p.layout.virtual_stages = 1;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.virtual_stages: \"dualpipe_v\" places 2 chunks on a stage as a V, not 1"));
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

TEST(CheckPlan, SelectiveOperationsStandAlone) {
  TrainingPlan p = good();
  p.recompute.modules = {RecomputeModule::selective_op, RecomputeModule::norm};
  EXPECT_THAT(mistakes(p), ElementsAre("recompute: \"selective-op\" chooses among all of a layer's operations; it stands alone"));
}

TEST(CheckPlan, ContextRanksTakeEqualSlicesAndHeads) {
  TrainingPlan p = world::plan(world::llama_8b(), {.tensor = 4, .sequence = true}, 4, 4096);
  p.layout.context = 4;
  EXPECT_THAT(mistakes(p), ElementsAre());
  p.layout.context = 3;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.context: a sequence of 4096 tokens cannot be cut into 24 equal slices (did you "
                                       "mean 4080 or 4104?)"));
  p.layout.context = 16;
  p.software.context_exchange = ContextExchange::all_to_all;
  EXPECT_THAT(mistakes(p),
              ElementsAre("parallel.context: 16 does not divide 8 heads of a tensor rank, which its all-to-all deals "
                          "out (did you mean 8?)"));
}

TEST(CheckPlan, ExpertsAreDealtToTheRanksOfAStage) {
  TrainingPlan p = world::plan(world::llama_8b(), {.data = 8}, 4);
  p.layout.expert = 2;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.expert: the model has no experts; leave it at 1"));
  p.model = world::mixtral_8x7b();
  EXPECT_THAT(mistakes(p), ElementsAre());
  p.layout.expert = 3;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.expert: 3 does not divide 8 experts (did you mean 2 or 4?)",
                                       "parallel.expert: 3 x expert_tensor 1 does not divide the 8 ranks of a pipeline stage"));
  p.layout.expert = 8;
  p.layout.expert_tensor = 3;
  EXPECT_THAT(mistakes(p),
              ElementsAre("parallel.expert: 8 x expert_tensor 3 does not divide the 8 ranks of a pipeline stage",
                          "parallel.expert_tensor: 3 does not divide an expert's width 14336 (did you mean 2 or 4?)"));
  p.layout.expert_tensor = 1;
  p.layout.tensor = 2;
  EXPECT_THAT(mistakes(p),
              ElementsAre("parallel.sequence: experts beside tensor parallelism need sequence parallelism: else every "
                          "tensor rank would send the same tokens"));
}

TEST(CheckPlan, ShardsDivideTheReplicas) {
  TrainingPlan p = good();
  p.layout.shard = 3;
  EXPECT_THAT(mistakes(p), ElementsAre("parallel.shard: nothing is sharded; set sharding or leave shard out",
                                       "parallel.shard: 3 does not divide the 4 ranks that hold the same parameters (did you "
                                       "mean 2 or 4?)"));
  p.sharding = Sharding::optimizer;
  p.layout.shard = 2;
  EXPECT_THAT(mistakes(p), IsEmpty());
}

TEST(CheckPlan, RoutingNeedsExperts) {
  TrainingPlan p = good();
  p.routing = {.skew = 1.2, .padded = true};
  EXPECT_THAT(mistakes(p), ElementsAre("routing: the model has no experts to route to; leave it out",
                                       "routing.padded: padded to which capacity? Give one, or leave padded out"));
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
