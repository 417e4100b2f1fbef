#include "training/mlp_kernels.h"

namespace headway {

void MlpWriter::forward() {
  norm_forward("mlp_norm");
  mlp_forward(mlp());
  residual_forward("mlp_residual");
}

void MlpWriter::backward() {
  residual_backward("mlp_residual_grad");
  if (again(RecomputeModule::mlp))
    recomputing([&] { mlp_forward(mlp()); });
  else if (again(RecomputeModule::activation))
    recomputing([&] { compute({activation_forward(mlp())}); });
  else if (again(RecomputeModule::selective_op))
    recomputing([&] { selected_operations(); });
  mlp_backward_down(mlp());
  if (again(RecomputeModule::norm)) recomputing([&] { norm_forward("mlp_norm"); });
  column_backward(mlp().up);
  norm_backward("mlp_norm_grad");
}

void MlpWriter::selected_operations() {
  norm_forward("mlp_norm");
  gather_for_product();
  if (plan_.model.gated_mlp)
    column_forward(linear("mlp_up_half", "mlp_up_half_dgrad", "mlp_up_half_wgrad", shape_.hidden, shape_.ffn));
  compute({activation_forward(mlp())});
}

Mlp MlpWriter::mlp() const {
  return {linear("mlp_up", "mlp_up_dgrad", "mlp_up_wgrad", shape_.hidden, shape_.up),
          linear("mlp_down", "mlp_down_dgrad", "mlp_down_wgrad", shape_.ffn, shape_.hidden), shape_.ffn, "activation",
          "activation_grad"};
}

}  // namespace headway
