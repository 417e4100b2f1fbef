#include "config/row_defaults.h"

#include <array>

#include "config/csv.h"

namespace headway {
namespace {

// The first entry with a fragment of the column counts.
constexpr auto kSoftwareDefaults = std::to_array<SoftwareDefaults>({
    {"vtrain", false, Sharding::none},  // Megatron-LM of 2021
    {"ptd-p", false, Sharding::none},   // the same
    {"megatron-deepspeed", false, Sharding::optimizer},
    {"2022", false, Sharding::none},
    {"mindspeed", true, Sharding::none},  // the model scripts pass --sequence-parallel; --use-distributed-optimizer is per script
    {"nemo", true, Sharding::optimizer},  // recipes of GPT-3, Llama and Nemotron
    {"megatron-bridge", true, Sharding::optimizer},
    {"pai-megatron", true, Sharding::optimizer},
    {"kwai", true, Sharding::optimizer},
    {"internevo", false, Sharding::optimizer, 8},  // configs/7B_sft.py: zero1 = dict(size=8)
    {"torchtitan", true, Sharding::parameters},
    {"maxtext", false, Sharding::parameters},  // base.yml: ici_fsdp_parallelism -1
    {"fsdp", false, Sharding::parameters},
    {"zero-3", false, Sharding::parameters},
    {"zero-2", false, Sharding::gradients},
    {"zero-1", false, Sharding::optimizer},
});
constexpr SoftwareDefaults kMegatronDefaults{"", false, Sharding::none};  // both are switched on by flags

struct Vocabulary {
  std::string_view fragment;  // the first that is in the name counts
  int size;
};
constexpr auto kVocabularies = std::to_array<Vocabulary>(
    {{"bloom", 250880},    {"grok", 131072},     {"mixtral", 32000},  {"deepseek", 129280}, {"kimi", 163840},
     {"gpt oss", 201088},  {"minicpm", 122753},  {"llama 4", 202048}, {"llama3", 128256},   {"llama-3", 128256},
     {"llama 3", 128256},  {"llama", 32000},     {"mistral", 32000},  {"yi-", 64000},       {"baichuan2", 125696},
     {"baichuan", 64000},  {"internlm", 103168}, {"aquila2", 100008}, {"gemma", 256000},    {"qwen", 151936},
     {"nemotron", 256000}, {"gpt", 51200}});
constexpr int kMegatronVocabulary = 51200;  // GPT-2's 50257 words, padded as Megatron-LM's examples do

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Layers that look back over a few tokens, and norms behind attention and MLP, are part of what these models are.
void add_parts_of_family(std::string_view name, Model& model) {
  const auto is = [&](std::string_view family) { return contains(name, family); };
  const bool gpt_oss = is("gpt oss") || is("gpt-oss");
  if (gpt_oss) model.local = LocalAttention{128, 2};
  if (is("gemma2") || is("gemma-2-") || is("gemma 2 ")) model.local = LocalAttention{4096, 2};
  if (is("gemma3") || is("gemma-3-") || is("gemma 3 ")) model.local = LocalAttention{1024, 6};
  if (is("mistral-7b")) model.local = LocalAttention{4096};
  if (is("gemma") || is("grok")) model.tied_embeddings = true;
  model.post_norms = is("gemma") && model.local.has_value();
  model.qk_norm = is("qwen3");
  model.qkv_biases = gpt_oss || is("qwen1.5") || is("qwen2");
}

}  // namespace

const SoftwareDefaults& defaults_of(std::string_view framework) {
  for (const SoftwareDefaults& family : kSoftwareDefaults)
    if (contains(framework, family.fragment)) return family;
  return kMegatronDefaults;
}

int usual_vocabulary(std::string_view model) {
  for (const Vocabulary& entry : kVocabularies)
    if (contains(model, entry.fragment)) return entry.size;
  return kMegatronVocabulary;
}

// GPT-2/3-style models tie the embeddings, have biases and a table of positions; later ones do not.
std::string complete_by_family(Model& model, int sequence) {
  const std::string name = lower(model.name);
  add_parts_of_family(name, model);
  const bool gpt_style = !model.gated_mlp && !model.experts && !contains(name, "nemotron");
  if (!gpt_style) return "";
  model.tied_embeddings = true;
  model.biases = !name.starts_with("mpt");                           // tied, no biases
  model.learned_positions = contains(name, "bloom") ? 0 : sequence;  // BLOOM: ALiBi
  std::string assumed = "tied embeddings";
  if (model.biases) assumed += ", biases";
  if (model.learned_positions > 0) assumed += ", learned positions";
  return assumed;
}

}  // namespace headway
