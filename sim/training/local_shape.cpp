#include "training/local_shape.h"

#include <cmath>

namespace headway {
namespace {

// The vocabulary's product is not one of those that are scaled, unless it is multiplied in the same format.
ScaleBlock scale_of(NumberFormat format, const Recipe& recipe) {
  return format == recipe.compute ? recipe.scale_block : ScaleBlock::none;
}

}  // namespace

LocalShape::LocalShape(const TrainingPlan& plan) {
  const Model& model = plan.model;
  const double t = plan.layout.tensor;
  batch = plan.microbatch;
  sequence = plan.sequence;
  tokens = batch * sequence;
  norm_tokens = sequence_parallel(plan) ? tokens / t : tokens;
  hidden = model.hidden;
  heads = model.heads / t;
  kv_heads = std::fmax(1.0, model.kv_heads / t);
  head_dim = model.head_dim;
  query = heads * head_dim;
  qkv = (heads + 2 * kv_heads) * head_dim;
  ffn = model.ffn / t;
  up = (model.gated_mlp ? 2.0 : 1.0) * ffn;
  vocabulary = 128.0 * std::ceil(model.vocabulary / (128.0 * t));
  activation = element_size(plan.recipe.activation);
}

double local_layer_matrices(const TrainingPlan& plan) {
  const LocalShape s(plan);
  return s.hidden * (s.qkv + s.query + s.up + s.ffn);
}

double local_layer_parameters(const TrainingPlan& plan) {
  const LocalShape s(plan);
  const double biases = plan.model.biases ? s.qkv + s.up + 2 * s.hidden : 0.0;
  return local_layer_matrices(plan) + biases + (plan.model.biases ? 4.0 : 2.0) * s.hidden;
}

double local_embedding_parameters(const TrainingPlan& plan) {
  return LocalShape(plan).vocabulary * plan.model.hidden + static_cast<double>(plan.model.learned_positions) * plan.model.hidden;
}

double local_head_parameters(const TrainingPlan& plan, bool same_stage_as_embedding) {
  const double final_norm = (plan.model.biases ? 2.0 : 1.0) * plan.model.hidden;
  const bool shares_matrix = plan.model.tied_embeddings && same_stage_as_embedding;
  return final_norm + (shares_matrix ? 0.0 : LocalShape(plan).vocabulary * plan.model.hidden);
}

Kernel Linear::forward(const Recipe& recipe) const {
  return {label, Gemm{tokens, out, in, 1, format, recipe.activation, GemmPass::forward, scale_of(format, recipe)}};
}

Kernel Linear::data_gradient(const Recipe& recipe) const {
  return {data_gradient_label,
          Gemm{tokens, in, out, 1, format, recipe.activation, GemmPass::data_gradient, scale_of(format, recipe)}};
}

Kernel Linear::weight_gradient(const Recipe& recipe) const {
  return {weight_gradient_label,
          Gemm{out, in, tokens, 1, format, recipe.gradient, GemmPass::weight_gradient, scale_of(format, recipe)}};
}

Kernel pass_over(std::string_view label, StreamClass kind, double elements, Bytes bytes_each, double fusion, double launches) {
  return {label, Streaming{elements * bytes_each * fusion, kind}, launches};
}

void add_cast(KernelList& kernels, std::string_view label, const Recipe& recipe, double elements) {
  if (!recipe.low_precision()) return;
  const Bytes each = Bytes(recipe.cast_bytes_per_element) + (recipe.transposed_copy ? element_size(recipe.compute) : Bytes(0));
  kernels.push_back({label, Streaming{elements * each, StreamClass::cast}});
}

void add_unpack(KernelList& kernels, std::string_view label, const Recipe& recipe, double elements) {
  if (!recipe.packed_weights()) return;
  kernels.push_back(
      {label, Streaming{elements * (recipe.stored_size(recipe.weight) + element_size(recipe.compute)), StreamClass::cast}});
}

}  // namespace headway
