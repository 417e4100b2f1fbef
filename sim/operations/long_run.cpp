#include "operations/long_run.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "base/check.h"
#include "base/mixed_hash.h"

namespace headway {

namespace {

// One sequence of draws.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t run, std::uint64_t sequence) : state_(mixed(mixed(seed, run), sequence)) {}

  // In (0, 1).
  double uniform() { return (static_cast<double>(mixed(state_, ++count_) >> 11U) + 0.5) * 0x1p-53; }
  // Of mean 1.
  double exponential() { return -std::log(uniform()); }

 private:
  std::uint64_t state_, count_ = 0;
};

class Run {
 public:
  Run(const LongRun& plan, std::uint64_t seed, std::uint64_t run)
      : plan_(plan),
        rate_(total_rate(plan.hazards).value()),
        failures_(seed, run, 1),
        sources_(seed, run, 2),
        stragglers_(seed, run, 3) {
    outcome_.failures.resize(plan.hazards.size());
    draw_failure();
    if (plan.maintenance) maintenance_at_ = plan.maintenance->every.value();
    if (straggles()) slow_left_ = stragglers_.exponential() * fast_stretch();
  }

  RunOutcome go() {
    until_checkpoint_ = plan_.interval.value();
    while (!over()) {
      skip_cycles();
      run_to_next_event();
    }
    outcome_.elapsed = Seconds(now_);
    outcome_.work = Seconds(work_);
    return std::move(outcome_);
  }

 private:
  static constexpr double kInfinite = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool over() const { return now_ >= plan_.horizon.value() || work_ >= plan_.work.value(); }
  [[nodiscard]] bool straggles() const { return plan_.stragglers && plan_.stragglers->share > 0; }
  [[nodiscard]] double fast_stretch() const {
    const StragglerPlan& s = *plan_.stragglers;
    return s.share < 1 ? s.lasts.value() * (1 - s.share) / s.share : 0;
  }
  [[nodiscard]] double straggler_loss() const { return slow_ ? plan_.stragglers->slow_down : 0; }
  void draw_failure() { until_failure_ = rate_ > 0 ? failures_.exponential() / rate_ : kInfinite; }
  void lose(Loss cause, double time) { outcome_.lost[static_cast<std::size_t>(cause)] += Seconds(time); }

  // Running for `time`, nothing happening meanwhile, `written` of it beside a checkpoint on its way.
  void progress(double time, double written) {
    const double slowed = time * straggler_loss();
    const double beside = (1 - straggler_loss()) * written * plan_.background_slow_down;
    work_ += time - slowed - beside;
    lose(Loss::straggler, slowed);
    lose(Loss::checkpoint, beside);
    outcome_.running += Seconds(time);
  }

  // Whole cycles (running, then a stall) in which nothing else happens, all at once.
  void skip_cycles() {
    if (until_checkpoint_ != plan_.interval.value() || plan_.interval == kNever) return;
    const double interval = plan_.interval.value(), stall = plan_.stall.value(), cycle = interval + stall;
    const double written = plan_.background.value();
    if (written > 0 && (until_written_ != written || written > interval)) return;  // not just behind a stall
    const double before = work_;
    const double gain = (1 - straggler_loss()) * (interval - written * plan_.background_slow_down);
    const double room =
        std::min({until_failure_, maintenance_at_ - now_, plan_.horizon.value() - now_, slow_left_ * cycle / interval,
                  gain > 0 ? (plan_.work.value() - work_) / gain * cycle : kInfinite});
    const double cycles = std::floor(room / cycle) - 1;
    if (!(cycles >= 1) || !std::isfinite(cycles)) return;
    progress(cycles * interval, cycles * written);
    now_ += cycles * cycle;
    until_failure_ -= cycles * cycle;
    slow_left_ -= cycles * interval;
    lose(Loss::checkpoint, cycles * stall);
    safe_ = written > 0 ? before + (cycles - 1) * gain : work_;
    pending_ = work_;
  }

