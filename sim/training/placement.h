// Where the parts of the model lie: which stage holds a part, as which of its chunks, and where a microbatch goes from there.
//
//   loop           chunk c of stage s holds part c p + s: with virtual stages a microbatch goes around the ring (Megatron-LM)
//   v              two chunks: stage s holds parts s and 2 p - 1 - s, so that a microbatch goes down the stages and back up, and the
//                  first and the last part share stage 0 (Qi et al. 2024, arXiv:2405.15362; ZB-V, DualPipeV)
//   bidirectional  two chunks: stage s holds part s and a copy of part p - 1 - s; half of the microbatches enter at either end
//                  (DeepSeek-V3, arXiv:2412.19437; DualPipe). Every part exists twice.
#pragma once

#include <optional>

#include "training/plan.h"

namespace headway {

struct PartPlace {
  int stage = 0, chunk = 0;
  friend bool operator==(const PartPlace&, const PartPlace&) = default;
};

class Placement {
 public:
  Placement(Schedule schedule, int pipeline, int virtual_stages);
  explicit Placement(const TrainingPlan& plan) : Placement(plan.schedule, plan.layout.pipeline, plan.layout.virtual_stages) {}

  [[nodiscard]] int stages() const { return stages_; }
  [[nodiscard]] int chunks() const { return chunks_; }  // of each stage
  [[nodiscard]] int parts() const { return shape_ == Shape::bidirectional ? stages_ : stages_ * chunks_; }
  [[nodiscard]] int copies() const { return shape_ == Shape::bidirectional ? 2 : 1; }  // of every part
  [[nodiscard]] int part(PartPlace place) const;

  // Where a microbatch goes from here, and where it came from; none at the ends of the model.
  [[nodiscard]] std::optional<PartPlace> next(PartPlace place) const { return neighbour(place, 1); }
  [[nodiscard]] std::optional<PartPlace> previous(PartPlace place) const { return neighbour(place, -1); }
  // Forwards of this chunk run from the last stage to the first.
  [[nodiscard]] bool upstream(int chunk) const { return shape_ != Shape::loop && chunk == 1; }
  // First and last part lie on one stage, which then shares a tied embedding with the head.
  [[nodiscard]] bool ends_share_a_stage() const { return stages_ == 1 || shape_ != Shape::loop; }

 private:
  enum class Shape { loop, v, bidirectional };
  [[nodiscard]] static Shape shape_of(Schedule schedule, int virtual_stages);
  [[nodiscard]] std::optional<PartPlace> neighbour(PartPlace place, int step) const;

  Shape shape_;
  int stages_, chunks_;
};

}  // namespace headway
