// From structure and programs to the timeline: fold, then run; the middle that every simulation shares.
#pragma once

#include <string>
#include <vector>

#include "engine/fold.h"
#include "engine/timeline.h"
#include "network/fabric.h"
#include "simulate/phase_clock.h"
#include "simulate/result.h"
#include "simulate/simulate.h"

namespace headway {

struct MachineRun {
  Quotient quotient;
  Timeline timeline;
  std::vector<std::string> links;  // what the timeline's meters watch (simulate/link_classes.h), where they do
};

// `links`: by resource of the structure. Fills the counts of `stats` and ends the phases "fold" and "engine". `until`: as of `execute`.
[[nodiscard]] MachineRun run_machine(const Structure& structure, const std::vector<Program>& programs,
                                     const std::vector<LinkId>& links, const Fabric& fabric, const SimulateOptions& options,
                                     PhaseClock& clock, Stats& stats, Instant until = kEndOfTime);

}  // namespace headway
