#include "training/head_kernels.h"

#include <utility>

#include "training/local_shape.h"

namespace headway {
namespace {

constexpr Bytes kFp32{4};
constexpr Bytes kMask{1};

class EndWriter {
 public:
  EndWriter(Script& script, const TrainingPlan& plan, Activity activity)
      : script_(script), plan_(plan), s_(plan), activity_(activity) {}

  void embedding_forward() {
    compute({pass_over("embedding", StreamClass::gather, s_.tokens * s_.hidden, 2 * s_.activation, 1.0, 3)});
    call(sequence_parallel(plan_) ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce, full_activation());
    if (plan_.model.learned_positions > 0) add_positions("position_embedding", 3);
    if (uses_dropout(plan_.model)) embedding_dropout("embedding_dropout");
  }

  // The look-up's gradient is a dense matrix: zeroed, scattered into, then added to the accumulated gradient.
  void embedding_backward() {
    if (uses_dropout(plan_.model)) embedding_dropout("embedding_dropout_grad");
    if (plan_.model.learned_positions > 0) add_positions("position_embedding_grad", 1);
    if (sequence_parallel(plan_)) call(CollectiveKind::all_gather, full_activation());
    const Bytes accumulate = 2 * element_size(plan_.recipe.weight) + 2 * element_size(plan_.recipe.gradient);
    compute({pass_over("embedding_grad", StreamClass::gather, s_.tokens * s_.hidden, 3 * s_.activation, 1.0),
             pass_over("embedding_grad_accumulate", StreamClass::elementwise, s_.vocabulary * s_.hidden, accumulate, 1.0, 2)});
    script_.back().of_weights = true;
  }

  void head_forward() {
    norm("final_norm", 2, 1);
    if (sequence_parallel(plan_)) call(CollectiveKind::all_gather, full_activation());
    compute({logits().forward(plan_.recipe)});
    plan_.software.fused_cross_entropy ? fused_loss() : plain_loss();
  }

  void head_backward() {
    loss_backward();
    const double hidden = plan_.software.overlap_tensor_gradient ? 1.0 : 0.0;
    if (sequence_parallel(plan_)) call(CollectiveKind::all_gather, full_activation(), hidden);
    compute({logits().data_gradient(plan_.recipe)});
    call(sequence_parallel(plan_) ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce, full_activation(), hidden);
    compute({logits().weight_gradient(plan_.recipe)});
    norm("final_norm_grad", 3, 2);
  }

 private:
  [[nodiscard]] Linear logits() const {
    return {"logits", "logits_dgrad", "logits_wgrad", s_.tokens, s_.hidden, s_.vocabulary, plan_.recipe.head};
  }

  // One pass for the maximum and the sum together (online softmax).
  void fused_loss() {
    loss("loss", s_.activation, 2);
    reduce_over_tokens();
    reduce_over_tokens();
  }

  // fp32 copy and its maximum; shifted copy; exponentials in place and their sum; division in place.
  void plain_loss() {
    loss("loss_fp32", s_.activation + 2 * kFp32, 2);
    reduce_over_tokens();
    loss("loss_shift", 2 * kFp32, 2);
    reduce_over_tokens();
    loss("loss_exp", 3 * kFp32, 2);
    reduce_over_tokens();
    loss("loss_normalise", 2 * kFp32, 2);
  }

  // Fused: logits in, gradient out. Else probabilities changed in place in fp32, then narrowed.
  void loss_backward() {
    const bool fused = plan_.software.fused_cross_entropy;
    loss("loss_grad", fused ? 2 * s_.activation : 3 * kFp32 + s_.activation, fused ? 1 : 3);
  }

  void loss(std::string_view label, Bytes each, double launches) {
    compute({pass_over(label, StreamClass::cross_entropy, s_.tokens * s_.vocabulary, each, 1.0, launches)});
  }

  void norm(std::string_view label, double passes, double launches) {
    compute({pass_over(label, StreamClass::norm, s_.norm_tokens * s_.hidden, passes * s_.activation, fusion(), launches)});
  }

  void add_positions(std::string_view label, double passes) {
    compute({pass_over(label, StreamClass::elementwise, s_.norm_tokens * s_.hidden, passes * s_.activation, fusion())});
  }

  void embedding_dropout(std::string_view label) {
    compute({pass_over(label, StreamClass::elementwise, s_.norm_tokens * s_.hidden, 2 * s_.activation + kMask, fusion())});
  }

  [[nodiscard]] double fusion() const { return plan_.software.elementwise_passes; }
  [[nodiscard]] Bytes full_activation() const { return s_.tokens * s_.hidden * s_.activation; }

  void reduce_over_tokens() { call(CollectiveKind::all_reduce, s_.tokens * kFp32); }

  void call(CollectiveKind kind, Bytes bytes, double hidden = 0) {
    if (plan_.layout.tensor > 1) script_.push_back({activity_, {}, LayerCall{kind, bytes, Beside::following, hidden}, -1});
  }

  void compute(KernelList kernels) { script_.push_back({activity_, std::move(kernels), std::nullopt, -1}); }

  Script& script_;
  const TrainingPlan& plan_;
  LocalShape s_;
  Activity activity_;
};

}  // namespace

void append_embedding_forward(Script& script, const TrainingPlan& plan) {
  EndWriter(script, plan, Activity::forward).embedding_forward();
}

void append_embedding_backward(Script& script, const TrainingPlan& plan) {
  EndWriter(script, plan, Activity::backward).embedding_backward();
}

void append_head_forward(Script& script, const TrainingPlan& plan) { EndWriter(script, plan, Activity::forward).head_forward(); }

void append_head_backward(Script& script, const TrainingPlan& plan) {
  EndWriter(script, plan, Activity::backward).head_backward();
}

}  // namespace headway
