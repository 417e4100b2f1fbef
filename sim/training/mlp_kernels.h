// The dense MLP half of a layer: norm [AG] up (gate and up fused), activation, down [RS | AR] residual.
#pragma once

#include "training/block_writer.h"

namespace headway {

class MlpWriter : public BlockWriter {
 public:
  MlpWriter(Script& script, const TrainingPlan& plan, Activity activity)
      : BlockWriter(script, plan, activity, {!plan.model.parallel_blocks, true}) {}
  void forward();
  void backward();

 private:
  void selected_operations();
  [[nodiscard]] Mlp mlp() const;
};

}  // namespace headway
