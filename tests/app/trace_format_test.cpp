// The trace of the flagship (half of its layers and an eighth of its batch: the same shapes, fewer repetitions), held to the trace-event format (Google, "Trace Event Format") as Perfetto and chrome://tracing read it.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Thread = std::pair<int, int>;

struct Traced {
  json answers, events;

  explicit Traced(const std::string& arguments) {
    const fs::path folder = fs::temp_directory_path() / ("headway-trace-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const std::string trace = (folder / "trace.json").string(), answer = (folder / "answer.json").string();
    const std::string command =
        "'" HEADWAY_PROGRAM "' run " + arguments + " --quiet --trace '" + trace + "' --json '" + answer + "'";
    const int code = WEXITSTATUS(std::system(command.c_str()));
    EXPECT_TRUE(code == 0 || code == 3) << command;
    answers = json::parse(std::ifstream(answer));
    if (!answers.is_array()) answers = json::array({answers});
    json whole = json::parse(std::ifstream(trace));
    EXPECT_EQ(whole.at("displayTimeUnit"), "ms");
    events = std::move(whole.at("traceEvents"));
    fs::remove_all(folder);
  }
};

const Traced& flagship() {
  static const Traced traced(
      "h200-256-vs-910c-384 --set base.workload.global_batch=96 --set base.workload.model='{like: llama-3.1-405b, layers: 62}'");
  return traced;
}

// By name of the process.
std::map<int, std::string> processes(const json& events) {
  std::map<int, std::string> names;
  for (const json& event : events)
    if (event.at("name") == "process_name") names[event.at("pid")] = event.at("args").at("name");
  return names;
}

// pid, tid and ts are numbers, whatever the phase; every other key is one the phase must have.
TEST(TraceFormat, EveryEventHasWhatItsPhaseNeeds) {
  const std::map<std::string, std::vector<std::string>> needed = {{"M", {"name", "pid", "args"}},
                                                                  {"X", {"name", "cat", "pid", "tid", "ts", "dur"}},
                                                                  {"C", {"name", "pid", "ts", "args"}},
                                                                  {"s", {"name", "cat", "id", "pid", "tid", "ts"}},
                                                                  {"f", {"name", "cat", "id", "pid", "tid", "ts", "bp"}}};
  std::map<std::string, int> seen;
  for (const json& event : flagship().events) {
    const std::string phase = event.at("ph");
    ASSERT_TRUE(needed.contains(phase)) << event;
    ++seen[phase];
    for (const std::string& key : needed.at(phase)) ASSERT_TRUE(event.contains(key)) << event;
    for (const char* key : {"ts", "dur"})
      if (event.contains(key)) {
        ASSERT_TRUE(event.at(key).is_number()) << event;
        ASSERT_GE(event.at(key).get<double>(), 0) << event;
      }
  }
  EXPECT_EQ(seen.size(), needed.size()) << "each phase occurs";
  EXPECT_EQ(seen["s"], seen["f"]);
}

TEST(TraceFormat, ProcessesAreRankClassesAndLinks) {
  std::map<std::string, int> of_scenario;
  for (const auto& [pid, name] : processes(flagship().events)) {
    EXPECT_THAT(name, testing::AnyOf(testing::MatchesRegex(".*: stage [0-9]+ × [0-9]+ ranks?"), testing::EndsWith(": links")));
    ++of_scenario[name.substr(0, name.rfind(": "))];
  }
  for (const json& answer : flagship().answers)
    EXPECT_EQ(of_scenario[answer.at("scenario")], answer.at("fold").at("rank_classes").get<int>() + 1);
}

// Begin before end, one after the other or nested, never across: what a thread's track can show. Resolution: a picosecond, which a
// double of microseconds holds to seconds.
TEST(TraceFormat, SlicesOfAThreadNestOrFollow) {
  std::map<Thread, std::vector<std::pair<double, double>>> slices;
  for (const json& event : flagship().events)
    if (event.at("ph") == "X")
      slices[{event.at("pid"), event.at("tid")}].emplace_back(event.at("ts"),
                                                              event.at("ts").get<double>() + event.at("dur").get<double>());
  ASSERT_GT(slices.size(), 10U);
  for (auto& [thread, of_thread] : slices) {
    std::sort(of_thread.begin(), of_thread.end(),
              [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });
    std::vector<double> open;  // ends of the slices around
    for (const auto& [from, to] : of_thread) {
      while (!open.empty() && open.back() <= from + 1e-6) open.pop_back();
      if (!open.empty()) {
        ASSERT_LE(to, open.back() + 1e-6) << "pid " << thread.first << ", tid " << thread.second << " at " << from;
      }
      open.push_back(to);
    }
  }
}

// An arrow starts once and ends once, later, and both ends lie in a slice of their thread: a message sent, and the same received.
TEST(TraceFormat, ArrowsLeadFromSendingToReceiving) {
  std::map<Thread, std::map<double, json>> slices;  // by start
  std::map<int, json> started, ended;
  for (const json& event : flagship().events) {
    if (event.at("ph") == "X") slices[{event.at("pid"), event.at("tid")}][event.at("ts")] = event;
    if (event.at("ph") == "s") {
      ASSERT_TRUE(started.emplace(event.at("id"), event).second) << event;
    }
    if (event.at("ph") == "f") {
      ASSERT_TRUE(ended.emplace(event.at("id"), event).second) << event;
    }
  }
  const auto slice_at = [&](const json& end) {
    const auto& thread = slices.at({end.at("pid"), end.at("tid")});
    auto after = thread.upper_bound(end.at("ts"));
    EXPECT_NE(after, thread.begin()) << end;
    const json& slice = std::prev(after)->second;
    EXPECT_LE(end.at("ts").get<double>(), slice.at("ts").get<double>() + slice.at("dur").get<double>()) << end;
    return slice;
  };
  ASSERT_FALSE(started.empty());
  for (const auto& [id, from] : started) {
    ASSERT_TRUE(ended.contains(id));
    const json& to = ended.at(id);
    ASSERT_LT(from.at("ts").get<double>(), to.at("ts").get<double>());
    const json sent = slice_at(from), received = slice_at(to);
    ASSERT_THAT(sent.at("args").at("group").get<std::string>(), testing::StartsWith("to_"));
    ASSERT_THAT(received.at("args").at("group").get<std::string>(), testing::StartsWith("from_"));
    ASSERT_EQ(sent.at("args").at("bytes"), received.at("args").at("bytes"));
    ASSERT_EQ(sent.at("ts"), received.at("ts")) << "one activity";
  }
}

TEST(TraceFormat, CountersAreFiniteAndInOrder) {
  std::map<std::pair<int, std::string>, double> last;
  for (const json& event : flagship().events) {
    if (event.at("ph") != "C") continue;
    double& before = last.try_emplace({event.at("pid"), event.at("name")}, -1).first->second;
    ASSERT_GE(event.at("ts").get<double>(), before) << event;
    before = event.at("ts");
    ASSERT_EQ(event.at("args").size(), 1U);
    const double value = event.at("args").begin().value();
    ASSERT_TRUE(std::isfinite(value) && value >= 0) << event;
    if (event.at("args").begin().key() == "%") {
      ASSERT_LE(value, 100) << event;
    }
  }
  EXPECT_FALSE(last.empty());
}

// What a stage holds: at most, and once exactly, what the answer says; in the end what it held before.
TEST(TraceFormat, MemoryPeaksWhereTheAnswerSays) {
  const std::map<int, std::string> names = processes(flagship().events);
  std::map<int, std::vector<double>> held;
  for (const json& event : flagship().events)
    if (event.at("ph") == "C" && event.at("name") == "memory") held[event.at("pid")].push_back(event.at("args").at("GiB"));
  std::set<std::string> told;
  for (const auto& [pid, values] : held) {
    const std::string& name = names.at(pid);
    for (const json& answer : flagship().answers) {
      const std::string scenario = answer.at("scenario");
      if (!name.starts_with(scenario + ": stage ")) continue;
      const std::size_t stage = std::stoul(name.substr(scenario.size() + 8));
      EXPECT_NEAR(*std::max_element(values.begin(), values.end()), answer.at("memory_gib").at("by_stage").at(stage).get<double>(),
                  1e-3)
          << name;
      EXPECT_NEAR(values.front(), values.back(), 1e-3) << name;
      EXPECT_GT(values.size(), 10U) << name;
      told.insert(scenario);
    }
  }
  EXPECT_EQ(told.size(), flagship().answers.size());
}

// Every byte a message or collective puts on links is there: the ports of a bare all-reduce by rings over a node carry 2 (n-1)/n of the
// buffer, so that their mean use over the whole time is those bytes over capacity and time.
TEST(TraceFormat, LinksCarryWhatTheirCountersSay) {
  const fs::path file = fs::temp_directory_path() / ("headway-ring-" + std::to_string(getpid()) + ".yaml");
  std::ofstream(file) << "cluster: {use: dgx-h100, devices: 8}\n"
                         "workload: {collective: all_reduce, bytes: 1 GiB, algorithm: ring, protocol: simple}\n";
  const Traced traced("'" + file.string() + "'");
  fs::remove(file);
  const double end = traced.answers.at(0).at("time_s").get<double>() * 1e6;
  std::map<std::string, std::vector<std::pair<double, double>>> use;
  for (const json& event : traced.events)
    if (event.at("ph") == "C") use[event.at("name")].emplace_back(event.at("ts"), event.at("args").at("%"));
  ASSERT_EQ(use.size(), 2U);
  for (const char* name : {"scale_up: device out", "scale_up: device in"}) {
    double area = 0;
    const auto& samples = use.at(name);
    for (std::size_t i = 0; i < samples.size(); ++i)
      area += samples[i].second / 100 * ((i + 1 < samples.size() ? samples[i + 1].first : end) - samples[i].first);
    const double capacity = 450e9 * 0.81, carried = 1073741824.0 * 2 * 7 / 8;
    EXPECT_NEAR(area * 1e-6 * capacity / carried, 1, 1e-3) << name;
  }
}

}  // namespace
