// Pending events in order of (time, sequence number): a 4-ary heap of 16-byte values, four children to a cache line.
//
// Cancelling is lazy: push() returns the event's sequence number, its ticket; the owner remembers the ticket of the one event it
// waits for and drops the others when they surface.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/instant.h"

namespace headway {

inline constexpr std::uint32_t kNoTicket = 0xffffffffU;

struct Event {
  Instant time = 0;
  std::uint32_t sequence = 0;
  std::uint32_t activity = 0;

  // Without a branch: which of two events comes first is a coin toss to the processor.
  [[nodiscard]] bool before(const Event& other) const {
    return static_cast<bool>(static_cast<int>(time < other.time) |
                             (static_cast<int>(time == other.time) & static_cast<int>(sequence < other.sequence)));
  }
};

class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] const Event& top() const { return heap_.front(); }

  // The ticket.
  std::uint32_t push(Instant time, std::uint32_t activity) {
    const Event event{time, next_sequence_++, activity};
    heap_.push_back(event);
    sift_up(heap_.size() - 1, event);
    return event.sequence;
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

  void sift_up(std::size_t child, const Event& moving) {
    while (child > 0) {
      const std::size_t parent = (child - 1) / kArity;
      if (!moving.before(heap_[parent])) break;
      heap_[child] = heap_[parent];
      child = parent;
    }
    heap_[child] = moving;
  }

  void sift_down(const Event& moving) {
    Event* const heap = heap_.data();
    const std::size_t size = heap_.size();
    std::size_t parent = 0;
    std::size_t first = 1;
    for (; first + kArity <= size; first = parent * kArity + 1) {
      const std::size_t left = heap[first + 1].before(heap[first]) ? first + 1 : first;
      const std::size_t right = heap[first + 3].before(heap[first + 2]) ? first + 3 : first + 2;
      const std::size_t best = heap[right].before(heap[left]) ? right : left;
      if (!heap[best].before(moving)) break;
      heap[parent] = heap[best];
      parent = best;
    }
    if (first < size && first + kArity > size) {  // the one parent with fewer children
      std::size_t best = first;
      for (std::size_t c = first + 1; c < size; ++c) best = heap[c].before(heap[best]) ? c : best;
      if (heap[best].before(moving)) {
        heap[parent] = heap[best];
        parent = best;
      }
    }
    heap[parent] = moving;
  }

  std::vector<Event> heap_;
  std::uint32_t next_sequence_ = 0;
};

}  // namespace headway
