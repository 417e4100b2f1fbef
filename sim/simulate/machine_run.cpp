#include "simulate/machine_run.h"

#include "engine/executor.h"

namespace headway {

MachineRun run_machine(const Structure& structure, const std::vector<Program>& programs, const SimulateOptions& options,
                       PhaseClock& clock, Stats& stats, Instant until) {
  MachineRun run;
  run.quotient = options.fold ? fold(structure) : unfolded(structure);
  clock.end("fold");
  ExecutionStats counted;
  run.timeline = execute(run.quotient, structure.kinds, programs, &counted, Replay::where_exact, until);
  clock.end("engine");
  stats.events = counted.completions;
  stats.replayed = counted.replayed;
  stats.solves = counted.solves;
  return run;
}

}  // namespace headway
