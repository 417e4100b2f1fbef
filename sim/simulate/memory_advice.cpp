#include "simulate/memory_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace headway {
namespace {

double gib_of(Bytes bytes) { return bytes.value() / 1073741824.0; }

Bytes peak_of(const std::vector<StageMemory>& memory) {
  Bytes peak;
  for (const StageMemory& stage : memory) peak = std::max(peak, stage.total());
  return peak;
}

struct Remedy {
  std::string change;
  Bytes peak;
};

// Plans one change away that keep the devices and the batch, in order of what they cost in speed.
std::vector<std::pair<std::string, TrainingPlan>> neighbours(const TrainingPlan& plan) {
  std::vector<std::pair<std::string, TrainingPlan>> all;
  const auto add = [&](std::string name, auto change) {
    TrainingPlan other = plan;
    change(other);
    if (check_plan(other).empty()) all.emplace_back(std::move(name), std::move(other));
  };
  if (plan.sharding == Sharding::none && plan.layout.data > 1)
    add("sharding optimizer", [](TrainingPlan& p) { p.sharding = Sharding::optimizer; });
  if (plan.layout.tensor > 1 && !plan.layout.sequence)
    add("sequence parallelism", [](TrainingPlan& p) { p.layout.sequence = true; });
  if (plan.microbatch > 1) add("microbatch 1", [](TrainingPlan& p) { p.microbatch = 1; });
  if (plan.model.experts) add(fmt::format("expert {}", 2 * plan.layout.expert), [](TrainingPlan& p) { p.layout.expert *= 2; });
  if (!plan.software.fused_attention() && !plan.recompute.has(RecomputeModule::attention_core))
    add("recompute attention_core", [](TrainingPlan& p) { p.recompute.modules.push_back(RecomputeModule::attention_core); });
  if (!plan.recompute.full()) add("recompute full", [](TrainingPlan& p) { p.recompute.modules = {RecomputeModule::layer}; });
  if (plan.layout.data % 2 == 0) {
    const auto halve_data = [](TrainingPlan& p) {
      p.layout.data /= 2;
      p.split.clear();
    };
    add(fmt::format("tensor {}", 2 * plan.layout.tensor), [&](TrainingPlan& p) {
      halve_data(p);
      p.layout.tensor *= 2;
      p.layout.sequence = true;
    });
    add(fmt::format("pipeline {}", 2 * plan.layout.pipeline), [&](TrainingPlan& p) {
      halve_data(p);
      p.layout.pipeline *= 2;
    });
  }
  if (plan.layout.data > 1 && plan.sharding != Sharding::parameters)
    add("sharding parameters", [](TrainingPlan& p) { p.sharding = Sharding::parameters; });
  return all;
}

std::string largest_term(const std::vector<StageMemory>& memory) {
  const auto fullest = std::max_element(memory.begin(), memory.end(),
                                        [](const StageMemory& a, const StageMemory& b) { return a.total() < b.total(); });
  const auto largest = std::max_element(fullest->terms.begin(), fullest->terms.end(),
                                        [](const MemoryTerm& a, const MemoryTerm& b) { return a.bytes < b.bytes; });
  return fmt::format("largest term {} {:.1f} GiB (stage {})", largest->name, gib_of(largest->bytes), fullest - memory.begin());
}

}  // namespace

std::string memory_advice(const TrainingPlan& plan, const std::vector<StageMemory>& memory, Bytes capacity) {
  std::vector<Remedy> remedies;
  for (const auto& [change, other] : neighbours(plan)) remedies.push_back({change, peak_of(stage_memory(other))});
  std::string text = largest_term(memory);
  std::string fitting;
  for (const Remedy& remedy : remedies)
    if (remedy.peak <= capacity)
      fitting += fmt::format("{}{} would need {:.1f} GiB", fitting.empty() ? "; " : ", ", remedy.change, gib_of(remedy.peak));
  if (!fitting.empty()) return text + fitting + " and fit";
  const auto nearest =
      std::min_element(remedies.begin(), remedies.end(), [](const Remedy& a, const Remedy& b) { return a.peak < b.peak; });
  if (nearest == remedies.end() || nearest->peak >= peak_of(memory))
    return text + "; no single change of the plan helps: use more devices";
  return text + fmt::format("; no single change of the plan fits, nearest is {} with {:.1f} GiB", nearest->change,
                            gib_of(nearest->peak));
}

}  // namespace headway
