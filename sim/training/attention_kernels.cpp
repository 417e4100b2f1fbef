#include "training/attention_kernels.h"

#include "training/attention_core.h"

namespace headway {
namespace {

// x cos + rotated(x) sin, one kernel after the other: a product, the negated half put beside the other, a product, a sum.
constexpr double kUnfusedRotaryPasses = 10;

}  // namespace

void AttentionWriter::forward() {
  norm_forward("attention_norm");
  product_forward();
  rotary("rotary");
  append_core_forward(script_, plan_, activity_, local_);
  row_forward(projection());
  residual_forward("attention_residual");
}

void AttentionWriter::backward() {
  residual_backward("attention_residual_grad");
  if (again(RecomputeModule::mla_up_proj) && plan_.model.latent)
    recomputing([&] {
      latent_up_forward();
      rotary("rotary");
    });
  if (again(RecomputeModule::attention_core)) recomputing([&] { append_core_forward(script_, plan_, activity_, local_); });
  if (again(RecomputeModule::selective_op)) recomputing([&] { selected_operations(); });
  row_backward(projection());
  append_core_backward(script_, plan_, activity_, local_);
  rotary("rotary_grad");
  product_backward();
  norm_backward("attention_norm_grad");
}

// Queries, values, what attention returned and what collectives summed are kept.
void AttentionWriter::selected_operations() {
  norm_forward("attention_norm");
  gather_for_product();
  column_forward(linear("keys", "keys_dgrad", "keys_wgrad", shape_.hidden, shape_.kv_heads * shape_.qk_dim));
  rotary("rotary");
  const Linear output = projection();
  compute(with_cast(output, output.in, output.forward(recipe_)));
  residual_forward("attention_residual");
}

void AttentionWriter::product_forward() {
  if (plan_.model.latent) {
    latent_down_forward();
    latent_up_forward();
    return;
  }
  gather_for_product();
  column_forward(qkv());
  if (plan_.model.qk_norm) head_norm("qk_norm", 2);
}

void AttentionWriter::product_backward() {
  if (plan_.model.latent) return latent_backward();
  if (plan_.model.qk_norm) head_norm("qk_norm_grad", 3);
  if (again(RecomputeModule::norm)) recomputing([&] { norm_forward("attention_norm"); });
  column_backward(qkv());
}

void AttentionWriter::latent_down_forward() {
  if (!narrow_queries()) {
    gather_for_product();
    column_forward(query_up());
  }
  for (const Linear& down : latent_down()) compute(with_cast(down, down.in, down.forward(recipe_)));
  latent_norm("latent_norm", 2, 2);
  if (sequence_parallel(plan_)) call({CollectiveKind::all_gather, narrow_activation()});
}

void AttentionWriter::latent_up_forward() {
  if (narrow_queries()) column_forward(query_up());
  column_forward(key_value_up());
}

void AttentionWriter::latent_backward() {
  for (const Linear& up : {query_up(), key_value_up()}) {
    if (up.in == shape_.hidden && !narrow_queries()) continue;
    compute(with_cast(up, up.out, up.data_gradient(recipe_)));
    weight_gradient(up);
  }
  if (plan_.layout.tensor > 1)
    call({sequence_parallel(plan_) ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce, narrow_activation()});
  latent_norm("latent_norm_grad", 3, 4);
  if (again(RecomputeModule::norm)) recomputing([&] { norm_forward("attention_norm"); });
  for (const Linear& down : latent_down()) {
    compute(with_cast(down, down.out, down.data_gradient(recipe_)));
    weight_gradient(down);
  }
  if (!narrow_queries()) column_backward(query_up());
}

Linear AttentionWriter::qkv() const { return linear("qkv", "qkv_dgrad", "qkv_wgrad", shape_.hidden, shape_.qkv); }

Linear AttentionWriter::projection() const {
  return linear("projection", "projection_dgrad", "projection_wgrad", shape_.values, shape_.hidden);
}

Linear AttentionWriter::query_up() const {
  return linear("query_up", "query_up_dgrad", "query_up_wgrad", narrow_queries() ? plan_.model.latent->q_rank : shape_.hidden,
                shape_.query);
}

Linear AttentionWriter::key_value_up() const {
  const LatentAttention& l = *plan_.model.latent;
  return linear("key_value_up", "key_value_up_dgrad", "key_value_up_wgrad", l.kv_rank,
                shape_.heads * (l.qk_nope_dim + shape_.v_dim));
}

std::vector<Linear> AttentionWriter::latent_down() const {
  const LatentAttention& l = *plan_.model.latent;
  const auto product = [&](std::string_view forward, std::string_view data, std::string_view weight, double out) {
    return Linear{forward, data, weight, shape_.norm_tokens, shape_.hidden, out, recipe_.compute};
  };
  std::vector<Linear> down{
      product("key_value_down", "key_value_down_dgrad", "key_value_down_wgrad", static_cast<double>(l.kv_rank) + l.qk_rope_dim)};
  if (narrow_queries()) down.push_back(product("query_down", "query_down_dgrad", "query_down_wgrad", l.q_rank));
  return down;
}

void AttentionWriter::head_norm(std::string_view label, double passes) {
  const double elements = shape_.tokens * (shape_.heads + shape_.kv_heads) * shape_.head_dim;
  compute({pass_over(label, StreamClass::norm, elements, passes * shape_.activation, fusion(), 2)});
}

void AttentionWriter::latent_norm(std::string_view label, double passes, double launches) {
  compute({pass_over(label, StreamClass::norm, shape_.norm_tokens * shape_.latent_width, passes * shape_.activation, fusion(),
                     launches)});
}

// Of latent attention, queries and keys are put together from their two parts on the way.
void AttentionWriter::rotary(std::string_view label) {
  if (plan_.model.learned_positions > 0) return;
  const double heads = plan_.model.latent ? 2 * shape_.heads : shape_.heads + shape_.kv_heads;
  const double passes = plan_.software.fused_rotary ? 2 : kUnfusedRotaryPasses;
  compute({pass_over(label, StreamClass::elementwise, shape_.tokens * heads * shape_.qk_dim, passes * shape_.activation, fusion(),
                     plan_.model.latent ? 6 : passes)});
}

}  // namespace headway
