#include "training/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "training/schedule.h"
#include "world.h"

namespace headway {
namespace {

using testing::DoubleNear;

constexpr double kGiB = 1073741824.0;

double term(const StageMemory& memory, const std::string& name) {
  for (const MemoryTerm& t : memory.terms)
    if (t.name == name) return t.bytes.value();
  return -1;
}

// Korthikanti et al. 2022, eq. 1 and 2: s b h (34 + 5 a s / h), and with tensor parallelism s b h (10 + 24/t + 5 a s / (h t)).
TEST(Memory, UnfusedGptLayerIsKorthikantisFormula) {
  const double s = 2048, b = 1, h = 6144, a = 64;
  TrainingPlan p = world::plan(world::gpt(48, 6144, 64), {.tensor = 1}, 4);
  p.software.attention = {"unfused"};
  EXPECT_NEAR(saved_per_layer(p).value(), s * b * h * (34 + 5 * a * s / h), 1);
  p.layout.tensor = 8;
  EXPECT_NEAR(saved_per_layer(p).value(), s * b * h * (10 + 24 / 8.0 + 5 * a * s / (h * 8)), 1);
}

// Eq. 4 and 6: with sequence parallelism everything is divided by t; selective recomputation leaves 34 s b h / t.
TEST(Memory, SequenceParallelAndSelectiveRecomputation) {
  const double sbh = 2048.0 * 6144;
  TrainingPlan p = world::plan(world::gpt(48, 6144, 64), {.tensor = 8, .sequence = true}, 4);
  p.software.attention = {"unfused"};
  EXPECT_NEAR(saved_per_layer(p).value(), sbh / 8 * (34 + 5 * 64 * 2048.0 / 6144), 1);
  p.recompute.modules = {RecomputeModule::attention_core};
  EXPECT_NEAR(saved_per_layer(p).value(), sbh / 8 * 34, 1);
  p.recompute.modules = {RecomputeModule::layer};
  EXPECT_NEAR(saved_per_layer(p).value(), sbh / 8 * 2, 1);
}

TEST(Memory, EighteenBytesPerParameterAndShardedOptimizer) {
  TrainingPlan p = world::plan(world::llama_8b(), {.data = 8}, 4, 8192);
  const double parameters = total_parameters(p.model);
  const auto states = [&] {
    const StageMemory m = stage_memory(p).front();
    return (term(m, "weights") + term(m, "gradients") + term(m, "optimizer states")) / parameters;
  };
  EXPECT_NEAR(states(), 18, 1e-3);
  p.sharding = Sharding::optimizer;
  EXPECT_NEAR(states(), 6 + 12.0 / 8, 1e-3);
}

// 1F1B: stage 0 of p holds p microbatches, the last stage one.
TEST(Memory, EarlierStagesHoldMoreMicrobatches) {
  const std::vector<StageMemory> m = stage_memory(world::plan(world::gpt3_175b(), {.tensor = 8, .pipeline = 8}, 64));
  EXPECT_NEAR(term(m[0], "activations") / term(m[7], "activations"), 8, 1e-9);
  EXPECT_EQ(term(m[0], "logits"), 0);
  EXPECT_GT(term(m[7], "logits"), 0);
}

// Qi et al. 2023, section 3: what waits for a weight gradient is 32 s b h of a GPT layer's 34 s b h, so that every stage of ZB-H1
// holds what the first stage of 1F1B does, of which s microbatches on stage s wait.
TEST(Memory, WeightGradientsReadTheirOperands) {
  TrainingPlan p = world::plan(world::gpt(8, 6144, 64), {.pipeline = 4}, 12);
  const double first_of_1f1b = term(stage_memory(p)[0], "activations"), layer = saved_per_layer(p).value();
  p.schedule = Schedule::zero_bubble;
  const std::vector<StageMemory> m = stage_memory(p);
  EXPECT_EQ(term(m[0], "activations"), first_of_1f1b);
  for (const MemoryTerm& t : m[0].terms) {
    if (t.name == "activations") {
      EXPECT_EQ(t.grade, Grade::estimated);
    }
  }
  const double waiting = 32 * 2048.0 * 6144;
  EXPECT_NEAR(term(m[2], "activations") / (2 * (2 * layer + 2 * waiting)), 1, 1e-9);
  for (int stage = 0; stage < 3; ++stage) EXPECT_LE(term(m[static_cast<std::size_t>(stage)], "activations"), 1.2 * first_of_1f1b);
}

// Two chunks of half the layers: ZB-V holds on every stage what 1F1B holds on its first.
TEST(Memory, ZeroBubbleVIsBalanced) {
  TrainingPlan p = world::plan(world::gpt(16, 6144, 64), {.pipeline = 4}, 12);
  const double first_of_1f1b = term(stage_memory(p)[0], "activations");
  p.schedule = Schedule::zero_bubble;
  p.layout.virtual_stages = 2;
  for (const StageMemory& stage : stage_memory(p)) EXPECT_NEAR(term(stage, "activations") / first_of_1f1b, 1, 0.1);
  EXPECT_GT(term(stage_memory(p)[0], "logits"), 0);
  EXPECT_EQ(term(stage_memory(p)[3], "logits"), 0);
}

// DeepSeek-V3, table 2: 2 parameters per stage, p + 1 microbatches in flight; DualPipeV 1 and, of chunks half as large, 2 p + 1.
TEST(Memory, DualPipeHoldsParametersTwice) {
  TrainingPlan p = world::plan(world::llama(16, 4096, 14336, 32, 8), {.pipeline = 4, .data = 8}, 12);
  p.sharding = Sharding::optimizer;
  const StageMemory once = stage_memory(p)[1];
  p.schedule = Schedule::dualpipe;
  const StageMemory twice = stage_memory(p)[1];
  for (const char* name : {"weights", "gradients"}) EXPECT_NEAR(term(twice, name) / term(once, name), 2, 1e-9);
  EXPECT_NEAR(term(twice, "optimizer states") / term(once, "optimizer states"), 1, 1e-9);  // halves of two parts
  const double part = 4 * saved_per_layer(p).value();
  EXPECT_NEAR(term(twice, "activations") / (5 * part), 1, 0.1);
  p.schedule = Schedule::dualpipe_v;
  p.layout.virtual_stages = 2;
  const StageMemory v = stage_memory(p)[1];
  EXPECT_NEAR(term(v, "weights") / term(once, "weights"), 1, 1e-9);
  EXPECT_NEAR(term(v, "activations") / (9 * part / 2), 1, 0.1);
}

// ZeRO-2 leaves the weights whole, ZeRO-3 two layers, embedding and head of them.
TEST(Memory, ShardedGradientsAndParameters) {
  TrainingPlan p = world::plan(world::llama_8b(), {.data = 8}, 4, 8192);
  const double parameters = total_parameters(p.model);
  const double whole = 2 * layer_parameters(p.model, LayerKind::dense) + 2 * embedding_parameters(p.model) + 4096;
  p.sharding = Sharding::gradients;
  EXPECT_NEAR(term(stage_memory(p).front(), "weights") / (2 * parameters), 1, 1e-3);
  EXPECT_NEAR(term(stage_memory(p).front(), "gradients") / (4 * parameters / 8 + 2 * whole), 1, 1e-3);
  p.sharding = Sharding::parameters;
  EXPECT_NEAR(term(stage_memory(p).front(), "weights") / (2 * whole), 1, 1e-3);
}

// Experts are held by fewer ranks than the rest: their optimizer states by the expert-data group.
TEST(Memory, ShardedExperts) {
  TrainingPlan p = world::plan(world::mixtral_8x7b(), {.data = 8}, 4, 4096);
  p.sharding = Sharding::optimizer;
  p.layout.expert = 4;
  const double experts = count_parameters(p.model).routed_experts, rest = total_parameters(p.model) - experts;
  EXPECT_NEAR(term(stage_memory(p).front(), "weights") / (2 * (rest + experts / 4)), 1, 1e-3);
  EXPECT_NEAR(term(stage_memory(p).front(), "optimizer states") / (12 * (rest / 8 + experts / 4 / 2)), 1, 1e-3);
}

struct Measured {
  Model model;
  world::Degrees degrees;
  int microbatches;
  double peak_gib;  // of the framework's allocator
};

// Measured peaks of Megatron-LM with Transformer Engine (SimuMax B200 release v1.2): slices of Llama 3 70B and 405B, sequences of
// 4096, microbatch 1, distributed optimizer, fused loss, no recomputation.
TEST(Memory, MeasuredPeaks) {
  const Model l70 = world::llama(12, 8192, 28672, 64, 8), l405 = world::llama(4, 16384, 53248, 128, 16);
  const std::vector<Measured> runs = {{l70, {.pipeline = 2, .data = 4}, 4, 66.55},
                                      {l70, {.tensor = 2, .data = 4, .sequence = true}, 4, 60.68},
                                      {l70, {.tensor = 4, .data = 2, .sequence = true}, 8, 39.07},
                                      {l70, {.tensor = 8, .sequence = true}, 4, 28.29},
                                      {l405, {.tensor = 2, .data = 4, .sequence = true}, 4, 81.59},
                                      {l405, {.tensor = 4, .data = 2, .sequence = true}, 4, 52.89},
                                      {l405, {.tensor = 8, .sequence = true}, 4, 38.57},
                                      {l405, {.pipeline = 2, .data = 4}, 32, 87.08}};
  for (const Measured& run : runs) {
    TrainingPlan p = world::plan(run.model, run.degrees, run.microbatches, 4096);
    p.sharding = Sharding::optimizer;
    double peak = 0;
    for (const StageMemory& stage : stage_memory(p)) peak = std::max(peak, stage.allocated().value() / kGiB);
    EXPECT_THAT(peak / run.peak_gib, DoubleNear(1, 0.01)) << run.peak_gib;
  }
}

struct MeasuredMixture {
  Model model;
  world::Degrees degrees;
  int expert;
  double peak_gib;
};

// The same source: four layers of DeepSeek-V2 and V3, all but the first with experts.
TEST(Memory, MeasuredPeaksOfExpertsAndLatentAttention) {
  const Model v2 =
      world::deepseek(4, 5120, 12288, 102400, {.count = 160, .top_k = 6, .ffn = 1536, .shared_ffn = 3072, .dense_layers = 1});
  const Model v3 =
      world::deepseek(4, 7168, 18432, 129280, {.count = 256, .top_k = 8, .ffn = 2048, .shared_ffn = 2048, .dense_layers = 1});
  const std::vector<MeasuredMixture> runs = {
      {v2, {.pipeline = 2, .data = 4}, 4, 44.70}, {v2, {.data = 8}, 8, 45.63}, {v3, {.data = 8}, 8, 104.30}};
  for (const MeasuredMixture& run : runs) {
    TrainingPlan p = world::plan(run.model, run.degrees, 32, 4096);
    p.layout.expert = run.expert;
    p.sharding = Sharding::optimizer;
    double peak = 0;
    for (const StageMemory& stage : stage_memory(p)) peak = std::max(peak, stage.allocated().value() / kGiB);
    EXPECT_THAT(peak / run.peak_gib, DoubleNear(1, 0.015)) << run.peak_gib;
  }
}

Grade grade(const StageMemory& memory, const std::string& name) {
  for (const MemoryTerm& t : memory.terms)
    if (t.name == name) return t.grade;
  return Grade::press;
}

TEST(Memory, TermsAreMeasuredOnlyOnMeasuredGround) {
  TrainingPlan p = world::plan(world::llama_8b(), {.data = 8}, 4, 8192);
  EXPECT_EQ(grade(stage_memory(p).front(), "weights"), Grade::measured);
  EXPECT_EQ(grade(stage_memory(p).front(), "activations"), Grade::measured);
  EXPECT_EQ(grade(stage_memory(p).front(), "framework"), Grade::estimated);
  p.recompute.modules = {RecomputeModule::layer};
  EXPECT_EQ(grade(stage_memory(p).front(), "activations"), Grade::estimated);
  p.recipe.cast_bytes_per_element = 3;
  EXPECT_EQ(grade(stage_memory(p).front(), "weights"), Grade::estimated);
}

// FP8 keeps 16-bit weights and two 8-bit copies, 4 bytes each; FP4 storage keeps 4 bits and 1/32 of scales, and no copy.
TEST(Memory, PackedWeightsKeepNoCopies) {
  TrainingPlan p = world::plan(world::llama_8b(), {}, 4, 8192);
  const double matrices = 32 * 4096.0 * (6144 + 4096 + 3 * 14336);
  const double others = total_parameters(p.model) - matrices;
  p.recipe.compute = NumberFormat::fp8;
  p.recipe.cast_bytes_per_element = 3;
  p.recipe.transposed_copy = true;
  EXPECT_NEAR(term(stage_memory(p).front(), "weights") / (4 * matrices + 2 * others), 1, 1e-3);
  p.recipe.weight = NumberFormat::fp4;
  p.recipe.scale_bytes_per_element = 1 / 32.0;
  EXPECT_NEAR(term(stage_memory(p).front(), "weights") / ((0.5 + 1 / 32.0) * matrices + 2 * others), 1, 1e-3);
}

// The most a stage holds that begins with `held`, which becomes what it ends with.
double most_held(const MemoryCourse& course, double& held) {
  double most = held;
  for (const MemoryCourse::Change& change : course.passes) {
    held += change.at_start.value();
    most = std::max(most, held);
    held += change.at_end.value();
    most = std::max(most, held);
  }
  return most;
}

// Whatever the schedule: what a stage holds never is more than its peak, reaches it, and is given back in the end.
TEST(Memory, TheCourseOfAStepReachesThePeak) {
  for (const auto& [schedule, chunks] : {std::pair{Schedule::gpipe, 1},
                                         {Schedule::one_f_one_b, 1},
                                         {Schedule::interleaved, 2},
                                         {Schedule::zero_bubble, 1},
                                         {Schedule::zero_bubble, 2},
                                         {Schedule::dualpipe, 1},
                                         {Schedule::dualpipe_v, 2}}) {
    TrainingPlan p = world::plan(world::llama_8b(), {.pipeline = 4, .virtual_stages = chunks}, 16);
    p.schedule = schedule;
    for (int stage = 0; stage < 4; ++stage) {
      const MemoryCourse course = memory_course(p, stage);
      const double peak = stage_memory(p, stage).total().value();
      double held = course.outside_passes.value();
      EXPECT_NEAR(most_held(course, held), peak, 1) << name_of(schedule) << ", stage " << stage;
      EXPECT_NEAR(held, course.outside_passes.value(), 1) << name_of(schedule) << ", stage " << stage;
      EXPECT_LT(course.outside_passes.value(), peak);
    }
  }
}

// The term is taken from a few microbatches; walked through all of them, whatever the schedule, no stage holds more.
TEST(Memory, AFewMicrobatchesReachThePeak) {
  for (const Schedule schedule : {Schedule::gpipe, Schedule::one_f_one_b, Schedule::interleaved, Schedule::zero_bubble,
                                  Schedule::dualpipe, Schedule::dualpipe_v})
    for (const int pipeline : {1, 2, 4, 8})
      for (const int chunks : {1, 2, 3})
        for (const int rounds : {1, 2, 3, 4, 5, 9, 16}) {
          TrainingPlan p =
              world::plan(world::gpt(24, 128, 1), {.pipeline = pipeline, .virtual_stages = chunks}, rounds * pipeline);
          p.schedule = schedule;
          if (!check_plan(p).empty()) continue;
          for (int stage = 0; stage < pipeline; ++stage) {
            double held = 0;
            const double peak = most_held(memory_course(p, stage), held);
            EXPECT_NEAR(term(stage_memory(p, stage), "activations"), peak, 1e-6 * peak)
                << name_of(schedule) << " " << pipeline << " x " << chunks << ", " << p.microbatches() << ", stage " << stage;
          }
        }
}

}  // namespace
}  // namespace headway
