// What one rank holds of a layer, and the few kernels every part of the model is made of.
#pragma once

#include "training/plan.h"
#include "work/kernel.h"
#include "work/token_spread.h"

namespace headway {

// Megatron's sequence parallelism does something only inside a tensor group.
[[nodiscard]] inline bool sequence_parallel(const TrainingPlan& plan) { return plan.layout.sequence && plan.layout.tensor > 1; }

// GPT-2/3-style models, those with biases, are trained with dropout; later ones are not.
[[nodiscard]] inline bool uses_dropout(const Model& model) { return model.biases; }

struct LocalShape {
  explicit LocalShape(const TrainingPlan& plan);

  double batch, sequence, tokens;  // of one microbatch on one context rank: tokens = batch sequence, sequence = its slice
  double norm_tokens;              // tokens outside the tensor-parallel regions: tokens / tensor with sequence parallelism
  double whole_sequence;           // of all context ranks
  double hidden, heads, kv_heads, head_dim;
  double qk_dim, v_dim;     // of a head
  double query, values;     // widths of all queries, and of what attention returns
  double qkv;               // queries, keys and values side by side
  double ffn, up;           // inner width, and that of the first MLP product (gate and up side by side)
  double vocabulary;        // padded to a multiple of 128 per rank, as Megatron-LM does
  Bytes activation;         // one element
  double latent_width = 0;  // of latent attention's narrow layers, the common key with positions included; 0: it has none
};

[[nodiscard]] TokenSpread routing_of(const Experts& experts);

// A layer with experts, on one rank.
struct ExpertShape {
  explicit ExpertShape(const TrainingPlan& plan);  // REQUIRES: the model has experts

  double tokens;      // this rank's own, before they are sent: those of LocalShape::norm_tokens
  double copies;      // a token for each of its experts
  double sent;        // ... that leave for a rank, this one included; fewer than copies where a token goes once to each rank
  double rows;        // copies that this rank's experts work on, gathered over the expert-tensor group; of the busiest rank
  double experts;     // on this rank
  double ffn, up;     // inner width of one, and that of its first product
  double shared_ffn;  // of the shared expert
  double count;       // experts of the layer: width of the router
};

// Parameters on this rank, by how many ranks hold the same.
struct HeldParameters {
  double common = 0;  // the data group
  double expert = 0;  // the expert-data group
  [[nodiscard]] double total() const { return common + expert; }
  HeldParameters& operator+=(const HeldParameters& other) {
    common += other.common;
    expert += other.expert;
    return *this;
  }
};

// Parameters this rank holds of one layer; keys and values are replicated where tensor exceeds kv_heads.
[[nodiscard]] HeldParameters local_layer_parameters(const TrainingPlan& plan, LayerKind kind);
// ... of one layer's matrices alone; the router is none of those in low precision and left out.
[[nodiscard]] HeldParameters local_layer_matrices(const TrainingPlan& plan, LayerKind kind);
// ... of what every tensor rank holds whole and each computes on its own tokens with sequence parallelism: norms, biases that are
// added after a reduction, the router and the narrow layers of latent attention.
[[nodiscard]] double replicated_layer_parameters(const TrainingPlan& plan, LayerKind kind);
// ... of the embedding (positions included), and of the head (0 where it is the embedding's own copy).
[[nodiscard]] double local_embedding_parameters(const TrainingPlan& plan);
[[nodiscard]] double local_head_parameters(const TrainingPlan& plan, bool same_stage_as_embedding);
// ... of all multi-token prediction modules, with a copy of the embedding where that is on another stage.
[[nodiscard]] HeldParameters local_prediction_parameters(const TrainingPlan& plan);

// y[tokens, out] = x[tokens, in] W and its two gradients; `groups` such products, each with a W of its own, in one launch or one
// after the other.
struct Linear {
  std::string_view label, data_gradient_label, weight_gradient_label;
  double tokens, in, out;
  NumberFormat format;
  double groups = 1;
  bool one_launch = true;

  [[nodiscard]] Kernel forward(const Recipe& recipe) const;
  [[nodiscard]] Kernel data_gradient(const Recipe& recipe) const;
  [[nodiscard]] Kernel weight_gradient(const Recipe& recipe) const;

 private:
  [[nodiscard]] Kernel kernel(std::string_view name, Gemm gemm) const;
};

// A pass over `elements` elements of activations, `bytes_each` bytes read and written per element, in the family's own fusion.
[[nodiscard]] Kernel pass_over(std::string_view label, StreamClass kind, double elements, Bytes bytes_each, double fusion,
                               double launches = 1);

// Passes of an MLP's activation over its inner width. Fused: operands in, result out; backward also the gradient in and both
// operands' gradients out. Else each operation reads and writes: of a gated one the sigmoid's product and the gate's, and backward
// the same with the two halves put together again.
[[nodiscard]] double activation_passes(const TrainingPlan& plan, bool backward);

// Scaling and casting `elements` elements for a low-precision GEMM; nothing for 16-bit recipes.
void add_cast(KernelList& kernels, std::string_view label, const TrainingPlan& plan, double elements);

// Unpacking `elements` weights from what they are stored in to what they are multiplied in; nothing unless weights are packed.
void add_unpack(KernelList& kernels, std::string_view label, const Recipe& recipe, double elements);

}  // namespace headway
