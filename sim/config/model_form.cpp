// A model as a file of the catalogue, in place, or as a Hugging Face config.json.
#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "config/file_forms.h"

namespace headway {

namespace {

void heads_divide(const Node& node, Model& model) {
  if (model.heads % model.kv_heads != 0)
    node.error_below("kv_heads", std::to_string(model.kv_heads) + " does not divide " + std::to_string(model.heads) + " heads");
}

Form<Model> make_model_form() {
  return Record<Model>()
      .required("title", &Model::title, text(), "full name")
      .required("source", &Model::source, text(), "where the shape is published")
      .required("layers", &Model::layers, integer(1, 10'000), "transformer layers")
      .required("hidden", &Model::hidden, integer(1), "width of the residual stream")
      .required("ffn", &Model::ffn, integer(1), "width of the MLP's inner layer")
      .required("gated_mlp", &Model::gated_mlp, boolean(), "three matrices (SwiGLU) instead of two")
      .required("heads", &Model::heads, integer(1), "attention heads")
      .required("kv_heads", &Model::kv_heads, integer(1), "key and value heads: as many as heads, or fewer (grouped-query)")
      .required("head_dim", &Model::head_dim, integer(1), "size of one head")
      .required("vocabulary", &Model::vocabulary, integer(1), "tokens of the vocabulary, padding included")
      .required("tied_embeddings", &Model::tied_embeddings, boolean(), "one matrix serves embedding and head")
      .optional("biases", &Model::biases, boolean(), "linear layers carry a bias")
      .optional("learned_positions", &Model::learned_positions, integer(0),
                "length of a learned position table, 0 with rotary embeddings")
      .check_with(heads_divide)
      .form();
}

// ---- Hugging Face

// Keys that mean a shape this version does not simulate.
constexpr std::array kUnsupported{std::pair{"num_local_experts", "mixtures of experts are not supported yet"},
                                  std::pair{"num_experts", "mixtures of experts are not supported yet"},
                                  std::pair{"n_routed_experts", "mixtures of experts are not supported yet"},
                                  std::pair{"kv_lora_rank", "latent attention is not supported yet"}};

struct HuggingFaceKeys {
  std::optional<int> layers, hidden, ffn, heads, kv_heads, head_dim, vocabulary;
  std::optional<bool> tied;
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

std::optional<Model> read_hugging_face(const std::string& path, Session& session) {
  const std::size_t before = session.diagnostics.size();
  const std::optional<Tree> tree = session.library.load(path, session.diagnostics);
  if (!tree) return std::nullopt;
  const Node node(*tree, "", session);
  if (!node.expect(Tree::Kind::map)) return std::nullopt;
  for (const auto& [key, why] : kUnsupported)
    if (const Tree* entry = tree->find(key)) node.error_at(entry->key_mark, std::string(key) + ": " + why);
  HuggingFaceKeys keys;
  take(node, "num_hidden_layers", keys.layers, integer(1, 10'000));
  take(node, "hidden_size", keys.hidden, integer(1));
  take(node, "intermediate_size", keys.ffn, integer(1));
  take(node, "num_attention_heads", keys.heads, integer(1));
  take(node, "num_key_value_heads", keys.kv_heads, integer(1));
  take(node, "head_dim", keys.head_dim, integer(1));
  take(node, "vocab_size", keys.vocabulary, integer(1));
  take(node, "tie_word_embeddings", keys.tied, boolean());

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
  model.name = std::filesystem::path(path).parent_path().filename().string();
  if (model.name.empty()) model.name = stem_of(path);
  model.title = model.name;
  model.source = path;
  model.mark = {path, 0, 0};
  if (session.diagnostics.size() > before) return std::nullopt;
  heads_divide(node, model);
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
