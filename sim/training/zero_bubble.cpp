#include "training/zero_bubble.h"

#include <algorithm>
#include <array>

namespace headway {
namespace {

// Writes passes of two chunks; each kind of each chunk goes through the microbatches in order.
class Writer {
 public:
  void forward(int chunk) { add(PassKind::forward, chunk, forwards_); }
  void input_gradient(int chunk) { add(PassKind::input_gradient, chunk, inputs_); }
  void weight_gradient(int chunk) { add(PassKind::weight_gradient, chunk, weights_); }
  void backward_halves(int chunk) {
    input_gradient(chunk);
    weight_gradient(chunk);
  }

  [[nodiscard]] int forwards(int chunk) const { return forwards_[static_cast<std::size_t>(chunk)]; }
  [[nodiscard]] int waiting(int chunk) const {  // for their weight gradients
    return inputs_[static_cast<std::size_t>(chunk)] - weights_[static_cast<std::size_t>(chunk)];
  }
  [[nodiscard]] int inputs(int chunk) const { return inputs_[static_cast<std::size_t>(chunk)]; }

  // Of the first `microbatches`.
  [[nodiscard]] std::vector<Pass> passes(int microbatches) && {
    std::erase_if(passes_, [&](const Pass& pass) { return pass.microbatch >= microbatches; });
    return std::move(passes_);
  }

 private:
  using Count = std::array<int, 2>;  // by chunk
  void add(PassKind kind, int chunk, Count& count) { passes_.push_back({kind, chunk, count[static_cast<std::size_t>(chunk)]++}); }

  std::vector<Pass> passes_;
  Count forwards_{}, inputs_{}, weights_{};
};

}  // namespace

std::vector<Pass> zb_h1_passes(int pipeline, int stage, int microbatches) {
  Writer writer;
  const int warm_up = std::min(pipeline - 1 - stage, microbatches);
  for (int i = 0; i < warm_up; ++i) writer.forward(0);
  while (writer.forwards(0) < microbatches) {
    writer.forward(0);
    writer.input_gradient(0);
    if (writer.waiting(0) > stage) writer.weight_gradient(0);
  }
  while (writer.inputs(0) < microbatches) writer.backward_halves(0);
  while (writer.waiting(0) > 0) writer.weight_gradient(0);
  return std::move(writer).passes(microbatches);
}

// Written for as many microbatches as fill the pipeline; fewer run in the same order.
std::vector<Pass> zb_v_passes(int pipeline, int stage, int microbatches) {
  Writer writer;
  const int enough = std::max(2 * pipeline - 1, microbatches), behind = pipeline - stage;
  for (int i = 0; i < 2 * behind - 1; ++i) writer.forward(0);
  for (int i = 0; i < stage; ++i) {
    writer.forward(1);
    writer.forward(0);
  }
  for (int i = 0; i < behind; ++i) {
    writer.forward(1);
    writer.backward_halves(1);
  }
  while (writer.forwards(1) < enough) {
    if (writer.forwards(0) < enough) writer.forward(0);
    writer.backward_halves(0);
    writer.forward(1);
    writer.backward_halves(1);
  }
  for (int i = 0; i < stage; ++i) {
    writer.input_gradient(0);
    writer.input_gradient(1);
  }
  for (int i = 0; i < behind; ++i) writer.backward_halves(0);
  for (const int chunk : {1, 0})
    while (writer.waiting(chunk) > 0) writer.weight_gradient(chunk);
  return std::move(writer).passes(microbatches);
}

}  // namespace headway
