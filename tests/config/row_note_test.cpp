#include "config/row_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TrainingPlan noted(const std::string& note) {
  TrainingPlan plan;
  plan.model.layers = 8;
  plan.layout.pipeline = 4;
  plan.layout.data = 16;
  plan.sharding = Sharding::optimizer;
  plan.software.attention = {"flash2"};
  plan.software.tensor_overlap = 0.66;
  plan.software.overlap_pipeline = true;
  apply_note(note, plan);
  return plan;
}

TEST(RowNote, OtherWordsChangeNothing) {
  const TrainingPlan plan = noted("shape from config.json; table also gives 774 tokens/s; TP comm overlap on");
  EXPECT_EQ(plan.software.tensor_overlap, 0.66);
  EXPECT_TRUE(plan.software.overlap_pipeline);
  EXPECT_TRUE(plan.software.fused_activation);
  EXPECT_THAT(plan.split, IsEmpty());
  EXPECT_EQ(plan.layout.shard, 0);
}

TEST(RowNote, FlagsThatAreNotThereAreOff) {
  const Software fast =
      noted("flags: use-mc2 use-flash-attn use-fused-swiglu use-fused-rotary-pos-emb overlap-grad-reduce").software;
  EXPECT_GT(fast.tensor_overlap, 0);
  EXPECT_THAT(fast.attention, ElementsAre("flash2"));
  EXPECT_TRUE(fast.fused_activation && fast.fused_rotary && fast.overlap_gradient_reduction);
  EXPECT_FALSE(fast.overlap_parameter_gather);
  const Software plain = noted("flags: use-fused-rmsnorm; seq from script").software;
  EXPECT_EQ(plain.tensor_overlap, 0);
  EXPECT_THAT(plain.attention, ElementsAre("unfused"));
  EXPECT_FALSE(plain.fused_activation || plain.fused_rotary);
}

TEST(RowNote, WhatTheAuthorsSayOfOverlap) {
  EXPECT_EQ(noted("no TP overlap, no p2p overlap; GA=16").software.tensor_overlap, 0);
  EXPECT_FALSE(noted("no TP overlap, no p2p overlap; GA=16").software.overlap_pipeline);
  EXPECT_FALSE(noted("TP/P2P overlap disabled").software.overlap_pipeline);
  EXPECT_GT(noted("FSDP2; eager").software.elementwise_passes, 2);
  EXPECT_EQ(noted("dispatcher=hybridep; moe_a2a_overlap=False").software.dispatch, Dispatch::per_node);
  EXPECT_EQ(noted("moe_a2a_overlap=True").software.expert_overlap, 1.0);
  EXPECT_EQ(noted("cp a2a").software.context_exchange, ContextExchange::all_to_all);
}

TEST(RowNote, LayersAndShards) {
  EXPECT_THAT(noted("num-layer-list=1,2,3,2; impl=Mcore").split, ElementsAre(1, 2, 3, 2));
  EXPECT_THAT(noted("num-layer-list=4,4").split, IsEmpty());  // not one for each of four stages
  EXPECT_EQ(noted("zero1=8; micro_num 4").layout.shard, 8);
  EXPECT_EQ(noted("zero1=-1; micro_num 4").layout.shard, 0);
  EXPECT_EQ(noted("zero1=12").layout.shard, 0);  // does not divide 16 replicas
}

}  // namespace
}  // namespace headway
