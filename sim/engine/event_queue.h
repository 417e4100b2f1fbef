// Pending events in order of (time, sequence number): a 4-ary heap of small values.
//
// Cancelling is lazy: the owner bumps its version and drops stale events when they surface.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/instant.h"

namespace headway {

struct Event {
  Instant time = 0;
  std::uint32_t sequence = 0;
  std::uint32_t activity = 0;
  std::uint32_t version = 0;

  [[nodiscard]] bool before(const Event& other) const {
    return time != other.time ? time < other.time : sequence < other.sequence;
  }
};

class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] const Event& top() const { return heap_.front(); }

  void push(Instant time, std::uint32_t activity, std::uint32_t version) {
    heap_.push_back({time, next_sequence_++, activity, version});
    sift_up(heap_.size() - 1);
  }

  Event pop() {
    const Event first = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sift_down(last);
    return first;
  }

 private:
  static constexpr std::size_t kArity = 4;

  void sift_up(std::size_t child) {
    const Event moving = heap_[child];
    while (child > 0) {
      const std::size_t parent = (child - 1) / kArity;
      if (!moving.before(heap_[parent])) break;
      heap_[child] = heap_[parent];
      child = parent;
    }
    heap_[child] = moving;
  }

  void sift_down(const Event& moving) {
    const std::size_t size = heap_.size();
    std::size_t parent = 0;
    for (std::size_t first = 1; first < size; first = parent * kArity + 1) {
      const std::size_t end = first + kArity < size ? first + kArity : size;
      std::size_t best = first;
      for (std::size_t c = first + 1; c < end; ++c)
        if (heap_[c].before(heap_[best])) best = c;
      if (!heap_[best].before(moving)) break;
      heap_[parent] = heap_[best];
      parent = best;
    }
    heap_[parent] = moving;
  }

  std::vector<Event> heap_;
  std::uint32_t next_sequence_ = 0;
};

}  // namespace headway
