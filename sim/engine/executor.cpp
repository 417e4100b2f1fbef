#include "engine/executor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "engine/activities.h"
#include "engine/meetings.h"
#include "engine/plan.h"
#include "engine/replay.h"
#include "engine/templates.h"

namespace headway {
namespace {

constexpr std::uint32_t kWake = 0x80000000U;  // an event for the block an actor replays, not for an activity
constexpr std::uint16_t kStarted = 0xffff;    // in Actor::waits_for
constexpr std::uint32_t kOftenEnough = 3;     // pieces of a block, to solve it alone
constexpr std::uint32_t kLongEnough = 3;      // tasks, to replay them

class Executor {
 public:
  Executor(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds, const std::vector<Program>& programs,
           Replay replay, const Metering* metering)
      : q_(quotient),
        capacity_(all_capacities(quotient, programs)),
        templates_(quotient, kinds, programs),
        activities_(capacity_),
        replay_(metering == nullptr ? replay : Replay::never),
        claims_(capacity_.size()),
        meetings_(quotient.group_kind.size()) {
    if (metering != nullptr) meter_.emplace(*metering);
    for (const Program& program : programs) {
      plans_.push_back(plan_of(program));
      uses_.push_back(program.tasks.uses());
    }
    timeline_.tasks.resize(q_.actors.size());
    actors_.reserve(q_.actors.size());
    for (std::uint32_t k = 0; k < q_.actors.size(); ++k) {
      const std::uint32_t p = q_.actors[k].program;
      timeline_.tasks[k].resize(programs[p].tasks.size());
      actors_.emplace_back(programs[p], plans_[p], uses_[p], timeline_.tasks[k].data());
      tasks_left_ += programs[p].tasks.size();
    }
  }

  Timeline run(ExecutionStats* stats, Instant until) {
    start_what_waits_for_nothing();
    start_deferred();
    share();
    while (!activities_.idle()) {
      activities_.queue().advance();
      if (activities_.now() > until) {
        timeline_.end = activities_.now();
        return std::move(timeline_);
      }
      while (activities_.queue().more_now()) {
        while (activities_.queue().more_now()) handle(activities_.queue().pop());
        start_deferred();
      }
      share();
    }
    HEADWAY_CHECK(tasks_left_ == 0, std::to_string(tasks_left_) + " tasks wait for one another: " + first_stuck());
    const std::uint64_t solves_alone = alone_ ? alone_->sharing().solves() : 0;
    if (stats != nullptr) *stats = {completions_, replayed_, activities_.sharing().solves() + solves_alone};
    if (meter_) timeline_.use = meter_->take();
    return std::move(timeline_);
  }

 private:
  struct Actor {
    const Program* program = nullptr;
    const Plan* plan = nullptr;
    const std::vector<std::uint32_t>* uses = nullptr;  // of each block
    TaskTimes* times = nullptr;                        // in the timeline
    std::vector<std::uint16_t> waits_for;              // by task: how many others are still to end, or kStarted
    std::vector<std::uint16_t> links_to_come;          // by piece
    ReplayState replay;

    Actor(const Program& p, const Plan& its_plan, const std::vector<std::uint32_t>& block_uses, TaskTimes* in_timeline)
        : program(&p),
          plan(&its_plan),
          uses(&block_uses),
          times(in_timeline),
          waits_for(its_plan.waits_for),
          links_to_come(its_plan.links_into),
          replay(block_uses.size()) {}

    [[nodiscard]] const Piece& piece(std::uint32_t p) const { return program->tasks.pieces[p]; }
    [[nodiscard]] const Task& task(const Subject& s) const {
      return program->tasks.blocks[piece(s.piece).block].operations[s.place];
    }
    [[nodiscard]] std::uint32_t number(const Subject& s) const { return piece(s.piece).first + s.place; }
  };
  // Who is about to use a resource.
  struct Claim {
    std::uint32_t owner = kNone;  // the actor class whose replay it belongs to
    std::uint32_t expected = 0;   // activities that wait for their latency
  };

  // ---- tasks

