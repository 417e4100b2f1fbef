#include "engine/executor.h"

#include <deque>
#include <utility>

#include "base/check.h"
#include "base/diagnostic.h"
#include "engine/event_queue.h"
#include "engine/sharing.h"

namespace headway {
namespace {

// A program with its dependencies turned round: who waits for a task, and for how many tasks each waits.
struct Plan {
  std::vector<std::uint16_t> waits_for;
  std::vector<std::uint32_t> next_offset, next;
};

Plan plan_of(const Program& program) {
  const auto n = static_cast<std::uint32_t>(program.tasks.size());
  const auto for_each_edge = [&](auto&& visit) {
    std::vector<std::uint32_t> last(static_cast<std::size_t>(program.streams), kNone);
    for (std::uint32_t t = 0; t < n; ++t) {
      std::uint32_t& previous = last[program.tasks[t].stream];
      if (previous != kNone) visit(previous, t);
      previous = t;
      for (std::uint32_t e = program.after_offset[t]; e < program.after_offset[t + 1]; ++e) visit(program.after[e], t);
    }
  };
  Plan plan;
  plan.waits_for.assign(n, 0);
  plan.next_offset.assign(n + 1, 0);
  for_each_edge([&](std::uint32_t from, std::uint32_t to) {
    ++plan.next_offset[from + 1];
    ++plan.waits_for[to];
  });
  for (std::uint32_t i = 0; i < n; ++i) plan.next_offset[i + 1] += plan.next_offset[i];
  plan.next.resize(plan.next_offset.back());
  std::vector<std::uint32_t> place(plan.next_offset.begin(), plan.next_offset.end() - 1);
  for_each_edge([&](std::uint32_t from, std::uint32_t to) { plan.next[place[from]++] = to; });
  return plan;
}

// An activity as it is run again and again.
struct Template {
  double work = 0;
  Picoseconds latency = 0;
  Demand demand;
};

class Executor {
 public:
  Executor(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds, const std::vector<Program>& programs)
      : q_(quotient), kinds_(kinds), sharing_(all_capacities(quotient, programs)) {
    plans_.reserve(programs.size());
    for (const Program& program : programs) plans_.push_back(plan_of(program));
    timeline_.tasks.resize(q_.actors.size());
    actors_.reserve(q_.actors.size());
    for (std::uint32_t k = 0; k < q_.actors.size(); ++k) {
      const Program& program = programs[q_.actors[k].program];
      const Plan& plan = plans_[q_.actors[k].program];
      timeline_.tasks[k].resize(program.tasks.size());
      actors_.push_back({.program = &program,
                         .plan = &plan,
                         .times = timeline_.tasks[k].data(),
                         .waits_for = plan.waits_for,
                         .templates = std::vector<const Template*>(program.works.size(), nullptr)});
      tasks_left_ += program.tasks.size();
    }
    meetings_.resize(q_.group_kind.size());
    group_templates_.resize(q_.group_kind.size());
  }

  Timeline run(ExecutionStats* stats) {
    for (std::uint32_t k = 0; k < actors_.size(); ++k)
      for (std::uint32_t t = 0; t < actors_[k].waits_for.size(); ++t)
        if (actors_[k].plan->waits_for[t] == 0) start_task(k, t);
    share();
    while (!queue_.empty()) {
      now_ = queue_.top().time;
      while (!queue_.empty() && queue_.top().time == now_) handle(queue_.pop());
      share();
    }
    HEADWAY_CHECK(tasks_left_ == 0, std::to_string(tasks_left_) + " tasks wait for one another: " + first_stuck());
    if (stats != nullptr) {
      stats->completions = completions_;
      stats->solves = sharing_.solves();
    }
    return std::move(timeline_);
  }

 private:
  enum class Phase : std::uint8_t { latency, running };

  struct Live {
    const Template* what = nullptr;
    double remaining = 0, level = 0;
    Instant updated = 0;
    std::uint32_t ticket = kNone;  // of the event it waits for
    std::uint32_t subject = 0;     // actor class; kNone for a group of several
    std::uint32_t task = 0;        // of the actor class, or first arrival
    Phase phase = Phase::latency;
  };
  struct Actor {
    const Program* program = nullptr;
    const Plan* plan = nullptr;
    TaskTimes* times = nullptr;              // in the timeline
    std::vector<std::uint16_t> waits_for;    // by task: how many others are still to end
    std::vector<const Template*> templates;  // by work, made on first use
  };
  // Members that have come to a task of a group and wait for the rest.
  struct Meeting {
    std::uint32_t tag = 0;
    std::uint32_t arrived = 0;
    std::uint32_t first = kNone;  // list of arrivals
  };
  struct Arrival {
    std::uint32_t actor_class = 0, task = 0, next = kNone;
  };

