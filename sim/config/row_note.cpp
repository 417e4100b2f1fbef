#include "config/row_note.h"

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "config/csv.h"

namespace headway {
namespace {

// Share of a tensor-parallel collective that products cut into pieces hide (MindSpeed's mc2, PyTorch's asynchronous tensor
// parallelism): less than Transformer Engine's 0.66, whose pieces copy beside the products; estimated.
constexpr double kFusedOverlap = 0.4;
// Share of dispatch and combine that Megatron-Core hides under the kernels of another microbatch (overlap_moe_expert_parallel_comm):
// all of it between the pipeline's ends (MindSpeed's guide on the same scheme).
constexpr double kBatchOverlap = 1.0;
// Of PyTorch without a compiler, relative to fused kernels: as in LLM Foundry.
constexpr double kEagerPasses = 2.5;

struct Statement {
  std::string_view words;
  void (*apply)(TrainingPlan&);
};

constexpr auto kStatements = std::to_array<Statement>({
    {"cp a2a", [](TrainingPlan& plan) { plan.software.context_exchange = ContextExchange::all_to_all; }},
    {"ulysses", [](TrainingPlan& plan) { plan.software.context_exchange = ContextExchange::all_to_all; }},
    {"no tp overlap", [](TrainingPlan& plan) { plan.software.tensor_overlap = 0; }},
    {"tp/p2p overlap disabled",
     [](TrainingPlan& plan) {
       plan.software.tensor_overlap = 0;
       plan.software.overlap_pipeline = false;
     }},
    {"no p2p overlap", [](TrainingPlan& plan) { plan.software.overlap_pipeline = false; }},
    {"async tp", [](TrainingPlan& plan) { plan.software.tensor_overlap = kFusedOverlap; }},
    {"asynctp", [](TrainingPlan& plan) { plan.software.tensor_overlap = kFusedOverlap; }},
    {"dispatcher=deepep", [](TrainingPlan& plan) { plan.software.dispatch = Dispatch::per_node; }},
    {"dispatcher=hybridep", [](TrainingPlan& plan) { plan.software.dispatch = Dispatch::per_node; }},
    {"moe_a2a_overlap=true", [](TrainingPlan& plan) { plan.software.expert_overlap = kBatchOverlap; }},
    {"without mtp", [](TrainingPlan& plan) { plan.model.prediction_depth = 0; }},
    {"eager", [](TrainingPlan& plan) { plan.software.elementwise_passes = kEagerPasses; }},
});

void apply_flags(std::string_view flags, Software& software) {
  const auto given = [&](std::string_view flag) { return flags.find(flag) != std::string_view::npos; };
  software.tensor_overlap = given("use-mc2") ? kFusedOverlap : 0.0;
  software.overlap_gradient_reduction = given("overlap-grad-reduce");
  software.overlap_parameter_gather = given("overlap-param-gather");
  if (!given("use-flash-attn")) software.attention = {"unfused"};
  software.fused_activation = given("use-fused-swiglu");
  software.fused_rotary = given("use-fused-rotary-pos-emb");
}

std::vector<int> numbers_after(std::string_view key, std::string_view note) {
  std::vector<int> numbers;
  std::size_t at = note.find(key);
  if (at == std::string_view::npos) return numbers;
  const char* place = note.data() + at + key.size();
  const char* const end = note.data() + note.size();
  for (int value = 0;; ++place) {
    const auto [after, error] = std::from_chars(place, end, value);
    if (error != std::errc()) break;
    numbers.push_back(value);
    place = after;
    if (place == end || *place != ',') break;
  }
  return numbers;
}

}  // namespace

void apply_note(const std::string& text, TrainingPlan& plan) {
  const std::string note = lower(text);
  if (const std::size_t flags = note.find("flags: "); flags != std::string::npos)
    apply_flags(std::string_view(note).substr(flags), plan.software);
  for (const Statement& statement : kStatements)
    if (note.find(statement.words) != std::string::npos) statement.apply(plan);
  const std::vector<int> layers = numbers_after("num-layer-list=", note);
  if (layers.size() == static_cast<std::size_t>(plan.layout.pipeline) * static_cast<std::size_t>(plan.layout.virtual_stages))
    plan.split = layers;
  if (const std::vector<int> shard = numbers_after("zero1=", note); !shard.empty() && !plan.model.experts)
    plan.layout.shard = shard.front() > 0 && plan.layout.replicas() % shard.front() == 0 ? shard.front() : 0;
}

}  // namespace headway
