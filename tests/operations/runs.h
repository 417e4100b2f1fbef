// Runs of weeks for tests, drawn in a line.
#pragma once

#include "operations/long_run.h"

namespace headway::testing_operations {

inline constexpr Seconds kMinute(60), kHour(3600), kDay(86400);

// Fails once every `between` on average, needs `detection` and `restart`, writes a checkpoint of `stall` every `interval`.
inline LongRun run(Seconds work, Seconds between, Seconds interval, Seconds stall, Seconds detection, Seconds restart) {
  LongRun r;
  r.hazards = {{"any", Hertz(1 / between.value()), 1.0}};
  r.interval = interval;
  r.stall = stall;
  r.detection = detection;
  r.restart = restart;
  r.work = work;
  return r;
}

inline Seconds lost(const RunOutcome& outcome, Loss loss) { return outcome.lost[static_cast<std::size_t>(loss)]; }

}  // namespace headway::testing_operations
