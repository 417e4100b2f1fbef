// What one tensor-parallel rank holds of a layer, and the few kernels every part of the model is made of.
#pragma once

#include "training/plan.h"
#include "work/kernel.h"

namespace headway {

// Megatron's sequence parallelism does something only inside a tensor group.
[[nodiscard]] inline bool sequence_parallel(const TrainingPlan& plan) { return plan.layout.sequence && plan.layout.tensor > 1; }

// GPT-2/3-style models, those with biases, are trained with dropout; later ones are not.
[[nodiscard]] inline bool uses_dropout(const Model& model) { return model.biases; }

struct LocalShape {
  explicit LocalShape(const TrainingPlan& plan);

  double batch, sequence, tokens;  // of one microbatch
  double norm_tokens;              // tokens outside the tensor-parallel regions: tokens / tensor with sequence parallelism
  double hidden, heads, kv_heads, head_dim;
  double query, qkv;  // widths: heads * head_dim, and with keys and values
  double ffn, up;     // inner width, and that of the first MLP product (gate and up side by side)
  double vocabulary;  // padded to a multiple of 128 per rank, as Megatron-LM does
  Bytes activation;   // one element
};

// Parameters this rank holds of one layer; keys and values are replicated where tensor exceeds kv_heads.
[[nodiscard]] double local_layer_parameters(const TrainingPlan& plan);
// ... of one layer's matrices alone.
[[nodiscard]] double local_layer_matrices(const TrainingPlan& plan);
// ... of the embedding (positions included), and of the head (0 where it is the embedding's own copy).
[[nodiscard]] double local_embedding_parameters(const TrainingPlan& plan);
[[nodiscard]] double local_head_parameters(const TrainingPlan& plan, bool same_stage_as_embedding);

// y[tokens, out] = x[tokens, in] W and its two gradients.
struct Linear {
  std::string_view label, data_gradient_label, weight_gradient_label;
  double tokens, in, out;
  NumberFormat format;

  [[nodiscard]] Kernel forward(const Recipe& recipe) const;
  [[nodiscard]] Kernel data_gradient(const Recipe& recipe) const;
  [[nodiscard]] Kernel weight_gradient(const Recipe& recipe) const;
};

// A pass over `elements` elements of activations, `bytes_each` bytes read and written per element, in the family's own fusion.
[[nodiscard]] Kernel pass_over(std::string_view label, StreamClass kind, double elements, Bytes bytes_each, double fusion,
                               double launches = 1);

// Scaling and casting `elements` elements for a low-precision GEMM; nothing for 16-bit recipes.
void add_cast(KernelList& kernels, std::string_view label, const Recipe& recipe, double elements);

// Unpacking `elements` weights from what they are stored in to what they are multiplied in; nothing unless weights are packed.
void add_unpack(KernelList& kernels, std::string_view label, const Recipe& recipe, double elements);

}  // namespace headway
