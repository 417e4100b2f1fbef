#include "simulate/simulate_collective.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "simulate/communicators.h"
#include "simulate/link_classes.h"
#include "simulate/machine_programs.h"
#include "simulate/machine_run.h"
#include "simulate/message_labels.h"
#include "simulate/phase_clock.h"
#include "simulate/rank_grid.h"

namespace headway {
namespace {

bool is_message(const BareCollective& what) { return what.kind == CollectiveKind::send_receive; }

// What every rank does: its part in the one call, or a message to the next and one from the previous rank.
RankProgram rank_program(const BareCollective& what) {
  RankProgram program;
  const auto add = [&](Dimension dimension, Stream stream, std::string name) {
    program.ops.blocks.emplace_back().add({true, static_cast<std::uint32_t>(program.calls.size()), stream});
    program.ops.lay(static_cast<std::uint32_t>(program.ops.blocks.size() - 1));
    program.pass_of.push_back(-1);
    program.calls.push_back({std::move(name), dimension, what.kind, what.bytes, 1.0});
  };
  if (is_message(what)) {
    add(Dimension::to_next, Stream::send_next, "send");
    add(Dimension::from_previous, Stream::receive_previous, "receive");
  } else {
    add(Dimension::world, Stream::compute, std::string(name_of(what.kind)));
  }
  return program;
}

// All in one group; or, since messages go from stage to stage, a ring of as many stages as there are devices.
RankGrid grid_of(const BareCollective& what) {
  Layout layout;
  (is_message(what) ? layout.pipeline : layout.data) = what.devices;
  return RankGrid(layout);
}

// The rank programs know no stages: every rank runs the same one.
RankGrid flat_grid(const BareCollective& what) {
  Layout layout;
  layout.data = what.devices;
  return RankGrid(layout);
}

// Which link takes longest for its share of the bytes, all groups together, and how long.
void find_bound(CollectiveResult& result, const Communicators& communicators, const Fabric& fabric) {
  const Structure& structure = communicators.structure;
  std::vector<double> carried(structure.resources(), 0.0);  // bytes per second at level 1
  for (const Load& load : structure.loads) carried[load.resource] += static_cast<double>(load.amount);
  std::vector<double> busy(carried.size());
  for (std::size_t r = 0; r < busy.size(); ++r) busy[r] = carried[r] / static_cast<double>(structure.capacity[r]);
  const double most = *std::max_element(busy.begin(), busy.end());
  result.bound = Seconds(most * result.what.bytes.value() / kLevelBytes);

  const auto alike = [&](double load) { return load > most * (1 - 1e-9); };
  std::vector<LinkId> worst;
  for (std::size_t r = 0; r < busy.size(); ++r)
    if (alike(busy[r])) worst.push_back(communicators.links[r]);
  const std::string first = fabric.link_name(*std::min_element(worst.begin(), worst.end()));
  result.most_loaded_link = worst.size() == 1 ? first : link_class(first);
}

// Of several messages, that of the slowest.
Seconds latency_of(const Structure& structure) {
  const GroupCall* slowest = nullptr;
  const auto alone = [](const GroupCall& call) { return static_cast<double>(call.latency) * 1e-12 + call.work / call.top_level; };
  for (const std::vector<GroupCall>& kind : structure.kinds)
    for (const GroupCall& call : kind)
      if (slowest == nullptr || alone(call) > alone(*slowest)) slowest = &call;
  return to_seconds(slowest->latency);
}

TimelineLabels labels_of(MachineRun& run, std::vector<RankProgram> programs, const Communicators& communicators) {
  TimelineLabels labels;
  for (const ActorClass& actor : run.quotient.actors)
    labels.classes.push_back({fmt::format("{} rank{}", actor.count, actor.count == 1 ? "" : "s"), actor.count, 0});
  labels.messages =
      message_labels(run.quotient, std::vector<std::uint32_t>(run.quotient.actors.size(), 0), programs, communicators);
  labels.programs = std::move(programs);
  labels.links = std::move(run.links);
  return labels;
}

Communicators communicators_of(const BareCollective& what, const std::vector<RankProgram>& programs, const Fabric& fabric,
                               const std::vector<DeviceIndex>& device_of) {
  try {
    return build_communicators(grid_of(what), programs, fabric, device_of, what.forced);
  } catch (const InputError& mistake) {
    std::vector<Diagnostic> placed = mistake.diagnostics();
    for (Diagnostic& diagnostic : placed)
      if (diagnostic.where.file.empty()) diagnostic.where = what.mark;
    throw InputError(std::move(placed));
  }
}

}  // namespace

CollectiveResult simulate(const Cluster& cluster, const BareCollective& what, const SimulateOptions& options) {
  HEADWAY_CHECK(what.devices >= 2 && what.devices <= cluster.devices(), "the devices that take part are the cluster's");
  PhaseClock clock;
  CollectiveResult result;
  result.cluster_title = cluster.title;
  result.device_title = cluster.groups.front().device.title;
  result.cluster_devices = cluster.devices();
  result.what = what;

  std::vector<RankProgram> programs{rank_program(what)};
  const Fabric fabric = build_fabric(cluster);
  clock.end("fabric");
  std::vector<DeviceIndex> device_of(static_cast<std::size_t>(what.devices));
  std::iota(device_of.begin(), device_of.end(), 0U);  // packed
  Communicators communicators = communicators_of(what, programs, fabric, device_of);
  MachinePrograms machine = price_programs(cluster, {}, flat_grid(what), programs, communicators, device_of);
  communicators.structure.actor_program = std::move(machine.program_of_rank);
  clock.end("structure");

  MachineRun run =
      run_machine(communicators.structure, machine.programs, communicators.links, fabric, options, clock, result.stats);

  result.time = to_seconds(run.timeline.end);
  result.latency = latency_of(communicators.structure);
  result.choice = communicators.reports.front().choice;
  find_bound(result, communicators, fabric);
  if (options.network_use)
    result.network_use = network_use(fabric, communicators.structure, communicators.links, machine.programs, run.timeline.end);
  result.ranks = device_of.size();
  result.rank_classes = run.quotient.actors.size();
  if (options.keep_timeline) {
    result.timeline = std::move(run.timeline);
    result.labels = labels_of(run, std::move(programs), communicators);
  }
  clock.end("result");
  clock.report(result.stats);
  return result;
}

}  // namespace headway
