#include "training/memory.h"

#include <algorithm>
#include <optional>

#include "training/buckets.h"
#include "training/local_shape.h"
#include "training/pass_script.h"
#include "training/placement.h"
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
        narrow_(low_precision() ? plan.recipe.stored_size(plan.recipe.compute) : s_.activation) {
    if (plan.model.experts) e_.emplace(plan);
  }

  // Everything a backward pass without recomputation reads again.
  [[nodiscard]] Bytes whole_layer(LayerKind kind) const { return norms() + projections() + attention_core() + mlp(kind); }

  [[nodiscard]] Bytes saved(LayerKind kind) const {
    if (plan_.recompute.full()) return residual();
    if (again(RecomputeModule::selective_op)) return residual() + selected_operations(kind);
    Bytes sum = whole_layer(kind);
    if (again(RecomputeModule::norm)) sum -= 2 * product_input();
    if (again(RecomputeModule::attention_core)) sum -= attention_core();
    if (again(RecomputeModule::mla_up_proj) && plan_.model.latent) sum -= s_.tokens * s_.qkv * wide_;
    if (again(RecomputeModule::mlp))
      sum -= mlp(kind);
    else if (again(RecomputeModule::activation))
      sum -= activation_output(kind);
    return sum;
  }

  // Beside everything kept: what one layer needs while its MLP runs backward.
  [[nodiscard]] Bytes layer_backward(LayerKind kind) const {
    const Bytes gradients = !kind.experts ? s_.tokens * (s_.up + s_.ffn + 2 * s_.hidden) * wide_
                                          : e_->rows * (e_->up + e_->ffn + 2 * s_.hidden) * wide_;
    return gradients + (whole_layer(kind) - saved(kind));
  }

  // Logits turn into their gradient in place; a loss that is not fused adds two copies in fp32.
  [[nodiscard]] Bytes logits() const {
    return s_.tokens * s_.vocabulary * (wide_ + (plan_.software.fused_cross_entropy ? 0.0 : 2.0) * kFp32);
  }

  // Beside the logits: input, its gathered copy and its gradient, and the placeholder of the head's weight gradient.
  [[nodiscard]] Bytes head_backward() const { return 3 * s_.tokens * s_.hidden * wide_ + placeholder(s_.vocabulary * s_.hidden); }

  // Transformer Engine keeps one per shape of weight, and all experts have one; software before it made one at a time, the largest
  // of which is alive with the layer's MLP.
  [[nodiscard]] Bytes gradient_buffers(const std::vector<LayerKind>& kinds) const {
    if (!plan_.software.fused_attention()) return placeholder(s_.hidden * s_.up);
    double attention = 0, mlps = 0;
    for (const LayerKind kind : kinds) {
      const HeldParameters matrices = local_layer_matrices(plan_, kind);
      const double mlp = !kind.experts ? s_.hidden * (s_.up + s_.ffn) : shared_matrices();
      attention = matrices.common - mlp;
      mlps += mlp + (kind.experts ? matrices.expert / e_->experts : 0.0);
    }
    return placeholder(attention + mlps);
  }

 private:
  [[nodiscard]] bool low_precision() const { return plan_.recipe.low_precision(); }
  [[nodiscard]] bool again(RecomputeModule module) const { return plan_.recompute.has(module); }

  // Only where gradients are accumulated in a wider format than the one the weights have.
  [[nodiscard]] Bytes placeholder(double elements) const {
    const bool accumulates = element_size(plan_.recipe.gradient) > wide_;
    return accumulates ? elements * wide_ : Bytes(0);
  }

  [[nodiscard]] Bytes residual() const { return s_.norm_tokens * s_.hidden * wide_; }
  [[nodiscard]] Bytes product_input() const { return s_.norm_tokens * s_.hidden * narrow_; }
  [[nodiscard]] Bytes activation_output(LayerKind kind) const {
    if (!kind.experts) return s_.tokens * s_.ffn * narrow_;
    return (e_->rows * e_->ffn + s_.tokens * e_->shared_ffn) * narrow_;
  }
  [[nodiscard]] double gates() const { return plan_.model.gated_mlp ? 2.0 : 1.0; }
  [[nodiscard]] double shared_matrices() const { return s_.hidden * (gates() + 1) * e_->shared_ffn; }

  // Inputs and outputs of the two norms, and the masks of the two dropouts before the residual additions.
  [[nodiscard]] Bytes norms() const {
    const Bytes masks = uses_dropout(plan_.model) ? 2 * s_.norm_tokens * s_.hidden * kMask : Bytes(0);
    return 2 * residual() + 2 * product_input() + masks;
  }

  // Outputs that are kept where every second product is computed again: queries, values, what attention returns, half of the MLP's
  // first product and all of its second.
  [[nodiscard]] Bytes selected_operations(LayerKind kind) const {
    const double inner = !kind.experts ? s_.tokens * s_.ffn : e_->rows * e_->ffn;
    return (s_.tokens * (s_.query + s_.kv_heads * s_.v_dim + s_.values) + inner) * wide_ + attention_core() + residual();
  }

  // Queries, keys, values and the projection's input; before them what was normalised by head, or the narrow layers of latent
  // attention before and after their norms.
  [[nodiscard]] Bytes projections() const {
    const Bytes low_precision_copy = low_precision() ? s_.tokens * s_.values * narrow_ : Bytes(0);
    const double normalised = plan_.model.qk_norm ? s_.tokens * (s_.heads + s_.kv_heads) * s_.head_dim : 0.0;
    return (s_.tokens * (s_.qkv + s_.values) + normalised + 2 * s_.norm_tokens * s_.latent_width) * wide_ + low_precision_copy;
  }

  // Fused: one number per row of scores. Unfused: probabilities, dropout mask and dropped probabilities.
  [[nodiscard]] Bytes attention_core() const {
    if (plan_.software.fused_attention()) return s_.tokens * s_.heads * kFp32;
    const double scores = s_.batch * s_.heads * s_.sequence * s_.whole_sequence;
    return scores * (wide_ + (uses_dropout(plan_.model) ? wide_ + kMask : Bytes(0)));
  }

  // Of experts: the rows they worked on, sorted, and between their products; scores and probabilities of the router in fp32.
  [[nodiscard]] Bytes mlp(LayerKind kind) const {
    if (!kind.experts) return s_.tokens * s_.up * wide_ + activation_output(kind);
    const Bytes shared = s_.tokens * gates() * e_->shared_ffn * wide_;
    const Bytes rows = e_->rows * (s_.hidden * narrow_ + e_->up * wide_);
    return rows + shared + activation_output(kind) + 2 * e_->tokens * e_->count * kFp32;
  }

  const TrainingPlan& plan_;
  LocalShape s_;
  std::optional<ExpertShape> e_;
  Bytes wide_, narrow_;
};

