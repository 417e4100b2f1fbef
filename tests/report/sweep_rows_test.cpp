#include "report/sweep_rows.h"

#include <gmock/gmock.h>

#include "base/diagnostic.h"
#include "report/sample_answer.h"

namespace headway {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const SweepPoint kPoint{7, "tiny", {{"workload.sequence", "1000"}, {"restrict.0", "{link: scale_up, scale: 0.5}"}}};

TEST(SweepRows, ARowIsOneLineWithItsSetting) {
  const std::string row = sweep_row(kPoint, Answer(sample::answer()));
  EXPECT_THAT(row, StartsWith(R"({"point":7,"scenario":"tiny","set":{"workload.sequence":"1000",)"));
  EXPECT_THAT(row, HasSubstr(R"("step_time_s":10.0,"tokens_per_s":6400.0)"));
  EXPECT_EQ(row.find('\n'), std::string::npos);
  EXPECT_EQ(point_of_row(row, "results.jsonl"), 7U);
}

TEST(SweepRows, TheTableIsMadeOfTheRowAlone) {
  const SweepTable table({"workload.sequence", "restrict.0", "of another grid"}, false);
  EXPECT_THAT(table.header(), StartsWith("point,scenario,workload.sequence,restrict.0,of another grid,step_time_s,"));
  EXPECT_THAT(table.header(), testing::EndsWith(",fits,bottleneck,error\n"));
  EXPECT_THAT(table.line(sweep_row(kPoint, Answer(sample::answer()))),
              StartsWith(R"(7,tiny,1000,"{link: scale_up, scale: 0.5}",,10.0,6400.0,400.0,)"));
}

TEST(SweepRows, AFailedPointKeepsItsReason) {
  const SweepTable table({"workload.sequence"}, false);
  const std::string line = table.line(sweep_row(kPoint, std::string("no model \"x\", sorry")));
  EXPECT_THAT(line, StartsWith("7,tiny,1000,,,"));
  EXPECT_THAT(line, testing::EndsWith(",\"no model \"\"x\"\", sorry\"\n"));
}

TEST(SweepRows, CollectivesHaveColumnsOfTheirOwn) {
  const SweepTable table({}, true);
  EXPECT_THAT(table.header(), HasSubstr("collective,bytes,devices,time_s,algbw_gb_per_s,busbw_gb_per_s"));
  EXPECT_THAT(table.line(sweep_row({0, "bare", {}}, Answer(sample::collective()))), HasSubstr("all_reduce"));
}

TEST(SweepRows, WhatIsNoRowIsRefused) { EXPECT_THROW((void)point_of_row("{}", "results.jsonl"), InputError); }

TEST(SweepRows, TheSummaryNamesTheBestAndTheFirstReason) {
  SweepSummary summary;
  TrainingAnswer large = sample::answer();
  large.result.tokens_per_s = 9000;
  large.result.fits = false;
  summary.add(sweep_row(kPoint, Answer(sample::answer())));
  summary.add(sweep_row(kPoint, Answer(large)));
  summary.add(sweep_row(kPoint, std::string("because")));
  EXPECT_EQ(summary.rows, 3U);
  EXPECT_EQ(summary.not_fitting, 1U);
  EXPECT_EQ(summary.best_value, 6400);
  const std::string text = sweep_text(summary, "out");
  EXPECT_THAT(text, HasSubstr("3 points; 1 do not fit in memory; 1 without an answer, the first because: because"));
  EXPECT_THAT(text, HasSubstr("out/results.csv"));
}

}  // namespace
}  // namespace headway