  void run_to_next_event() {
    const bool writing = until_written_ < kInfinite;
    const double speed = (1 - straggler_loss()) * (writing ? 1 - plan_.background_slow_down : 1);
    const double finish = speed > 0 ? (plan_.work.value() - work_) / speed : kInfinite;
    const double time = std::max(0.0, std::min({until_checkpoint_, until_written_, slow_left_, until_failure_,
                                                maintenance_at_ - now_, finish, plan_.horizon.value() - now_}));
    const bool finished = time == finish, failed = time == until_failure_, written = time == until_written_;
    const bool toggled = time == slow_left_, due = time == until_checkpoint_;
    progress(time, writing ? time : 0);
    now_ += time;
    until_failure_ -= time;
    until_written_ -= time;
    until_checkpoint_ -= time;
    slow_left_ -= time;
    if (finished) work_ = plan_.work.value();
    if (over()) return;
    if (written) {
      safe_ = pending_;
      until_written_ = kInfinite;
    }
    if (toggled) toggle();
    if (failed) return fail();
    if (now_ >= maintenance_at_) return maintain();
    if (due) checkpoint();
  }

  void toggle() {
    slow_ = !slow_;
    slow_left_ = stragglers_.exponential() * (slow_ ? plan_.stragglers->lasts.value() : fast_stretch());
  }

  void checkpoint() {
    if (until_written_ < kInfinite) {  // the one before is still on its way
      until_checkpoint_ = until_written_;
      return;
    }
    if (!endure(plan_.stall.value(), Loss::checkpoint)) return fail();
    if (plan_.background > Seconds(0)) {
      pending_ = work_;
      until_written_ = plan_.background.value();
    } else {
      safe_ = work_;
    }
    until_checkpoint_ = plan_.interval.value();
  }

  void fail() {
    lose(Loss::rework, work_ - safe_);
    work_ = safe_;
    until_written_ = kInfinite;
    replace_and_detect();
    start_again(Loss::restart);
  }

  void maintain() {
    ++outcome_.windows;
    maintenance_at_ += plan_.maintenance->every.value();
    if (!endure(plan_.stall.value() + plan_.background.value(), Loss::maintenance)) return fail();
    safe_ = work_;
    until_written_ = kInfinite;
    pass(plan_.maintenance->lasts.value(), Loss::maintenance);
    while (maintenance_at_ <= now_) maintenance_at_ += plan_.maintenance->every.value();
    start_again(Loss::maintenance);
  }

  void start_again(Loss cause) {
    while (!over() && !endure(plan_.restart.value(), cause)) replace_and_detect();
    until_checkpoint_ = plan_.interval.value();
  }

  // The failure that just struck: which it was, what it takes to know, and to have a whole machine again.
  void replace_and_detect() {
    std::size_t source = 0;
    double at = sources_.uniform() * rate_;
    while (source + 1 < plan_.hazards.size() && at >= plan_.hazards[source].rate.value())
      at -= plan_.hazards[source++].rate.value();
    ++outcome_.failures[source];
    draw_failure();
    const bool out = sources_.uniform() < plan_.hazards[source].repaired;
    pass(plan_.detection.value(), Loss::detection);
    if (!out || !plan_.spares) return;
    while (!in_repair_.empty() && in_repair_.front() <= now_) in_repair_.pop_front();
    in_repair_.push_back(now_ + plan_.spares->repair.value());
    if (in_repair_.size() > static_cast<std::size_t>(plan_.spares->nodes)) {
      const double back = in_repair_.front();
      pass(back - now_, Loss::repair);
    }
  }

  // Nothing runs, and nothing fails.
  void pass(double time, Loss cause) {
    const double spent = std::max(0.0, std::min(time, plan_.horizon.value() - now_));
    lose(cause, spent);
    now_ += spent;
  }

  // The machine works, the run stands still. False: a failure struck before it was over.
  bool endure(double time, Loss cause) {
    const double spent = std::min(time, until_failure_);
    pass(spent, cause);
    until_failure_ -= spent;
    return until_failure_ > 0;
  }

  const LongRun& plan_;
  double rate_;
  Draws failures_, sources_, stragglers_;
  RunOutcome outcome_;
  double now_ = 0, work_ = 0, safe_ = 0, pending_ = 0;
  double until_failure_ = kInfinite;     // of time in which the machine works
  double until_checkpoint_ = kInfinite;  // of running time
  double until_written_ = kInfinite;     // of running time; infinite: none on its way
  double slow_left_ = kInfinite;         // of running time, until a straggler comes or goes
  double maintenance_at_ = kInfinite;
  bool slow_ = false;
  std::deque<double> in_repair_;  // when each is back
};

}  // namespace

RunOutcome simulate_long_run(const LongRun& plan, std::uint64_t seed, std::uint64_t run) {
  HEADWAY_CHECK(plan.work < kNever || plan.horizon < kNever, "a long run ends");
  return Run(plan, seed, run).go();
}

}  // namespace headway
