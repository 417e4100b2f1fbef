#include "simulate/simulate.h"

#include <numeric>
#include <utility>

#include "base/check.h"
#include "simulate/critical_path.h"
#include "simulate/phase_clock.h"
#include "simulate/prepared_plan.h"

namespace headway {

Result simulate(const Cluster& cluster, const TrainingPlan& plan, const SimulateOptions& options) {
  HEADWAY_CHECK(plan.layout.devices() == cluster.devices(), "the layout covers the cluster");
  PhaseClock clock;
  const Fabric fabric = build_fabric(cluster);
  clock.end("fabric");
  std::vector<DeviceIndex> devices(static_cast<std::size_t>(cluster.devices()));
  std::iota(devices.begin(), devices.end(), 0U);
  PreparedPlan prepared = prepare(cluster, plan, fabric, devices, 1, clock);

  Stats counted;
  MachineRun run = run_machine(prepared.communicators.structure, prepared.machine.programs, options, clock, counted);

  std::vector<PathPart> path;
  if (options.critical_path)
    path = critical_path(run.timeline, run.quotient, prepared.communicators.structure, prepared.machine, prepared.programs,
                         plan.software);
  std::vector<NetworkUse> use;
  if (options.network_use)
    use = network_use(fabric, prepared.communicators.structure, prepared.communicators.links, prepared.machine.programs,
                      run.timeline.end);
  Result result = result_of(cluster, plan, fabric, prepared, run, 1, options.keep_timeline);
  result.critical_path = std::move(path);
  result.network_use = std::move(use);
  result.stats.events = counted.events;
  result.stats.replayed = counted.replayed;
  result.stats.solves = counted.solves;
  clock.end("result");
  clock.report(result.stats);
  return result;
}

}  // namespace headway
