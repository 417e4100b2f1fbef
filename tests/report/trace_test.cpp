#include "report/trace.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/check.h"
#include "report/sample_answer.h"

namespace headway {
namespace {

using nlohmann::json;

// One stage of 4 ranks: 1 us of compute, then an all-reduce whose partners come 0.5 us later, while the data stream reduces.
//   compute |--forward--|..wait..|--all-reduce--|
//   data    |-----------reduce-----------|
TrainingAnswer traced() {
  RankProgram program;
  program.segments = {{"layer \"forward\"", Activity::forward, {}, {}}};
  program.calls = {{"tensor all-reduce", Dimension::tensor, CollectiveKind::all_reduce, Bytes(100), 1.0},
                   {"gradients", Dimension::data, CollectiveKind::reduce_scatter, Bytes(200), 1.0}};
  for (const Op& op : {Op{false, 0, Stream::compute}, Op{true, 0, Stream::compute}, Op{true, 1, Stream::data}}) {
    program.ops.blocks.emplace_back().add(op);
    program.ops.lay(static_cast<std::uint32_t>(program.ops.blocks.size() - 1));
  }
  program.pass_of = {-1, -1, -1};
  TrainingAnswer answer = sample::answer();
  answer.result.labels.programs = {program};
  answer.result.labels.classes = {{"stage 0 x 4 ranks", 4, 0}};
  answer.result.timeline.tasks = {{{0, 0, 1'000'000}, {1'000'000, 1'500'000, 2'500'001}, {0, 0, 2'000'000}}};
  answer.result.timeline.end = 2'500'001;
  return answer;
}

json trace_of(const std::vector<Answer>& answers) {
  std::ostringstream out;
  write_trace(out, answers);
  return json::parse(out.str());
}

std::vector<json> slices(const json& trace) {
  std::vector<json> found;
  for (const json& event : trace.at("traceEvents"))
    if (event.at("ph") == "X") found.push_back(event);
  return found;
}

TEST(Trace, OneProcessPerClassOneThreadPerStream) {
  std::map<std::string, std::vector<std::string>> names;
  const json trace = trace_of({traced()});
  for (const json& event : trace.at("traceEvents"))
    if (event.at("ph") == "M" && event.at("args").contains("name"))
      names[event.at("name")].push_back(event.at("args").at("name"));
  EXPECT_EQ(names["process_name"], std::vector<std::string>{"stage 0 x 4 ranks"});
  EXPECT_EQ(names["thread_name"], (std::vector<std::string>{"compute", "data"}));
}

TEST(Trace, WaitingIsASliceOfItsOwn) {
  const std::vector<json> found = slices(trace_of({traced()}));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].at("name"), "layer \"forward\"");
  EXPECT_EQ(found[0].at("cat"), "forward");
  EXPECT_EQ(found[1].at("name"), "wait: tensor all-reduce");
  EXPECT_EQ(found[1].at("cat"), "wait");
  EXPECT_DOUBLE_EQ(found[1].at("ts").get<double>(), 1.0);
  EXPECT_DOUBLE_EQ(found[1].at("dur").get<double>(), 0.5);
  EXPECT_EQ(found[2].at("name"), "tensor all-reduce");
  EXPECT_DOUBLE_EQ(found[2].at("ts").get<double>(), 1.5);
  EXPECT_DOUBLE_EQ(found[2].at("dur").get<double>(), 1.000001);
  EXPECT_EQ(found[2].at("args").at("bytes"), 100);
}

TEST(Trace, OperationsOfAPassAreNamedAfterIt) {
  TrainingAnswer answer = traced();
  RankProgram& program = answer.result.labels.programs.front();
  program.passes = {{PassKind::forward, 0, 3}, {PassKind::backward, 0, 3}};
  program.pass_of = {0, 1, -1};
  std::vector<json> found = slices(trace_of({answer}));
  EXPECT_EQ(found[0].at("name"), "F 3 layer \"forward\"");
  EXPECT_EQ(found[0].at("args"), (json{{"microbatch", 3}, {"chunk", 0}}));
  EXPECT_EQ(found[1].at("name"), "wait: B 3 tensor all-reduce");
  EXPECT_EQ(found[2].at("name"), "B 3 tensor all-reduce");
  EXPECT_EQ(found[2].at("args").at("microbatch"), 3);
  EXPECT_EQ(found[3].at("name"), "gradients") << "of no pass";

  program.passes[1].chunk = 1;
  found = slices(trace_of({answer}));
  EXPECT_EQ(found[0].at("name"), "F 3.0 layer \"forward\"");
  EXPECT_EQ(found[2].at("name"), "B 3.1 tensor all-reduce");
}

TEST(Trace, HalvesAndPairsOfPassesAreNamed) {
  TrainingAnswer answer = traced();
  RankProgram& program = answer.result.labels.programs.front();
  program.passes = {{PassKind::forward, 0, 4, true},
                    {PassKind::backward, 1, 1},
                    {PassKind::input_gradient, 0, 3},
                    {PassKind::weight_gradient, 0, 3}};
  program.pass_of = {0, 2, 3};
  const std::vector<json> found = slices(trace_of({answer}));
  EXPECT_EQ(found[0].at("name"), "F 4.0 & BW 1.1 layer \"forward\"");
  EXPECT_EQ(found[2].at("name"), "B 3.0 tensor all-reduce");
  EXPECT_EQ(found[3].at("name"), "W 3.0 gradients");
}

TEST(Trace, SlicesOfAThreadFollowOneAnother) {
  std::map<std::pair<int, int>, double> ended;
  for (const json& slice : slices(trace_of({traced()}))) {
    double& end = ended[{slice.at("pid"), slice.at("tid")}];
    EXPECT_GE(slice.at("ts").get<double>(), end);
    end = slice.at("ts").get<double>() + slice.at("dur").get<double>();
  }
}

TEST(Trace, AnswersKeepTheirOwnProcesses) {
  std::vector<std::string> processes;
  const json trace = trace_of({traced(), traced()});
  for (const json& event : trace.at("traceEvents"))
    if (event.at("name") == "process_name") processes.push_back(event.at("args").at("name"));
  EXPECT_EQ(processes, (std::vector<std::string>{"tiny: stage 0 x 4 ranks", "tiny: stage 0 x 4 ranks"}));
}

TEST(Trace, AnEmptyTimelineIsStillATrace) { EXPECT_EQ(trace_of({sample::answer()}).at("traceEvents").size(), 0U); }

TEST(Trace, RefusesATimelineThatIsNotThePrograms) {
  TrainingAnswer answer = traced();
  answer.result.timeline.tasks.front().pop_back();
  std::ostringstream out;
  const std::vector<Answer> answers = {answer};
  EXPECT_THROW(write_trace(out, answers), InternalError);
}

}  // namespace
}  // namespace headway
