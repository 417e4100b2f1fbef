#include "engine/executor.h"

#include <deque>

#include "base/check.h"
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
  const std::size_t n = program.tasks.size();
  Plan plan;
  plan.waits_for.assign(n, 0);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  edges.reserve(n + program.after.size());
  std::vector<std::uint32_t> last(static_cast<std::size_t>(program.streams), kNone);
  for (std::uint32_t t = 0; t < n; ++t) {
    std::uint32_t& previous = last[program.tasks[t].stream];
    if (previous != kNone) edges.emplace_back(previous, t);
    previous = t;
    for (std::uint32_t e = program.after_offset[t]; e < program.after_offset[t + 1]; ++e) edges.emplace_back(program.after[e], t);
  }
  plan.next_offset.assign(n + 1, 0);
  for (const auto& [from, to] : edges) {
    ++plan.next_offset[from + 1];
    ++plan.waits_for[to];
  }
  for (std::size_t i = 0; i < n; ++i) plan.next_offset[i + 1] += plan.next_offset[i];
  plan.next.resize(edges.size());
  std::vector<std::uint32_t> place(plan.next_offset.begin(), plan.next_offset.end() - 1);
  for (const auto& [from, to] : edges) plan.next[place[from]++] = to;
  return plan;
}

// An activity as it is run again and again: its numbers, with draws on resource classes.
struct Template {
  double work = 0, top_level = 1;
  Picoseconds latency = 0;
  std::vector<Draw> draws, holds;
};

class Executor {
 public:
  Executor(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds, const std::vector<Program>& programs)
      : q_(quotient), kinds_(kinds), programs_(programs), sharing_(all_capacities(quotient, programs)) {
    for (const Program& program : programs) plans_.push_back(plan_of(program));
    states_.resize(q_.actors.size());
    timeline_.tasks.resize(q_.actors.size());
    for (std::uint32_t k = 0; k < q_.actors.size(); ++k) {
      states_[k].waits_for = plans_[q_.actors[k].program].waits_for;
      states_[k].templates.assign(programs_[q_.actors[k].program].works.size(), nullptr);
      timeline_.tasks[k].resize(states_[k].waits_for.size());
      tasks_left_ += states_[k].waits_for.size();
    }
    meetings_.resize(q_.group_kind.size());
    group_templates_.resize(q_.group_kind.size());
  }

  Timeline run(ExecutionStats* stats) {
    for (std::uint32_t k = 0; k < states_.size(); ++k)
      for (std::uint32_t t = 0; t < states_[k].waits_for.size(); ++t)
        if (plans_[q_.actors[k].program].waits_for[t] == 0) start_task(k, t);
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
    std::uint32_t version = 0;
    std::uint32_t subject = 0;  // actor class, or kNone for a group
    std::uint32_t task = 0;     // local: its task; group: first arrival
    Phase phase = Phase::latency;
  };
  struct ActorState {
    std::vector<std::uint16_t> waits_for;
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

  const Template* local_template(std::uint32_t k, std::uint32_t work) {
    const Template*& slot = states_[k].templates[work];
    if (slot == nullptr) {
      const LocalWork& w = programs_[q_.actors[k].program].works[work];
      Template& made = templates_.emplace_back(Template{w.work, w.top_level, w.latency, {}, {}});
      add_local(made.draws, k, w.draws);
      slot = &made;
    }
    return slot;
  }

  const Template* group_template(std::uint32_t g, std::uint32_t call) {
    std::vector<const Template*>& known = group_templates_[g];
    const std::vector<GroupCall>& calls = kinds_[q_.group_kind[g]];
    if (known.empty()) known.assign(calls.size(), nullptr);
    if (known[call] == nullptr) {
      const GroupCall& c = calls[call];
      Template& made = templates_.emplace_back(Template{c.work, c.top_level, c.latency, {}, {}});
      made.draws.assign(q_.draws.begin() + q_.draw_offset[g], q_.draws.begin() + q_.draw_offset[g + 1]);
      std::vector<Draw> local;
      for (std::uint32_t m = q_.member_offset[g]; m < q_.member_offset[g + 1]; ++m) {
        add_local(made.holds, q_.members[m].actor_class, c.holds);
        local.clear();
        add_local(local, q_.members[m].actor_class, c.draws);
        made.draws.insert(made.draws.end(), local.begin(), local.end());
      }
      known[call] = &made;
    }
    return known[call];
  }