  void start_what_waits_for_nothing() {
    for (std::uint32_t k = 0; k < actors_.size(); ++k) {
      const std::vector<Piece>& pieces = actors_[k].program->tasks.pieces;
      const std::vector<std::uint16_t>& waits_for = actors_[k].plan->waits_for;
      auto free = std::find(waits_for.begin(), waits_for.end(), 0);
      for (std::uint32_t p = 0; free != waits_for.end(); free = std::find(free + 1, waits_for.end(), 0)) {
        const auto task = static_cast<std::uint32_t>(free - waits_for.begin());
        while (p + 1 < pieces.size() && pieces[p + 1].first <= task) ++p;
        start_task({k, p, task - pieces[p].first});
      }
    }
  }

  // Tasks that may be part of a replay wait until every end of this instant is known.
  void start_task(const Subject& s) {
    if (replayable(s.actor, actors_[s.actor].piece(s.piece).block))
      deferred_.push_back(s);
    else
      start_now(s);
  }

  void start_deferred() {
    if (deferred_.empty()) return;
    for (std::size_t i = 0; i < deferred_.size(); ++i) {  // the list may grow
      const Subject s = deferred_[i];
      Actor& actor = actors_[s.actor];
      if (actor.waits_for[actor.number(s)] == kStarted) continue;
      const Replayed& replayed = actor.replay.under_way;
      if (replayed.solo != nullptr && replayed.piece == s.piece) continue;  // part of it
      if (enter_replay(s.actor, s.piece)) continue;
      actor.replay.start(s.piece, s.place);
      start_now(s);
    }
    deferred_.clear();
  }

  void start_now(const Subject& s) {
    Actor& actor = actors_[s.actor];
    const std::uint32_t t = actor.number(s);
    actor.waits_for[t] = kStarted;
    actor.times[t].ready = activities_.now();
    const Task& task = actor.task(s);
    if (task.group) {
      arrive(s, task);
    } else {
      actor.times[t].start = activities_.now();
      activate(templates_.local(s.actor, task.what), s);
    }
  }

  [[nodiscard]] std::uint32_t group_of(std::uint32_t actor, const Task& task) const {
    const std::uint32_t g = q_.group_of[actor * static_cast<std::size_t>(q_.slots) + task.slot];
    HEADWAY_CHECK(g != kNone, "an actor has no group in slot " + std::to_string(task.slot));
    return g;
  }
  [[nodiscard]] std::uint32_t members(std::uint32_t group) const { return q_.member_offset[group + 1] - q_.member_offset[group]; }

  void arrive(const Subject& s, const Task& task) {
    const std::uint32_t g = group_of(s.actor, task);
    if (members(g) == 1) {  // all of one class: nobody to wait for
      actors_[s.actor].times[actors_[s.actor].number(s)].start = activities_.now();
      activate(templates_.group(g, task.what), s);
      return;
    }
    const std::uint32_t tag = actors_[s.actor].piece(s.piece).tag + task.tag;
    const std::optional<std::uint32_t> meeting = meetings_.arrive(g, members(g), tag, s);
    if (!meeting) return;
    meetings_.for_each_task(*meeting, [this](const Subject& member) {
      actors_[member.actor].times[actors_[member.actor].number(member)].start = activities_.now();
    });
    activate(templates_.group(g, task.what), {kNone, 0, *meeting});
  }

  void finish_task(const Subject& s) {
    Actor& actor = actors_[s.actor];
    const Piece& piece = actor.piece(s.piece);
    actor.times[piece.first + s.place].end = timeline_.end = activities_.now();
    --tasks_left_;
    actor.replay.end(s.piece);
    const Plan& plan = *actor.plan;
    const BlockPlan& block = plan.blocks[piece.block];
    for (std::uint32_t e = block.next_offset[s.place]; e < block.next_offset[s.place + 1]; ++e)
      if (--actor.waits_for[piece.first + block.next[e]] == 0) start_task({s.actor, s.piece, block.next[e]});
    for (std::uint32_t e = plan.link_offset[s.piece]; e < plan.link_offset[s.piece + 1]; ++e)
      if (plan.links[e].from == s.place) follow({s.actor, plan.links[e].to_piece, plan.links[e].to});
  }