  static std::vector<std::int64_t> all_capacities(const Quotient& q, const std::vector<Program>& programs) {
    std::vector<std::int64_t> all = q.capacity;
    for (const ActorClass& actor : q.actors)
      for (const std::int64_t c : programs[actor.program].local_capacity) all.push_back(c);
    return all;
  }

  std::uint32_t local_resource(std::uint32_t actor_class, int which) const {
    return static_cast<std::uint32_t>(q_.capacity.size() + actor_class * kLocalResources + static_cast<std::uint32_t>(which));
  }

  void add_local(std::vector<Draw>& draws, std::uint32_t actor_class, const LocalAmounts& amounts) const {
    for (int i = 0; i < kLocalResources; ++i) {
      const std::int64_t amount = amounts[static_cast<std::size_t>(i)];
      if (amount == 0) continue;
      const std::uint32_t resource = local_resource(actor_class, i);
      bool merged = false;
      for (Draw& d : draws)
        if (d.resource == resource) {
          d.amount += amount;
          merged = true;
        }
      if (!merged) draws.push_back({resource, amount});
    }
  }

  const Template& local_template(std::uint32_t k, std::uint32_t work) {
    const Template*& slot = actors_[k].templates[work];
    if (slot == nullptr) {
      const LocalWork& w = actors_[k].program->works[work];
      std::vector<Draw> draws;
      add_local(draws, k, w.draws);
      slot = &templates_.emplace_back(Template{w.work, w.latency, Demand(w.top_level, std::move(draws), {})});
    }
    return *slot;
  }

  const Template& group_template(std::uint32_t g, std::uint32_t call) {
    std::vector<const Template*>& known = group_templates_[g];
    if (known.empty()) known.assign(kinds_[q_.group_kind[g]].size(), nullptr);
    if (known[call] == nullptr) known[call] = &templates_.emplace_back(make_group_template(g, call));
    return *known[call];
  }

  Template make_group_template(std::uint32_t g, std::uint32_t call) const {
    const GroupCall& c = kinds_[q_.group_kind[g]][call];
    std::vector<Draw> draws(q_.draws.begin() + q_.draw_offset[g], q_.draws.begin() + q_.draw_offset[g + 1]);
    std::vector<Draw> holds, local;
    for (std::uint32_t m = q_.member_offset[g]; m < q_.member_offset[g + 1]; ++m) {
      add_local(holds, q_.members[m].actor_class, c.holds);
      local.clear();
      add_local(local, q_.members[m].actor_class, c.draws);
      draws.insert(draws.end(), local.begin(), local.end());
    }
    return {c.work, c.latency, Demand(c.top_level, std::move(draws), std::move(holds))};
  }

  void start_task(std::uint32_t k, std::uint32_t t) {
    const Actor& actor = actors_[k];
    const Task& task = actor.program->tasks[t];
    actor.times[t].ready = now_;
    if (task.group) {
      arrive(k, t, task);
    } else {
      actor.times[t].start = now_;
      activate(local_template(k, task.what), k, t);
    }
  }

  void arrive(std::uint32_t k, std::uint32_t t, const Task& task) {
    const std::uint32_t g = q_.group_of[k * static_cast<std::size_t>(q_.slots) + task.slot];
    HEADWAY_CHECK(g != kNone, "an actor has no group in slot " + std::to_string(task.slot));
    const std::uint32_t members = q_.member_offset[g + 1] - q_.member_offset[g];
    if (members == 1) {  // all of one class: nobody to wait for
      actors_[k].times[t].start = now_;
      activate(group_template(g, task.what), k, t);
      return;
    }
    std::vector<Meeting>& open = meetings_[g];
    std::size_t i = 0;
    while (i < open.size() && open[i].tag != task.tag) ++i;
    if (i == open.size()) open.push_back({task.tag, 0, kNone});
    open[i].first = add_arrival({k, t, open[i].first});
    if (++open[i].arrived < members) return;
    const std::uint32_t first = open[i].first;
    open[i] = open.back();
    open.pop_back();
    for (std::uint32_t a = first; a != kNone; a = arrivals_[a].next)
      actors_[arrivals_[a].actor_class].times[arrivals_[a].task].start = now_;
    activate(group_template(g, task.what), kNone, first);
  }

  std::uint32_t add_arrival(Arrival arrival) {
    if (free_arrivals_.empty()) {
      arrivals_.push_back(arrival);
      return static_cast<std::uint32_t>(arrivals_.size() - 1);
    }
    const std::uint32_t at = free_arrivals_.back();
    free_arrivals_.pop_back();
    arrivals_[at] = arrival;
    return at;
  }

