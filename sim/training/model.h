// The shape of a decoder-only transformer, and what follows from it by counting.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "base/quantity.h"

namespace headway {

struct Model {
  std::string name, title, source;
  SourceMark mark;

  int layers = 0;
  int hidden = 0;
  int ffn = 0;             // width of the MLP's inner layer
  bool gated_mlp = false;  // three matrices (SwiGLU) instead of two
  int heads = 0;
  int kv_heads = 0;  // = heads for multi-head, fewer for grouped-query attention
  int head_dim = 0;
  int vocabulary = 0;
  bool tied_embeddings = false;  // one matrix serves embedding and head
  bool biases = false;           // linear layers carry a bias (GPT-2/3 style)
  int learned_positions = 0;     // length of a learned position table, 0 with rotary embeddings
};

// Parameters of one transformer layer, of the embedding (positions included), of the head (0 when tied), and of the whole model.
[[nodiscard]] double layer_parameters(const Model& model);
[[nodiscard]] double embedding_parameters(const Model& model);
[[nodiscard]] double head_parameters(const Model& model);
[[nodiscard]] double total_parameters(const Model& model);

// The parameters that multiply activations: every matrix of every layer and of the vocabulary projection (tied or not), the
// embedding look-up, biases and norms left out. One token costs 2 FLOPs per such parameter forward and 4 backward.
[[nodiscard]] double matrix_parameters(const Model& model);

// Model FLOPs of forward + backward on `tokens` tokens in sequences of `sequence`: matrix products only, causal attention
// counted as half, no recomputation (the numerator of MFU). 6 N tokens with N = the parameters of the matrix products, plus
// attention 6 layers hidden_attention sequence per token.
[[nodiscard]] Flops model_flops(const Model& model, double tokens, double sequence);

}  // namespace headway
