#include "training/attention_core.h"

#include "training/local_shape.h"

namespace headway {
namespace {

constexpr Bytes kMask{1};

Kernel fused(const TrainingPlan& plan, AttentionPass pass) {
  const LocalShape s(plan);
  const Attention work{s.batch, s.heads, s.kv_heads, s.sequence, s.sequence, s.head_dim, s.head_dim, true, plan.recipe.attention,
                       pass};
  return {pass == AttentionPass::forward ? "attention" : "attention_grad", work, pass == AttentionPass::forward ? 1.0 : 3.0};
}

// The four products of the chain; s x s scores per head.
class ScoreChain {
 public:
  explicit ScoreChain(const TrainingPlan& plan) : plan_(plan), s_(plan), fusion_(plan.software.elementwise_passes) {}

  [[nodiscard]] KernelList forward() const {
    KernelList kernels{to_scores("scores", GemmPass::forward), softmax("softmax", 2)};
    if (uses_dropout(plan_.model)) kernels.push_back(dropout("attention_dropout"));
    kernels.push_back(to_values("context", GemmPass::forward));
    kernels.push_back(reorder("context_reorder"));
    return kernels;
  }

  [[nodiscard]] KernelList backward() const {
    KernelList kernels{reorder("context_reorder_grad"), to_scores("probabilities_grad", GemmPass::data_gradient),
                       to_values("value_grad", GemmPass::data_gradient)};
    if (uses_dropout(plan_.model)) kernels.push_back(dropout("attention_dropout_grad"));
    kernels.push_back(softmax("softmax_grad", 3));
    kernels.push_back(to_values("query_grad", GemmPass::data_gradient));
    kernels.push_back(to_values("key_grad", GemmPass::data_gradient));
    return kernels;
  }

 private:
  [[nodiscard]] double scores() const { return s_.batch * s_.heads * s_.sequence * s_.sequence; }

  [[nodiscard]] Kernel product(std::string_view label, double n, double k, GemmPass pass) const {
    return {label, Gemm{s_.sequence, n, k, s_.batch * s_.heads, plan_.recipe.attention, plan_.recipe.activation, pass}};
  }
  [[nodiscard]] Kernel to_scores(std::string_view label, GemmPass pass) const {
    return product(label, s_.sequence, s_.head_dim, pass);
  }
  [[nodiscard]] Kernel to_values(std::string_view label, GemmPass pass) const {
    return product(label, s_.head_dim, s_.sequence, pass);
  }

  // Megatron's fused scale-mask-softmax: scores in and probabilities out, backward also the gradient in.
  [[nodiscard]] Kernel softmax(std::string_view label, double passes) const {
    return pass_over(label, StreamClass::softmax, scores(), passes * s_.activation, 1.0);
  }
  [[nodiscard]] Kernel dropout(std::string_view label) const {
    return pass_over(label, StreamClass::elementwise, scores(), 2 * s_.activation + kMask, fusion_);
  }
  [[nodiscard]] Kernel reorder(std::string_view label) const {
    return pass_over(label, StreamClass::elementwise, s_.tokens * s_.query, 2 * s_.activation, fusion_);
  }

  const TrainingPlan& plan_;
  LocalShape s_;
  double fusion_;
};

}  // namespace

KernelList attention_core_forward(const TrainingPlan& plan) {
  if (plan.software.fused_attention()) return {fused(plan, AttentionPass::forward)};
  return ScoreChain(plan).forward();
}

KernelList attention_core_backward(const TrainingPlan& plan) {
  if (plan.software.fused_attention()) return {fused(plan, AttentionPass::backward)};
  return ScoreChain(plan).backward();
}

}  // namespace headway
