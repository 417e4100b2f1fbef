#include "training/attention_core.h"

#include <cmath>
#include <utility>

#include "training/local_shape.h"

namespace headway {
namespace {

constexpr Bytes kMask{1};
constexpr Bytes kFp32{4};

NumberFormat format_of(const TrainingPlan& plan) {
  const bool narrow = plan.software.low_precision_attention && plan.recipe.low_precision();
  return narrow ? NumberFormat::fp8 : plan.recipe.attention;
}

Kernel fused(const TrainingPlan& plan, AttentionPass pass, double heads, double kv_heads, double queries, double keys,
             bool causal, double window = 0) {
  const LocalShape s(plan);
  const Attention work{s.batch, heads, kv_heads, queries, keys, s.qk_dim, s.v_dim, causal, format_of(plan), pass, window};
  return {pass == AttentionPass::forward ? "attention" : "attention_grad", work, pass == AttentionPass::forward ? 1.0 : 3.0};
}

// Its own keys, then half a square with those of each other rank.
KernelList ring_steps(const TrainingPlan& plan, AttentionPass pass) {
  const LocalShape s(plan);
  const double others = plan.layout.context - 1;
  KernelList kernels{fused(plan, pass, s.heads, s.kv_heads, s.sequence, s.sequence, true)};
  if (others == 0) return kernels;
  kernels.push_back(fused(plan, pass, s.heads, s.kv_heads, s.sequence, s.sequence / 2, false));
  kernels.back().repeat = others;
  kernels.push_back(pass_over("context_merge", StreamClass::elementwise, s.tokens * s.values, 2 * kFp32 + s.activation, 1.0));
  kernels.back().repeat = others;
  return kernels;
}

// A rank's queries and the keys in their windows, wherever these come from.
KernelList local_kernels(const TrainingPlan& plan, AttentionPass pass) {
  const LocalShape s(plan);
  return {fused(plan, pass, s.heads, s.kv_heads, s.sequence, s.whole_sequence, true, plan.model.local->window)};
}

KernelList fused_kernels(const TrainingPlan& plan, AttentionPass pass, bool local) {
  if (plan.layout.context == 1 || plan.software.context_exchange == ContextExchange::ring)
    return local ? local_kernels(plan, pass) : ring_steps(plan, pass);
  const LocalShape s(plan);
  const double c = plan.layout.context;
  return {fused(plan, pass, s.heads / c, std::fmax(1.0, s.kv_heads / c), s.whole_sequence, s.whole_sequence, true,
                local ? plan.model.local->window : 0)};
}

// The four products of the chain; s x s scores per head.
class ScoreChain {
 public:
  explicit ScoreChain(const TrainingPlan& plan) : plan_(plan), s_(plan), fusion_(plan.software.elementwise_passes) {}

  [[nodiscard]] KernelList forward() const {
    KernelList kernels{to_scores("scores", s_.qk_dim, GemmPass::forward), softmax("softmax", 2)};
    if (uses_dropout(plan_.model)) kernels.push_back(dropout("attention_dropout"));
    kernels.push_back(from_scores("context", s_.v_dim, GemmPass::forward));
    kernels.push_back(reorder("context_reorder"));
    return kernels;
  }

  [[nodiscard]] KernelList backward() const {
    KernelList kernels{reorder("context_reorder_grad"), to_scores("probabilities_grad", s_.v_dim, GemmPass::data_gradient),
                       from_scores("value_grad", s_.v_dim, GemmPass::data_gradient)};
    if (uses_dropout(plan_.model)) kernels.push_back(dropout("attention_dropout_grad"));
    kernels.push_back(softmax("softmax_grad", 3));
    kernels.push_back(from_scores("query_grad", s_.qk_dim, GemmPass::data_gradient));
    kernels.push_back(from_scores("key_grad", s_.qk_dim, GemmPass::data_gradient));
    return kernels;
  }

 private:
  [[nodiscard]] double scores() const { return s_.batch * s_.heads * s_.sequence * s_.whole_sequence; }

