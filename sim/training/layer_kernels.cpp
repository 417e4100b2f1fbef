#include "training/layer_kernels.h"

#include <utility>

#include "training/attention_core.h"
#include "training/local_shape.h"

namespace headway {
namespace {

constexpr Bytes kMask{1};  // a dropout mask takes one byte per element

class LayerWriter {
 public:
  LayerWriter(Script& script, const TrainingPlan& plan, Activity activity)
      : script_(script), plan_(plan), recipe_(plan.recipe), shape_(plan), activity_(activity) {}

  void forward(bool cast_weights) {
    if (cast_weights) cast_all_weights();
    norm_forward("attention_norm");
    gather_for_product();
    column_forward(qkv());
    compute(rotary("rotary"));
    compute(attention_core_forward(plan_));
    row_forward(projection());
    residual_forward("attention_residual");
    norm_forward("mlp_norm");
    mlp_forward();
    residual_forward("mlp_residual");
  }

  void backward() {
    residual_backward("mlp_residual_grad");
    if (again(RecomputeModule::mlp))
      recomputing([&] { mlp_forward(); });
    else if (again(RecomputeModule::activation))
      recomputing([&] { activation_forward(); });
    row_backward(down());
    compute(element_pass("activation_grad", plan_.model.gated_mlp ? 5 : 3, shape_.tokens * shape_.ffn));
    if (again(RecomputeModule::norm)) recomputing([&] { norm_forward("mlp_norm"); });
    column_backward(up());
    norm_backward("mlp_norm_grad");
    residual_backward("attention_residual_grad");
    if (again(RecomputeModule::attention_core)) recomputing([&] { compute(attention_core_forward(plan_)); });
    row_backward(projection());
    compute(attention_core_backward(plan_));
    compute(rotary("rotary_grad"));
    if (again(RecomputeModule::norm)) recomputing([&] { norm_forward("attention_norm"); });
    column_backward(qkv());
    norm_backward("attention_norm_grad");
  }

 private:
  [[nodiscard]] Linear qkv() const { return linear("qkv", "qkv_dgrad", "qkv_wgrad", shape_.hidden, shape_.qkv); }
  [[nodiscard]] Linear projection() const {
    return linear("projection", "projection_dgrad", "projection_wgrad", shape_.query, shape_.hidden);
  }
  [[nodiscard]] Linear up() const { return linear("mlp_up", "mlp_up_dgrad", "mlp_up_wgrad", shape_.hidden, shape_.up); }
  [[nodiscard]] Linear down() const { return linear("mlp_down", "mlp_down_dgrad", "mlp_down_wgrad", shape_.ffn, shape_.hidden); }
  [[nodiscard]] Linear linear(std::string_view forward, std::string_view data, std::string_view weight, double in,
                              double out) const {
    return {forward, data, weight, shape_.tokens, in, out, recipe_.compute};
  }

  // ---- halves of the forward pass

  void norm_forward(std::string_view label) {
    compute({pass_over(label, StreamClass::norm, shape_.norm_tokens * shape_.hidden, 2 * shape_.activation, fusion())});
  }

  void mlp_forward() {
    gather_for_product();
    column_forward(up());
    activation_forward();
    row_forward(down());
  }

  void activation_forward() { compute(element_pass("activation", plan_.model.gated_mlp ? 3 : 2, shape_.tokens * shape_.ffn)); }

  void column_forward(const Linear& product) { compute(with_cast(product, product.in, product.forward(recipe_))); }

  void row_forward(const Linear& product) {
    compute(with_cast(product, product.in, product.forward(recipe_)));
    reduce(Beside::preceding, plan_.software.tensor_overlap);
  }

  // out = dropout(x + bias) + residual: two reads, one write, and the mask.
  void residual_forward(std::string_view label) {
    const Bytes each = 3 * shape_.activation + (uses_dropout(plan_.model) ? kMask : Bytes(0));
    compute({pass_over(label, StreamClass::elementwise, shape_.norm_tokens * shape_.hidden, each, fusion())});
  }

  // ---- halves of the backward pass

  // Without dropout the residual's gradient is the incoming one itself.
  void residual_backward(std::string_view label) {
    if (!uses_dropout(plan_.model)) return;
    const Bytes each = 2 * shape_.activation + kMask;
    compute({pass_over(label, StreamClass::elementwise, shape_.norm_tokens * shape_.hidden, each, fusion())});
  }

