#include "simulate/memory_advice.h"

#include <gmock/gmock.h>

#include "training/memory.h"

namespace headway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TrainingPlan llama_8b(int data) {
  TrainingPlan plan;
  plan.model.layers = 32;
  plan.model.hidden = 4096;
  plan.model.ffn = 14336;
  plan.model.gated_mlp = true;
  plan.model.heads = 32;
  plan.model.kv_heads = 8;
  plan.model.head_dim = 128;
  plan.model.vocabulary = 128256;
  plan.software.attention = {"flash3"};
  plan.software.fused_cross_entropy = true;
  plan.sequence = 8192;
  plan.global_batch = 8 * data;
  plan.layout.data = data;
  return plan;
}

std::string advice(const TrainingPlan& plan, double capacity_gib) {
  return memory_advice(plan, stage_memory(plan), Bytes(capacity_gib * 1073741824.0));
}

// 18 bytes for each of 8 billion parameters, 12 of them sharded over 8 once the optimizer is.
TEST(MemoryAdvice, NamesTheLargestTermAndWhatWouldFit) {
  EXPECT_THAT(advice(llama_8b(8), 120),
              StartsWith("largest term optimizer states 89.7 GiB (stage 0); sharding optimizer would need "));
  EXPECT_THAT(advice(llama_8b(8), 120), HasSubstr(" and fit"));
}

TEST(MemoryAdvice, NamesTheNearestWhenNothingFits) {
  EXPECT_THAT(advice(llama_8b(8), 20), HasSubstr("no single change of the plan fits, nearest is "));
}

TEST(MemoryAdvice, OneDeviceCannotShard) { EXPECT_THAT(advice(llama_8b(1), 20), Not(HasSubstr("sharding"))); }

}  // namespace
}  // namespace headway
