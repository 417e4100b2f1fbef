#include "training/split.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "world.h"

namespace headway {
namespace {

// "E3 4 4 3H": layers per part in model order, E with the embedding, H with the head.
std::string picture(int layers, int pipeline, int virtual_stages = 1, std::vector<int> given = {}) {
  TrainingPlan p = world::plan(world::gpt(layers, 128, 1), {.pipeline = pipeline, .virtual_stages = virtual_stages}, pipeline);
  p.split = std::move(given);
  const StageSplit split = split_layers(p);
  std::string text;
  for (std::size_t part = 0; part < static_cast<std::size_t>(pipeline * virtual_stages); ++part) {
    const Chunk& c = split[part % split.size()][part / split.size()];
    text +=
        (text.empty() ? "" : " ") + std::string(c.embedding ? "E" : "") + std::to_string(c.layers.size()) + (c.head ? "H" : "");
  }
  return text;
}

TEST(Split, Even) {
  EXPECT_EQ(picture(12, 1), "E12H");
  EXPECT_EQ(picture(12, 4), "E3 3 3 3H");
  EXPECT_EQ(picture(12, 2, 3), "E2 2 2 2 2 2H");
}

TEST(Split, EmbeddingAndLossTakeALayersSlot) {
  EXPECT_EQ(picture(14, 4), "E3 4 4 3H");
  EXPECT_EQ(picture(6, 4, 2), "E0 1 1 1 1 1 1 0H");
}

TEST(Split, UnevenByOne) { EXPECT_EQ(picture(13, 4), "E4 3 3 3H"); }

// NVIDIA's recipe of DeepSeek-V3 deals 61 layers to 4, 8 and 16 parts so.
TEST(Split, PredictionModulesTakeSlots) {
  const auto last_two = [](int layers, int pipeline, int depth) {
    TrainingPlan p = world::plan(world::gpt(layers, 128, 1), {.pipeline = pipeline}, pipeline);
    p.model.prediction_depth = depth;
    const StageSplit split = split_layers(p);
    return std::pair(split[split.size() - 2].front().layers.size(), split.back().front().layers.size());
  };
  EXPECT_EQ(last_two(61, 4, 1), std::pair(16UL, 13UL));
  EXPECT_EQ(last_two(61, 8, 1), std::pair(8UL, 5UL));
  EXPECT_EQ(last_two(61, 16, 1), std::pair(4UL, 1UL));
  EXPECT_EQ(last_two(61, 32, 1), std::pair(1UL, 0UL)) << "no room beside the module";
  EXPECT_EQ(last_two(64, 16, 1), std::pair(4UL, 4UL)) << "they divide";
  EXPECT_EQ(last_two(61, 16, 0), std::pair(3UL, 3UL));
}

TEST(Split, GivenOutright) { EXPECT_EQ(picture(12, 4, 1, {1, 4, 4, 3}), "E1 4 4 3H"); }

// "E2+2H | 3+3": the chunks of stage after stage.
std::string by_stage(Schedule schedule, int layers, int pipeline, int virtual_stages) {
  TrainingPlan p =
      world::plan(world::gpt(layers, 128, 1), {.pipeline = pipeline, .virtual_stages = virtual_stages}, 2 * pipeline);
  p.schedule = schedule;
  std::string text;
  for (const std::vector<Chunk>& stage : split_layers(p)) {
    if (!text.empty()) text += " | ";
    for (std::size_t c = 0; c < stage.size(); ++c)
      text += (c > 0 ? "+" : "") + std::string(stage[c].embedding ? "E" : "") + std::to_string(stage[c].layers.size()) +
              (stage[c].head ? "H" : "");
  }
  return text;
}

// Down the stages and back up: both ends of the model on stage 0, the turning point on the last.
TEST(Split, AsAV) {
  EXPECT_EQ(by_stage(Schedule::zero_bubble, 14, 4, 2), "E1+1H | 2+2 | 2+2 | 2+2");
  EXPECT_EQ(by_stage(Schedule::dualpipe_v, 15, 4, 2), "E2+1H | 2+2 | 2+2 | 2+2");
  EXPECT_EQ(by_stage(Schedule::zero_bubble, 14, 4, 1), "E3 | 4 | 4 | 3H");
}

// Part s beside a copy of part p - 1 - s.
TEST(Split, Bidirectional) { EXPECT_EQ(by_stage(Schedule::dualpipe, 14, 4, 1), "E3+3H | 4+4 | 4+4 | 3H+E3"); }

}  // namespace
}  // namespace headway