  // The link into this task is satisfied.
  void follow(const Subject& s) {
    Actor& actor = actors_[s.actor];
    --actor.links_to_come[s.piece];
    if (--actor.waits_for[actor.number(s)] == 0) start_task(s);
  }

  // ---- activities

  void activate(const ActivityTemplate& what, const Subject& subject) {
    Activities::Id id = 0;
    if (activities_.create(what, subject, id)) {
      for_each_resource(what.demand, [&](std::uint32_t r) { ++claims_[r].expected; });
    } else {
      begin(id);
    }
  }

  void begin(Activities::Id id) {
    const ActivityTemplate& what = activities_.what(id);
    for_each_resource(what.demand, [&](std::uint32_t r) {
      if (what.latency > 0) --claims_[r].expected;
      if (claims_[r].owner != kNone && what.work > 0) cut_short(claims_[r].owner);
    });
    activities_.begin(id);
  }

  template <class Visit>
  static void for_each_resource(const Demand& demand, Visit&& visit) {
    for (const Demand::Wish& wish : demand.draws()) visit(wish.resource);
    for (const Draw& hold : demand.holds()) visit(hold.resource);
  }

  void handle(const Event& event) {
    if ((event.activity & kWake) != 0) {
      wake(event.activity & ~kWake, event.sequence);
      return;
    }
    if (!activities_.is_due(event)) return;
    if (activities_.in_latency(event.activity)) {
      begin(event.activity);
      return;
    }
    ++completions_;
    if (meter_) meter_->set_level(event.activity, activities_.what(event.activity).demand, 0, activities_.now());
    const Subject subject = activities_.end(event.activity);
    if (subject.actor != kNone) {
      finish_task(subject);
      return;
    }
    meetings_.finish(subject.place, [this](const Subject& member) { finish_task(member); });
  }

  void share() {
    if (!meter_) return activities_.share([](Activities::Id, const Progress&) {});
    activities_.share([this](Activities::Id id, const Progress& progress) {
      meter_->set_level(id, activities_.what(id).demand, progress.level, activities_.now());
    });
  }

  // ---- replay

  bool replayable(std::uint32_t k, std::uint32_t b) {
    ReplayState::BlockState& state = actors_[k].replay.block(b);
    if (!state.decided) {
      state.decided = true;
      state.replayable = replay_ == Replay::where_exact && (*actors_[k].uses)[b] >= kOftenEnough && concerns_nobody_else(k, b);
    }
    return state.replayable;
  }

  [[nodiscard]] bool concerns_nobody_else(std::uint32_t k, std::uint32_t b) const {
    const std::vector<Task>& tasks = actors_[k].program->tasks.blocks[b].operations;
    if (tasks.size() < kLongEnough) return false;
    for (const Task& task : tasks)
      if (task.group && members(group_of(k, task)) > 1) return false;
    return true;
  }

  const Solo& solo(std::uint32_t k, std::uint32_t b) {
    std::unique_ptr<Solo>& known = actors_[k].replay.block(b).solo;
    if (known) return *known;
    std::vector<const ActivityTemplate*> what;
    for (const Task& task : actors_[k].program->tasks.blocks[b].operations)
      what.push_back(task.group ? &templates_.group(group_of(k, task), task.what) : &templates_.local(k, task.what));
    if (!alone_) alone_.emplace(capacity_);
    known = std::make_unique<Solo>(actors_[k].plan->blocks[b], std::move(what), *alone_);
    return *known;
  }

