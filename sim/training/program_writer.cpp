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
         a.format == b.format && a.pass == b.pass && a.window == b.window;
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
  return a.dimension == b.dimension && a.kind == b.kind && a.bytes == b.bytes && a.efficiency == b.efficiency &&
         a.name == b.name && a.routing == b.routing && a.multiprocessors == b.multiprocessors;
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

std::uint32_t ProgramWriter::block(Block<Op> block) {
  LastOfStream last = kNoneYet;
  for (std::size_t i = 0; i < block.operations.size(); ++i)
    last[static_cast<std::size_t>(block.operations[i].stream)] = static_cast<std::int64_t>(i);
  last_in_block_.push_back(last);
  program_.ops.blocks.push_back(std::move(block));
  return static_cast<std::uint32_t>(program_.ops.blocks.size() - 1);
}

std::uint32_t ProgramWriter::single(const Op& op) {
  for (const std::uint32_t b : singles_) {
    const Op& known = program_.ops.blocks[b].operations.front();
    if (known.collective == op.collective && known.what == op.what && known.stream == op.stream) return b;
  }
  Block<Op> one;
  one.add(op);
  singles_.push_back(block(std::move(one)));
  return singles_.back();
}

void ProgramWriter::lay_down(std::uint32_t block, std::uint32_t tag, int pass) {
  program_.ops.pieces.push_back({block, size_, tag});
  program_.pass_of.push_back(pass);
  for (std::size_t s = 0; s < last_.size(); ++s)
    if (last_in_block_[block][s] >= 0) last_[s] = size_ + last_in_block_[block][s];
  size_ += static_cast<OpIndex>(program_.ops.blocks[block].operations.size());
}

OpIndex ProgramWriter::lay(std::uint32_t block, int pass, std::span<const Link> links) {
  const OpIndex first = size_;
  for (const Link& link : links) program_.ops.links.push_back({link.from, first + link.to});
  lay_down(block, first, pass);
  return first;
}

OpIndex ProgramWriter::add(const Op& op, int pass, std::span<const OpIndex> after, std::optional<int> message) {
  const OpIndex number = size_;
  std::uint32_t tag = number;
  if (message) {
    tag = static_cast<std::uint32_t>(*message);
  } else if (op.collective && between_stages(program_.calls[op.what].dimension)) {
    tag = uses_[static_cast<std::size_t>(program_.calls[op.what].dimension)]++;
  }
  for (const OpIndex from : after) program_.ops.links.push_back({from, number});
  lay_down(single(op), tag, pass);
  return number;
}

RankProgram ProgramWriter::finish(std::vector<Pass> passes) && {
  program_.passes = std::move(passes);
  return std::move(program_);
}

}  // namespace headway
