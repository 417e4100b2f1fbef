// Pending events in order of (time, sequence number): a radix heap.
//
// Simulated time only moves forward, so no event is pushed before the instant the queue stands at. An event lies in the bucket named
// by the highest bit in which its time differs from that instant; bucket 0 is the instant itself, first in, first out. To go on, the
// earliest event of the first bucket that is not empty becomes the new instant, and the events of that bucket spread over those
// below it, in order, so that equal times keep the order of pushing. An event moves at most once per bit; buckets are read and
// written front to back, so that a million pending events cost little more than a thousand.
//
// Source: Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem", J. ACM 37 (1990).
//
// Cancelling is lazy: push() returns the event's sequence number, its ticket; the owner remembers the ticket of the one event it
// waits for and drops the others when they surface.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "engine/instant.h"

namespace headway {

inline constexpr std::uint32_t kNoTicket = 0xffffffffU;

struct Event {
  Instant time = 0;
  std::uint32_t sequence = 0;
  std::uint32_t activity = 0;
};

class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

  // The instant the queue stands at. Nothing may be pushed before it.
  [[nodiscard]] Instant now() const { return now_; }

  // REQUIRES: time >= now(). The ticket.
  std::uint32_t push(Instant time, std::uint32_t activity) {
    ++size_;
    put({time, next_sequence_, activity});
    return next_sequence_++;
  }

  // Goes on to the instant of the earliest event. REQUIRES: not empty.
  void advance() {
    if (!more_now()) refill();
  }
  [[nodiscard]] bool more_now() const { return taken_ < buckets_[0].size(); }
  // The next event of this instant. REQUIRES: more_now().
  Event pop() {
    --size_;
    return buckets_[0][taken_++];
  }

  // Back to the beginning of time. REQUIRES: empty.
  void restart() { now_ = 0; }

 private:
  static constexpr std::size_t kBuckets = 64;  // times are not negative

  void put(const Event& event) {
    const auto b = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(event.time ^ now_)));
    occupied_ |= std::uint64_t{1} << b;
    buckets_[b].push_back(event);
  }

  void refill() {
    buckets_[0].clear();
    taken_ = 0;
    occupied_ &= ~std::uint64_t{1};
    const auto b = static_cast<std::size_t>(std::countr_zero(occupied_));
    std::vector<Event>& bucket = buckets_[b];
    occupied_ &= ~(std::uint64_t{1} << b);
    now_ = bucket.front().time;
    for (const Event& event : bucket) now_ = event.time < now_ ? event.time : now_;
    for (const Event& event : bucket) put(event);
    bucket.clear();
  }

  std::array<std::vector<Event>, kBuckets> buckets_;
  std::size_t taken_ = 0;  // of bucket 0
  std::uint64_t occupied_ = 0;
  Instant now_ = 0;
  std::size_t size_ = 0;
  std::uint32_t next_sequence_ = 0;
};

}  // namespace headway
