// A time that no step of a plan can beat, found in microseconds.
//
// Stage s can begin only when the first microbatch has come through the stages before it; its compute stream then runs the kernels of
// all its passes and the collectives that block it, none faster than alone; where passes flow one way, the gradient of its last
// microbatch has to go back through the stages before it; and nobody's optimizer starts before all gradients are there:
//
//   T >= max over s of (sum_{j<s} F_j + m (F_s + B_s) + sum_{j<s} B_j) + least optimizer time
//
// F and B of a part: the larger of its kernels' device time (or that of the collective beside them) and the host's time to launch
// them, plus the shares of its collectives that nothing hides, in a group of ranks that all others are congruent to (else they count as nothing). Where the
// data-parallel reduction blocks, stage 0 adds it. Where gathers and reductions of a data group run beside the passes, they do so one
// after the other, none faster than alone, and no optimizer starts before the last: their sum bounds the step too. A larger call never
// takes longer than its parts (a test draws them), so the sum need not know buckets.
// The engine runs the same kernels and calls, no faster, in this order.
#pragma once

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "cluster/cluster.h"
#include "training/plan.h"
#include "training/split.h"
#include "training/step.h"

namespace headway {

// Keeps what plans share: not for several threads.
class StepBound {
 public:
  StepBound(const Cluster& cluster, const Fabric& fabric);

  // Requires a plan check_plan finds nothing wrong with. Throws InputError where the catalogue lacks a value.
  [[nodiscard]] Seconds of(const TrainingPlan& plan);

 private:
  struct Cost {
    Seconds kernels, launches, blocked;
    Seconds beside;  // by which collectives that run beside kernels outlast them
    Cost& operator+=(const Cost& other);
    friend Cost operator*(double k, const Cost& cost) {
      return {k * cost.kernels, k * cost.launches, k * cost.blocked, k * cost.beside};
    }
    [[nodiscard]] Seconds least() const { return std::max(kernels + beside, launches) + blocked; }
  };
  struct Passes {
    Cost forward, backward;
    double parameters = 0;  // of a rank, all of its data group
    double expert_parameters = 0;
  };
  // Of one layer of a kind, of the embedding, of the head: all that a stage is made of.
  struct Pieces {
    std::map<LayerKind, Passes> layers;
    Passes embedding, head;
  };
  using Shape = std::tuple<int, int, int, int, int, bool, std::vector<RecomputeModule>>;

  [[nodiscard]] const Pieces& pieces_of(const TrainingPlan& plan);
  [[nodiscard]] Passes passes_of(const TrainingPlan& plan, const Chunk& chunk) const;
  [[nodiscard]] Cost cost_of(const Script& script, const TrainingPlan& plan) const;
  [[nodiscard]] Seconds taken_by(const LayerCall& call, double share, const TrainingPlan& plan) const;
  [[nodiscard]] Seconds alone(const CollectiveCall& call, const std::vector<DeviceIndex>& members) const;
  [[nodiscard]] bool congruent(int ranks) const;
  [[nodiscard]] Passes part_of(const Chunk& chunk, const Pieces& pieces) const;
  [[nodiscard]] const StageSplit& split_of(const TrainingPlan& plan);
  [[nodiscard]] Seconds reduction(const TrainingPlan& plan, double parameters);
  [[nodiscard]] Seconds beside_passes(const TrainingPlan& plan, const std::vector<Chunk>& stage, const Pieces& pieces,
                                      double microbatches);
  [[nodiscard]] Seconds alone_in_data_group(const TrainingPlan& plan, CollectiveKind kind, double parameters, bool of_experts);

  const Cluster& cluster_;
  const Fabric& fabric_;
  std::vector<int> borders_;  // sizes of blocks of devices that links tell apart
  bool alike_ = true;         // no device and no link differs from the others
  double speed_ = 1;          // of the fastest device
  std::map<Shape, Pieces> pieces_;
  std::map<std::tuple<Schedule, int, int>, StageSplit> splits_;
  std::map<std::tuple<CollectiveKind, double, int, int>, Seconds> alone_;  // of data groups, by bytes, ranks and their distance
};

}  // namespace headway
