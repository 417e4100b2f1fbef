// Folded equals unfolded to the picosecond, on whole training runs.
#include <gtest/gtest.h>

#include "simulate/world.h"

namespace headway {
namespace {

using namespace testing_world;

struct Case {
  const char* name;
  const char* cluster;
  int devices, tensor, pipeline, virtual_stages, microbatches;
  bool straggler;
  std::size_t most_classes;
};

class FoldExactness : public testing::TestWithParam<Case> {};

TEST_P(FoldExactness, SameTimelineForEveryRank) {
  const Case& c = GetParam();
  Run r = run(c.cluster, c.devices, c.tensor, c.pipeline, c.virtual_stages, c.microbatches);
  if (c.straggler) r.cluster.slow_devices.push_back({17, 0.9});
  const Result folded = r.result(true);
  const Result whole = r.result(false);
  EXPECT_EQ(whole.rank_classes, static_cast<std::uint64_t>(c.devices));
  EXPECT_LE(folded.rank_classes, c.most_classes);
  EXPECT_EQ(folded.step_time, whole.step_time);
  EXPECT_TRUE(sorted_by_class(folded) == sorted_by_class(whole));
}

INSTANTIATE_TEST_SUITE_P(Runs, FoldExactness,
                         testing::Values(Case{"data_only", "dgx-h100", 64, 1, 1, 1, 2, false, 8},
                                         Case{"tensor", "dgx-h100", 64, 8, 1, 1, 2, false, 8},
                                         Case{"interleaved_256", "dgx-h100", 256, 4, 4, 2, 8, false, 16},
                                         Case{"interleaved_256_slow", "dgx-h100", 256, 4, 4, 2, 8, true, 128},
                                         Case{"one_f_one_b_1024", "dgx-h100", 1024, 2, 4, 1, 8, false, 32},
                                         Case{"one_f_one_b_1024_slow", "dgx-h100", 1024, 2, 4, 1, 8, true, 512},
                                         Case{"nvlink_network", "h200-nvlink-256", 256, 8, 4, 2, 8, false, 16},
                                         Case{"two_dies", "cloudmatrix384", 256, 8, 4, 1, 8, false, 32},
                                         Case{"two_dies_slow", "cloudmatrix384", 256, 8, 4, 1, 8, true, 256}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace headway
