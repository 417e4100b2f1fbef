// What an actor class knows about replaying its blocks: which of them may be replayed, where it is in the latest, and which
// replay is under way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/solo.h"
#include "engine/structure.h"

namespace headway {

// The rest of a piece, run as one event.
struct Replayed {
  const Solo* solo = nullptr;  // null: nothing is replayed
  std::uint32_t piece = 0, entry = 0;
  Instant begun = 0;   // of the whole piece, had all of it run like this
  Instant woken = -1;  // the links of all tasks that end by then have been followed
  std::uint32_t ticket = kNoTicket;

  [[nodiscard]] Instant end() const { return begun + solo->duration(); }
};

class ReplayState {
 public:
  explicit ReplayState(std::size_t blocks) : blocks_(blocks) {}

  struct BlockState {
    bool decided = false, replayable = false;
    std::unique_ptr<Solo> solo;
  };
  [[nodiscard]] BlockState& block(std::uint32_t b) { return blocks_[b]; }

  Replayed under_way;

  // ---- where the actor is, among pieces that may be replayed

  void start(std::uint32_t piece, std::uint32_t place) {
    if (piece >= newest_) {  // nothing of it has started before
      newest_ = piece + 1;
      piece_ = piece;
      position_ = {};
    }
    if (piece == piece_) position_.start(place);
  }
  void end(std::uint32_t piece) {
    if (piece == piece_) ++position_.ended;
  }
  // At a cut of this piece, or before its first task.
  [[nodiscard]] bool at_cut(std::uint32_t piece) const { return piece >= newest_ || (piece == piece_ && position_.at_cut()); }
  [[nodiscard]] std::uint32_t next_place(std::uint32_t piece) const { return piece == piece_ ? position_.ended : 0; }
  void enter(const Replayed& replayed) {
    under_way = replayed;
    if (replayed.piece >= newest_) newest_ = replayed.piece + 1;
  }

  // ---- is it worth while

  // A replay cut short at once costs more than it saves: after a few of them in a row cuts pass unused, at most 31 at a time.
  [[nodiscard]] bool reluctant() {
    if (skip_ == 0) return false;
    --skip_;
    return true;
  }
  void completed() { reluctance_ = 0; }
  // Back to running task by task from this position.
  void cut_short(std::uint32_t piece, const Position& position, bool at_once) {
    piece_ = piece;
    position_ = position;
    reluctance_ = at_once ? std::min(reluctance_ + 1, kFew + 5) : 0;
    skip_ = reluctance_ > kFew ? (1U << (reluctance_ - kFew)) - 1 : 0;
  }

 private:
  static constexpr std::uint32_t kFew = 3;

  std::vector<BlockState> blocks_;
  std::uint32_t piece_ = kNone;  // the latest begun, or cut short: all its tasks are accounted for in position_
  std::uint32_t newest_ = 0;     // pieces below have begun, or may have
  Position position_;
  std::uint32_t reluctance_ = 0, skip_ = 0;
};

}  // namespace headway
