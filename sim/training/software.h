// A family of training software: whose kernels, which overlaps, how much host time.
//
// Few attributes, each with a reason; a value describes the family, never one published row.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/enum_names.h"
#include "base/quantity.h"

namespace headway {

// How context ranks come to see the whole sequence. ring: keys and values go around while attention runs on what is there.
// all_to_all: each rank trades its slice of all heads for the whole sequence of some (DeepSpeed-Ulysses, arXiv 2309.14509).
enum class ContextExchange { ring, all_to_all };

template <>
struct EnumNames<ContextExchange> {
  static constexpr auto table =
      std::to_array<EnumName<ContextExchange>>({{ContextExchange::ring, "ring"}, {ContextExchange::all_to_all, "all_to_all"}});
};

// How often a token is sent in a mixture of experts: to every one of its experts, once to every rank that holds any of them, or
// once to every node, whose devices pass it on (DeepEP).
enum class Dispatch { per_expert, per_rank, per_node };

template <>
struct EnumNames<Dispatch> {
  static constexpr auto table = std::to_array<EnumName<Dispatch>>(
      {{Dispatch::per_expert, "per_expert"}, {Dispatch::per_rank, "per_rank"}, {Dispatch::per_node, "per_node"}});
};

struct Software {
  std::string name, title, source;
  SourceMark mark;
  std::vector<std::string> matches;  // lower-case fragments of a published row's `framework` column that mean this family
  std::vector<std::string> matches_with_fp8;  // the same, on devices that multiply FP8: a name that older families share

  // Attention implementations in order of preference: the first that Device::attention has is used. {"unfused"} stands for batched
  // GEMMs with a softmax kernel between them, which every device runs; it stands alone.
  std::vector<std::string> attention = {"unfused"};
  [[nodiscard]] bool fused_attention() const { return attention.empty() || attention.front() != "unfused"; }

  bool low_precision_attention =
      false;  // beside products in 8 bits or fewer, attention multiplies in 8 (cuDNN, FlashAttention-3)

  double elementwise_passes = 1.0;   // memory traffic of norms, activations, residuals, dropout relative to well-fused kernels
  double cast_passes = 1.0;          // memory traffic of low-precision casts; below 1 where the kernel before writes them itself
  bool fused_activation = true;      // the MLP's activation is one kernel, not one per operation
  bool fused_rotary = true;          // so is the rotary embedding
  bool fused_cross_entropy = false;  // the loss reads the logits once per pass instead of materialising fp32 copies

  bool narrow_gradients = false;  // gradients are summed and reduced in the 16 bits of the activations, whatever the recipe says
  bool overlap_gradient_reduction = false;  // data-parallel reduction runs under the backward pass of the last microbatch
  bool overlap_parameter_gather = false;    // ZeRO-1 parameter all-gather runs under the next forward pass
  bool gathers_by_tensor = false;      // sharded parameters are gathered one matrix at a time, not one layer (DeepSpeed of 2021)
  bool broadcasts_parameters = false;  // after a sharded optimizer step each rank broadcasts what it made; else one all-gather
  double tensor_overlap = 0;           // share of each tensor-parallel collective hidden under the GEMM next to it, 0..1
  bool overlap_tensor_gradient = false;  // the all-reduce of the data gradient runs under the weight gradient (Megatron async)
  bool overlap_pipeline = false;         // pipeline sends and receives run beside compute instead of blocking it
  bool scatter_pipeline_sends = false;   // without sequence parallelism, tensor ranks send 1/t each and gather on the other side

  ContextExchange context_exchange = ContextExchange::ring;
  double context_overlap = 0;  // share of the context exchange that runs beside attention, 0..1; ring only

  // Mixtures of experts.
  bool grouped_products = true;  // one launch multiplies all experts of a rank; else one product after the other
  Dispatch dispatch = Dispatch::per_expert;
  bool narrow_dispatch =
      false;  // tokens, and gradients on the way back, travel to the experts in the format they are multiplied in
  Seconds
      host_per_dispatch;  // serial host time before the experts, to read how many tokens go where; 0: counts stay on the device
  int exchange_multiprocessors = 0;    // that dispatch and combine hold on each device; 0: what the links' library takes
  bool overlap_shared_expert = false;  // the shared expert runs beside dispatch and combine
  double expert_overlap = 0;           // share of dispatch and combine hidden under the experts' own products, 0..1
  double expert_imbalance = 1.0;       // tokens of the busiest expert rank over the mean; 1 where routing is forced to balance

  double tensor_efficiency =
      1.0;                       // share of the fabric's own collective bandwidth this family's tensor-parallel collectives reach
  double data_efficiency = 1.0;  // the same for data-parallel collectives
  double expert_efficiency = 1.0;  // ... for dispatch and combine

  Seconds host_per_kernel;      // host time to issue one kernel: a segment takes at least launches x this
  Seconds host_per_microbatch;  // serial host gap before each forward and each backward pass of a microbatch
  Seconds host_per_step;        // serial host time per optimizer step (data loader, logging, loss scale read-back)
  double rank_spread = 0;       // relative slow-down of the slowest rank per doubling of devices beyond 8
};

}  // namespace headway
