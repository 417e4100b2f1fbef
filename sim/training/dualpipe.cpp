#include "training/dualpipe.h"

#include <algorithm>
#include <array>

namespace headway {
namespace {

// Which chunk passes of either direction belong to, and its first microbatch.
struct Direction {
  int chunk = 0, first_microbatch = 0;
};

class Writer {
 public:
  explicit Writer(std::array<Direction, 2> directions) : directions_(directions) {}

  void forward(std::size_t d) { add(PassKind::forward, d, forwards_[d]++); }
  void backward(std::size_t d) { add(PassKind::backward, d, backwards_[d]++); }
  void input_gradient(std::size_t d) {
    add(PassKind::input_gradient, d, backwards_[d]++);
    waiting_.push_back({PassKind::weight_gradient, passes_.back().chunk, passes_.back().microbatch});
  }
  // Of the microbatch that has waited longest, whichever its direction.
  void weight_gradient() {
    passes_.push_back(waiting_.front());
    waiting_.erase(waiting_.begin());
  }
  void together(std::size_t forwards, std::size_t backwards) {
    forward(forwards);
    passes_.back().with_next = true;
    backward(backwards);
  }

  std::vector<Pass> passes() && { return std::move(passes_); }

 private:
  void add(PassKind kind, std::size_t d, int number) {
    passes_.push_back({kind, directions_[d].chunk, directions_[d].first_microbatch + number});
  }

  std::array<Direction, 2> directions_;
  std::array<int, 2> forwards_{}, backwards_{};
  std::vector<Pass> passes_, waiting_;
};

// n, r and k of the header.
std::vector<Pass> both_ways(int half, int distance, int microbatches, std::array<Direction, 2> directions) {
  Writer writer(directions);
  const int to_turn = half - distance - 1, from_end = distance + 1;
  for (int i = 0; i < 2 * to_turn; ++i) writer.forward(0);
  for (int i = 0; i < from_end; ++i) {
    writer.forward(0);
    writer.forward(1);
  }
  for (int i = 0; i < to_turn; ++i) {
    writer.input_gradient(1);
    writer.weight_gradient();
    writer.forward(1);
  }
  for (int i = 0; i < microbatches - 2 * half + from_end; ++i) {
    if (i == 0 && to_turn == 0) {
      writer.forward(0);
      writer.backward(1);
    } else {
      writer.together(0, 1);
    }
    writer.together(1, 0);
  }
  for (int i = 0; i < to_turn; ++i) {
    writer.backward(1);
    writer.together(1, 0);
  }
  for (int i = 0; i < 2 * from_end; ++i) {
    const std::size_t d = i % 2 == 0 ? 1 : 0;
    i < from_end ? writer.backward(d) : writer.input_gradient(d);
  }
  for (int i = 0; i < to_turn; ++i) {
    writer.weight_gradient();
    writer.input_gradient(0);
  }
  for (int i = 0; i < from_end; ++i) writer.weight_gradient();
  return std::move(writer).passes();
}

}  // namespace

std::vector<Pass> dualpipe_passes(int pipeline, int stage, int microbatches) {
  const int half = microbatches / 2;
  std::array<Direction, 2> directions{{{0, 0}, {1, half}}};
  if (stage >= pipeline / 2) std::swap(directions[0], directions[1]);
  return both_ways(pipeline / 2, std::min(stage, pipeline - 1 - stage), half, directions);
}

std::vector<Pass> dualpipe_v_passes(int pipeline, int stage, int microbatches) {
  return both_ways(pipeline, stage, microbatches, {{{0, 0}, {1, 0}}});
}

}  // namespace headway