  // Makes the rest of the piece one event, if it stands at a cut and everything it needs is free.
  bool enter_replay(std::uint32_t k, std::uint32_t p) {
    Actor& actor = actors_[k];
    if (actor.links_to_come[p] > 0 || actor.replay.under_way.solo != nullptr || !actor.replay.at_cut(p)) return false;
    const Piece& piece = actor.piece(p);
    const std::uint32_t place = actor.replay.next_place(p);
    if (actor.waits_for[piece.first + place] != 0 || actor.replay.reluctant()) return false;
    const Solo& rest = solo(k, piece.block);
    const std::optional<Instant> cut = rest.cut(place);
    if (!cut || place + kLongEnough > rest.size()) return false;
    for (const std::uint32_t r : rest.resources())
      if (claims_[r].owner != kNone || claims_[r].expected > 0 || !activities_.sharing().idle(r)) return false;
    for (const std::uint32_t r : rest.resources()) claims_[r].owner = k;
    actor.replay.enter({&rest, p, place, activities_.now() - *cut, activities_.now() - 1, kNoTicket});
    wake_next(k);
    return true;
  }

  // The next instant at which somebody outside waits for a task of the replay, or its end.
  void wake_next(std::uint32_t k) {
    const Actor& actor = actors_[k];
    Replayed& r = actors_[k].replay.under_way;
    Instant next = r.end();
    for (std::uint32_t e = actor.plan->link_offset[r.piece]; e < actor.plan->link_offset[r.piece + 1]; ++e) {
      const PieceLink& link = actor.plan->links[e];
      if (link.from < r.entry) continue;
      const Instant end = r.begun + r.solo->times(link.from).end;
      if (end > r.woken && end < next) next = end;
    }
    r.ticket = activities_.queue().push(activities_.in(next - activities_.now()), k | kWake);
  }

  void wake(std::uint32_t k, std::uint32_t ticket) {
    Actor& actor = actors_[k];
    if (actor.replay.under_way.solo == nullptr || actor.replay.under_way.ticket != ticket) return;
    actor.replay.under_way.woken = activities_.now();
    const Replayed r = actor.replay.under_way;
    if (activities_.now() == r.end()) complete(k);
    for (std::uint32_t e = actor.plan->link_offset[r.piece]; e < actor.plan->link_offset[r.piece + 1]; ++e) {
      const PieceLink& link = actor.plan->links[e];
      if (link.from >= r.entry && r.begun + r.solo->times(link.from).end == r.woken) follow({k, link.to_piece, link.to});
    }
    const Replayed& still = actor.replay.under_way;  // what follows may have cut it short
    if (still.solo != nullptr && still.ticket == ticket) wake_next(k);
  }

  void complete(std::uint32_t k) {
    const Replayed r = leave_replay(k);
    Actor& actor = actors_[k];
    pass(actor, r, r.entry, r.solo->size());
    actor.replay.completed();
  }

  Replayed leave_replay(std::uint32_t k) {
    const Replayed r = std::exchange(actors_[k].replay.under_way, {});
    for (const std::uint32_t resource : r.solo->resources()) claims_[resource].owner = kNone;
    return r;
  }

  // The tasks of these places ended inside the replay.
  void pass(Actor& actor, const Replayed& r, std::uint32_t from, std::uint32_t to) {
    const std::uint32_t first = actor.piece(r.piece).first;
    TaskTimes* const times = actor.times + first;
    for (std::uint32_t place = from; place < to; ++place) {
      const TaskTimes& t = r.solo->times(place);
      times[place] = {r.begun + t.ready, r.begun + t.start, r.begun + t.end};
      timeline_.end = std::max(timeline_.end, times[place].end);
    }
    std::fill(actor.waits_for.begin() + first + from, actor.waits_for.begin() + first + to, kStarted);
    tasks_left_ -= to - from;
    completions_ += to - from;
    replayed_ += to - from;
  }

