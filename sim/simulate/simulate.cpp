#include "simulate/simulate.h"

#include <numeric>
#include <utility>

#include "base/check.h"
#include "simulate/critical_path.h"
#include "simulate/device_use.h"
#include "simulate/phase_clock.h"
#include "simulate/prepared_plan.h"

namespace headway {

namespace {

PreparedPlan prepare_on_all(const Cluster& cluster, const TrainingPlan& plan, const Fabric& fabric, PhaseClock& clock) {
  HEADWAY_CHECK(plan.layout.devices() == cluster.devices(), "the layout covers the cluster");
  std::vector<DeviceIndex> devices(static_cast<std::size_t>(cluster.devices()));
  std::iota(devices.begin(), devices.end(), 0U);
  return prepare(cluster, plan, fabric, devices, 1, clock);
}

}  // namespace

Result simulate(const Cluster& cluster, const TrainingPlan& plan, const SimulateOptions& options) {
  PhaseClock clock;
  const Fabric fabric = build_fabric(cluster);
  clock.end("fabric");
  PreparedPlan prepared = prepare_on_all(cluster, plan, fabric, clock);

  Stats counted;
  MachineRun run = run_machine(prepared.communicators.structure, prepared.machine.programs, prepared.communicators.links, fabric,
                               options, clock, counted);

  std::vector<PathPart> path;
  if (options.critical_path)
    path = critical_path(run.timeline, run.quotient, prepared.communicators.structure, prepared.machine, prepared.programs,
                         plan.software);
  std::vector<DeviceUse> of_devices;
  if (options.device_use)
    of_devices = device_use(cluster, run.timeline, run.quotient.actors, prepared.machine, prepared.programs, plan.software);
  std::vector<NetworkUse> of_networks;
  if (options.network_use)
    of_networks = network_use(fabric, prepared.communicators.structure, prepared.communicators.links, prepared.machine.programs,
                              run.timeline.end);
  Result result = result_of(cluster, plan, fabric, prepared, run, 1, options.keep_timeline);
  result.critical_path = std::move(path);
  result.use = std::move(of_devices);
  result.network_use = std::move(of_networks);
  result.stats.events = counted.events;
  result.stats.replayed = counted.replayed;
  result.stats.solves = counted.solves;
  clock.end("result");
  clock.report(result.stats);
  return result;
}

std::optional<Seconds> step_time_within(const Cluster& cluster, const Fabric& fabric, const TrainingPlan& plan, Seconds limit,
                                        const SimulateOptions& options) {
  PhaseClock clock;
  Stats uncounted;
  const PreparedPlan prepared = prepare_on_all(cluster, plan, fabric, clock);
  const Instant until = to_picoseconds(limit);
  const MachineRun run = run_machine(prepared.communicators.structure, prepared.machine.programs, prepared.communicators.links,
                                     fabric, options, clock, uncounted, until);
  return run.timeline.end > until ? std::nullopt : std::optional(to_seconds(run.timeline.end));
}

}  // namespace headway
