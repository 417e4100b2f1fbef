#include "config/file_forms.h"

namespace headway {

namespace {

void unfused_stands_alone(const Node& node, Software& software) {
  const auto& list = software.attention;
  if (list.empty()) node.error_below("attention", "name at least one implementation, or unfused");
  for (const std::string& name : list)
    if (name == "unfused" && list.size() > 1) node.error_below("attention", "unfused stands alone");
}

Form<Software> make_software_form() {
  using S = Software;
  return Record<S>()
      .required("title", &S::title, text(), "full name")
      .required("source", &S::source, text(), "where the attributes come from")
      .optional("matches", &S::matches, list_of(text()),
                "lower-case fragments of a published row's framework column that mean this family")
      .optional("matches_with_fp8", &S::matches_with_fp8, list_of(text()),
                "the same, on devices that multiply FP8 (Hopper and later): a name that older versions share")
      .required("attention", &S::attention, list_of(text()), "attention implementations in order of preference, or [unfused]")
      .optional("low_precision_attention", &S::low_precision_attention, boolean(),
                "attention multiplies in 8 bits beside products in 8 bits or fewer")
      .required("elementwise_passes", &S::elementwise_passes, number(kPositive), "memory traffic relative to well-fused kernels")
      .optional("cast_passes", &S::cast_passes, number(kPositive), "memory traffic of casts relative to kernels of their own")
      .optional("fused_activation", &S::fused_activation, boolean(), "the MLP's activation is one kernel")
      .optional("fused_rotary", &S::fused_rotary, boolean(), "the rotary embedding is one kernel")
      .required("fused_cross_entropy", &S::fused_cross_entropy, boolean(), "the loss reads the logits once per pass")
      .optional("narrow_gradients", &S::narrow_gradients, boolean(),
                "gradients are summed and reduced in 16 bits, whatever the recipe says")
      .required("overlap_gradient_reduction", &S::overlap_gradient_reduction, boolean(),
                "data-parallel reduction runs under the last backward pass")
      .required("overlap_parameter_gather", &S::overlap_parameter_gather, boolean(),
                "the parameter all-gather runs under the next forward pass")
      .optional("gathers_by_tensor", &S::gathers_by_tensor, boolean(), "sharded parameters are gathered matrix by matrix")
      .optional("broadcasts_parameters", &S::broadcasts_parameters, boolean(),
                "each rank broadcasts its part of the parameters after the step")
      .required("tensor_overlap", &S::tensor_overlap, number(kShareOrNone),
                "share of each tensor-parallel collective hidden under its GEMM")
      .required("overlap_tensor_gradient", &S::overlap_tensor_gradient, boolean(),
                "the data gradient's all-reduce runs under the weight gradient")
      .required("overlap_pipeline", &S::overlap_pipeline, boolean(), "pipeline sends and receives run beside compute")
      .required("scatter_pipeline_sends", &S::scatter_pipeline_sends, boolean(),
                "without sequence parallelism, tensor ranks send 1/t each")
      .optional("context_exchange", &S::context_exchange, one_of<ContextExchange>(),
                "how context ranks see the whole sequence; ring where left out")
      .optional("context_overlap", &S::context_overlap, number(kShareOrNone), "share of a ring's exchange beside attention")
      .optional("grouped_products", &S::grouped_products, boolean(), "one launch multiplies all experts of a rank")
      .optional("dispatch", &S::dispatch, one_of<Dispatch>(),
                "a token is sent to each of its experts (per_expert), or once to each rank or node that holds any of them")
      .optional("narrow_dispatch", &S::narrow_dispatch, boolean(),
                "tokens, and gradients on the way back, travel to the experts in the format they are multiplied in")
      .optional(
          "host_per_dispatch", &S::host_per_dispatch, quantity<Seconds>(kNotNegative),
          "serial host time before the experts of each forward pass, to read how many tokens go where; 0 where counts stay on "
          "the device")
      .optional("exchange_multiprocessors", &S::exchange_multiprocessors, integer(0),
                "that dispatch and combine hold on each device; left out: what the links' library takes")
      .optional("overlap_shared_expert", &S::overlap_shared_expert, boolean(),
                "the shared expert runs beside dispatch and combine")
      .optional("expert_overlap", &S::expert_overlap, number(kShareOrNone),
                "share of dispatch and combine hidden under the experts' own products")
      .optional("expert_imbalance", &S::expert_imbalance, number({.least = 1, .most = 64}),
                "tokens of the busiest expert rank over the mean")
      .optional("tensor_efficiency", &S::tensor_efficiency, number(kShare),
                "share of the fabric's own bandwidth its tensor-parallel collectives reach")
      .optional("data_efficiency", &S::data_efficiency, number(kShare), "the same for data-parallel collectives")
      .optional("expert_efficiency", &S::expert_efficiency, number(kShare), "... for dispatch and combine")
      .required("host_per_kernel", &S::host_per_kernel, quantity<Seconds>(kNotNegative), "host time to issue one kernel")
      .required("host_per_microbatch", &S::host_per_microbatch, quantity<Seconds>(kNotNegative),
                "serial host gap before each pass of a microbatch")
      .required("host_per_step", &S::host_per_step, quantity<Seconds>(kNotNegative), "serial host time per optimizer step")
      .optional("rank_spread", &S::rank_spread, number(kShareOrNone),
                "slow-down of the slowest rank per doubling of devices beyond 8")
      .check_with(unfused_stands_alone)
      .form();
}

}  // namespace

const Form<Software>& software_form() {
  static const Form<Software> form = make_software_form();
  return form;
}

}  // namespace headway
