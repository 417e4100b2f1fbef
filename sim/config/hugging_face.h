// A model from the config.json that lies beside published weights (Hugging Face transformers).
//
// Families read: Llama, Mistral and Mixtral, Qwen2 and 3 with and without experts, DeepSeek-V2/V3 and Kimi-K2, gpt-oss, Gemma 1 to 3
// (of a multimodal one, the text model), GPT-2, GPT-NeoX, Falcon, Phi. What a key leaves out takes the default of its family in
// transformers. Unknown keys are passed over: the file is not ours to be strict about.
#pragma once

#include <optional>
#include <string>

#include "config/node.h"
#include "training/model.h"

namespace headway {

// Nothing, and diagnostics, where a key is missing or wrong. `check` looks at the whole model.
[[nodiscard]] std::optional<Model> read_hugging_face(const std::string& path, Session& session,
                                                     void (*check)(const Node&, Model&));

}  // namespace headway
