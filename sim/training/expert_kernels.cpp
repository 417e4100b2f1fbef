#include "training/expert_kernels.h"

namespace headway {
namespace {

constexpr Bytes kFp32{4};

// Scores (softmax or sigmoid), top-k, their normalisation, the map of tokens to experts and the balancing loss, as separate kernels
// over scores in fp32.
constexpr double kRouterPasses = 8, kRouterLaunches = 12;

}  // namespace

ExpertWriter::ExpertWriter(Script& script, const TrainingPlan& plan, Activity activity)
    : BlockWriter(script, plan, activity), experts_(plan) {}

void ExpertWriter::forward() {
  norm_forward("mlp_norm");
  mixture_forward();
  residual_forward("mlp_residual");
}

void ExpertWriter::backward() {
  residual_backward("mlp_residual_grad");
  if (again(RecomputeModule::mlp))
    recomputing([&] { mixture_forward(); });
  else if (again(RecomputeModule::activation) || again(RecomputeModule::selective_op))
    recomputing([&] { experts_forward(true); });
  unpermute_backward();
  experts_backward();
  permute_backward();
  if (again(RecomputeModule::norm)) recomputing([&] { norm_forward("mlp_norm"); });
  if (has_shared() && !beside_shared()) shared_backward();
  router_backward();
  norm_backward("mlp_norm_grad");
}

void ExpertWriter::mixture_forward() {
  if (has_shared() && !beside_shared()) mlp_forward(shared());
  router_forward();
  read_counts();
  permute();
  experts_forward(false);
  unpermute();
}

void ExpertWriter::router_forward() {
  compute({router().forward(recipe_), pass_over("router_scores", StreamClass::softmax, experts_.tokens * experts_.count,
                                                kRouterPasses * kFp32, 1.0, kRouterLaunches)});
}

// Sizes of what follows are known to the device alone; the host waits for them, and with it all that it would have launched.
void ExpertWriter::read_counts() {
  if (plan_.software.host_per_dispatch == Seconds(0)) return;
  Step stand;
  stand.activity = Activity::host;
  stand.host = plan_.software.host_per_dispatch;
  script_.push_back(std::move(stand));
}

void ExpertWriter::permute() {
  if (plan_.software.dispatch == Dispatch::per_expert || plan_.layout.expert == 1) rows_moved("permute", 2 * experts_.copies, 2);
  if (beside_shared()) gather_for_product();
  to_experts();
  if (beside_shared()) {
    const Mlp mlp = shared();
    KernelList kernels = with_cast(mlp.up, mlp.up.in, mlp.up.forward(recipe_));
    kernels.push_back(activation_forward(mlp));
    compute(std::move(kernels));
  }
  expert_tensor(CollectiveKind::all_gather);
  if (sorts()) rows_moved("sort_by_expert", 2 * experts_.rows, 1);
}

void ExpertWriter::experts_forward(bool activation_only) {
  const Mlp mlp = routed();
  if (!activation_only) compute(with_cast(mlp.up, mlp.up.in, mlp.up.forward(recipe_)));
  compute({activation_forward(mlp)});
  if (!activation_only) compute(with_cast(mlp.down, mlp.down.in, mlp.down.forward(recipe_)));
}

void ExpertWriter::unpermute() {
  if (sorts()) rows_moved("sort_back", 2 * experts_.rows, 1);
  expert_tensor(CollectiveKind::reduce_scatter);
  from_experts();
  if (beside_shared()) {
    const Mlp mlp = shared();
    row_forward(mlp.down);
  }
  if (plan_.software.dispatch == Dispatch::per_expert || plan_.layout.expert == 1)
    rows_moved("unpermute", experts_.copies + experts_.tokens, 1);
  if (has_shared()) compute(element_pass("add_shared", 3, experts_.tokens * shape_.hidden));
}

// The combined gradient goes back to every copy, scaled by its weight.
void ExpertWriter::unpermute_backward() {
  if (plan_.software.dispatch == Dispatch::per_expert || plan_.layout.expert == 1)
    rows_moved("unpermute_grad", experts_.copies + experts_.tokens, 2);
  if (beside_shared()) gather(plan_.software.tensor_overlap);
  to_experts();
  if (beside_shared()) shared_backward_beside(false);
  expert_tensor(CollectiveKind::all_gather);
  if (sorts()) rows_moved("sort_back_grad", 2 * experts_.rows, 1);
}

void ExpertWriter::experts_backward() {
  const Mlp mlp = routed();
  compute(with_cast(mlp.down, mlp.down.out, mlp.down.data_gradient(recipe_)));
  weight_gradient(mlp.down);
  compute(element_pass("experts_activation_grad", activation_passes(plan_, true), mlp.up.groups * mlp.up.tokens * mlp.ffn));
  compute(with_cast(mlp.up, mlp.up.out, mlp.up.data_gradient(recipe_)));
  weight_gradient(mlp.up);
}

void ExpertWriter::permute_backward() {
  if (sorts()) rows_moved("sort_by_expert_grad", 2 * experts_.rows, 1);
  expert_tensor(CollectiveKind::reduce_scatter);
  from_experts();
  if (beside_shared()) {
    shared_backward_beside(true);
    reduce(Beside::following, 0);
  }
  if (plan_.software.dispatch == Dispatch::per_expert || plan_.layout.expert == 1)
    rows_moved("permute_grad", experts_.copies + experts_.tokens, 1);
}

void ExpertWriter::shared_backward() {
  mlp_backward_down(shared());
  column_backward(shared().up);
}

// One of its two products and their gradients, as one step that the exchange runs beside.
void ExpertWriter::shared_backward_beside(bool up) {
  const Mlp mlp = shared();
  const Linear& product = up ? mlp.up : mlp.down;
  KernelList kernels = with_cast(product, product.out, product.data_gradient(recipe_));
  kernels.push_back(product.weight_gradient(recipe_));
  if (!up)
    kernels.push_back(
        element_pass(mlp.activation_gradient, activation_passes(plan_, true), product.tokens * experts_.shared_ffn).front());
  compute(std::move(kernels));
}

void ExpertWriter::router_backward() {
  compute({pass_over("router_scores_grad", StreamClass::softmax, experts_.tokens * experts_.count, kRouterPasses * kFp32, 1.0,
                     kRouterLaunches),
           router().data_gradient(recipe_), router().weight_gradient(recipe_)});
}

void ExpertWriter::to_experts() {
  exchange(experts_.sent * shape_.hidden * recipe_.stored_size(recipe_.dispatch), Beside::following, beside_shared());
}

void ExpertWriter::from_experts() {
  const bool over_shared = beside_shared();
  exchange(experts_.sent * shape_.hidden * shape_.activation, over_shared ? Beside::following : Beside::preceding, over_shared);
}

void ExpertWriter::exchange(Bytes bytes, Beside beside, bool over_shared) {
  if (plan_.layout.expert == 1) return;
  call({CollectiveKind::all_to_all, busiest_share(plan_) * bytes, beside, over_shared ? 1.0 : plan_.software.expert_overlap,
        Dimension::expert, node_routing()});
}

// What decides how often a token crosses to another node, where it crosses once.
std::optional<TokenSpread> ExpertWriter::node_routing() const {
  if (plan_.software.dispatch != Dispatch::per_node) return std::nullopt;
  return routing_of(*plan_.model.experts);
}

void ExpertWriter::expert_tensor(CollectiveKind kind) {
  if (plan_.layout.expert_tensor == 1) return;
  call({kind, experts_.rows * shape_.hidden * shape_.activation, Beside::following, 0, Dimension::expert_tensor});
}

// `rows`: read and written together.
void ExpertWriter::rows_moved(std::string_view label, double rows, double launches) {
  compute({pass_over(label, StreamClass::gather, rows * shape_.hidden, shape_.activation, 1.0, launches)});
}

Mlp ExpertWriter::routed() const {
  const double tokens = experts_.rows / experts_.experts;
  const auto product = [&](std::string_view forward, std::string_view data, std::string_view weight, double in, double out) {
    return Linear{forward, data, weight, tokens, in, out, recipe_.compute, experts_.experts, plan_.software.grouped_products};
  };
  return {product("experts_up", "experts_up_dgrad", "experts_up_wgrad", shape_.hidden, experts_.up),
          product("experts_down", "experts_down_dgrad", "experts_down_wgrad", experts_.ffn, shape_.hidden), experts_.ffn,
          "experts_activation", "experts_activation_grad"};
}

Mlp ExpertWriter::shared() const {
  const double up = (plan_.model.gated_mlp ? 2.0 : 1.0) * experts_.shared_ffn;
  return {linear("shared_up", "shared_up_dgrad", "shared_up_wgrad", shape_.hidden, up),
          linear("shared_down", "shared_down_dgrad", "shared_down_wgrad", experts_.shared_ffn, shape_.hidden),
          experts_.shared_ffn, "shared_activation", "shared_activation_grad"};
}

// On this rank's own tokens, in 16 bits.
Linear ExpertWriter::router() const {
  return {"router", "router_dgrad", "router_wgrad", experts_.tokens, shape_.hidden, experts_.count, recipe_.head};
}

}  // namespace headway