  void row_backward(const Linear& product) {
    gather(plan_.software.tensor_overlap);
    compute(with_cast(product, product.out, product.data_gradient(recipe_)));
    weight_gradient(product);
  }

  void column_backward(const Linear& product) {
    const double hidden = plan_.software.overlap_tensor_gradient ? 1.0 : plan_.software.tensor_overlap;
    gather(hidden);
    compute(with_cast(product, product.out, product.data_gradient(recipe_)));
    reduce(Beside::following, hidden);
    weight_gradient(product);
  }

  void weight_gradient(const Linear& product) {
    KernelList kernels{product.weight_gradient(recipe_)};
    if (plan_.model.biases)
      kernels.push_back(pass_over("bias_grad", StreamClass::elementwise, product.tokens * product.out, shape_.activation, 1.0));
    compute(std::move(kernels));
  }

  // dx = norm'(dy) + gradient of the residual: reads x, dy and the residual's gradient, writes dx.
  void norm_backward(std::string_view label) {
    compute({pass_over(label, StreamClass::norm, shape_.norm_tokens * shape_.hidden, 4 * shape_.activation, fusion(), 2)});
  }

  // ---- kernels

  [[nodiscard]] KernelList element_pass(std::string_view label, double passes, double elements) const {
    return {pass_over(label, StreamClass::elementwise, elements, passes * shape_.activation, fusion())};
  }

  [[nodiscard]] KernelList rotary(std::string_view label) const {
    if (plan_.model.learned_positions > 0) return {};
    const double elements = shape_.tokens * (shape_.heads + shape_.kv_heads) * shape_.head_dim;
    return {pass_over(label, StreamClass::elementwise, elements, 2 * shape_.activation, fusion(), 2)};
  }

  [[nodiscard]] KernelList with_cast(const Linear& product, double width, Kernel kernel) const {
    KernelList kernels;
    add_unpack(kernels, "weight_unpack", recipe_, product.in * product.out);
    add_cast(kernels, "cast", recipe_, shape_.tokens * width);
    kernels.push_back(std::move(kernel));
    return kernels;
  }

  void cast_all_weights() {
    if (recipe_.packed_weights()) return;  // they are unpacked for each product
    KernelList kernels;
    add_cast(kernels, "weight_cast", recipe_, local_layer_matrices(plan_));
    if (!kernels.empty()) kernels.back().launches = 4;
    compute(std::move(kernels));
  }

  // ---- tensor-parallel traffic

  [[nodiscard]] Bytes full_activation() const { return shape_.tokens * shape_.hidden * shape_.activation; }

  void gather_for_product() { gather(plan_.software.tensor_overlap); }

  void gather(double hidden) {
    if (sequence_parallel(plan_)) call(CollectiveKind::all_gather, Beside::following, hidden);
  }

  // Forward, the sum leaves the GEMM before it; backward of a column-parallel product, it runs beside the weight gradient.
  void reduce(Beside beside, double hidden) {
    if (plan_.layout.tensor == 1) return;
    call(sequence_parallel(plan_) ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce, beside, hidden);
  }

  void call(CollectiveKind kind, Beside beside, double hidden) {
    script_.push_back({activity_, {}, TensorCall{kind, full_activation(), beside, hidden}, -1});
  }

  // ---- plumbing

  [[nodiscard]] double fusion() const { return plan_.software.elementwise_passes; }

  // Full recomputation runs the whole layer again elsewhere.
  [[nodiscard]] bool again(RecomputeModule module) const { return plan_.recompute.has(module) && !plan_.recompute.full(); }

  template <class Work>
  void recomputing(Work work) {
    const Activity outer = std::exchange(activity_, Activity::recompute);
    work();
    activity_ = outer;
  }

  void compute(KernelList kernels) {
    if (!kernels.empty()) script_.push_back({activity_, std::move(kernels), std::nullopt, -1});
  }

  Script& script_;
  const TrainingPlan& plan_;
  const Recipe& recipe_;
  LocalShape shape_;
  Activity activity_;
};

}  // namespace

void append_layer_forward(Script& script, const TrainingPlan& plan, Activity activity, bool cast_weights) {
  LayerWriter(script, plan, activity).forward(cast_weights);
}

void append_layer_backward(Script& script, const TrainingPlan& plan) {
  if (plan.recompute.full()) LayerWriter(script, plan, Activity::recompute).forward(false);
  LayerWriter(script, plan, Activity::backward).backward();
}

}  // namespace headway