  void activate(const Template& what, std::uint32_t subject, std::uint32_t task) {
    std::uint32_t id = 0;
    if (free_live_.empty()) {
      id = static_cast<std::uint32_t>(live_.size());
      live_.emplace_back();
    } else {
      id = free_live_.back();
      free_live_.pop_back();
    }
    Live& a = live_[id];
    a.what = &what;
    a.subject = subject;
    a.task = task;
    a.phase = Phase::latency;
    if (what.latency > 0) {
      a.ticket = queue_.push(in(what.latency), id);
    } else {
      begin_work(id);
    }
  }

  [[nodiscard]] Instant in(Picoseconds duration) const {
    const Instant then = now_ + duration;
    if (then >= kEndOfTime) throw InputError({}, "the step takes longer than the 53 days that are simulated at most");
    return then;
  }

  void begin_work(std::uint32_t id) {
    Live& a = live_[id];
    a.phase = Phase::running;
    a.remaining = a.what->work;
    a.level = 0;
    a.updated = now_;
    if (a.what->work <= 0) {
      a.ticket = queue_.push(now_, id);  // nothing to share for
    } else {
      sharing_.enter(id, a.what->demand);
    }
  }

  void share() {
    sharing_.share([this](std::uint32_t id, double level) {
      Live& a = live_[id];
      if (a.level > 0) a.remaining -= a.level * (static_cast<double>(now_ - a.updated) * 1e-12);
      a.updated = now_;
      a.level = level;
      const double left = a.remaining > 0 ? a.remaining : 0;
      a.ticket = queue_.push(in(to_picoseconds(Seconds(left / level))), id);
    });
  }

  void handle(const Event& event) {
    Live& a = live_[event.activity];
    if (a.ticket != event.sequence) return;
    if (a.phase == Phase::latency) {
      begin_work(event.activity);
      return;
    }
    if (a.what->work > 0) sharing_.leave(event.activity);
    ++completions_;
    a.ticket = kNone;
    const std::uint32_t subject = a.subject;
    const std::uint32_t task = a.task;
    free_live_.push_back(event.activity);
    if (subject != kNone) {
      finish_task(subject, task);
      return;
    }
    for (std::uint32_t i = task; i != kNone;) {
      const Arrival arrival = arrivals_[i];
      free_arrivals_.push_back(i);
      finish_task(arrival.actor_class, arrival.task);
      i = arrival.next;
    }
  }

  void finish_task(std::uint32_t k, std::uint32_t t) {
    Actor& actor = actors_[k];
    actor.times[t].end = timeline_.end = now_;
    --tasks_left_;
    const Plan& plan = *actor.plan;
    for (std::uint32_t e = plan.next_offset[t]; e < plan.next_offset[t + 1]; ++e)
      if (--actor.waits_for[plan.next[e]] == 0) start_task(k, plan.next[e]);
  }

  std::string first_stuck() const {
    for (std::uint32_t k = 0; k < actors_.size(); ++k) {
      for (std::uint32_t t = 0; t < actors_[k].waits_for.size(); ++t) {
        const Task& task = actors_[k].program->tasks[t];
        const TaskTimes& times = actors_[k].times[t];
        if (actors_[k].waits_for[t] == 0 && times.end == 0 && task.group && times.start == 0)
          return "class " + std::to_string(k) + ", task " + std::to_string(t) + " in slot " + std::to_string(task.slot) +
                 ", tag " + std::to_string(task.tag) + " waits for its group";
      }
    }
    return "a cycle of dependencies";
  }

  const Quotient& q_;
  const std::vector<std::vector<GroupCall>>& kinds_;
  Sharing sharing_;
  EventQueue queue_;
  Instant now_ = 0;
  std::vector<Plan> plans_;                                    // by program
  std::vector<Actor> actors_;                                  // by actor class
  std::deque<Template> templates_;                             // stable addresses
  std::vector<std::vector<const Template*>> group_templates_;  // by group class and call
  std::vector<std::vector<Meeting>> meetings_;                 // by group class
  std::vector<Arrival> arrivals_;
  std::vector<std::uint32_t> free_arrivals_;
  std::vector<Live> live_;
  std::vector<std::uint32_t> free_live_;
  Timeline timeline_;
  std::uint64_t completions_ = 0, tasks_left_ = 0;
};

}  // namespace

Timeline execute(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds, const std::vector<Program>& programs,
                 ExecutionStats* stats) {
  return Executor(quotient, kinds, programs).run(stats);
}

}  // namespace headway