  [[nodiscard]] Kernel product(std::string_view label, double n, double k, GemmPass pass) const {
    return {label, Gemm{s_.sequence, n, k, s_.batch * s_.heads, plan_.recipe.attention, plan_.recipe.activation, pass}};
  }
  [[nodiscard]] Kernel to_scores(std::string_view label, double head, GemmPass pass) const {
    return product(label, s_.whole_sequence, head, pass);
  }
  [[nodiscard]] Kernel from_scores(std::string_view label, double head, GemmPass pass) const {
    return product(label, head, s_.whole_sequence, pass);
  }

  // Megatron's fused scale-mask-softmax: scores in and probabilities out, backward also the gradient in.
  [[nodiscard]] Kernel softmax(std::string_view label, double passes) const {
    return pass_over(label, StreamClass::softmax, scores(), passes * s_.activation, 1.0);
  }
  [[nodiscard]] Kernel dropout(std::string_view label) const {
    return pass_over(label, StreamClass::elementwise, scores(), 2 * s_.activation + kMask, fusion_);
  }
  [[nodiscard]] Kernel reorder(std::string_view label) const {
    return pass_over(label, StreamClass::elementwise, s_.tokens * s_.values, 2 * s_.activation, fusion_);
  }

  const TrainingPlan& plan_;
  LocalShape s_;
  double fusion_;
};

class CoreWriter {
 public:
  CoreWriter(Script& script, const TrainingPlan& plan, Activity activity, bool local)
      : script_(script), plan_(plan), s_(plan), activity_(activity), local_(local) {}

  void forward() {
    if (ring()) call(CollectiveKind::all_gather, keys_and_values(s_.whole_sequence), Beside::following);
    if (trades()) call(CollectiveKind::all_to_all, projected(), Beside::following);
    compute(plan_.software.fused_attention() ? fused_kernels(plan_, AttentionPass::forward, local_)
                                             : ScoreChain(plan_).forward());
    if (trades()) call(CollectiveKind::all_to_all, returned(), Beside::preceding);
  }

  void backward() {
    if (ring()) call(CollectiveKind::all_gather, keys_and_values(s_.whole_sequence), Beside::following);
    if (trades()) call(CollectiveKind::all_to_all, returned(), Beside::following);
    compute(plan_.software.fused_attention() ? fused_kernels(plan_, AttentionPass::backward, local_)
                                             : ScoreChain(plan_).backward());
    if (ring()) call(CollectiveKind::reduce_scatter, keys_and_values(s_.whole_sequence), Beside::preceding);
    if (trades()) call(CollectiveKind::all_to_all, projected(), Beside::preceding);
  }

 private:
  [[nodiscard]] bool exchanges(ContextExchange way) const {
    return plan_.layout.context > 1 && plan_.software.context_exchange == way;
  }
  [[nodiscard]] bool ring() const { return exchanges(ContextExchange::ring); }
  [[nodiscard]] bool trades() const { return exchanges(ContextExchange::all_to_all); }

  [[nodiscard]] Bytes keys_and_values(double length) const {
    return s_.batch * length * s_.kv_heads * (s_.qk_dim + s_.v_dim) * s_.activation;
  }
  [[nodiscard]] Bytes projected() const { return s_.tokens * s_.query * s_.activation + keys_and_values(s_.sequence); }
  [[nodiscard]] Bytes returned() const { return s_.tokens * s_.values * s_.activation; }

  void call(CollectiveKind kind, Bytes bytes, Beside beside) {
    const double hidden = ring() ? plan_.software.context_overlap : 0.0;
    script_.push_back({activity_, {}, LayerCall{kind, bytes, beside, hidden, Dimension::context}, -1});
  }
  void compute(KernelList kernels) { script_.push_back({activity_, std::move(kernels), std::nullopt, -1}); }

  Script& script_;
  const TrainingPlan& plan_;
  LocalShape s_;
  Activity activity_;
  bool local_;
};

}  // namespace

void append_core_forward(Script& script, const TrainingPlan& plan, Activity activity, bool local) {
  CoreWriter(script, plan, activity, local).forward();
}

void append_core_backward(Script& script, const TrainingPlan& plan, Activity activity, bool local) {
  CoreWriter(script, plan, activity, local).backward();
}

}  // namespace headway
