#include "training/model.h"

namespace headway {
namespace {

double query_width(const Model& m) { return static_cast<double>(m.heads) * m.head_dim; }

double qkv_width(const Model& m) { return static_cast<double>(m.heads + 2 * m.kv_heads) * m.head_dim; }

double up_width(const Model& m) { return (m.gated_mlp ? 2.0 : 1.0) * m.ffn; }

double layer_matrices(const Model& m) { return m.hidden * (qkv_width(m) + query_width(m) + up_width(m) + m.ffn); }

// A norm has a gain, and a shift where linear layers have biases.
double norm_parameters(const Model& m) { return (m.biases ? 2.0 : 1.0) * m.hidden; }

double vocabulary_matrix(const Model& m) { return static_cast<double>(m.vocabulary) * m.hidden; }

}  // namespace

double layer_parameters(const Model& m) {
  const double biases = m.biases ? qkv_width(m) + up_width(m) + 2.0 * m.hidden : 0.0;
  return layer_matrices(m) + biases + 2.0 * norm_parameters(m);
}

double embedding_parameters(const Model& m) { return vocabulary_matrix(m) + static_cast<double>(m.learned_positions) * m.hidden; }

double head_parameters(const Model& m) { return m.tied_embeddings ? 0.0 : vocabulary_matrix(m); }

double total_parameters(const Model& m) {
  return m.layers * layer_parameters(m) + embedding_parameters(m) + head_parameters(m) + norm_parameters(m);
}

double matrix_parameters(const Model& m) { return m.layers * layer_matrices(m) + vocabulary_matrix(m); }

Flops model_flops(const Model& m, double tokens, double sequence) {
  const double attention_per_token = 6.0 * m.layers * query_width(m) * sequence;
  return Flops(tokens * (6.0 * matrix_parameters(m) + attention_per_token));
}

}  // namespace headway
