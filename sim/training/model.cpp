#include "training/model.h"

#include "work/kernel.h"

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

// Blocks side by side share one.
double norms_of_a_layer(const Model& m) { return (m.parallel_blocks ? 1.0 : 2.0) + (m.post_norms ? 2.0 : 0.0); }

double layer_norms(const Model& m) {
  return norms_of_a_layer(m) * norm_parameters(m) + (m.qk_norm ? 2.0 * m.head_dim : 0.0) +
         (m.latent ? m.latent->q_rank + m.latent->kv_rank : 0.0);
}

double attention_biases(const Model& m) { return (m.biases || m.qkv_biases ? qkv_width(m) : 0.0) + (m.biases ? m.hidden : 0.0); }

double mlp_biases(const Model& m) { return m.biases ? (m.gated_mlp ? 2.0 : 1.0) * m.ffn + m.hidden : 0.0; }

double vocabulary_matrix(const Model& m) { return static_cast<double>(m.vocabulary) * m.hidden; }

// Of one layer; `routed`: how many of its experts count.
ParameterCount layer_count(const Model& m, LayerKind kind, double routed) {
  ParameterCount count;
  count.attention = attention_matrices(m) + attention_biases(m);
  count.norms = layer_norms(m);
  if (!kind.experts) {
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
  for (const bool experts : {false, true}) {
    const LayerKind kind{experts};
    const double layers = experts ? layers_with_experts(m) : m.layers - layers_with_experts(m);
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
  return layer.total() - layer.norms - attention_biases(m) - (kind.experts ? 0.0 : mlp_biases(m));
}

Flops attention_core(const Model& m, double sequence, double window) {
  return Flops(6.0 * causal_keys(sequence, window) * m.heads * (m.qk_dim() + m.v_dim()));
}

// Of one prediction module's layer, whose attention is that of the last one.
Flops last_attention_core(const Model& m, double sequence) {
  return attention_core(m, sequence, layer_kind(m, m.layers - 1).local ? m.local->window : 0.0);
}

}  // namespace

LayerKind layer_kind(const Model& m, int layer) {
  LayerKind kind;
  if (m.experts && layer >= m.experts->dense_layers) kind.experts = (layer - m.experts->dense_layers + 1) % m.experts->every == 0;
  if (m.local) kind.local = m.local->global_every == 0 || (layer + 1) % m.local->global_every != 0;
  return kind;
}

int layers_with_experts(const Model& m) {
  int count = 0;
  for (int layer = 0; layer < m.layers; ++layer) count += layer_kind(m, layer).experts ? 1 : 0;
  return count;
}

int local_layers(const Model& m) {
  int count = 0;
  for (int layer = 0; layer < m.layers; ++layer) count += layer_kind(m, layer).local ? 1 : 0;
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
  for (int layer = 0; layer < m.layers; ++layer) sum += layer_matrices(m, layer_kind(m, layer));
  if (m.prediction_depth > 0)
    sum += m.prediction_depth * (layer_matrices(m, layer_kind(m, m.layers - 1)) + 2.0 * m.hidden * m.hidden);
  return sum;
}

FlopCount flops_per_token(const Model& m, double sequence) {
  const ParameterCount active = count_active_parameters(m);
  const int dense = m.layers - layers_with_experts(m), local = local_layers(m);
  FlopCount flops;
  flops.attention_matrices = Flops(6.0 * m.layers * attention_matrices(m));
  flops.attention_core = (m.layers - local) * attention_core(m, sequence, 0);
  if (local > 0) flops.attention_core += local * attention_core(m, sequence, m.local->window);
  flops.dense_mlp = Flops(6.0 * dense * mlp_matrices(m, m.ffn));
  flops.routed_experts = Flops(6.0 * active.routed_experts);
  flops.shared_experts = Flops(6.0 * active.shared_experts);
  flops.router = Flops(6.0 * active.router);
  flops.head = Flops(6.0 * vocabulary_matrix(m));
  if (m.prediction_depth > 0) {
    const double matrices = layer_matrices(m, layer_kind(m, m.layers - 1)) + 2.0 * m.hidden * m.hidden + vocabulary_matrix(m);
    flops.prediction = m.prediction_depth * (Flops(6.0 * matrices) + last_attention_core(m, sequence));
  }
  return flops;
}

Flops model_flops(const Model& m, double tokens, double sequence) { return tokens * flops_per_token(m, sequence).total(); }

}  // namespace headway
