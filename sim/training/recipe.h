// A precision recipe: which number format every tensor has where it lies, is multiplied, summed and sent.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "work/kernel.h"
#include "work/number_format.h"

namespace headway {

struct Recipe {
  std::string name, title, source;
  SourceMark mark;

  NumberFormat compute = NumberFormat::bf16;     // operands of the linear layers' GEMMs
  NumberFormat attention = NumberFormat::bf16;   // operands of the attention core
  NumberFormat activation = NumberFormat::bf16;  // stored between kernels and sent by tensor and pipeline parallelism
  NumberFormat weight = NumberFormat::bf16;      // the copy the kernels read
  NumberFormat head = NumberFormat::bf16;        // operands of the vocabulary GEMM
  NumberFormat dispatch =
      NumberFormat::bf16;  // tokens, and later gradients, on their way to the experts; they return as activations
  NumberFormat gradient = NumberFormat::fp32;        // accumulated parameter gradients
  NumberFormat gradient_wire = NumberFormat::fp32;   // what data parallelism reduces
  NumberFormat parameter_wire = NumberFormat::bf16;  // what data parallelism gathers
  NumberFormat master = NumberFormat::fp32;          // optimizer's master weights
  NumberFormat moment = NumberFormat::fp32;          // each of Adam's two moments

  // Work around each low-precision GEMM: passes over an operand to find its scale and to cast it, as bytes moved per element of
  // the operand (0 for 16-bit recipes), and the share of those casts that is fused into the kernel before.
  double cast_bytes_per_element = 0;
  ScaleBlock scale_block = ScaleBlock::none;  // how many elements of an operand share a scale
  double scale_bytes_per_element = 0;         // what the scales add to a low-precision element that is stored
  bool transposed_copy = false;  // a second, transposed low-precision copy is written for the backward pass (FP8 on Hopper)

  [[nodiscard]] bool low_precision() const { return cast_bytes_per_element > 0; }

  // Weights rest in fewer bits than they are multiplied in: each product unpacks them first, and no wider copy is kept.
  [[nodiscard]] bool packed_weights() const { return element_size(weight) < element_size(compute); }

  // One element of a low-precision copy, its share of the scales included.
  [[nodiscard]] Bytes stored_size(NumberFormat format) const {
    const bool scaled = low_precision() && element_size(format) < Bytes(2);
    return element_size(format) + (scaled ? Bytes(scale_bytes_per_element) : Bytes(0));
  }
};

}  // namespace headway
