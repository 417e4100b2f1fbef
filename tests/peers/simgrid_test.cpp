// Flows on shared links take as long here as in SimGrid, whose fluid sharing has been checked against packets and machines for
// twenty years. Built where SimGrid is found.
//
// Both sides: flow i moves bytes_i over every link of its route at once, max-min fair in bytes per second, after the flows it waits
// for have ended. SimGrid runs its CM02 model without latencies, TCP windows, weights and cross-traffic; Headway runs one group per
// flow, work = bytes, draw 1 byte per byte on each link. Nothing is shared but the drawing of the system.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <simgrid/s4u.hpp>

#include "engine/machine.h"

namespace headway {
namespace {

using namespace testing_machine;

struct Flow {
  std::uint64_t megabytes = 0;
  std::vector<std::size_t> route;  // links
  std::vector<std::size_t> after;  // flows before this one
};

struct FlowSystem {
  std::vector<std::int64_t> capacity;  // of each link, in MB/s
  std::vector<Flow> flows;
};

FlowSystem random_system(std::uint64_t seed, bool dependent) {
  std::mt19937_64 random(seed);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  FlowSystem system;
  const std::int64_t links = pick(1, 24);
  for (std::int64_t l = 0; l < links; ++l) system.capacity.push_back(pick(1'000, 400'000));
  const std::int64_t flows = pick(2, 60);
  for (std::int64_t f = 0; f < flows; ++f) {
    Flow flow;
    flow.megabytes = static_cast<std::uint64_t>(pick(1, 1'000'000));
    flow.route.resize(system.capacity.size());
    std::iota(flow.route.begin(), flow.route.end(), std::size_t{0});
    std::shuffle(flow.route.begin(), flow.route.end(), random);
    flow.route.resize(static_cast<std::size_t>(pick(1, std::min<std::int64_t>(links, 6))));
    for (std::int64_t i = dependent && f > 0 ? pick(0, 3) : 0; i > 0; --i) {
      const auto before = static_cast<std::size_t>(pick(0, f - 1));
      if (std::find(flow.after.begin(), flow.after.end(), before) == flow.after.end()) flow.after.push_back(before);
    }
    system.flows.push_back(flow);
  }
  return system;
}

// When each flow ends, in seconds. SimGrid's engine can be made once in a process, hence `in_a_process_of_its_own` below.
std::vector<double> by_simgrid(const FlowSystem& system) {
  namespace sg = simgrid::s4u;
  std::vector<std::string> words = {"simgrid",
                                    "--log=root.thres:critical",
                                    "--cfg=network/model:CM02",
                                    "--cfg=network/TCP-gamma:0",
                                    "--cfg=network/bandwidth-factor:1",
                                    "--cfg=network/latency-factor:1",
                                    "--cfg=network/weight-S:0",
                                    "--cfg=network/crosstraffic:0",
                                    "--cfg=surf/precision:1e-12",
                                    "--cfg=maxmin/precision:1e-9"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int count = static_cast<int>(words.size());
  sg::Engine engine(&count, arguments.data());

  sg::NetZone* zone = sg::create_full_zone("zone");
  std::vector<const sg::Link*> links;
  for (const std::int64_t capacity : system.capacity) {
    const std::string name = "link " + std::to_string(links.size());
    links.push_back(zone->create_link(name, static_cast<double>(capacity) * 1e6)->set_latency(0)->seal());
  }
  std::vector<sg::CommPtr> comms;
  for (const Flow& flow : system.flows) {
    const std::string name = std::to_string(comms.size());
    sg::Host* from = zone->create_host("from " + name, 1e9)->seal();
    sg::Host* to = zone->create_host("to " + name, 1e9)->seal();
    std::vector<sg::LinkInRoute> route;
    for (const std::size_t l : flow.route) route.emplace_back(links[l]);
    zone->add_route(from->get_netpoint(), to->get_netpoint(), nullptr, nullptr, route, false);
    comms.push_back(sg::Comm::sendto_init(from, to)->set_payload_size(flow.megabytes * 1'000'000));
  }
  zone->seal();
  for (std::size_t f = 0; f < comms.size(); ++f)
    for (const std::size_t before : system.flows[f].after) comms[before]->add_successor(comms[f]);
  for (const sg::CommPtr& comm : comms) comm->vetoable_start();
  engine.run();
  std::vector<double> ends;
  for (const sg::CommPtr& comm : comms) ends.push_back(comm->get_finish_time());
  return ends;
}

std::vector<double> in_a_process_of_its_own(const FlowSystem& system) {
  std::vector<double> ends(system.flows.size(), -1.0);
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) return {};
  const std::size_t size = ends.size() * sizeof(double);
  const pid_t child = fork();
  if (child == 0) {
    bool written = false;
    try {
      ends = by_simgrid(system);
      written = write(pipe_ends[1], ends.data(), size) == static_cast<ssize_t>(size);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    _exit(written ? 0 : 1);
  }
  close(pipe_ends[1]);
  const bool complete = read(pipe_ends[0], ends.data(), size) == static_cast<ssize_t>(size);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return complete && status == 0 ? ends : std::vector<double>{};
}

// One actor and one group per flow. The actors of the flows that wait for flow f sit in its group too: they come to it at once,
// each on a stream kept for that, and so learn when it ends.
std::vector<double> by_headway(const FlowSystem& system) {
  std::size_t most = 0;
  for (const Flow& flow : system.flows) most = std::max(most, flow.after.size());
  Machine m;
  m.structure.slots = static_cast<int>(most) + 1;
  for (const std::int64_t capacity : system.capacity) m.resource(static_cast<double>(capacity) * 1e-6);  // level 1: a TB/s
  std::vector<std::vector<std::pair<std::uint32_t, int>>> members(system.flows.size());
  for (std::uint32_t f = 0; f < system.flows.size(); ++f) {
    const Flow& flow = system.flows[f];
    const auto size = static_cast<double>(flow.megabytes) * 1e-6;
    m.structure.kinds.push_back({{size, 10.0, 0, {}, {}}});  // a top level no link can give
    Program p = program({}, {}, static_cast<int>(flow.after.size()) + 1);
    Block<Task> tasks;
    std::vector<std::uint32_t> told;
    for (std::uint16_t i = 0; i < flow.after.size(); ++i) {
      const auto slot = static_cast<std::uint16_t>(i + 1);
      tasks.add(part(slot, 0, 0, static_cast<std::uint8_t>(slot)));
      told.push_back(i);
      members[flow.after[i]].emplace_back(f, slot);
    }
    tasks.add(part(0, 0, 0), told);
    p.tasks = Composition<Task>::of(std::move(tasks));
    m.programs.push_back(p);
    members[f].emplace_back(m.actor(f), 0);
  }
  for (std::uint32_t f = 0; f < system.flows.size(); ++f) {
    std::vector<std::uint32_t> route;
    for (const std::size_t link : system.flows[f].route) route.push_back(static_cast<std::uint32_t>(link));
    m.group(f, members[f], route);
  }
  const Quotient q = fold(m.structure);
  std::vector<double> ends;
  for (const std::vector<TaskTimes>& tasks : by_actor(q, m.run(q))) ends.push_back(to_seconds(tasks.back().end).value());
  return ends;
}

class SimGrid : public testing::TestWithParam<bool> {};

TEST_P(SimGrid, EveryFlowEndsAtTheSameTime) {
  double worst = 0;
  std::size_t flows = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const FlowSystem system = random_system(seed, GetParam());
    const std::vector<double> theirs = in_a_process_of_its_own(system);
    const std::vector<double> ours = by_headway(system);
    ASSERT_EQ(theirs.size(), ours.size()) << "SimGrid gave no answer, system " << seed;
    for (std::size_t f = 0; f < ours.size(); ++f) {
      ASSERT_GT(theirs[f], 0.0) << "system " << seed << ", flow " << f;
      ASSERT_NEAR(ours[f], theirs[f], 1e-6 * theirs[f]) << "system " << seed << ", flow " << f;
      worst = std::max(worst, std::abs(ours[f] / theirs[f] - 1.0));
    }
    flows += ours.size();
  }
  RecordProperty("flows", static_cast<int>(flows));
  RecordProperty("largest_relative_difference", std::to_string(worst));
  std::printf("%zu flows, largest relative difference %.1e\n", flows, worst);
}

INSTANTIATE_TEST_SUITE_P(Random, SimGrid, testing::Bool(),
                         [](const auto& test) { return test.param ? "FlowsThatWait" : "FlowsAtOnce"; });

}  // namespace
}  // namespace headway
