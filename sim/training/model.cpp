#include "training/model.h"

namespace headway {
namespace {

double query_width(const Model& m) { return static_cast<double>(m.heads) * m.qk_dim(); }

double context_width(const Model& m) { return static_cast<double>(m.heads) * m.v_dim(); }

double qkv_width(const Model& m) { return query_width(m) + 2.0 * m.kv_heads * m.head_dim; }

double mlp_matrices(const Model& m, double width) { return (m.gated_mlp ? 3.0 : 2.0) * m.hidden * width; }

double attention_matrices(const Model& m) {
  const double output = context_width(m) * m.hidden;
  if (!m.latent) return m.hidden * qkv_width(m) + output;
  const LatentAttention& l = *m.latent;
  const double queries = l.q_rank > 0 ? l.q_rank * (m.hidden + query_width(m)) : m.hidden * query_width(m);
  const double down = static_cast<double>(m.hidden) * (l.kv_rank + l.qk_rope_dim);
  const double up = static_cast<double>(l.kv_rank) * m.heads * (l.qk_nope_dim + m.v_dim());
  return queries + down + up + output;
}

// A norm has a gain, and a shift where linear layers have biases.
double norm_parameters(const Model& m) { return (m.biases ? 2.0 : 1.0) * m.hidden; }

double layer_norms(const Model& m) {
  return 2.0 * norm_parameters(m) + (m.qk_norm ? 2.0 * m.head_dim : 0.0) +
         (m.latent ? m.latent->q_rank + m.latent->kv_rank : 0.0);
}

double attention_biases(const Model& m) { return m.biases ? qkv_width(m) + m.hidden : 0.0; }

double mlp_biases(const Model& m) { return m.biases ? (m.gated_mlp ? 2.0 : 1.0) * m.ffn + m.hidden : 0.0; }

double vocabulary_matrix(const Model& m) { return static_cast<double>(m.vocabulary) * m.hidden; }

// Of one layer; `routed`: how many of its experts count.
ParameterCount layer_count(const Model& m, LayerKind kind, double routed) {
  ParameterCount count;
  count.attention = attention_matrices(m) + attention_biases(m);
  count.norms = layer_norms(m);
  if (kind == LayerKind::dense) {
    count.dense_mlp = mlp_matrices(m, m.ffn) + mlp_biases(m);
  } else {
    count.routed_experts = routed * mlp_matrices(m, m.experts->ffn);
    count.shared_experts = mlp_matrices(m, m.experts->shared_ffn);
    count.router = static_cast<double>(m.hidden) * m.experts->count;
  }
  return count;
}

// A module normalises both of the vectors it joins, and its result.
double prediction_count(const Model& m, double routed) {
  const double module = layer_count(m, layer_kind(m, m.layers - 1), routed).total() + 2.0 * m.hidden * m.hidden;
  return m.prediction_depth * (module + 3.0 * norm_parameters(m));
}

ParameterCount count(const Model& m, double routed) {
  ParameterCount sum;
  for (const LayerKind kind : {LayerKind::dense, LayerKind::experts}) {
    const double layers = layers_of_kind(m, kind);
    if (layers == 0) continue;
    const ParameterCount layer = layer_count(m, kind, routed);
    sum.attention += layers * layer.attention;
    sum.norms += layers * layer.norms;
    sum.dense_mlp += layers * layer.dense_mlp;
    sum.routed_experts += layers * layer.routed_experts;
    sum.shared_experts += layers * layer.shared_experts;
    sum.router += layers * layer.router;
  }
  sum.norms += norm_parameters(m);
  sum.embedding = embedding_parameters(m);
  sum.head = head_parameters(m);
  sum.prediction = m.prediction_depth > 0 ? prediction_count(m, routed) : 0.0;
  return sum;
}

double routed_experts(const Model& m) { return m.experts ? m.experts->count : 0.0; }
double routed_per_token(const Model& m) { return m.experts ? m.experts->top_k : 0.0; }

// The matrices of one layer that a token passes through.
double layer_matrices(const Model& m, LayerKind kind) {
  const ParameterCount layer = layer_count(m, kind, routed_per_token(m));
  return layer.total() - layer.norms - attention_biases(m) - (kind == LayerKind::dense ? mlp_biases(m) : 0.0);
}

Flops attention_core(const Model& m, double sequence) { return Flops(3.0 * sequence * m.heads * (m.qk_dim() + m.v_dim())); }

}  // namespace

LayerKind layer_kind(const Model& m, int layer) {
  if (!m.experts || layer < m.experts->dense_layers) return LayerKind::dense;
  return (layer - m.experts->dense_layers + 1) % m.experts->every == 0 ? LayerKind::experts : LayerKind::dense;
}

int layers_of_kind(const Model& m, LayerKind kind) {
  int count = 0;
  for (int layer = 0; layer < m.layers; ++layer)
    if (layer_kind(m, layer) == kind) ++count;
  return count;
}

ParameterCount count_parameters(const Model& m) { return count(m, routed_experts(m)); }

ParameterCount count_active_parameters(const Model& m) { return count(m, routed_per_token(m)); }

double layer_parameters(const Model& m, LayerKind kind) { return layer_count(m, kind, routed_experts(m)).total(); }

double embedding_parameters(const Model& m) { return vocabulary_matrix(m) + static_cast<double>(m.learned_positions) * m.hidden; }

double head_parameters(const Model& m) { return m.tied_embeddings ? 0.0 : vocabulary_matrix(m); }

double total_parameters(const Model& m) {
  const ParameterCount all = count_parameters(m);
  return all.total() - all.prediction;
}

double active_parameters(const Model& m) {
  const ParameterCount all = count_active_parameters(m);
  return all.total() - all.prediction;
}

double matrix_parameters(const Model& m) {
  double sum = (1.0 + m.prediction_depth) * vocabulary_matrix(m);
  for (const LayerKind kind : {LayerKind::dense, LayerKind::experts})
    if (const int layers = layers_of_kind(m, kind)) sum += layers * layer_matrices(m, kind);
  if (m.prediction_depth > 0)
    sum += m.prediction_depth * (layer_matrices(m, layer_kind(m, m.layers - 1)) + 2.0 * m.hidden * m.hidden);
  return sum;
}

FlopCount flops_per_token(const Model& m, double sequence) {
  const ParameterCount active = count_active_parameters(m);
  const int dense = layers_of_kind(m, LayerKind::dense);
  FlopCount flops;
  flops.attention_matrices = Flops(6.0 * m.layers * attention_matrices(m));
  flops.attention_core = m.layers * attention_core(m, sequence);
  flops.dense_mlp = Flops(6.0 * dense * mlp_matrices(m, m.ffn));
  flops.routed_experts = Flops(6.0 * active.routed_experts);
  flops.shared_experts = Flops(6.0 * active.shared_experts);
  flops.router = Flops(6.0 * active.router);
  flops.head = Flops(6.0 * vocabulary_matrix(m));
  if (m.prediction_depth > 0) {
    const double matrices = layer_matrices(m, layer_kind(m, m.layers - 1)) + 2.0 * m.hidden * m.hidden + vocabulary_matrix(m);
    flops.prediction = m.prediction_depth * (Flops(6.0 * matrices) + attention_core(m, sequence));
  }
  return flops;
}

Flops model_flops(const Model& m, double tokens, double sequence) { return tokens * flops_per_token(m, sequence).total(); }

}  // namespace headway
