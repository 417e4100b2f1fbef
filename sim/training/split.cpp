#include "training/split.h"

#include <algorithm>

#include "training/placement.h"

namespace headway {
namespace {

// Every prediction module one, and every head.
int slots_of_predictions(const Model& model) { return 2 * model.prediction_depth + 1; }

// As evenly as can be, the first parts taking the extra layers.
std::vector<int> dealt(int layers, int parts) {
  std::vector<int> sizes(static_cast<std::size_t>(parts), layers / parts);
  for (int part = 0; part < layers % parts; ++part) ++sizes[static_cast<std::size_t>(part)];
  return sizes;
}

// Layers of every model part, in model order.
std::vector<int> layers_by_part(const TrainingPlan& plan) {
  if (!plan.split.empty()) return plan.split;
  const int parts = plan.layout.pipeline * plan.layout.virtual_stages;
  const int layers = plan.model.layers;
  if (layers % parts != 0 && (layers + 2) % parts == 0) {
    std::vector<int> sizes(static_cast<std::size_t>(parts), (layers + 2) / parts);
    --sizes.front();
    --sizes.back();
    return sizes;
  }
  if (plan.model.prediction_depth == 0 || layers % parts == 0) return dealt(layers, parts);
  const int taken = slots_of_predictions(plan.model);
  const int last = std::max(0, (layers + taken) / parts - taken);
  std::vector<int> sizes = dealt(layers - last, parts - 1);
  sizes.push_back(last);
  return sizes;
}

std::vector<Chunk> model_parts(const TrainingPlan& plan) {
  const std::vector<int> sizes = layers_by_part(plan);
  std::vector<Chunk> parts(sizes.size());
  parts.front().embedding = true;
  parts.back().head = true;
  int layer = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part)
    for (int i = 0; i < sizes[part]; ++i) parts[part].layers.push_back(layer_kind(plan.model, layer++));
  return parts;
}

}  // namespace

bool comes_out_even(const Model& model, int parts) {
  const bool predicts = model.prediction_depth > 0;
  return model.layers % parts == 0 || (model.layers + 2) % parts == 0 ||
         (predicts && (model.layers + slots_of_predictions(model)) % parts == 0);
}

StageSplit split_layers(const TrainingPlan& plan) {
  const Placement placement(plan);
  const std::vector<Chunk> parts = model_parts(plan);
  StageSplit split(static_cast<std::size_t>(placement.stages()));
  for (int stage = 0; stage < placement.stages(); ++stage)
    for (int chunk = 0; chunk < placement.chunks(); ++chunk)
      split[static_cast<std::size_t>(stage)].push_back(parts[static_cast<std::size_t>(placement.part({stage, chunk}))]);
  return split;
}

}  // namespace headway
