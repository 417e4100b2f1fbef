#include "training/block_writer.h"

namespace headway {
namespace {

constexpr Bytes kMask{1};  // a dropout mask takes one byte per element

}  // namespace

BlockWriter::BlockWriter(Script& script, const TrainingPlan& plan, Activity activity, OuterCollectives ends)
    : script_(script), plan_(plan), recipe_(plan.recipe), shape_(plan), activity_(activity), ends_(ends) {}

void BlockWriter::norm_forward(std::string_view label) {
  if (!ends_.input) return;
  compute({pass_over(label, StreamClass::norm, shape_.norm_tokens * shape_.hidden, 2 * shape_.activation, fusion())});
}

// dx = norm'(dy) + gradient of the residual: reads x, dy and the residual's gradient, writes dx.
void BlockWriter::norm_backward(std::string_view label) {
  if (!ends_.input) return;
  compute({pass_over(label, StreamClass::norm, shape_.norm_tokens * shape_.hidden, 4 * shape_.activation, fusion(), 2)});
}

// out = dropout(x + bias) + residual: two reads, one write, and the mask.
void BlockWriter::residual_forward(std::string_view label) {
  if (!ends_.output) return;
  if (plan_.model.post_norms)
    compute({pass_over("post_norm", StreamClass::norm, shape_.norm_tokens * shape_.hidden, 2 * shape_.activation, fusion())});
  const Bytes each = 3 * shape_.activation + (uses_dropout(plan_.model) ? kMask : Bytes(0));
  compute({pass_over(label, StreamClass::elementwise, shape_.norm_tokens * shape_.hidden, each, fusion())});
}

// Without dropout the residual's gradient is the incoming one itself.
void BlockWriter::residual_backward(std::string_view label) {
  if (!ends_.output) return;
  if (plan_.model.post_norms)
    compute(
        {pass_over("post_norm_grad", StreamClass::norm, shape_.norm_tokens * shape_.hidden, 3 * shape_.activation, fusion(), 2)});
  if (!uses_dropout(plan_.model)) return;
  const Bytes each = 2 * shape_.activation + kMask;
  compute({pass_over(label, StreamClass::elementwise, shape_.norm_tokens * shape_.hidden, each, fusion())});
}

KernelList BlockWriter::element_pass(std::string_view label, double passes, double elements) const {
  return {pass_over(label, StreamClass::elementwise, elements, passes * shape_.activation, fusion())};
}

void BlockWriter::column_forward(const Linear& product) { compute(with_cast(product, product.in, product.forward(recipe_))); }

void BlockWriter::row_forward(const Linear& product) {
  compute(with_cast(product, product.in, product.forward(recipe_)));
  if (ends_.output) reduce(Beside::preceding, plan_.software.tensor_overlap);
}

void BlockWriter::row_backward(const Linear& product) {
  if (ends_.output) gather(plan_.software.tensor_overlap);
  compute(with_cast(product, product.out, product.data_gradient(recipe_)));
  weight_gradient(product);
}

void BlockWriter::column_backward(const Linear& product) {
  const double hidden = plan_.software.overlap_tensor_gradient ? 1.0 : plan_.software.tensor_overlap;
  if (ends_.input) gather(hidden);
  compute(with_cast(product, product.out, product.data_gradient(recipe_)));
  if (ends_.input) reduce(Beside::following, hidden);
  weight_gradient(product);
}

void BlockWriter::weight_gradient(const Linear& product) {
  KernelList kernels{product.weight_gradient(recipe_)};
  if (plan_.model.biases)
    kernels.push_back(pass_over("bias_grad", StreamClass::elementwise, product.tokens * product.out, shape_.activation, 1.0));
  compute(std::move(kernels));
  script_.back().of_weights = true;
}

KernelList BlockWriter::with_cast(const Linear& product, double width, Kernel kernel) const {
  KernelList kernels;
  add_unpack(kernels, "weight_unpack", recipe_, product.groups * product.in * product.out);
  add_cast(kernels, "cast", plan_, product.groups * product.tokens * width);
  kernels.push_back(std::move(kernel));
  return kernels;
}

Linear BlockWriter::linear(std::string_view forward, std::string_view data, std::string_view weight, double in,
                           double out) const {
  return {forward, data, weight, shape_.tokens, in, out, recipe_.compute};
}

Kernel BlockWriter::activation_forward(const Mlp& mlp) const {
  return element_pass(mlp.activation, activation_passes(plan_, false), mlp.down.tokens * mlp.down.groups * mlp.ffn).front();
}

void BlockWriter::mlp_forward(const Mlp& mlp) {
  gather_for_product();
  column_forward(mlp.up);
  compute({activation_forward(mlp)});
  row_forward(mlp.down);
}

void BlockWriter::mlp_backward_down(const Mlp& mlp) {
  row_backward(mlp.down);
  compute(element_pass(mlp.activation_gradient, activation_passes(plan_, true), mlp.down.tokens * mlp.ffn));
}

void BlockWriter::gather(double hidden) {
  if (sequence_parallel(plan_)) call({CollectiveKind::all_gather, full_activation(), Beside::following, hidden});
}

// Forward, the sum leaves the GEMM before it; backward of a column-parallel product, it runs beside the weight gradient.
void BlockWriter::reduce(Beside beside, double hidden) {
  if (plan_.layout.tensor == 1) return;
  call({sequence_parallel(plan_) ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce, full_activation(), beside,
        hidden});
}

void BlockWriter::compute(KernelList kernels) {
  if (!kernels.empty()) script_.push_back({activity_, std::move(kernels), std::nullopt, -1});
}

}  // namespace headway
