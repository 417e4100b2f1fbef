// A model as a file of the catalogue, in place, or as a Hugging Face config.json.
#include <fmt/format.h>

#include <utility>

#include "config/file_forms.h"
#include "config/hugging_face.h"

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
  if (layers_with_experts(model) == 0)
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

Form<LocalAttention> local_attention() {
  using L = LocalAttention;
  return Record<L>()
      .required("window", &L::window, integer(1), "tokens that a query sees, itself included")
      .optional("global_every", &L::global_every, integer(2), "every so manieth layer sees all tokens; none where left out")
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
      .optional("qkv_biases", &Model::qkv_biases, boolean(), "queries, keys and values alone carry a bias")
      .optional("parallel_blocks", &Model::parallel_blocks, boolean(), "attention and MLP read the same input, side by side")
      .optional("post_norms", &Model::post_norms, boolean(), "what attention and MLP return is normalised too")
      .optional("local_attention", &Model::local, local_attention(), "layers that look back over a few tokens only")
      .optional("latent_attention", &Model::latent, latent_attention(), "multi-head latent attention")
      .optional("experts", &Model::experts, experts(), "mixture of experts")
      .optional("prediction_depth", &Model::prediction_depth, integer(0, 16), "multi-token prediction modules")
      .check_with(heads_divide)
      .check_with(latent_heads_match)
      .check_with(experts_are_reached)
      .form();
}

void check_model(const Node& node, Model& model) {
  heads_divide(node, model);
  experts_are_reached(node, model);
}

Form<Model> make_model_reference() {
  Form<Model> form = reference(CatalogueKind::models, model_form());
  form.read = [by_name = std::move(form.read)](const Node& node) -> std::optional<Model> {
    if (node.tree().is_text() && node.tree().text.ends_with(".json"))
      if (const auto path = node.session().files.find(CatalogueKind::models, node.tree().text, node.tree().mark.file))
        return read_hugging_face(*path, node.session(), check_model);
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
