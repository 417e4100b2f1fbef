#include "config/hugging_face.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "config/file_forms.h"

namespace headway {

namespace {

struct Keys {
  std::optional<int> layers, hidden, ffn, heads, kv_heads, head_dim, vocabulary, positions;
  std::optional<bool> tied;
  // latent attention
  std::optional<int> q_rank, kv_rank, qk_nope_dim, qk_rope_dim, v_dim;
  // experts, under the names that families give them
  std::optional<int> groups, groups_per_token, local_experts, experts, routed_experts, top_k, expert_ffn, shared_experts,
      shared_ffn, dense_layers, step, every;
  std::optional<int> prediction_depth;
  // sliding windows
  std::optional<int> window, window_pattern;
  std::optional<bool> use_window;
  // blocks side by side
  std::optional<bool> parallel_attention, parallel_residual, multi_query, new_decoder;
};

// What a family of models does that its keys do not say. The first whose name the `model_type` begins with counts.
struct Family {
  std::string_view model_type;
  bool gated = false;  // whatever the activation is called
  bool tied = false;   // where the key is left out
  bool biases = false, qkv_biases = false, qk_norm = false, post_norms = false, parallel = false;
  bool four_times = false;  // the MLP is four times as wide as the model
  int global_every = 0;     // of local layers, where the file does not list them
};
constexpr auto kFamilies = std::to_array<Family>({
    {.model_type = "gpt2", .tied = true, .biases = true, .four_times = true},
    {.model_type = "gpt_neox", .biases = true, .parallel = true},
    {.model_type = "falcon", .tied = true, .parallel = true, .four_times = true},
    {.model_type = "phi3"},
    {.model_type = "phi", .biases = true, .parallel = true},
    {.model_type = "gemma3", .gated = true, .tied = true, .qk_norm = true, .post_norms = true, .global_every = 6},
    {.model_type = "gemma2", .gated = true, .tied = true, .post_norms = true, .global_every = 2},
    {.model_type = "gemma", .gated = true, .tied = true},
    {.model_type = "gpt_oss", .gated = true, .qkv_biases = true, .global_every = 2},
    {.model_type = "qwen3", .qk_norm = true},
    {.model_type = "qwen2", .qkv_biases = true},
});

Family family_of(std::string_view model_type) {
  for (const Family& family : kFamilies)
    if (model_type.starts_with(family.model_type)) return family;
  return {};
}

template <class V>
void take(const Node& node, std::initializer_list<const char*> names, std::optional<V>& into, const Form<V>& form) {
  for (const char* name : names) {
    const Tree* entry = node.tree().find(name);
    if (entry == nullptr || entry->kind == Tree::Kind::nothing || entry->text == "null" || entry->text == "None") continue;
    into = form.read(node.entry(*entry));
    return;
  }
}

std::string_view text_of(const Tree& tree, const char* key) {
  const Tree* entry = tree.find(key);
  return entry == nullptr ? std::string_view() : std::string_view(entry->text);
}

// 1 where the file gives the key wrongly: that mistake is reported already.
int need(const Node& node, const char* key, const std::optional<int>& value) {
  if (!value && node.tree().find(key) == nullptr) node.error_at_key("missing key \"" + std::string(key) + "\"");
  return value.value_or(1);
}

Keys take_all(const Node& node) {
  Keys keys;
  take(node, {"num_hidden_layers", "n_layer"}, keys.layers, integer(1, 10'000));
  take(node, {"hidden_size", "n_embd"}, keys.hidden, integer(1));
  take(node, {"intermediate_size", "n_inner", "ffn_hidden_size"}, keys.ffn, integer(1));
  take(node, {"num_attention_heads", "n_head"}, keys.heads, integer(1));
  take(node, {"num_key_value_heads", "num_kv_heads"}, keys.kv_heads, integer(1));
  take(node, {"head_dim"}, keys.head_dim, integer(1));
  take(node, {"vocab_size"}, keys.vocabulary, integer(1));
  take(node, {"n_positions"}, keys.positions, integer(1));
  take(node, {"tie_word_embeddings"}, keys.tied, boolean());
  take(node, {"q_lora_rank"}, keys.q_rank, integer(1));
  take(node, {"kv_lora_rank"}, keys.kv_rank, integer(1));
  take(node, {"qk_nope_head_dim"}, keys.qk_nope_dim, integer(1));
  take(node, {"qk_rope_head_dim"}, keys.qk_rope_dim, integer(1));
  take(node, {"v_head_dim"}, keys.v_dim, integer(1));
  take(node, {"num_local_experts"}, keys.local_experts, integer(1));
  take(node, {"num_experts"}, keys.experts, integer(1));
  take(node, {"n_routed_experts"}, keys.routed_experts, integer(1));
  take(node, {"n_group"}, keys.groups, integer(1));
  take(node, {"topk_group"}, keys.groups_per_token, integer(1));
  take(node, {"num_experts_per_tok", "experts_per_token"}, keys.top_k, integer(1));
  take(node, {"moe_intermediate_size"}, keys.expert_ffn, integer(1));
  take(node, {"n_shared_experts"}, keys.shared_experts, integer(0));
  take(node, {"shared_expert_intermediate_size"}, keys.shared_ffn, integer(0));
  take(node, {"first_k_dense_replace"}, keys.dense_layers, integer(0));
  take(node, {"decoder_sparse_step"}, keys.step, integer(1));
  take(node, {"moe_layer_freq"}, keys.every, integer(1));
  take(node, {"num_nextn_predict_layers"}, keys.prediction_depth, integer(0, 16));
  take(node, {"sliding_window"}, keys.window, integer(1));
  take(node, {"sliding_window_pattern"}, keys.window_pattern, integer(1));
  take(node, {"use_sliding_window"}, keys.use_window, boolean());
  take(node, {"parallel_attn"}, keys.parallel_attention, boolean());
  take(node, {"use_parallel_residual"}, keys.parallel_residual, boolean());
  take(node, {"multi_query"}, keys.multi_query, boolean());
  take(node, {"new_decoder_architecture"}, keys.new_decoder, boolean());
  return keys;
}

void read_latent_attention(const Node& node, const Keys& keys, Model& model) {
  if (!keys.kv_rank) return;
  model.latent = LatentAttention{keys.q_rank.value_or(0), *keys.kv_rank, need(node, "qk_nope_head_dim", keys.qk_nope_dim),
                                 need(node, "qk_rope_head_dim", keys.qk_rope_dim)};
  model.head_dim = need(node, "v_head_dim", keys.v_dim);
  model.kv_heads = model.heads;
}

// Mixtral counts local experts, each as wide as intermediate_size; Qwen counts experts, DeepSeek routed and shared ones.
void read_experts(const Node& node, const Keys& keys, Model& model) {
  const std::optional<int> count = keys.local_experts ? keys.local_experts : keys.experts ? keys.experts : keys.routed_experts;
  if (!count) return;
  if (const Tree* dense = node.tree().find("mlp_only_layers"); dense != nullptr && !dense->children.empty())
    node.error_at(dense->key_mark, "mlp_only_layers: single layers without experts are not supported; give the model in a file");
  Experts experts;
  experts.count = *count;
  experts.top_k = need(node, "num_experts_per_tok", keys.top_k);
  experts.ffn = keys.local_experts ? keys.expert_ffn.value_or(model.ffn) : need(node, "moe_intermediate_size", keys.expert_ffn);
  experts.shared_ffn = keys.shared_ffn.value_or(keys.shared_experts.value_or(0) * experts.ffn);
  experts.dense_layers = keys.dense_layers.value_or(0);
  experts.groups = keys.groups.value_or(1);
  experts.groups_per_token = keys.groups_per_token.value_or(experts.groups);
  experts.every = keys.step.value_or(keys.every.value_or(1));
  model.experts = experts;
  model.prediction_depth = keys.prediction_depth.value_or(0);
}

// "full_attention" among `layer_types` repeats with a period, or the pattern is a number, or the family's.
void read_windows(const Node& node, const Keys& keys, const Family& family, Model& model) {
  if (!keys.window || !keys.use_window.value_or(true)) return;
  LocalAttention local{*keys.window, keys.window_pattern.value_or(family.global_every)};
  if (const Tree* types = node.tree().find("layer_types"); types != nullptr && types->is_list()) {
    const auto full = std::find_if(types->children.begin(), types->children.end(),
                                   [](const Tree& type) { return type.text == "full_attention"; });
    local.global_every = full == types->children.end() ? 0 : static_cast<int>(full - types->children.begin()) + 1;
    for (std::size_t i = 0; i < types->children.size(); ++i) {
      const bool global = local.global_every > 0 && (i + 1) % static_cast<std::size_t>(local.global_every) == 0;
      if (global == (types->children[i].text == "full_attention")) continue;
      node.error_at(types->key_mark, "layer_types: layers that see all tokens do not repeat evenly; give the model in a file");
      return;
    }
  }
  if (local.global_every != 1) model.local = local;
}

int key_value_heads(const Keys& keys, std::string_view model_type, int heads) {
  if (model_type.starts_with("falcon") && !keys.new_decoder.value_or(false)) return keys.multi_query.value_or(true) ? 1 : heads;
  return keys.kv_heads.value_or(heads);
}

void read_shape(const Node& node, const Keys& keys, std::string_view model_type, Model& model) {
  const Family family = family_of(model_type);
  model.layers = need(node, "num_hidden_layers", keys.layers);
  model.hidden = need(node, "hidden_size", keys.hidden);
  model.ffn = family.four_times ? keys.ffn.value_or(4 * model.hidden) : need(node, "intermediate_size", keys.ffn);
  model.heads = need(node, "num_attention_heads", keys.heads);
  model.vocabulary = need(node, "vocab_size", keys.vocabulary);
  model.kv_heads = key_value_heads(keys, model_type, model.heads);
  model.head_dim = keys.head_dim.value_or(std::max(1, model.hidden / model.heads));
  model.tied_embeddings = keys.tied.value_or(family.tied);
  model.gated_mlp = family.gated || text_of(node.tree(), "hidden_act") == "silu";
  model.biases = family.biases;
  model.qkv_biases = family.qkv_biases;
  model.qk_norm = family.qk_norm;
  model.post_norms = family.post_norms;
  model.parallel_blocks = family.parallel && keys.parallel_attention.value_or(true) && keys.parallel_residual.value_or(true);
  model.learned_positions = keys.positions.value_or(0);
  read_windows(node, keys, family, model);
  read_latent_attention(node, keys, model);
  read_experts(node, keys, model);
}

}  // namespace

std::optional<Model> read_hugging_face(const std::string& path, Session& session, void (*check)(const Node&, Model&)) {
  const std::size_t before = session.diagnostics.size();
  const std::optional<Tree> tree = session.load(path);
  if (!tree) return std::nullopt;
  const Node whole(*tree, "", session);
  if (!whole.expect(Tree::Kind::map)) return std::nullopt;
  const Tree* text_model = tree->find("text_config");
  const Node node = text_model != nullptr ? whole.entry(*text_model) : whole;

  Model model;
  read_shape(node, take_all(node), text_of(node.tree(), "model_type"), model);
  model.name = std::filesystem::path(path).parent_path().filename().string();
  if (model.name.empty()) model.name = stem_of(path);
  model.title = model.name;
  model.source = path;
  model.mark = {path, 0, 0};
  if (session.diagnostics.size() > before) return std::nullopt;
  check(node, model);
  if (session.diagnostics.size() > before) return std::nullopt;
  return model;
}

}  // namespace headway
