// A model as a file of the catalogue, in place, or as a Hugging Face config.json.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "config/file_forms.h"

namespace headway {

namespace {

void heads_divide(const Node& node, Model& model) {
  if (model.heads % model.kv_heads != 0)
    node.error_below("kv_heads", std::to_string(model.kv_heads) + " does not divide " + std::to_string(model.heads) + " heads");
}

void latent_heads_match(const Node& node, Model& model) {
  if (model.latent && model.kv_heads != model.heads)
    node.error_below("kv_heads", "latent attention has as many key and value heads as heads: " + std::to_string(model.heads));
}

void experts_are_reached(const Node& node, Model& model) {
  if (!model.experts) return;
  const Experts& e = *model.experts;
  if (e.top_k > e.count)
    node.error_below("experts.top_k", std::to_string(e.top_k) + " is more than " + std::to_string(e.count) + " experts");
  if (e.groups_per_token > e.groups || e.count % e.groups != 0)
    node.error_below("experts.groups",
                     fmt::format("{} of {} groups of {} experts are none", e.groups_per_token, e.groups, e.count));
  if (layers_of_kind(model, LayerKind::experts) == 0)
    node.error_below("experts.dense_layers", "no layer of " + std::to_string(model.layers) + " is left for experts");
}

Form<LatentAttention> latent_attention() {
  using L = LatentAttention;
  return Record<L>()
      .required("q_rank", &L::q_rank, integer(0), "width of the narrow layer of the queries; 0: they have none")
      .required("kv_rank", &L::kv_rank, integer(1), "width of the narrow layer of keys and values")
      .required("qk_nope_dim", &L::qk_nope_dim, integer(1), "part of a query's or key's head without positions")
      .required("qk_rope_dim", &L::qk_rope_dim, integer(1), "part with positions; all heads share one such key")
      .form();
}

Form<Experts> experts() {
  using E = Experts;
  return Record<E>()
      .required("count", &E::count, integer(1), "routed experts of a layer")
      .required("top_k", &E::top_k, integer(1), "experts that a token is sent to")
      .required("ffn", &E::ffn, integer(1), "width of one expert's inner layer")
      .optional("shared_ffn", &E::shared_ffn, integer(0), "width of the expert that all tokens pass through; 0: none")
      .optional("dense_layers", &E::dense_layers, integer(0), "first layers, which keep the dense MLP")
      .optional("groups", &E::groups, integer(1), "of equally many experts, for routing limited to some of them")
      .optional("groups_per_token", &E::groups_per_token, integer(1), "that a token's experts may come from")
      .optional("every", &E::every, integer(1), "of the layers after them, every so manieth has experts; 1: all of them")
      .form();
}

Form<Model> make_model_form() {
  return Record<Model>()
      .required("title", &Model::title, text(), "full name")
      .required("source", &Model::source, text(), "where the shape is published")
      .required("layers", &Model::layers, integer(1, 10'000), "transformer layers")
      .required("hidden", &Model::hidden, integer(1), "width of the residual stream")
      .required("ffn", &Model::ffn, integer(1), "width of the inner layer of an MLP without experts")
      .required("gated_mlp", &Model::gated_mlp, boolean(), "three matrices (SwiGLU) instead of two")
      .required("heads", &Model::heads, integer(1), "attention heads")
      .required("kv_heads", &Model::kv_heads, integer(1), "key and value heads: as many as heads, or fewer (grouped-query)")
      .required("head_dim", &Model::head_dim, integer(1), "size of one head; with latent attention, of its values")
      .required("vocabulary", &Model::vocabulary, integer(1), "tokens of the vocabulary, padding included")
      .required("tied_embeddings", &Model::tied_embeddings, boolean(), "one matrix serves embedding and head")
      .optional("biases", &Model::biases, boolean(), "linear layers carry a bias")
      .optional("learned_positions", &Model::learned_positions, integer(0),
                "length of a learned position table, 0 with rotary embeddings")
      .optional("qk_norm", &Model::qk_norm, boolean(), "queries and keys are normalised by head")
      .optional("latent_attention", &Model::latent, latent_attention(), "multi-head latent attention")
      .optional("experts", &Model::experts, experts(), "mixture of experts")
      .optional("prediction_depth", &Model::prediction_depth, integer(0, 16), "multi-token prediction modules")
      .check_with(heads_divide)
      .check_with(latent_heads_match)
      .check_with(experts_are_reached)
      .form();
}

// ---- Hugging Face

struct HuggingFaceKeys {
  std::optional<int> layers, hidden, ffn, heads, kv_heads, head_dim, vocabulary;
  std::optional<bool> tied;
  // latent attention
  std::optional<int> q_rank, kv_rank, qk_nope_dim, qk_rope_dim, v_dim;
  // experts, under the names that families give them
  std::optional<int> groups, groups_per_token, local_experts, experts, routed_experts, top_k, expert_ffn, shared_experts,
      shared_ffn, dense_layers, step, every;
  std::optional<int> prediction_depth;
};

// Only the keys of interest are looked at: the file is not ours to be strict about.
template <class V>
void take(const Node& node, const char* key, std::optional<V>& into, const Form<V>& form) {
  const Tree* entry = node.tree().find(key);
  if (entry != nullptr && entry->kind != Tree::Kind::nothing && entry->text != "null") into = form.read(node.entry(*entry));
}

int need(const Node& node, const char* key, const std::optional<int>& value) {
  if (!value && node.tree().find(key) == nullptr) node.error_at_key("missing key \"" + std::string(key) + "\"");
  return value.value_or(1);
}

HuggingFaceKeys take_all(const Node& node) {
  HuggingFaceKeys keys;
  take(node, "num_hidden_layers", keys.layers, integer(1, 10'000));
  take(node, "hidden_size", keys.hidden, integer(1));
  take(node, "intermediate_size", keys.ffn, integer(1));
  take(node, "num_attention_heads", keys.heads, integer(1));
  take(node, "num_key_value_heads", keys.kv_heads, integer(1));
  take(node, "head_dim", keys.head_dim, integer(1));
  take(node, "vocab_size", keys.vocabulary, integer(1));
  take(node, "tie_word_embeddings", keys.tied, boolean());
  take(node, "q_lora_rank", keys.q_rank, integer(1));
  take(node, "kv_lora_rank", keys.kv_rank, integer(1));
  take(node, "qk_nope_head_dim", keys.qk_nope_dim, integer(1));
  take(node, "qk_rope_head_dim", keys.qk_rope_dim, integer(1));
  take(node, "v_head_dim", keys.v_dim, integer(1));
  take(node, "num_local_experts", keys.local_experts, integer(1));
  take(node, "num_experts", keys.experts, integer(1));
  take(node, "n_routed_experts", keys.routed_experts, integer(1));
  take(node, "n_group", keys.groups, integer(1));
  take(node, "topk_group", keys.groups_per_token, integer(1));
  take(node, "num_experts_per_tok", keys.top_k, integer(1));
  take(node, "moe_intermediate_size", keys.expert_ffn, integer(1));
  take(node, "n_shared_experts", keys.shared_experts, integer(0));
  take(node, "shared_expert_intermediate_size", keys.shared_ffn, integer(0));
  take(node, "first_k_dense_replace", keys.dense_layers, integer(0));
  take(node, "decoder_sparse_step", keys.step, integer(1));
  take(node, "moe_layer_freq", keys.every, integer(1));
  take(node, "num_nextn_predict_layers", keys.prediction_depth, integer(0, 16));
  return keys;
}

void read_latent_attention(const Node& node, const HuggingFaceKeys& keys, Model& model) {
  if (!keys.kv_rank) return;
  model.latent = LatentAttention{keys.q_rank.value_or(0), *keys.kv_rank, need(node, "qk_nope_head_dim", keys.qk_nope_dim),
                                 need(node, "qk_rope_head_dim", keys.qk_rope_dim)};
  model.head_dim = need(node, "v_head_dim", keys.v_dim);
  model.kv_heads = model.heads;
}

// Mixtral counts local experts, each as wide as intermediate_size; Qwen counts experts, DeepSeek routed and shared ones.
void read_experts(const Node& node, const HuggingFaceKeys& keys, Model& model) {
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

std::optional<Model> read_hugging_face(const std::string& path, Session& session) {
  const std::size_t before = session.diagnostics.size();
  const std::optional<Tree> tree = session.load(path);
  if (!tree) return std::nullopt;
  const Node node(*tree, "", session);
  if (!node.expect(Tree::Kind::map)) return std::nullopt;
  const HuggingFaceKeys keys = take_all(node);

  Model model;
  model.layers = need(node, "num_hidden_layers", keys.layers);
  model.hidden = need(node, "hidden_size", keys.hidden);
  model.ffn = need(node, "intermediate_size", keys.ffn);
  model.heads = need(node, "num_attention_heads", keys.heads);
  model.vocabulary = need(node, "vocab_size", keys.vocabulary);
  model.kv_heads = keys.kv_heads.value_or(model.heads);
  model.head_dim = keys.head_dim.value_or(std::max(1, model.hidden / model.heads));
  model.tied_embeddings = keys.tied.value_or(false);
  const Tree* activation = tree->find("hidden_act");
  model.gated_mlp = activation != nullptr && activation->text == "silu";
  const Tree* family = tree->find("model_type");
  model.qk_norm = family != nullptr && family->text.rfind("qwen3", 0) == 0;
  read_latent_attention(node, keys, model);
  read_experts(node, keys, model);
  model.name = std::filesystem::path(path).parent_path().filename().string();
  if (model.name.empty()) model.name = stem_of(path);
  model.title = model.name;
  model.source = path;
  model.mark = {path, 0, 0};
  if (session.diagnostics.size() > before) return std::nullopt;
  heads_divide(node, model);
  experts_are_reached(node, model);
  if (session.diagnostics.size() > before) return std::nullopt;
  return model;
}

Form<Model> make_model_reference() {
  Form<Model> form = reference(CatalogueKind::models, model_form());
  form.read = [by_name = std::move(form.read)](const Node& node) -> std::optional<Model> {
    if (node.tree().is_text() && node.tree().text.ends_with(".json"))
      if (const auto path = node.session().library.find(CatalogueKind::models, node.tree().text, node.tree().mark.file))
        return read_hugging_face(*path, node.session());
    return by_name(node);
  };
  return form;
}

}  // namespace

const Form<Model>& model_form() {
  static const Form<Model> form = make_model_form();
  return form;
}

const Form<Model>& model_reference() {
  static const Form<Model> form = make_model_reference();
  return form;
}

}  // namespace headway
