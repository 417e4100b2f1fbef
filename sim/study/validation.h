// Predict published measurements and score the predictions.
//
// error = predicted / measured - 1. Over the rows that count (for runs and memory those of tier A, for kernels all) and could be
// predicted: MAPE is mean |error|, bias mean error. A cell is one (source, device): for runs and memory the source of the row, for
// kernels what decides the formula used, a precision or an attention implementation with its pass, for collectives their kind. Large
// collectives, which bandwidth rules, are scored once more by themselves. Macro MAPE is the mean of the
// cells' MAPE, so that no big table outvotes the rest. Without scored rows every score is 0.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "cluster/cluster.h"
#include "cluster/measured_collective.h"
#include "hardware/measured_kernel.h"
#include "training/plan.h"

namespace headway {

// One published row, ready to be simulated, or the reason why it cannot be.
struct MeasuredRun {
  std::string id, tier, source, device;  // source: the part of id before the first '-'
  double measured = 0;                   // seconds of a step, or GiB of peak memory
  std::optional<Cluster> cluster;        // both set, or `why` says what the row lacks
  std::optional<TrainingPlan> plan;
  std::string why;
  std::vector<std::string> assumed;
};

struct ScoredRun {
  std::string id, source, device;
  std::string software;                           // of a training run
  bool scored = false;                            // it counts
  double measured = 0, predicted = 0, error = 0;  // error = predicted / measured - 1
  std::vector<std::string> assumed;
  std::string what;  // what was measured, where the id does not say it: "bf16 4096 x 4096 x 8192, NT"
  bool large = false;
  std::string job{};  // of a training run: what is trained on what; rows of one job differ in their layout only
};

struct SkippedRun {
  std::string id, why;
};

struct Errors {
  int rows = 0;
  double mape = 0, bias = 0;
};

struct Cell {
  std::string source, device;
  int rows = 0;
  double mape = 0, bias = 0;
  Errors large;  // of its rows, those that are large
};

// Jobs that were run in several layouts. The layout a model ranks best costs, by the measured times, so much more than the truly best.
// Runs that the model cannot tell apart count as one layout, at the best of their times.
struct LayoutOrder {
  std::string source;      // whose jobs; empty: all
  int jobs = 0, near = 0;  // near: at most kNearTheBest more
  double mean_loss = 0, worst_loss = 0;
};
inline constexpr double kNearTheBest = 0.05;

struct ValidationScore {
  std::string kind;  // "runs", "memory" (in GiB), "gemm", "attention", "collectives"
  int rows = 0, scored = 0;
  double mape = 0, median_ape = 0;
  double macro_mape = 0;            // mean over (source, device) cells
  double bias = 0;                  // mean signed error
  Errors large;                     // of collectives from kLargeCollective on
  LayoutOrder order;                // of training runs
  std::vector<LayoutOrder> orders;  // the same, by source
  std::vector<Cell> cells;
  std::vector<ScoredRun> runs;  // in file order; those that do not count are predicted where possible, outside the scores
  std::vector<SkippedRun> skipped;
};

inline constexpr Bytes kLargeCollective{8.0 * 1048576};

// Fills the scores, the orders of layouts and the cells (sorted by source, device) from `runs`.
void score(ValidationScore& result);

// Each predicts its rows in parallel (oneTBB); the result does not depend on the number of threads. `progress` may be called from
// any thread. A row whose prediction needs what the catalogue lacks is skipped; a fault of ours is thrown on, with the row's id.
using Progress = std::function<void(std::size_t done)>;

// Step times, by simulation.
[[nodiscard]] ValidationScore validate_runs(const std::vector<MeasuredRun>& runs, const Progress& progress = {});

// Peak memory of the framework's allocator, maximum over ranks.
[[nodiscard]] ValidationScore validate_memory(const std::vector<MeasuredRun>& runs, const Progress& progress = {});

// Times of kernels alone on a device. `kind` as in ValidationScore.
[[nodiscard]] ValidationScore validate_kernels(const std::string& kind, const MeasuredKernels& kernels,
                                               const Progress& progress = {});

// Times of collectives, by simulation.
[[nodiscard]] ValidationScore validate_collectives(const MeasuredCollectives& measured, const Progress& progress = {});

}  // namespace headway
