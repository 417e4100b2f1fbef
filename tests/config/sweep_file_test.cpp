// Sweeps: a scenario file read once, a scenario for every point.
#include "config/sweep_file.h"

#include <gmock/gmock.h>

#include "support.h"

namespace headway {
namespace {

using namespace testing_config;
using namespace literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::string kBase = R"(cluster: {use: pair}
workload:
  model: small
  precision: bf16
  sequence: 4096
  global_batch: 64
  parallel: {tensor: 1}
)";

struct Swept {
  explicit Swept(const std::string& text, const std::vector<Override>& changes = {})
      : file("sweep.yaml", text), catalogue(invented()), sweep(catalogue.sweep(file.path(), changes)) {}
  TemporaryFile file;
  Catalogue catalogue;
  SweepFile sweep;
};

std::vector<Diagnostic> mistakes_in(const std::string& text) {
  return mistakes_of([&] { return Swept(text).sweep.size(); });
}

// 2 x 3: the last axis varies fastest.
TEST(Sweep, IsAGridInTheOrderOfItsAxes) {
  const Swept s(kBase + "sweep: {workload.sequence: [1024, 2048], workload.microbatch: [1, 2, 4]}\n");
  ASSERT_EQ(s.sweep.size(), 6U);
  EXPECT_THAT(s.sweep.paths(), ElementsAre("workload.sequence", "workload.microbatch"));
  EXPECT_THAT(s.sweep.setting(0), ElementsAre(Pair("workload.sequence", "1024"), Pair("workload.microbatch", "1")));
  EXPECT_THAT(s.sweep.setting(5), ElementsAre(Pair("workload.sequence", "2048"), Pair("workload.microbatch", "4")));
  const Scenario fifth = s.sweep.scenario(4);
  EXPECT_EQ(fifth.plan.sequence, 2048);
  EXPECT_EQ(fifth.plan.microbatch, 2);
  EXPECT_EQ(fifth.name, "sweep");
}

TEST(Sweep, MayBeSeveralGridsOneAfterAnother) {
  const Swept s(kBase + "sweep: [{workload.sequence: [1024, 2048]}, {workload.microbatch: 4}]\n");
  ASSERT_EQ(s.sweep.size(), 3U);
  EXPECT_THAT(s.sweep.setting(2), ElementsAre(Pair("workload.microbatch", "4")));
  EXPECT_EQ(s.sweep.scenario(2).plan.sequence, 4096);
}

TEST(Sweep, LaysMapsOverWhatIsThereAndReachesListItems) {
  const Swept s(kBase +
                "restrict: [{link: scale_up, bandwidth: 10 GB/s}]\n"
                "sweep: {workload: [{microbatch: 2, parallel: {pipeline: 2}}], restrict.0.bandwidth: [1 GB/s, 2 GB/s]}\n");
  EXPECT_THAT(s.sweep.setting(1),
              ElementsAre(Pair("workload", "{microbatch: 2, parallel: {pipeline: 2}}"), Pair("restrict.0.bandwidth", "2 GB/s")));
  const Scenario second = s.sweep.scenario(1);
  EXPECT_EQ(second.plan.microbatch, 2);
  EXPECT_EQ(second.plan.layout.pipeline, 2);
  EXPECT_EQ(second.plan.sequence, 4096) << "what the map does not name stays";
  EXPECT_EQ(second.cluster.networks.front().port, 2_GBps);
}

TEST(Sweep, HasEveryScenarioAtEveryPoint) {
  std::string indented;
  for (const char c : kBase) indented += c == '\n' ? std::string("\n  ") : std::string(1, c);
  const Swept s("base:\n  " + indented +
                "\ncompare: [{name: a}, {name: b, workload: {sequence: 512}}]\nsweep: {workload.microbatch: [1, 2]}\n");
  ASSERT_EQ(s.sweep.size(), 4U);
  EXPECT_EQ(s.sweep.scenario_name(2), "a");
  EXPECT_EQ(s.sweep.scenario(3).plan.sequence, 512);
  EXPECT_EQ(s.sweep.scenario(3).plan.microbatch, 2);
}

TEST(Sweep, ABadPointConcernsNoOther) {
  const Swept s(kBase + "sweep: {workload.model: [small, large]}\n");
  EXPECT_EQ(s.sweep.scenario(0).plan.model.name, "small");
  const auto mistakes = mistakes_of([&] { return s.sweep.scenario(1); });
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].where.line, 8);
  EXPECT_THAT(mistakes[0].message, HasSubstr("no model \"large\""));
}

TEST(Sweep, SaysWhatIsWrongWithTheFile) {
  EXPECT_THAT(mistakes_in(kBase)[0].message, HasSubstr("no sweep: in this file"));
  EXPECT_THAT(mistakes_in(kBase + "sweep: {workload.microbatch: []}\n")[0].message, HasSubstr("has no values"));
  EXPECT_THAT(mistakes_in(kBase + "sweep: []\n")[0].message, HasSubstr("needs at least one grid"));
  EXPECT_THAT(mistakes_in(kBase + "sweep: 3\n")[0].message, HasSubstr("must be a map"));
}

TEST(Sweep, IsNoSingleScenario) {
  const TemporaryFile file("single.yaml", kBase + "sweep: {workload.microbatch: [1, 2]}\n");
  const auto mistakes = mistakes_of([&] { return invented().scenarios(file.path()); });
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_THAT(mistakes[0].message, HasSubstr("run it with `headway sweep`"));
}

}  // namespace
}  // namespace headway
