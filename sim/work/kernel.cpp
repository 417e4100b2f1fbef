#include "work/kernel.h"

namespace headway {
namespace {

Flops flops_of(const Gemm& g) { return Flops(2.0 * g.m * g.n * g.k * g.batch); }

Flops flops_of(const Attention& a) {
  const double keys = a.causal ? causal_keys(a.kv_length, a.window) : a.kv_length;
  return Flops(2.0 * a.batch * a.heads * a.q_length * keys * (a.qk_dim + a.v_dim) *
               (a.pass == AttentionPass::forward ? 1.0 : 2.5));
}

Flops flops_of(const Streaming&) { return Flops(0); }

Bytes traffic_of(const Gemm& g) {
  const double output_passes = g.pass == GemmPass::weight_gradient ? 2.0 : 1.0;
  return g.batch * ((g.m * g.k + g.k * g.n) * element_size(g.format) + output_passes * g.m * g.n * element_size(g.output));
}

Bytes traffic_of(const Attention& a) {
  const double q_and_o = a.batch * a.heads * a.q_length * (a.qk_dim + a.v_dim);
  const double k_and_v = a.batch * a.kv_heads * a.kv_length * (a.qk_dim + a.v_dim);
  const double passes = a.pass == AttentionPass::forward ? 1.0 : 2.0;  // backward reads them and writes their gradients
  return passes * (q_and_o + k_and_v) * element_size(a.format);
}

Bytes traffic_of(const Streaming& s) { return s.traffic; }

}  // namespace

double causal_keys(double length, double window) {
  if (window <= 0 || window >= length) return 0.5 * length;
  return window - 0.5 * window * window / length;
}

Flops matrix_flops(const Kernel& kernel) {
  return kernel.repeat * std::visit([](const auto& work) { return flops_of(work); }, kernel.work);
}

Bytes least_traffic(const Kernel& kernel) {
  return kernel.repeat * std::visit([](const auto& work) { return traffic_of(work); }, kernel.work);
}

}  // namespace headway
