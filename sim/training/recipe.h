// A precision recipe: which number format every tensor has where it lies, is multiplied, summed and sent.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "work/number_format.h"

namespace headway {

struct Recipe {
  std::string name, title, source;
  SourceMark mark;

  NumberFormat compute = NumberFormat::bf16;         // operands of the linear layers' GEMMs
  NumberFormat attention = NumberFormat::bf16;       // operands of the attention core
  NumberFormat activation = NumberFormat::bf16;      // stored between kernels and sent by tensor and pipeline parallelism
  NumberFormat weight = NumberFormat::bf16;          // the copy the kernels read
  NumberFormat head = NumberFormat::bf16;            // operands of the vocabulary GEMM
  NumberFormat gradient = NumberFormat::fp32;        // accumulated parameter gradients
  NumberFormat gradient_wire = NumberFormat::fp32;   // what data parallelism reduces
  NumberFormat parameter_wire = NumberFormat::bf16;  // what data parallelism gathers
  NumberFormat master = NumberFormat::fp32;          // optimizer's master weights
  NumberFormat moment = NumberFormat::fp32;          // each of Adam's two moments

  // Work around each low-precision GEMM: passes over an operand to find its scale and to cast it, as bytes moved per element of
  // the operand (0 for 16-bit recipes), and the share of those casts that is fused into the kernel before.
  double cast_bytes_per_element = 0;
  bool transposed_copy = false;  // a second, transposed low-precision copy is written for the backward pass (FP8 on Hopper)
};

}  // namespace headway
