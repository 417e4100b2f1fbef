// Predict published measurements and score the predictions.
//
// error = predicted / measured - 1. Over the tier-A rows that could be predicted: MAPE is mean |error|, bias mean error. A cell is
// one (source, device); macro MAPE is the mean of the cells' MAPE, so that no big table outvotes the rest. Without scored rows
// every score is 0.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "training/plan.h"

namespace headway {

// One published row, ready to be simulated, or the reason why it cannot be.
struct MeasuredRun {
  std::string id, tier, source, device;  // source: the part of id before the first '-'
  double measured_s = 0;
  std::optional<Cluster> cluster;  // both set, or `why` says what the row lacks
  std::optional<TrainingPlan> plan;
  std::string why;
  std::vector<std::string> assumed;
};

struct ScoredRun {
  std::string id, source, device;
  bool scored = false;                            // tier A
  double measured = 0, predicted = 0, error = 0;  // error = predicted / measured - 1
  std::vector<std::string> assumed;
};

struct SkippedRun {
  std::string id, why;
};

struct Cell {
  std::string source, device;
  int rows = 0;
  double mape = 0, bias = 0;
};

struct ValidationScore {
  std::string kind;  // "runs"
  int rows = 0, scored = 0;
  double mape = 0, median_ape = 0;
  double macro_mape = 0;  // mean over (source, device) cells
  double bias = 0;        // mean signed error
  std::vector<Cell> cells;
  std::vector<ScoredRun> runs;  // in file order; tier B predicted where possible, outside the scores
  std::vector<SkippedRun> skipped;
};

// Fills the scores and the cells (sorted by source, device) from `runs`.
void score(ValidationScore& result);

// Runs in parallel over rows (oneTBB); the result does not depend on the number of threads. `progress` may be called from any
// thread. A row whose simulation needs what the catalogue lacks is skipped; a fault of ours is thrown on, with the row's id.
[[nodiscard]] ValidationScore validate_runs(const std::vector<MeasuredRun>& runs,
                                            const std::function<void(std::size_t done)>& progress = {});

}  // namespace headway
