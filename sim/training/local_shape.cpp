#include "training/local_shape.h"

#include <cmath>

#include "base/check.h"

#include "training/placement.h"

namespace headway {
namespace {

// The vocabulary's product is not one of those that are scaled, unless it is multiplied in the same format.
ScaleBlock scale_of(NumberFormat format, const Recipe& recipe) {
  return format == recipe.compute ? recipe.scale_block : ScaleBlock::none;
}

// All but the output projection. Of latent attention the products into the narrow layers are whole on every tensor rank.
double attention_matrices(const TrainingPlan& plan, const LocalShape& s) {
  if (!plan.model.latent) return s.hidden * s.qkv;
  const LatentAttention& l = *plan.model.latent;
  const double queries = (l.q_rank > 0 ? l.q_rank : s.hidden) * s.query;
  return s.hidden * s.latent_width + queries + l.kv_rank * s.heads * (l.qk_nope_dim + s.v_dim);
}

double norms(const TrainingPlan& plan) {
  const Model& m = plan.model;
  const double latent = m.latent ? m.latent->q_rank + m.latent->kv_rank : 0.0;
  const double count = (m.parallel_blocks ? 1.0 : 2.0) + (m.post_norms ? 2.0 : 0.0);
  return count * (m.biases ? 2.0 : 1.0) * m.hidden + (m.qk_norm ? 2.0 * m.head_dim : 0.0) + latent;
}

double router(const TrainingPlan& plan) { return static_cast<double>(plan.model.hidden) * plan.model.experts->count; }

}  // namespace

LocalShape::LocalShape(const TrainingPlan& plan) {
  const Model& model = plan.model;
  const double t = plan.layout.tensor;
  batch = plan.microbatch;
  whole_sequence = plan.sequence;
  sequence = whole_sequence / plan.layout.context;
  tokens = batch * sequence;
  norm_tokens = sequence_parallel(plan) ? tokens / t : tokens;
  hidden = model.hidden;
  heads = model.heads / t;
  kv_heads = std::fmax(1.0, model.kv_heads / t);
  head_dim = model.head_dim;
  qk_dim = model.qk_dim();
  v_dim = model.v_dim();
  query = heads * qk_dim;
  values = heads * v_dim;
  qkv = query + kv_heads * (qk_dim + v_dim);
  ffn = model.ffn / t;
  up = (model.gated_mlp ? 2.0 : 1.0) * ffn;
  vocabulary = 128.0 * std::ceil(model.vocabulary / (128.0 * t));
  activation = element_size(plan.recipe.activation);
  if (model.latent) latent_width = model.latent->q_rank + model.latent->kv_rank + model.latent->qk_rope_dim;
}

TokenSpread routing_of(const Experts& experts) {
  return {experts.count, experts.top_k, experts.groups, experts.groups_per_token};
}

ExpertShape::ExpertShape(const TrainingPlan& plan) {
  HEADWAY_CHECK(plan.model.experts.has_value(), "the shape of experts is asked of a model that has them");
  const Experts& e = *plan.model.experts;
  const Layout& layout = plan.layout;
  tokens = LocalShape(plan).norm_tokens;
  copies = tokens * e.top_k;
  sent = plan.software.dispatch == Dispatch::per_expert ? copies : tokens * parts_reached(routing_of(e), layout.expert);
  rows = copies * busiest_share(plan) * layout.expert_tensor;
  experts = static_cast<double>(e.count) / layout.expert;
  ffn = static_cast<double>(e.ffn) / layout.expert_tensor;
  up = (plan.model.gated_mlp ? 2.0 : 1.0) * ffn;
  shared_ffn = static_cast<double>(e.shared_ffn) / layout.tensor;
  count = e.count;
}

HeldParameters local_layer_matrices(const TrainingPlan& plan, LayerKind kind) {
  const LocalShape s(plan);
  HeldParameters held;
  held.common = attention_matrices(plan, s) + s.values * s.hidden;
  if (!kind.experts) {
    held.common += s.hidden * (s.up + s.ffn);
    return held;
  }
  const ExpertShape e(plan);
  held.common += s.hidden * (plan.model.gated_mlp ? 3.0 : 2.0) * e.shared_ffn;
  held.expert = e.experts * s.hidden * (e.up + e.ffn);
  return held;
}

HeldParameters local_layer_parameters(const TrainingPlan& plan, LayerKind kind) {
  const LocalShape s(plan);
  HeldParameters held = local_layer_matrices(plan, kind);
  if (kind.experts) held.common += router(plan);
  if (plan.model.biases) held.common += s.qkv + 2 * s.hidden + (kind.experts ? 0.0 : s.up);
  if (plan.model.qkv_biases) held.common += s.qkv;
  held.common += norms(plan);
  return held;
}

double replicated_layer_parameters(const TrainingPlan& plan, LayerKind kind) {
  const LocalShape s(plan);
  const double biases = plan.model.biases ? 2 * s.hidden : 0.0;
  const double narrow = plan.model.latent ? s.hidden * s.latent_width : 0.0;
  return norms(plan) + biases + narrow + (kind.experts ? router(plan) : 0.0);
}

HeldParameters local_prediction_parameters(const TrainingPlan& plan) {
  const Model& m = plan.model;
  if (m.prediction_depth == 0) return {};
  HeldParameters module = local_layer_parameters(plan, layer_kind(m, m.layers - 1));
  module.common += 2.0 * m.hidden * m.hidden / plan.layout.tensor + 3.0 * m.hidden;
  HeldParameters held;
  for (int i = 0; i < m.prediction_depth; ++i) held += module;
  if (!Placement(plan).ends_share_a_stage()) held.common += local_embedding_parameters(plan);
  return held;
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
  return kernel(label, {tokens, out, in, 1, format, recipe.activation, GemmPass::forward, scale_of(format, recipe)});
}

Kernel Linear::data_gradient(const Recipe& recipe) const {
  return kernel(data_gradient_label,
                {tokens, in, out, 1, format, recipe.activation, GemmPass::data_gradient, scale_of(format, recipe)});
}

Kernel Linear::weight_gradient(const Recipe& recipe) const {
  return kernel(weight_gradient_label,
                {out, in, tokens, 1, format, recipe.gradient, GemmPass::weight_gradient, scale_of(format, recipe)});
}

Kernel Linear::kernel(std::string_view name, Gemm gemm) const {
  if (one_launch) gemm.batch = groups;
  return {name, gemm, 1, one_launch ? 1.0 : groups};
}

Kernel pass_over(std::string_view label, StreamClass kind, double elements, Bytes bytes_each, double fusion, double launches) {
  return {label, Streaming{elements * bytes_each * fusion, kind}, launches};
}

double activation_passes(const TrainingPlan& plan, bool backward) {
  if (plan.model.gated_mlp) return plan.software.fused_activation ? (backward ? 5 : 3) : (backward ? 11 : 5);
  return plan.software.fused_activation ? (backward ? 3 : 2) : (backward ? 5 : 4);
}

void add_cast(KernelList& kernels, std::string_view label, const TrainingPlan& plan, double elements) {
  const Recipe& recipe = plan.recipe;
  if (!recipe.low_precision()) return;
  const Bytes each = Bytes(recipe.cast_bytes_per_element) + (recipe.transposed_copy ? element_size(recipe.compute) : Bytes(0));
  kernels.push_back({label, Streaming{elements * each * plan.software.cast_passes, StreamClass::cast}});
}

void add_unpack(KernelList& kernels, std::string_view label, const Recipe& recipe, double elements) {
  if (!recipe.packed_weights()) return;
  kernels.push_back(
      {label, Streaming{elements * (recipe.stored_size(recipe.weight) + element_size(recipe.compute)), StreamClass::cast}});
}

}  // namespace headway
