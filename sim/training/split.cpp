#include "training/split.h"

namespace headway {
namespace {

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
  std::vector<int> sizes(static_cast<std::size_t>(parts), layers / parts);
  for (int part = 0; part < layers % parts; ++part) ++sizes[static_cast<std::size_t>(part)];
  return sizes;
}

}  // namespace

StageSplit split_layers(const TrainingPlan& plan) {
  const auto stages = static_cast<std::size_t>(plan.layout.pipeline);
  const auto chunks = static_cast<std::size_t>(plan.layout.virtual_stages);
  const std::vector<int> sizes = layers_by_part(plan);
  StageSplit split(stages, std::vector<Chunk>(chunks));
  int layer = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part) {
    Chunk& chunk = split[part % stages][part / stages];
    chunk.embedding = part == 0;
    chunk.head = part + 1 == sizes.size();
    for (int i = 0; i < sizes[part]; ++i) chunk.layers.push_back(layer_kind(plan.model, layer++));
  }
  return split;
}

}  // namespace headway
