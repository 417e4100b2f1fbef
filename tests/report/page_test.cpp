#include "report/html/page.h"

#include <gmock/gmock.h>

#include <regex>

#include "report/html/fabric_drawing.h"
#include "report/html/reports.h"
#include "report/html/timeline_series.h"
#include "report/json.h"
#include "report/sample_answer.h"

namespace headway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// What is before the charting library, whose own text is nobody's business here.
std::string content(const std::string& page) {
  const auto answer = page.find("id=\"answer\"");
  return page.substr(0, page.find("</script>", answer));
}

TEST(Page, EscapesWhatEndsTextOrAttributes) {
  EXPECT_EQ(escaped("a < b & \"c\" > 'd'"), "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
}

TEST(Page, AHostileNameStaysAName) {
  TrainingAnswer hostile = sample::answer("</script><img src=x onerror=alert(1)>\"'");
  hostile.question = hostile.result.cluster_title = hostile.result.bottleneck = hostile.result.scenario;
  hostile.result.assumed = hostile.restrictions = {hostile.result.scenario};
  hostile.result.collectives.front().name = hostile.result.scenario;
  const std::string page = content(run_report(std::vector<Answer>{hostile}, false));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
}

TEST(Page, CarriesTheJsonOfTheAnswer) {
  const std::vector<Answer> answers = {sample::answer("a <b>")};
  const std::string page = content(run_report(answers, false));
  const auto begin = page.find("id=\"answer\">") + std::string("id=\"answer\">").size();
  const auto json = nlohmann::json::parse(page.substr(begin));
  EXPECT_EQ(json, nlohmann::json::parse(run_json(answers, false)));
}

TEST(Page, AsksNoNetworkForAnything) {
  const std::string page = content(compare_report(std::vector<Answer>{sample::answer(), sample::too_large()}, false));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"re((src|href)="(?!data:))re")));
}

TEST(Page, WhatIsOpenedIsClosed) {
  const std::vector<Answer> training = {sample::answer(), sample::too_large()}, collectives = {sample::collective()};
  for (const std::string& page : {run_report(training, false), run_report(collectives, false), compare_report(training, true)})
    for (const char* tag : {"section", "details", "table", "div", "dl", "figure", "svg", "header", "main"}) {
      const std::string text = content(page);
      EXPECT_EQ(count(text, std::string("<") + tag + " ") + count(text, std::string("<") + tag + ">"),
                count(text, std::string("</") + tag + ">"))
          << tag;
    }
}

TEST(Page, ThePageBeginsWithTheVerdict) {
  const std::string page = run_report(std::vector<Answer>{sample::answer()}, false);
  EXPECT_THAT(page, HasSubstr("<p class=\"question\">How fast is tiny?</p>\n<h1>tiny: 10.00 s per step, 6,400 tokens/s, MFU 40.0 "
                              "%; fits: 42.0 of 80.0 GiB</h1>"));
  EXPECT_THAT(page, HasSubstr("<strong data-json=\"/step_time_s\">10.00 s</strong>"));
  EXPECT_THAT(run_report(std::vector<Answer>{sample::too_large()}, false), HasSubstr("<header class=\"verdict bad\">"));
}

TEST(Page, EqualAnswersGiveEqualBytes) {
  const std::vector<Answer> answers = {sample::answer(), sample::too_large()};
  EXPECT_EQ(compare_report(answers, false), compare_report(answers, false));
}

// Two stages, forwards and backwards of m microbatches, a second each, the second stage a second later.
struct Passes {
  Timeline timeline;
  TimelineLabels labels;
};
Passes passes(int microbatches) {
  Passes out;
  RankProgram program;
  program.segments = {{"forward kernels", Activity::forward, {}, {}}, {"backward kernels", Activity::backward, {}, {}}};
  for (const std::uint32_t what : {0U, 1U}) {
    Block<Op> block;
    block.add({false, what, Stream::compute});
    program.ops.blocks.push_back(block);
  }
  for (int m = 0; m < microbatches; ++m)
    for (const PassKind kind : {PassKind::forward, PassKind::backward}) {
      program.pass_of.push_back(static_cast<std::int32_t>(program.passes.size()));
      program.passes.push_back({kind, 0, m});
      program.ops.lay(kind == PassKind::forward ? 0 : 1);
    }
  const Instant second = 1'000'000'000'000;
  for (Instant stage = 0; stage < 2; ++stage) {
    std::vector<TaskTimes> times;
    for (Instant i = 0; i < 2 * microbatches; ++i)
      times.push_back({(stage + i) * second, (stage + i) * second, (stage + i + 1) * second});
    out.timeline.end = times.back().end;
    out.timeline.tasks.push_back(std::move(times));
    out.labels.classes.push_back({"stage " + std::to_string(stage), 4, static_cast<std::uint32_t>(stage)});
    out.labels.programs.push_back(program);
  }
  return out;
}

TEST(TimelineSeries, NamesEveryOperationWhereThereIsRoom) {
  const Passes two = passes(1);
  const auto series = timeline_series(two.timeline, two.labels, 100);
  EXPECT_EQ(series["span_s"], 3.0);
  EXPECT_EQ(series["lanes"], (nlohmann::ordered_json{"stage 0", "stage 1"}));
  EXPECT_EQ(series["names"], (nlohmann::ordered_json{"F 0 forward kernels", "B 0 backward kernels"}));
  EXPECT_EQ(series["note"], "");
  const double tick = series["tick_s"];
  const auto& last = series["slices"].back();  // stage 1's backward, from 2 s to 3 s
  EXPECT_EQ(last[0], 1);
  EXPECT_NEAR(last[2].get<double>() * tick, 2.0, 1e-6);
  EXPECT_NEAR(last[3].get<double>() * tick, 3.0, 1e-6);
}

TEST(TimelineSeries, StaysWithinItsBounds) {
  const Passes many = passes(500);
  const auto series = timeline_series(many.timeline, many.labels, 400);
  EXPECT_LE(series["slices"].size(), 400U);
  double drawn = 0;
  for (const auto& slice : series["slices"])
    drawn += (slice[3].get<double>() - slice[2].get<double>()) * series["tick_s"].get<double>();
  EXPECT_NEAR(drawn, 2000, 20) << "all that the two stages do";
  EXPECT_THAT(series["note"].get<std::string>(), HasSubstr("2,000 operations are drawn in"));
}

TEST(TimelineTable, SharesOfTheWholeStep) {
  const Passes two = passes(1);
  EXPECT_THAT(timeline_table(two.timeline, two.labels).rows()[1],
              ElementsAre("stage 0", "66.7 %", "0.0 %", "33.3 %", "0 s", "2.000 s"));
}

TEST(FabricDrawing, IsAsLargeForManyDevicesAsForFew) {
  NetworkUse network;
  network.network = "scale_out";
  network.kind = NetworkKind::rail_optimized;
  network.devices = network.domain = 16384;
  network.switches = {{"leaf", 512}, {"spine", 256}, {"core", 64}};
  network.links = {{"device", "leaf", 16384, Bandwidth(50e9), 0.41, 0.44}, {"leaf", "spine", 16384, Bandwidth(50e9), 0.05, 0.05}};
  const std::string svg = fabric_drawing({network});
  EXPECT_LT(count(svg, "<rect") + count(svg, "<line"), 60U);
  EXPECT_THAT(svg, HasSubstr("16,384 × 50.00 GB/s"));
  EXPECT_THAT(svg, HasSubstr("busy 41.0 %, most 44.0 %"));
  EXPECT_THAT(svg, HasSubstr("class=\"busy2\""));
}

}  // namespace
}  // namespace headway