// Of one microbatch.
Bytes chunk_activations(const TrainingPlan& plan, const Chunk& chunk, const ActivationBill& bill) {
  Bytes sum;
  for (const LayerKind kind : chunk.layers) sum += bill.saved(kind);
  if (chunk.head && plan.model.prediction_depth > 0)
    sum += plan.model.prediction_depth * bill.saved(layer_kind(plan.model, plan.model.layers - 1));
  return sum;
}

// What the weight gradients of a microbatch read, from its input gradients on: both operands of every product. An input that two
// products read counts for each; one that sequence parallelism gathered beside the input gradient stays gathered, which makes
// delayed weight gradients dear where tensor groups are large.
Bytes weight_gradient_operands(const TrainingPlan& plan, const Chunk& chunk) {
  Bytes sum;
  for (const Step& step : pass_script(plan, chunk, {PassKind::weight_gradient}))
    for (const Kernel& kernel : step.kernels)
      if (const Gemm* gemm = std::get_if<Gemm>(&kernel.work))
        sum += kernel.repeat * gemm->batch * gemm->k * (gemm->m + gemm->n) * plan.recipe.stored_size(gemm->format);
  return sum;
}

// What every pass of a stage takes and leaves of activations, of so many microbatches.
std::vector<MemoryCourse::Change> activation_changes(const TrainingPlan& plan, int stage, const std::vector<Chunk>& chunks,
                                                     const ActivationBill& bill, int microbatches) {
  const Layout& layout = plan.layout;
  const std::vector<Pass> passes = schedule_passes(plan.schedule, layout.pipeline, stage, layout.virtual_stages, microbatches);
  const bool split = has_split_passes(passes);
  std::vector<Bytes> each, waiting;
  for (const Chunk& chunk : chunks) {
    each.push_back(chunk_activations(plan, chunk, bill));
    waiting.push_back(split ? weight_gradient_operands(plan, chunk) : Bytes(0));
  }
  std::vector<MemoryCourse::Change> changes;
  for (const Pass& pass : passes) {
    const auto chunk = static_cast<std::size_t>(pass.chunk);
    MemoryCourse::Change& change = changes.emplace_back();
    if (pass.kind == PassKind::forward) change.at_start += each[chunk];
    if (runs_backward(pass.kind)) change.at_end -= each[chunk];
    if (pass.kind == PassKind::input_gradient) change.at_end += waiting[chunk];
    if (pass.kind == PassKind::weight_gradient) change.at_end -= waiting[chunk];
  }
  return changes;
}

