#include "config/file_forms.h"

namespace headway {

namespace {

Form<Recipe> make_recipe_form() {
  const Form<NumberFormat> format = one_of<NumberFormat>();
  return Record<Recipe>()
      .required("title", &Recipe::title, text(), "full name")
      .required("source", &Recipe::source, text(), "where the recipe is described")
      .required("compute", &Recipe::compute, format, "operands of the linear layers' GEMMs")
      .required("attention", &Recipe::attention, format, "operands of the attention core")
      .required("activation", &Recipe::activation, format, "stored between kernels and sent by tensor and pipeline parallelism")
      .required("weight", &Recipe::weight, format, "the copy the kernels read")
      .required("head", &Recipe::head, format, "operands of the vocabulary GEMM")
      .required("gradient", &Recipe::gradient, format, "accumulated parameter gradients")
      .required("gradient_wire", &Recipe::gradient_wire, format, "what data parallelism reduces")
      .required("parameter_wire", &Recipe::parameter_wire, format, "what data parallelism gathers")
      .required("master", &Recipe::master, format, "the optimizer's master weights")
      .required("moment", &Recipe::moment, format, "each of Adam's two moments")
      .optional("dispatch", &Recipe::dispatch, format,
                "tokens, and later gradients, on their way to the experts; bf16 where left out")
      .optional("cast_bytes_per_element", &Recipe::cast_bytes_per_element, number(kNotNegative),
                "bytes moved per element to scale and cast an operand")
      .optional("scale_block", &Recipe::scale_block, one_of<ScaleBlock>(), "how many elements of an operand share a scale")
      .optional("scale_bytes_per_element", &Recipe::scale_bytes_per_element, number({.least = 0, .most = 1}),
                "what the scales add to a stored low-precision element")
      .optional("transposed_copy", &Recipe::transposed_copy, boolean(),
                "a second, transposed low-precision copy is written for the backward pass")
      .form();
}

}  // namespace

const Form<Recipe>& recipe_form() {
  static const Form<Recipe> form = make_recipe_form();
  return form;
}

}  // namespace headway
