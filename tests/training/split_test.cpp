#include "training/split.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(Split, GivenOutright) { EXPECT_EQ(picture(12, 4, 1, {1, 4, 4, 3}), "E1 4 4 3H"); }

}  // namespace
}  // namespace headway
