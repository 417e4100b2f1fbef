#include "simulate/machine_run.h"

#include <utility>

#include "engine/executor.h"
#include "simulate/link_classes.h"

namespace headway {

MachineRun run_machine(const Structure& structure, const std::vector<Program>& programs, const std::vector<LinkId>& links,
                       const Fabric& fabric, const SimulateOptions& options, PhaseClock& clock, Stats& stats, Instant until) {
  MachineRun run;
  run.quotient = options.fold ? fold(structure) : unfolded(structure);
  clock.end("fold");
  ExecutionStats counted;
  if (options.meter_links) {
    LinkClasses classes = link_classes(links, fabric);
    const Metering metering = metering_of(run.quotient, classes.class_of, classes.names.size());
    run.timeline = execute(run.quotient, structure.kinds, programs, &counted, Replay::where_exact, &metering);
    run.links = std::move(classes.names);
  } else {
    run.timeline = execute(run.quotient, structure.kinds, programs, &counted, Replay::where_exact, nullptr, until);
  }
  clock.end("engine");
  stats.events = counted.completions;
  stats.replayed = counted.replayed;
  stats.solves = counted.solves;
  return run;
}

}  // namespace headway