// Of all microbatches a stage has in flight, at most.
Bytes peak_of(const std::vector<MemoryCourse::Change>& changes) {
  Bytes now, peak;
  for (const MemoryCourse::Change& change : changes) {
    now += change.at_start;
    peak = std::max(peak, now);
    now += change.at_end;
    peak = std::max(peak, now);
  }
  return peak;
}

// With so many microbatches a stage has held what it ever holds: every schedule but gpipe has then been in its steady state for as
// long as its period, and microbatches beyond only repeat it.
int microbatches_to_the_peak(const TrainingPlan& plan) {
  constexpr int kPerStage = 4;
  if (plan.schedule == Schedule::gpipe) return plan.microbatches();
  return std::min(plan.microbatches(), kPerStage * plan.layout.pipeline);
}

std::vector<LayerKind> kinds_of(const std::vector<Chunk>& chunks) {
  std::vector<LayerKind> kinds;
  for (const Chunk& chunk : chunks)
    for (const LayerKind kind : chunk.layers)
      if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  return kinds;
}

// Matrices of the layers in the format they are kept in, with their low-precision copies where there are any; embedding, head,
// norms and biases in the wider of that format and the head's.
Bytes weight_bytes(const TrainingPlan& plan, const std::vector<Chunk>& chunks, double parameters) {
  const Recipe& recipe = plan.recipe;
  double matrices = 0;
  for (const Chunk& chunk : chunks)
    for (const LayerKind kind : chunk.layers) matrices += local_layer_matrices(plan, kind).total();
  const bool keeps_copies = recipe.low_precision() && !recipe.packed_weights();
  const double copies = keeps_copies ? (recipe.transposed_copy ? 2.0 : 1.0) : 0.0;
  return matrices * recipe.stored_size(recipe.weight) +
         (parameters - matrices) * std::max(element_size(recipe.weight), element_size(recipe.head)) +
         copies * matrices * recipe.stored_size(recipe.compute);
}

// What measured peaks cover.
struct Ground {
  Grade states, activations, logits;
};

Ground ground_of(const TrainingPlan& plan) {
  const bool wide = !plan.recipe.low_precision() && plan.sharding < Sharding::gradients;
  const bool whole_passes = plan.schedule <= Schedule::interleaved;
  const bool fused = plan.software.fused_attention() && plan.recompute.modules.empty() && whole_passes;
  const auto grade = [](bool covered) { return covered ? Grade::measured : Grade::estimated; };
  return {grade(wide), grade(wide && fused), grade(wide && fused && plan.software.fused_cross_entropy)};
}

// Sharded parameters are whole in two layers at a time, and in the embedding and the head, which are needed on either side of them.
double whole_at_once(const TrainingPlan& plan, const std::vector<Chunk>& chunks) {
  double ends = 0, layer = 0;
  for (const Chunk& chunk : chunks) {
    if (chunk.embedding) ends += local_embedding_parameters(plan);
    if (chunk.head) ends += local_head_parameters(plan, Placement(plan).ends_share_a_stage());
    for (const LayerKind kind : chunk.layers) layer = std::max(layer, local_layer_parameters(plan, kind).total());
  }
  return ends + 2 * layer;
}

