#include "training/program_writer.h"

#include <algorithm>
#include <utility>

namespace headway {
namespace {

bool same(const Gemm& a, const Gemm& b) {
  return a.m == b.m && a.n == b.n && a.k == b.k && a.batch == b.batch && a.format == b.format && a.output == b.output &&
         a.pass == b.pass;
}

bool same(const Attention& a, const Attention& b) {
  return a.batch == b.batch && a.heads == b.heads && a.kv_heads == b.kv_heads && a.q_length == b.q_length &&
         a.kv_length == b.kv_length && a.qk_dim == b.qk_dim && a.v_dim == b.v_dim && a.causal == b.causal &&
         a.format == b.format && a.pass == b.pass;
}

bool same(const Streaming& a, const Streaming& b) { return a.traffic == b.traffic && a.kind == b.kind; }

// Equal but for how often it is repeated.
bool same_work(const Kernel& a, const Kernel& b) {
  if (a.label != b.label || a.launches != b.launches || a.work.index() != b.work.index()) return false;
  return std::visit([&](const auto& work) { return same(work, std::get<std::decay_t<decltype(work)>>(b.work)); }, a.work);
}

bool same_kernels(const KernelList& a, const KernelList& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Kernel& x, const Kernel& y) { return x.repeat == y.repeat && same_work(x, y); });
}

bool same(const Segment& a, const Segment& b) {
  return a.activity == b.activity && a.host == b.host && a.name == b.name && same_kernels(a.kernels, b.kernels);
}

bool same(const CollectiveCall& a, const CollectiveCall& b) {
  return a.dimension == b.dimension && a.kind == b.kind && a.bytes == b.bytes && a.efficiency == b.efficiency && a.name == b.name;
}

template <class T>
std::uint32_t index_of(std::vector<T>& items, T item) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const T& other) { return same(other, item); });
  const auto index = static_cast<std::uint32_t>(found - items.begin());
  if (found == items.end()) items.push_back(std::move(item));
  return index;
}

}  // namespace

void merge_kernel(KernelList& kernels, const Kernel& kernel) {
  const auto found = std::find_if(kernels.begin(), kernels.end(), [&](const Kernel& other) { return same_work(other, kernel); });
  if (found == kernels.end())
    kernels.push_back(kernel);
  else
    found->repeat += kernel.repeat;
}

std::uint32_t ProgramWriter::segment(Segment segment) { return index_of(program_.segments, std::move(segment)); }

std::uint32_t ProgramWriter::call(CollectiveCall call) { return index_of(program_.calls, std::move(call)); }

OpIndex ProgramWriter::add(Op op, std::span<const OpIndex> after) {
  const auto index = static_cast<OpIndex>(program_.ops.size());
  if (op.collective && op.tag < 0) op.tag = uses_[static_cast<std::size_t>(program_.calls[op.what].dimension)]++;
  program_.ops.push_back(op);
  program_.after.insert(program_.after.end(), after.begin(), after.end());
  program_.after_offset.push_back(static_cast<std::uint32_t>(program_.after.size()));
  last_[static_cast<std::size_t>(op.stream)] = index;
  return index;
}

void ProgramWriter::reserve(std::size_t ops) {
  program_.ops.reserve(ops);
  program_.after_offset.reserve(ops + 1);
  program_.after.reserve(ops);
}

RankProgram ProgramWriter::finish(std::vector<Pass> passes) && {
  program_.passes = std::move(passes);
  return std::move(program_);
}

}  // namespace headway
