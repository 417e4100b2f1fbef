// What the writers of a layer's halves share: norms, residuals, tensor-parallel products with their collectives, MLPs.
//
//   column-parallel product (qkv, up)     forward [AG] product               backward [AG] data gradient [RS] weight gradient
//   row-parallel product (projection, down)  forward product [RS]            backward [AG] data gradient, weight gradient
//
// [AG], [RS] with sequence parallelism; without, one all-reduce in place of [RS].
#pragma once

#include <string_view>
#include <utility>

#include "training/local_shape.h"
#include "training/step.h"

namespace headway {

// Two or three matrices around an activation: the dense MLP of a layer, or its shared expert.
struct Mlp {
  Linear up, down;
  double ffn;
  std::string_view activation, activation_gradient;
};

// Which ends of a half meet the residual stream by a collective of their own. Where attention and MLP run side by side, attention's
// gather serves both, and one reduction behind the MLP takes the sum; backward the other way round.
struct OuterCollectives {
  bool input = true, output = true;
};

class BlockWriter {
 public:
  BlockWriter(Script& script, const TrainingPlan& plan, Activity activity, OuterCollectives ends = {});

 protected:
  // ---- memory-bound passes over the residual stream
  void norm_forward(std::string_view label);
  void norm_backward(std::string_view label);
  void residual_forward(std::string_view label);
  void residual_backward(std::string_view label);
  [[nodiscard]] KernelList element_pass(std::string_view label, double passes, double elements) const;

  // ---- tensor-parallel products
  void column_forward(const Linear& product);
  void row_forward(const Linear& product);
  void row_backward(const Linear& product);
  void column_backward(const Linear& product);
  void weight_gradient(const Linear& product);
  [[nodiscard]] KernelList with_cast(const Linear& product, double width, Kernel kernel) const;
  [[nodiscard]] Linear linear(std::string_view forward, std::string_view data, std::string_view weight, double in,
                              double out) const;

  // ---- MLPs
  [[nodiscard]] Kernel activation_forward(const Mlp& mlp) const;
  void mlp_forward(const Mlp& mlp);
  void mlp_backward_down(const Mlp& mlp);  // as far as the activation

  // ---- collectives of the tensor group
  [[nodiscard]] Bytes full_activation() const { return shape_.tokens * shape_.hidden * shape_.activation; }
  void gather_for_product() {
    if (ends_.input) gather(plan_.software.tensor_overlap);
  }
  void gather(double hidden);
  void reduce(Beside beside, double hidden);
  void call(LayerCall call) { script_.push_back({activity_, {}, call, -1}); }

  // ---- plumbing
  [[nodiscard]] double fusion() const { return plan_.software.elementwise_passes; }
  // Full recomputation runs the whole layer again elsewhere.
  [[nodiscard]] bool again(RecomputeModule module) const { return plan_.recompute.has(module) && !plan_.recompute.full(); }
  void compute(KernelList kernels);

  template <class Work>
  void recomputing(Work work) {
    const Activity outer = std::exchange(activity_, Activity::recompute);
    work();
    activity_ = outer;
  }

  Script& script_;
  const TrainingPlan& plan_;
  const Recipe& recipe_;
  LocalShape shape_;
  Activity activity_;
  OuterCollectives ends_;
};

}  // namespace headway
