// CPU time of the program's own phases, and what the process used: the figures behind --stats.
#pragma once

#include <string>
#include <vector>

#include "simulate/result.h"

namespace headway {

class PhaseClock {
 public:
  PhaseClock();
  // Ends the phase that began at construction or at the last call.
  void end(const std::string& phase);
  // Totals since construction into `stats`.
  void report(Stats& stats) const;

 private:
  double wall_start_, cpu_start_, phase_start_;
  std::vector<std::pair<std::string, double>> phases_;
};

}  // namespace headway
