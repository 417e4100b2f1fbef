#include "report/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "report/run_text.h"
#include "report/sample_answer.h"

namespace headway {
namespace {

using nlohmann::json;

TEST(RunJson, HasThePromisedKeys) {
  const std::vector<Answer> one = {sample::answer()};
  const json j = json::parse(run_json(one, false));
  for (const char* key :
       {"step_time_s", "tokens_per_s", "tokens_per_s_per_device", "model_tflops_per_device", "mfu", "hfu", "mfu_peak_tflops"})
    EXPECT_TRUE(j.at(key).is_number()) << key;
  for (const char* key : {"devices", "packages"}) EXPECT_TRUE(j.at(key).is_number_integer()) << key;
  for (const char* key : {"tensor", "pipeline", "context", "expert", "data"})
    EXPECT_TRUE(j.at("layout").at(key).is_number_integer()) << key;
  EXPECT_EQ(j.at("scenario"), "tiny");
  EXPECT_EQ(j.at("fits"), true);
  EXPECT_EQ(j.at("bottleneck"), "compute, 50 % of the step");
  EXPECT_EQ(j.at("assumed"), json({"placement packed"}));
  EXPECT_EQ(j.at("fold"), json({{"ranks", 16}, {"rank_classes", 2}}));
  EXPECT_EQ(j.at("memory_gib").at("peak"), 42.0);
  EXPECT_EQ(j.at("memory_gib").at("capacity"), 80.0);
  EXPECT_EQ(j.at("memory_gib").at("by_stage"), json({42.0, 32.0}));
  EXPECT_EQ(j.at("memory_gib").at("terms_by_stage").at(0).at("optimizer_states"), 2.0);
  EXPECT_DOUBLE_EQ(j.at("tokens_per_s_per_device").get<double>(), 400);
}

TEST(RunJson, BreakdownHasNinePartsThatSumToTheStep) {
  const std::vector<Answer> one = {sample::answer()};
  const json j = json::parse(run_json(one, false));
  double sum = 0;
  for (const char* key : {"compute", "exposed_tensor", "exposed_expert", "exposed_context", "exposed_pipeline", "exposed_data",
                          "bubble", "optimizer", "other"})
    sum += j.at("breakdown_s").at(key).get<double>();
  EXPECT_EQ(j.at("breakdown_s").size(), 9U);
  EXPECT_NEAR(sum, j.at("step_time_s").get<double>(), 1e-12);
}

TEST(RunJson, TimeInsidePasses) {
  std::vector<Answer> one = {sample::answer()};
  std::get<TrainingAnswer>(one.front()).result.passes.together = Seconds(13.5);
  const json j = json::parse(run_json(one, false));
  EXPECT_EQ(j.at("passes_s").size(), 6U);
  EXPECT_EQ(j.at("passes_s").at("together"), 13.5);
  EXPECT_NE(run_text(one.front(), {}).find("inside passes: forward beside backward 13.50 s"), std::string::npos);
}

TEST(RunJson, StatsOnlyOnRequest) {
  const std::vector<Answer> one = {sample::answer()};
  EXPECT_FALSE(json::parse(run_json(one, false)).contains("stats"));
  const json stats = json::parse(run_json(one, true)).at("stats");
  for (const char* key : {"wall_s", "cpu_s", "events", "peak_rss_mib"}) EXPECT_TRUE(stats.at(key).is_number()) << key;
}

TEST(RunJson, SeveralScenariosAreAList) {
  const std::vector<Answer> two = {sample::answer("a"), sample::too_large()};
  const json j = json::parse(run_json(two, false));
  ASSERT_TRUE(j.is_array());
  EXPECT_EQ(j.at(1).at("fits"), false);
}

TEST(RunJson, RefusesNumbersThatAreNone) {
  std::vector<Answer> one = {sample::answer()};
  std::get<TrainingAnswer>(one.front()).result.mfu = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW((void)run_json(one, false), InternalError);
}

TEST(CompareJson, IsAListBestFirst) {
  TrainingAnswer fast = sample::answer("fast");
  fast.result.tokens_per_s = 12800;
  const std::vector<Answer> answers = {sample::answer(), fast};
  const json j = json::parse(compare_json(answers, false));
  EXPECT_EQ(j.at(0).at("scenario"), "fast");
  EXPECT_EQ(j.at(1).at("rank"), 2);
  EXPECT_EQ(j.at(1).at("share_of_best"), 0.5);
}

TEST(RunJson, OfACollectiveHasThePromisedKeys) {
  const std::vector<Answer> one = {sample::collective()};
  const json j = json::parse(run_json(one, true));
  EXPECT_EQ(j.at("scenario"), "bare");
  EXPECT_EQ(j.at("collective"), "all_reduce");
  EXPECT_EQ(j.at("bytes"), 1e9);
  EXPECT_EQ(j.at("devices"), 8);
  EXPECT_DOUBLE_EQ(j.at("time_s").get<double>(), 4e-3);
  EXPECT_DOUBLE_EQ(j.at("algbw_gb_per_s").get<double>(), 250);
  EXPECT_DOUBLE_EQ(j.at("busbw_gb_per_s").get<double>(), 250 * 1.75);
  EXPECT_EQ(j.at("algorithm"), "ring");
  EXPECT_EQ(j.at("protocol"), "simple");
  EXPECT_DOUBLE_EQ(j.at("bound_s").get<double>(), 2e-3);
  EXPECT_DOUBLE_EQ(j.at("bound_share").get<double>(), 0.5);
  EXPECT_DOUBLE_EQ(j.at("latency_s").get<double>(), 1e-3);
  EXPECT_EQ(j.at("most_loaded_link"), "scale_out: device out");
  EXPECT_EQ(j.at("fold"), json({{"ranks", 8}, {"rank_classes", 1}}));
  EXPECT_TRUE(j.at("stats").contains("cpu_s"));
  EXPECT_FALSE(json::parse(run_json(one, false)).contains("stats"));
}

TEST(CompareJson, OfCollectivesIsByTime) {
  CollectiveAnswer slow = sample::collective("slow");
  slow.result.time = Seconds(8e-3);
  const std::vector<Answer> answers = {slow, sample::collective()};
  const json j = json::parse(compare_json(answers, false));
  EXPECT_EQ(j.at(0).at("scenario"), "bare");
  EXPECT_EQ(j.at(1).at("rank"), 2);
  EXPECT_EQ(j.at(1).at("share_of_best"), 0.5);
  const std::vector<Answer> mixed = {slow, sample::answer()};
  EXPECT_THROW((void)compare_json(mixed, false), InternalError) << "the command line must not let this through";
}

TEST(ValidationJson, HasThePromisedKeys) {
  ValidationScore score;
  score.kind = "runs";
  score.rows = 2;
  score.runs = {{"a-1", "a", "d", "", true, 2.0, 3.0, 0.5, {"vocab 51200"}, "", false}};
  score.skipped = {{"a-2", "no device"}};
  headway::score(score);
  const json j = json::parse(validation_json({&score, 1}));
  EXPECT_EQ(j.at("kind"), "runs");
  EXPECT_EQ(j.at("rows"), 2);
  EXPECT_EQ(j.at("scored"), 1);
  for (const char* key : {"mape", "median_ape", "macro_mape", "bias"}) EXPECT_EQ(j.at(key), 0.5) << key;
  EXPECT_EQ(j.at("cells"), json::parse(R"([{"source":"a","device":"d","rows":1,"mape":0.5,"bias":0.5}])"));
  EXPECT_EQ(j.at("runs").at(0).at("measured"), 2.0);
  EXPECT_EQ(j.at("runs").at(0).at("assumed"), json({"vocab 51200"}));
  EXPECT_EQ(j.at("skipped"), json::parse(R"([{"id":"a-2","why":"no device"}])"));
}

TEST(ValidationJson, CollectivesAreScoredBySizeToo) {
  const ValidationScore score = sample::small_and_large_collective();
  const json j = json::parse(validation_json({&score, 1}));
  EXPECT_EQ(j.at("mape"), 0.25);
  EXPECT_EQ(j.at("large"), json::parse(R"({"rows":1,"mape":0.5,"bias":0.5,"from_bytes":8388608.0})"));
  EXPECT_EQ(j.at("cells").at(0).at("source"), "all_reduce");
  EXPECT_EQ(j.at("cells").at(0).at("large"), json::parse(R"({"rows":1,"mape":0.5,"bias":0.5})"));
}

TEST(ListJson, NamesEverything) {
  EXPECT_EQ(json::parse(list_json({{"h100-sxm", "NVIDIA H100 SXM"}})),
            json::parse(R"([{"name":"h100-sxm","title":"NVIDIA H100 SXM"}])"));
  EXPECT_EQ(list_json({}), "[]\n");
}

}  // namespace
}  // namespace headway