// Weights and gradients as `sharding` leaves them on a rank. Sharded gradients are whole, in the weights' format, until reduced.
struct Held {
  Bytes weights, gradients;
};

Held held_bytes(const TrainingPlan& plan, const std::vector<Chunk>& chunks, double parameters, double shard) {
  const Bytes gradient = element_size(plan.recipe.gradient), wire = element_size(plan.recipe.parameter_wire);
  const Bytes weights = weight_bytes(plan, chunks, parameters);
  if (plan.sharding < Sharding::gradients) return {weights, parameters * gradient};
  const double whole = std::min(parameters, whole_at_once(plan, chunks));
  const Bytes gradients = shard * gradient + whole * wire;
  return {plan.sharding == Sharding::parameters ? whole / parameters * weights : weights, gradients};
}

StageMemory memory_of_stage(const TrainingPlan& plan, int stage, const std::vector<Chunk>& chunks) {
  HeldParameters held;
  for (const Chunk& chunk : chunks) held += chunk_parameters(plan, chunk);
  const double parameters = held.total();
  const bool sharded = plan.sharding != Sharding::none;
  const double copies = Placement(plan).copies();  // share the optimizer's states
  const double shard =
      sharded ? (held.common / plan.layout.shard_ranks() + held.expert / plan.layout.expert_data()) / copies : parameters;
  const Held states = held_bytes(plan, chunks, parameters, shard);
  const ActivationBill bill(plan);
  const Ground ground = ground_of(plan);
  const bool head = std::any_of(chunks.begin(), chunks.end(), [](const Chunk& chunk) { return chunk.head; });
  const Bytes logits = head ? (1 + plan.model.prediction_depth) * bill.logits() : Bytes(0);
  const Bytes loss = head ? bill.head_backward() : Bytes(0);
  const std::vector<LayerKind> kinds = kinds_of(chunks);
  Bytes layer_backward;
  for (const LayerKind kind : kinds) layer_backward = std::max(layer_backward, bill.layer_backward(kind));
  StageMemory memory{
      {{"weights", states.weights, ground.states},
       {"gradients", states.gradients, ground.states},
       {"optimizer states", shard * (element_size(plan.recipe.master) + 2 * element_size(plan.recipe.moment)), ground.states},
       {"activations", peak_of(activation_changes(plan, stage, chunks, bill, microbatches_to_the_peak(plan))),
        ground.activations},
       {"gradient buffers", bill.gradient_buffers(kinds), ground.activations},
       {"logits", logits, ground.logits},
       {"workspace", std::max(loss, layer_backward - logits), ground.logits}}};  // the loss is over before layers run backward
  memory.terms.push_back({"framework", kContext + kAllocatorSlack * memory.total(), Grade::estimated, false});
  return memory;
}

}  // namespace

Bytes saved_per_layer(const TrainingPlan& plan, LayerKind kind) { return ActivationBill(plan).saved(kind); }

std::vector<StageMemory> stage_memory(const TrainingPlan& plan) {
  const StageSplit split = split_layers(plan);
  std::vector<StageMemory> memory;
  for (int stage = 0; stage < plan.layout.pipeline; ++stage)
    memory.push_back(memory_of_stage(plan, stage, split[static_cast<std::size_t>(stage)]));
  return memory;
}

StageMemory stage_memory(const TrainingPlan& plan, int stage) {
  return memory_of_stage(plan, stage, split_layers(plan)[static_cast<std::size_t>(stage)]);
}

MemoryCourse memory_course(const TrainingPlan& plan, int stage) {
  const std::vector<Chunk> chunks = split_layers(plan)[static_cast<std::size_t>(stage)];
  MemoryCourse course{memory_of_stage(plan, stage, chunks).total(),
                      activation_changes(plan, stage, chunks, ActivationBill(plan), plan.microbatches())};
  course.outside_passes -= peak_of(course.passes);
  return course;
}

}  // namespace headway
