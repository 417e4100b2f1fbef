// The shape of a decoder-only transformer, and what follows from it by counting.
//
// Attention is multi-head or grouped-query, or latent: queries, and keys with values, pass through a narrow layer first
// (DeepSeek-V2, arXiv 2405.04434). An MLP is dense, or a mixture of experts: a router sends every token to top_k of them, beside
// what all tokens pass through (the shared expert).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/quantity.h"

namespace headway {

// Multi-head latent attention. A head's queries and keys have a part without positions and one with; all heads share one key
// with positions. Model::head_dim is the size of the values.
struct LatentAttention {
  int q_rank = 0;  // width of the narrow layer of the queries; 0: they are projected in one product
  int kv_rank = 0;
  int qk_nope_dim = 0, qk_rope_dim = 0;
};

struct Experts {
  int count = 0;
  int top_k = 0;             // of them a token passes through
  int ffn = 0;               // width of one expert's inner layer
  int shared_ffn = 0;        // width of the shared expert (of all of them together); 0: none
  int dense_layers = 0;      // the first layers keep the dense MLP
  int every = 1;             // of the layers after them, every n-th has experts, beginning with the n-th
  int groups = 1;            // of equally many experts, that
  int groups_per_token = 1;  // so many of are open to a token (DeepSeek's node-limited routing); 1 of 1: no limit
};

// Layers that look back over a few tokens only (sliding-window attention), and how many of them see everything.
struct LocalAttention {
  int window = 0;        // tokens that a query sees, itself included
  int global_every = 0;  // every n-th layer sees all tokens before it, beginning with the n-th; 0: none does
};

// What tells the layers of a model apart.
struct LayerKind {
  bool experts = false;  // a mixture of them in place of the dense MLP
  bool local = false;    // attention looks back over LocalAttention::window tokens
  static const LayerKind dense;
  friend auto operator<=>(const LayerKind&, const LayerKind&) = default;
};
inline constexpr LayerKind LayerKind::dense{};

struct Model {
  std::string name, title, source;
  SourceMark mark;

  int layers = 0;
  int hidden = 0;
  int ffn = 0;             // width of the dense MLP's inner layer
  bool gated_mlp = false;  // three matrices (SwiGLU) instead of two
  int heads = 0;
  int kv_heads = 0;  // = heads for multi-head, fewer for grouped-query attention
  int head_dim = 0;
  int vocabulary = 0;
  bool tied_embeddings = false;  // one matrix serves embedding and head
  bool biases = false;           // linear layers carry a bias (GPT-2/3 style)
  int learned_positions = 0;     // length of a learned position table, 0 with rotary embeddings
  bool qk_norm = false;          // queries and keys are normalised by head
  bool qkv_biases = false;       // queries, keys and values alone carry a bias (Qwen2)
  bool parallel_blocks = false;  // attention and MLP read the same normalised input, and one sum takes both (GPT-NeoX, Falcon)
  bool post_norms = false;       // what attention and MLP return is normalised too (Gemma 2 and 3)
  std::optional<LocalAttention> local;
  std::optional<LatentAttention> latent;
  std::optional<Experts> experts;
  int prediction_depth =
      0;  // multi-token prediction modules: a layer, a projection of two hidden vectors to one, and the head again

  [[nodiscard]] int qk_dim() const { return latent ? latent->qk_nope_dim + latent->qk_rope_dim : head_dim; }
  [[nodiscard]] int v_dim() const { return head_dim; }
};

// Of layer 0, 1 ... layers - 1. A prediction module's layer is of the kind of the last one.
[[nodiscard]] LayerKind layer_kind(const Model& model, int layer);
[[nodiscard]] int layers_with_experts(const Model& model);
[[nodiscard]] int local_layers(const Model& model);

// Parameters by component. Biases count with their matrices, positions with the embedding; a tied head counts as 0.
struct ParameterCount {
  double attention = 0, dense_mlp = 0, routed_experts = 0, shared_experts = 0, router = 0, norms = 0, embedding = 0, head = 0;
  double prediction = 0;  // multi-token prediction modules, without the embedding and head they share with the model
  [[nodiscard]] double total() const {
    return attention + dense_mlp + routed_experts + shared_experts + router + norms + embedding + head + prediction;
  }
};

[[nodiscard]] ParameterCount count_parameters(const Model& model);
// ... of them, those that one token passes through: top_k of the experts.
[[nodiscard]] ParameterCount count_active_parameters(const Model& model);

// Parameters of one transformer layer of a kind, of the embedding (positions included), of the head (0 when tied), and of the
// whole model. Published counts leave multi-token prediction out (DeepSeek-V3: 671 B, and 14 B of its module with copies of
// embedding and head), and so does total_parameters.
[[nodiscard]] double layer_parameters(const Model& model, LayerKind kind);
[[nodiscard]] double embedding_parameters(const Model& model);
[[nodiscard]] double head_parameters(const Model& model);
[[nodiscard]] double total_parameters(const Model& model);
[[nodiscard]] double active_parameters(const Model& model);

// The parameters that multiply one token's activations: every matrix of every layer the token passes through and of the vocabulary
// projection (tied or not, once more per prediction module); the embedding look-up, biases and norms left out. One token costs 2
// FLOPs per such parameter forward and 4 backward.
[[nodiscard]] double matrix_parameters(const Model& model);

// Model FLOPs of forward + backward by component: matrix products only, causal attention counted as half, no recomputation.
struct FlopCount {
  Flops attention_matrices, attention_core, dense_mlp, routed_experts, shared_experts, router, head;
  Flops prediction;  // the prediction modules in whole
  [[nodiscard]] Flops total() const {
    return attention_matrices + attention_core + dense_mlp + routed_experts + shared_experts + router + head + prediction;
  }
};

// Of one token in a sequence of `sequence`: 6 per parameter of a matrix product it passes through, and 6 keys heads
// (qk_dim + v_dim) per layer for the attention core, half of the sequence being keys, or fewer in a local layer.
[[nodiscard]] FlopCount flops_per_token(const Model& model, double sequence);

// Of `tokens` tokens in sequences of `sequence` (the numerator of MFU).
[[nodiscard]] Flops model_flops(const Model& model, double tokens, double sequence);

}  // namespace headway
