// How the layers are dealt to pipeline stages and their virtual stages (model chunks).
//
// Which stage holds which part is placement.h. Where the layers do not divide by pipeline * virtual_stages but layers + 2
// do, embedding and loss each take a layer's slot; otherwise parts may be uneven by one, the first parts taking the extra layers.
// Prediction modules weigh more: where neither divides, each of them takes a layer's slot on the last part and each of the
// heads there another (61 layers and one module on 16: 4 ... 4 1; on 32, where that is more than a part's share, none are left on
// the last), which makes the pipeline layouts of NVIDIA's recipe of DeepSeek-V3 (NVIDIA-NeMo/Megatron-Bridge,
// recipes/deepseek/deepseek_v3.py).
#pragma once

#include <compare>
#include <vector>

#include "training/plan.h"

namespace headway {

struct Chunk {
  std::vector<LayerKind> layers;  // in model order
  bool embedding = false;         // holds the input embedding (first part)
  bool head = false;              // holds final norm, vocabulary projection and loss, and the prediction modules (last part)
  friend auto operator<=>(const Chunk&, const Chunk&) = default;
};

// [stage][virtual stage]
using StageSplit = std::vector<std::vector<Chunk>>;

// Whether so many parts weigh alike: the layers divide, or with the slots of what else lies on the end parts.
[[nodiscard]] bool comes_out_even(const Model& model, int parts);

[[nodiscard]] StageSplit split_layers(const TrainingPlan& plan);

}  // namespace headway
