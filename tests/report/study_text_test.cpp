// Pages of explain, plan and size: what they must say, and that they fit a terminal.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/explain_text.h"
#include "report/plan_text.h"
#include "report/sample_answer.h"
#include "report/size_text.h"

namespace headway {
namespace {

using nlohmann::json;
using testing::HasSubstr;

void expect_narrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), kTextWidth) << line;
}

Explanation explanation() {
  Explanation e;
  e.result = sample::answer().result;
  e.result.critical_path = {{"matrix products", Seconds(8)}, {"tensor-parallel traffic, start-up", Seconds(2)}};
  e.resources = {{"compute", "matrix units", false, 1.08, 0.92, 3}, {"host", "host time", true, 1.001, 0.999, 1.01}};
  e.verdict = "Compute-bound: 10 % more matrix units gives +8.0 %";
  return e;
}

TEST(ExplainText, SaysTheVerdictTheWorthAndThePath) {
  const std::string text = explain_text(explanation());
  EXPECT_THAT(text, testing::StartsWith("tiny: Compute-bound"));
  EXPECT_THAT(text, HasSubstr("matrix units"));
  EXPECT_THAT(text, HasSubstr("0.81/0.79"));
  EXPECT_THAT(text, HasSubstr("tensor-parallel traffic, start-up"));
  expect_narrow(text);
}

TEST(ExplainJson, HasEverySide) {
  const json all = json::parse(explain_json(std::vector{explanation()}));
  EXPECT_NEAR(all["resources"][0]["elasticity_up"].get<double>(), std::log(1.08) / std::log(1.1), 1e-12);
  EXPECT_NEAR(all["resources"][0]["elasticity_down"].get<double>(), std::log(0.92) / std::log(0.9), 1e-12);
  EXPECT_EQ(all["resources"][1]["speedup_if_free"], 1.01);
  EXPECT_EQ(all["critical_path"][0]["share"], 0.8);
  EXPECT_TRUE(json::parse(explain_json(std::vector{explanation(), explanation()})).is_array());
}

FoundPlan found(double seconds, int tensor) {
  FoundPlan f;
  f.result = sample::answer().result;
  f.result.step_time = f.bound = Seconds(seconds);
  f.result.tokens_per_s = 64000 / seconds;
  f.plan.layout = f.result.layout;
  f.plan.layout.tensor = tensor;
  f.plan.recompute = {{RecomputeModule::layer}};
  return f;
}

PlanSearch search() {
  PlanSearch s;
  s.count = {1000, 600, 390, 10};
  s.best = {found(10, 4), found(12, 8)};
  s.under = {{"no recomputation", found(11, 2)}, {"no pipeline", std::nullopt}};
  s.written = WrittenPlan{found(15, 1).result, 30, 400};
  s.least_memory = s.capacity = Bytes(5e9);
  return s;
}

TEST(PlanText, SaysTheWinnerTheSpaceAndWhatConstraintsCost) {
  const std::string text = plan_text("tiny", search());
  EXPECT_THAT(text, HasSubstr("1.50x the layout as written"));
  EXPECT_THAT(text, HasSubstr("1,000 layouts; 600 do not fit in memory, 390 are slower for certain"));
  EXPECT_THAT(text, HasSubstr("at most 30 of the 400"));
  EXPECT_THAT(text, HasSubstr("2 against 1:"));
  EXPECT_THAT(text, HasSubstr("no recomputation: 0.909 of the best"));
  EXPECT_THAT(text, HasSubstr("no pipeline: nothing fits"));
  expect_narrow(text);
}

TEST(PlanText, SaysWhatIsMissingWhenNothingFits) {
  PlanSearch s = search();
  s.best.clear();
  EXPECT_THAT(plan_text("tiny", s), HasSubstr("nothing fits: the smallest layout needs 4.7 GiB"));
  EXPECT_EQ(json::parse(plan_json("tiny", s))["fits"], false);
}

TEST(PlanJson, ListsTheBestWithTheirBounds) {
  const json all = json::parse(plan_json("tiny", search()));
  EXPECT_EQ(all["searched"]["pruned_share"], 0.99);
  EXPECT_EQ(all["best"].size(), 2U);
  EXPECT_EQ(all["best"][1]["bound_s"], 12.0);
  EXPECT_EQ(all["written"]["at_most_faster"], 30);
}

TEST(SizeText, SaysHowManyAndWhereItStopsPaying) {
  Sizing s;
  s.curve = {
      {8, found(20, 1), 90, 400, 400}, {16, found(10, 2), 45, 400, 400}, {32, found(9, 2), 40, 222, 44}, {64, {}, 0, 0, 0}};
  s.goal = 1;
  s.pays_until = 1;
  const std::string text = size_text("tiny", s, {1e12, 60});
  EXPECT_THAT(text, HasSubstr("take 16 devices: 45"));
  EXPECT_THAT(text, HasSubstr("beyond 16 devices"));
  EXPECT_THAT(text, HasSubstr("nothing fits"));
  expect_narrow(text);
  const json all = json::parse(size_json("tiny", s, {1e12, 60}));
  EXPECT_EQ(all["devices"], 16);
  EXPECT_EQ(all["curve"].size(), 4U);
  s.goal.reset();
  EXPECT_THAT(size_text("tiny", s, {1e12, 10}), HasSubstr("cannot be met: 32 devices need 40"));
  EXPECT_TRUE(json::parse(size_json("tiny", s, {1e12, 10}))["devices"].is_null());
}

}  // namespace
}  // namespace headway
