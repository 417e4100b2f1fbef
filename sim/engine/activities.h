// Activities under way: each waits for its latency, then draws on resources at the level they leave it, until its work is done.
//
// The owner takes events off the queue and says what follows; nothing here knows tasks. Levels are computed by share(), once all
// starts and ends of an instant are in. An activity whose level does not change keeps its completion event, and its progress is not
// rounded again.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/event_queue.h"
#include "engine/instant.h"
#include "engine/sharing.h"

namespace headway {

// An activity as it is run again and again.
struct ActivityTemplate {
  double work = 0;
  Picoseconds latency = 0;
  Demand demand;
};

// Whose activity it is; the numbers mean something to the owner only.
struct Subject {
  std::uint32_t actor = 0, piece = 0, place = 0;
};

// How far an activity that draws on resources has come.
struct Progress {
  double remaining = 0, level = 0;
  Instant updated = 0;
  Instant due = 0;  // its end, if nothing changes
};

class Activities {
 public:
  using Id = std::uint32_t;

  explicit Activities(const std::vector<std::int64_t>& capacity) : sharing_(capacity) {}

  [[nodiscard]] const Sharing& sharing() const { return sharing_; }

  // ---- time

  [[nodiscard]] Instant now() const { return queue_.now(); }
  [[nodiscard]] bool idle() const { return queue_.empty(); }
  EventQueue& queue() { return queue_; }
  [[nodiscard]] Instant in(Picoseconds duration) const;

  // ---- the life of an activity

  // Returns true if it waits for its latency; else the owner calls begin() now.
  bool create(const ActivityTemplate& what, const Subject& subject, Id& id);
  // False: the event has been overtaken, or the activity has been slowed since and ends later.
  [[nodiscard]] bool is_due(const Event& event);
  [[nodiscard]] bool in_latency(Id id) const { return live_[id].phase == Phase::latency; }
  [[nodiscard]] const ActivityTemplate& what(Id id) const { return *live_[id].what; }
  [[nodiscard]] const Subject& subject(Id id) const { return live_[id].subject; }
  // The latency is over.
  void begin(Id id);
  // The work is done.
  Subject end(Id id);

  // Activities as they were left: waiting for a latency that ends at `due`, or under way.
  void revive_waiting(const ActivityTemplate& what, const Subject& subject, Instant due);
  void revive(const ActivityTemplate& what, const Subject& subject, const Progress& progress);

  // Computes the levels that can have changed; `observe(id, progress)` for each that did.
  template <class Observe>
  void share(Observe&& observe);

 private:
  enum class Phase : std::uint8_t { latency, running };

  struct Live {
    const ActivityTemplate* what = nullptr;
    double remaining = 0, level = 0;
    Instant updated = 0;
    Instant due = 0;      // its end, if nothing changes
    Instant awaited = 0;  // the instant of the event it waits for, never after `due`
    Subject subject;
    std::uint32_t ticket = 0;  // of that event
    Phase phase = Phase::latency;
  };

  Id add(const ActivityTemplate& what, const Subject& subject, Phase phase);
  void await(Id id, Instant due) {
    live_[id].due = live_[id].awaited = due;
    live_[id].ticket = queue_.push(due, id);
  }

  Sharing sharing_;
  EventQueue queue_;
  std::vector<Live> live_;
  std::vector<Id> free_;
};

inline Activities::Id Activities::add(const ActivityTemplate& what, const Subject& subject, Phase phase) {
  Id id = 0;
  if (free_.empty()) {
    id = static_cast<Id>(live_.size());
    live_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  Live& a = live_[id];
  a.what = &what;
  a.subject = subject;
  a.phase = phase;
  return id;
}

inline bool Activities::create(const ActivityTemplate& what, const Subject& subject, Id& id) {
  id = add(what, subject, Phase::latency);
  if (what.latency <= 0) return false;
  await(id, in(what.latency));
  return true;
}

inline void Activities::begin(Id id) {
  Live& a = live_[id];
  a.phase = Phase::running;
  a.remaining = a.what->work;
  a.level = 0;
  a.updated = now();
  a.awaited = kEndOfTime;
  if (a.what->work <= 0) {
    await(id, now());  // nothing to share for
  } else {
    sharing_.enter(id, a.what->demand);
  }
}

inline bool Activities::is_due(const Event& event) {
  const Live& a = live_[event.activity];
  if (a.ticket != event.sequence) return false;
  if (a.due > now()) await(event.activity, a.due);
  return a.due == now();
}

inline Subject Activities::end(Id id) {
  Live& a = live_[id];
  if (a.what->work > 0) sharing_.leave(id);
  a.ticket = kNoTicket;
  free_.push_back(id);
  return a.subject;
}

template <class Observe>
void Activities::share(Observe&& observe) {
  sharing_.share([&](Id id, double level) {
    Live& a = live_[id];
    if (a.level > 0) a.remaining -= a.level * (static_cast<double>(now() - a.updated) * 1e-12);
    a.updated = now();
    a.level = level;
    const double left = a.remaining > 0 ? a.remaining : 0;
    a.due = in(to_picoseconds(Seconds(left / level)));
    if (a.due < a.awaited) await(id, a.due);  // slowed, it is asked again when its event comes
    observe(id, Progress{a.remaining, level, now(), a.due});
  });
}

}  // namespace headway