  void start_task(std::uint32_t k, std::uint32_t t) {
    const Task& task = programs_[q_.actors[k].program].tasks[t];
    timeline_.tasks[k][t].ready = now_;
    if (task.group) {
      arrive(k, t, task);
    } else {
      timeline_.tasks[k][t].start = now_;
      activate(local_template(k, task.what), k, t);
    }
  }

  void arrive(std::uint32_t k, std::uint32_t t, const Task& task) {
    const std::uint32_t g = q_.group_of[k * static_cast<std::size_t>(q_.slots) + task.slot];
    HEADWAY_CHECK(g != kNone, "an actor has no group in slot " + std::to_string(task.slot));
    std::vector<Meeting>& open = meetings_[g];
    std::size_t i = 0;
    while (i < open.size() && open[i].tag != task.tag) ++i;
    if (i == open.size()) open.push_back({task.tag, 0, kNone});
    open[i].first = add_arrival({k, t, open[i].first});
    if (++open[i].arrived < q_.member_offset[g + 1] - q_.member_offset[g]) return;
    const std::uint32_t first = open[i].first;
    open[i] = open.back();
    open.pop_back();
    for (std::uint32_t a = first; a != kNone; a = arrivals_[a].next)
      timeline_.tasks[arrivals_[a].actor_class][arrivals_[a].task].start = now_;
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

  void activate(const Template* what, std::uint32_t subject, std::uint32_t task) {
    std::uint32_t id = 0;
    if (free_live_.empty()) {
      id = static_cast<std::uint32_t>(live_.size());
      live_.emplace_back();
    } else {
      id = free_live_.back();
      free_live_.pop_back();
    }
    Live& a = live_[id];
    a.what = what;
    a.subject = subject;
    a.task = task;
    a.phase = Phase::latency;
    if (what->latency > 0) {
      queue_.push(now_ + what->latency, id, ++a.version);
    } else {
      begin_work(id);
    }
  }

  void begin_work(std::uint32_t id) {
    Live& a = live_[id];
    a.phase = Phase::running;
    a.remaining = a.what->work;
    a.level = 0;
    a.updated = now_;
    if (a.what->work <= 0) {
      queue_.push(now_, id, ++a.version);  // nothing to share for
    } else {
      sharing_.enter(id, a.what->top_level, a.what->draws, a.what->holds);
    }
  }

  void share() {
    sharing_.share([this](std::uint32_t id, double level) {
      Live& a = live_[id];
      if (a.level > 0) a.remaining -= a.level * (static_cast<double>(now_ - a.updated) * 1e-12);
      a.updated = now_;
      a.level = level;
      const double left = a.remaining > 0 ? a.remaining : 0;
      queue_.push(now_ + to_picoseconds(Seconds(left / level)), id, ++a.version);
    });
  }

  void handle(const Event& event) {
    Live& a = live_[event.activity];
    if (a.version != event.version) return;
    if (a.phase == Phase::latency) {
      begin_work(event.activity);
      return;
    }
    if (a.what->work > 0) sharing_.leave(event.activity);
    ++completions_;
    ++a.version;
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
    timeline_.tasks[k][t].end = timeline_.end = now_;
    --tasks_left_;
    const Plan& plan = plans_[q_.actors[k].program];
    for (std::uint32_t e = plan.next_offset[t]; e < plan.next_offset[t + 1]; ++e)
      if (--states_[k].waits_for[plan.next[e]] == 0) start_task(k, plan.next[e]);
  }

  std::string first_stuck() const {
    for (std::uint32_t k = 0; k < states_.size(); ++k) {
      for (std::uint32_t t = 0; t < states_[k].waits_for.size(); ++t) {
        const Task& task = programs_[q_.actors[k].program].tasks[t];
        const TaskTimes& times = timeline_.tasks[k][t];
        if (states_[k].waits_for[t] == 0 && times.end == 0 && task.group && times.start == 0)
          return "class " + std::to_string(k) + ", task " + std::to_string(t) + " in slot " + std::to_string(task.slot) +
                 ", tag " + std::to_string(task.tag) + " waits for its group";
      }
    }
    return "a cycle of dependencies";
  }

  const Quotient& q_;
  const std::vector<std::vector<GroupCall>>& kinds_;
  const std::vector<Program>& programs_;
  Sharing sharing_;
  EventQueue queue_;
  Instant now_ = 0;
  std::vector<Plan> plans_;                                    // by program
  std::vector<ActorState> states_;                             // by actor class
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
