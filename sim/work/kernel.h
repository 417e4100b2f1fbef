// What one device can be asked to compute: a GEMM, a fused attention, or a pass over memory.
//
// A kernel is pure shape; what it costs on a given device is hardware/kernel_cost.h. `launches` counts the host launches
// behind it (an unfused softmax chain is one Streaming kernel with several launches).
#pragma once

#include <array>
#include <string_view>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "base/quantity.h"
#include "work/number_format.h"

namespace headway {

enum class GemmPass { forward, data_gradient, weight_gradient };

template <>
struct EnumNames<GemmPass> {
  static constexpr auto table = std::to_array<EnumName<GemmPass>>({{GemmPass::forward, "forward"},
                                                                   {GemmPass::data_gradient, "data_gradient"},
                                                                   {GemmPass::weight_gradient, "weight_gradient"}});
};

// How many elements of a low-precision operand share a scale. Per tensor and per row, the result is scaled once, behind the
// product. Per block (of some 128 along k) partial sums are scaled inside it, by instructions that are not matrix instructions.
// `micro` blocks (16 or 32: MXFP8, NVFP4) are scaled by the matrix units themselves.
enum class ScaleBlock { none, tensor, row, block, micro };

template <>
struct EnumNames<ScaleBlock> {
  static constexpr auto table = std::to_array<EnumName<ScaleBlock>>({{ScaleBlock::none, "none"},
                                                                     {ScaleBlock::tensor, "tensor"},
                                                                     {ScaleBlock::row, "row"},
                                                                     {ScaleBlock::block, "block"},
                                                                     {ScaleBlock::micro, "micro"}});
};

// C[m,n] (+)= A[m,k] * B[k,n], `batch` times. FLOPs = 2 m n k batch.
struct Gemm {
  double m = 0, n = 0, k = 0, batch = 1;
  NumberFormat format = NumberFormat::bf16;  // of the multiplied operands
  NumberFormat output = NumberFormat::bf16;  // of C; a weight gradient accumulates into fp32 (read and written)
  GemmPass pass = GemmPass::forward;
  ScaleBlock scale = ScaleBlock::none;  // of the operands
};

enum class AttentionPass { forward, backward };

// Fused attention (FlashAttention-class): reads Q, K, V, writes O; scores never reach memory.
// FLOPs: forward 2 batch heads q_length keys (qk_dim + v_dim), `keys` being those a query sees on average: kv_length, half of it
// when causal, fewer when it looks back over `window` tokens only; backward 2.5 times that.
struct Attention {
  double batch = 1, heads = 1, kv_heads = 1;
  double q_length = 0, kv_length = 0;
  double qk_dim = 0, v_dim = 0;
  bool causal = true;
  NumberFormat format = NumberFormat::bf16;
  AttentionPass pass = AttentionPass::forward;
  double window = 0;  // causal attention only: keys a query sees at most, itself included; 0: all before it
};

// Keys that a query of causal attention over `length` tokens sees on average.
[[nodiscard]] double causal_keys(double length, double window);

// What a memory-bound pass does; the classes differ in the share of memory bandwidth their kernels reach.
enum class StreamClass { elementwise, norm, softmax, cross_entropy, gather, optimizer, cast };

template <>
struct EnumNames<StreamClass> {
  static constexpr auto table = std::to_array<EnumName<StreamClass>>({{StreamClass::elementwise, "elementwise"},
                                                                      {StreamClass::norm, "norm"},
                                                                      {StreamClass::softmax, "softmax"},
                                                                      {StreamClass::cross_entropy, "cross_entropy"},
                                                                      {StreamClass::gather, "gather"},
                                                                      {StreamClass::optimizer, "optimizer"},
                                                                      {StreamClass::cast, "cast"}});
};

// One or more passes over memory; `traffic` is bytes read plus bytes written.
struct Streaming {
  Bytes traffic;
  StreamClass kind = StreamClass::elementwise;
};

struct Kernel {
  std::string_view label;  // a literal the reader of a trace understands: "qkv", "attention", "mlp_up" ...
  std::variant<Gemm, Attention, Streaming> work;
  double launches = 1;  // host launches
  double repeat = 1;    // the same kernel so many times in a row
};

using KernelList = std::vector<Kernel>;

// Arithmetic on the matrix units (zero for Streaming), repeats included.
[[nodiscard]] Flops matrix_flops(const Kernel& kernel);

// The least memory traffic the kernel can do: every operand once, repeats included.
[[nodiscard]] Bytes least_traffic(const Kernel& kernel);

}  // namespace headway