  // Back to task by task: everything as it was just before this instant; what ends or starts in it has still to do so, but for tasks
  // whose end has been told already.
  void cut_short(std::uint32_t k) {
    const Replayed r = leave_replay(k);
    const Instant now = activities_.now() - r.begun;
    const auto has_ended = [&](std::uint32_t place) {
      const Instant end = r.solo->times(place).end;
      return end < now || (end == now && r.woken == activities_.now());
    };
    std::uint32_t reached = r.entry;
    while (reached < r.solo->size() && has_ended(reached)) ++reached;
    end_in_replay(k, r, r.entry, reached);
    Position position{reached, reached, reached};
    const std::uint32_t in_order = reached;
    for (; reached < r.solo->size() && r.solo->cut(reached).value_or(now) <= now; ++reached) {
      if (has_ended(reached)) {
        end_in_replay(k, r, reached, reached + 1);
        position.start(reached);
        ++position.ended;
      } else if (r.solo->times(reached).start < now) {
        revive(r, {k, r.piece, reached}, now);
        position.start(reached);
      }
    }
    const std::uint16_t* const waits_for = actors_[k].waits_for.data() + actors_[k].piece(r.piece).first;
    for (std::uint32_t place = in_order; place < reached; ++place)
      if (waits_for[place] == 0) deferred_.push_back({k, r.piece, place});
    actors_[k].replay.cut_short(r.piece, position, position.ended < r.entry + kLongEnough);
  }

  // The tasks of these places ended inside the replay; what waits for them has not been told.
  void end_in_replay(std::uint32_t k, const Replayed& r, std::uint32_t from, std::uint32_t to) {
    Actor& actor = actors_[k];
    const Piece& piece = actor.piece(r.piece);
    const BlockPlan& block = actor.plan->blocks[piece.block];
    std::uint16_t* const waits_for = actor.waits_for.data() + piece.first;
    for (std::uint32_t e = block.next_offset[from]; e < block.next_offset[to]; ++e) --waits_for[block.next[e]];
    pass(actor, r, from, to);
  }

  void revive(const Replayed& r, const Subject& s, Instant now) {
    Actor& actor = actors_[s.actor];
    const TaskTimes& times = r.solo->times(s.place);
    const ActivityTemplate& what = r.solo->what(s.place);
    TaskTimes& mine = actor.times[actor.number(s)];
    mine.ready = r.begun + times.ready;
    mine.start = r.begun + times.start;
    actor.waits_for[actor.number(s)] = kStarted;
    std::optional<Progress> progress = r.solo->progress(s.place, now);
    if (!progress) {
      activities_.revive_waiting(what, s, mine.start + what.latency);
      for_each_resource(what.demand, [&](std::uint32_t resource) { ++claims_[resource].expected; });
      return;
    }
    progress->updated += r.begun;
    progress->due += r.begun;
    activities_.revive(what, s, *progress);
  }

  // ---- faults

  std::string first_stuck() const {
    for (std::uint32_t k = 0; k < actors_.size(); ++k) {
      const Composition<Task>& all = actors_[k].program->tasks;
      for (std::uint32_t p = 0; p < all.pieces.size(); ++p)
        for (std::uint32_t i = 0; i < all.blocks[all.pieces[p].block].operations.size(); ++i) {
          const Task& task = actors_[k].task({k, p, i});
          const std::uint32_t t = all.pieces[p].first + i;
          if (actors_[k].waits_for[t] == kStarted && actors_[k].times[t].end == 0 && task.group && actors_[k].times[t].start == 0)
            return "class " + std::to_string(k) + ", task " + std::to_string(t) + " in slot " + std::to_string(task.slot) +
                   ", tag " + std::to_string(all.pieces[p].tag + task.tag) + " waits for its group";
        }
    }
    return "a cycle of dependencies";
  }

  const Quotient& q_;
  std::vector<std::int64_t> capacity_;
  Templates templates_;
  Activities activities_;
  std::optional<Activities> alone_;  // where blocks are solved, once there is one
  std::optional<LoadMeter> meter_;
  Replay replay_;
  std::vector<Claim> claims_;  // by resource
  std::vector<Plan> plans_;    // by program
  std::vector<std::vector<std::uint32_t>> uses_;
  std::vector<Actor> actors_;  // by actor class
  Meetings meetings_;
  std::vector<Subject> deferred_;  // tasks to start at the end of this instant
  Timeline timeline_;
  std::uint64_t completions_ = 0, replayed_ = 0, tasks_left_ = 0;
};

}  // namespace

Timeline execute(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds, const std::vector<Program>& programs,
                 ExecutionStats* stats, Replay replay, const Metering* metering, Instant until) {
  return Executor(quotient, kinds, programs, replay, metering).run(stats, until);
}

}  // namespace headway
