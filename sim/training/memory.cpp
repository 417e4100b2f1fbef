#include "training/memory.h"

#include <algorithm>

#include "training/buckets.h"
#include "training/local_shape.h"
#include "training/schedule.h"

namespace headway {
namespace {

// CUDA context, communication buffers and cuBLAS workspaces outside the framework's allocator. Estimated: 0.5-0.8 GiB of context
// and 1-2 GiB of NCCL buffers for a handful of communicators.
constexpr Bytes kContext{2.0 * 1073741824.0};

// What the allocator holds beyond what is in use at the peak: median of the 25 runs of the SimuMax B200 release v1.2 that report
// both.
constexpr double kAllocatorSlack = 0.04;

constexpr Bytes kMask{1};
constexpr Bytes kFp32{4};

class ActivationBill {
 public:
  explicit ActivationBill(const TrainingPlan& plan)
      : plan_(plan),
        s_(plan),
        wide_(s_.activation),
        narrow_(low_precision() ? element_size(plan.recipe.compute) : s_.activation) {}

  // Everything a backward pass without recomputation reads again.
  [[nodiscard]] Bytes whole_layer() const { return norms() + projections() + attention_core() + mlp(); }

  [[nodiscard]] Bytes saved() const {
    if (plan_.recompute.full()) return residual();
    Bytes sum = norms() + projections() + attention_core() + mlp();
    if (again(RecomputeModule::norm)) sum -= 2 * product_input();
    if (again(RecomputeModule::attention_core)) sum -= attention_core();
    if (again(RecomputeModule::mlp))
      sum -= mlp();
    else if (again(RecomputeModule::activation))
      sum -= activation_output();
    return sum;
  }

  // Gradients and gathered inputs alive while one layer's MLP runs backward, and what recomputation brings back.
  [[nodiscard]] Bytes workspace() const {
    const Bytes gradients = s_.tokens * (s_.up + s_.ffn + 2 * s_.hidden) * wide_;
    return gradients + (whole_layer() - saved());
  }

  // Logits, their fp32 copy and, unfused, a second one: one microbatch.
  [[nodiscard]] Bytes logits() const {
    const Bytes each = wide_ + (plan_.software.fused_cross_entropy ? 1.0 : 2.0) * kFp32;
    return s_.tokens * s_.vocabulary * each;
  }

 private:
  [[nodiscard]] bool low_precision() const { return plan_.recipe.cast_bytes_per_element > 0; }
  [[nodiscard]] bool again(RecomputeModule module) const { return plan_.recompute.has(module); }

  [[nodiscard]] Bytes residual() const { return s_.norm_tokens * s_.hidden * wide_; }
  [[nodiscard]] Bytes product_input() const { return s_.norm_tokens * s_.hidden * narrow_; }
  [[nodiscard]] Bytes activation_output() const { return s_.tokens * s_.ffn * narrow_; }

  // Inputs and outputs of the two norms, and the masks of the two dropouts before the residual additions.
  [[nodiscard]] Bytes norms() const {
    const Bytes masks = uses_dropout(plan_.model) ? 2 * s_.norm_tokens * s_.hidden * kMask : Bytes(0);
    return 2 * residual() + 2 * product_input() + masks;
  }

  // Queries, keys, values and the projection's input.
  [[nodiscard]] Bytes projections() const {
    const Bytes low_precision_copy = low_precision() ? s_.tokens * s_.query * narrow_ : Bytes(0);
    return s_.tokens * (s_.qkv + s_.query) * wide_ + low_precision_copy;
  }

  // Fused: one number per row of scores. Unfused: probabilities, dropout mask and dropped probabilities.
  [[nodiscard]] Bytes attention_core() const {
    if (plan_.software.fused_attention()) return s_.tokens * s_.heads * kFp32;
    const double scores = s_.batch * s_.heads * s_.sequence * s_.sequence;
    return scores * (wide_ + (uses_dropout(plan_.model) ? wide_ + kMask : Bytes(0)));
  }

  [[nodiscard]] Bytes mlp() const { return s_.tokens * s_.up * wide_ + activation_output(); }

  const TrainingPlan& plan_;
  LocalShape s_;
  Bytes wide_, narrow_;
};

// Most layers whose activations a stage holds at once.
double peak_layers(const TrainingPlan& plan, int stage, const std::vector<Chunk>& chunks) {
  const Layout& layout = plan.layout;
  double now = 0, peak = 0;
  for (const Pass& pass : schedule_passes(plan.schedule, layout.pipeline, stage, layout.virtual_stages, plan.microbatches())) {
    const double layers = chunks[static_cast<std::size_t>(pass.chunk)].layers;
    now += pass.kind == PassKind::forward ? layers : -layers;
    peak = std::max(peak, now);
  }
  return peak;
}

Bytes weight_bytes(const TrainingPlan& plan, const std::vector<Chunk>& chunks, double parameters) {
  double layers = 0;
  for (const Chunk& chunk : chunks) layers += chunk.layers;
  const double copies = plan.recipe.cast_bytes_per_element > 0 ? (plan.recipe.transposed_copy ? 2.0 : 1.0) : 0.0;
  return parameters * element_size(plan.recipe.weight) +
         copies * layers * local_layer_matrices(plan) * element_size(plan.recipe.compute);
}

StageMemory memory_of_stage(const TrainingPlan& plan, int stage, const std::vector<Chunk>& chunks) {
  double parameters = 0;
  for (const Chunk& chunk : chunks) parameters += chunk_parameters(plan, chunk);
  const double shards = plan.sharding == Sharding::none ? 1.0 : static_cast<double>(plan.layout.data) * plan.layout.context;
  const ActivationBill bill(plan);
  const Bytes logits = chunks.back().head ? bill.logits() : Bytes(0);
  StageMemory memory{
      {{"weights", weight_bytes(plan, chunks, parameters)},
       {"gradients", parameters * element_size(plan.recipe.gradient)},
       {"optimizer states", parameters / shards * (element_size(plan.recipe.master) + 2 * element_size(plan.recipe.moment))},
       {"activations", peak_layers(plan, stage, chunks) * bill.saved()},
       {"logits", logits},
       {"workspace", std::max(Bytes(0), bill.workspace() - logits)}}};  // the loss is over before layers run backward
  memory.terms.push_back({"framework", kContext + kAllocatorSlack * memory.total()});
  return memory;
}

}  // namespace

Bytes saved_per_layer(const TrainingPlan& plan) { return ActivationBill(plan).saved(); }

std::vector<StageMemory> stage_memory(const TrainingPlan& plan) {
  const StageSplit split = split_layers(plan);
  std::vector<StageMemory> memory;
  for (int stage = 0; stage < plan.layout.pipeline; ++stage)
    memory.push_back(memory_of_stage(plan, stage, split[static_cast<std::size_t>(stage)]));
  return memory;
}

}  // namespace headway
