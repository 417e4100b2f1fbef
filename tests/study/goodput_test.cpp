#include "study/goodput.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include "operations/closed_form.h"

namespace headway {
namespace {

constexpr Seconds kMinute(60), kHour(3600), kDay(86400);

LongRun weeks_of_llama() {
  LongRun r;
  r.hazards = {{"GPU", Hertz(1 / (5 * 3600.0)), 1}, {"software", Hertz(1 / 86400.0), 0}};
  r.interval = 4 * kMinute;
  r.stall = Seconds(3);
  r.detection = 10 * kMinute;
  r.restart = kMinute;
  r.spares = SpareNodes{2, kDay};
  r.maintenance = MaintenancePlan{kDay, 20 * kMinute};
  r.stragglers = StragglerPlan{0.1, 0.1, 6 * kHour};
  r.horizon = 54 * kDay;
  return r;
}

// To the last bit, for any number of threads.
TEST(Goodput, NoNumberOfThreadsShows) {
  const auto with = [](std::size_t threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    return goodput(weeks_of_llama(), 300, 42);
  };
  const Goodput one = with(1);
  for (const std::size_t threads : {2, 3, 8}) {
    const Goodput many = with(threads);
    EXPECT_EQ(many.effective.mean, one.effective.mean);
    EXPECT_EQ(many.effective.low, one.effective.low);
    EXPECT_EQ(many.failures_by, one.failures_by);
    for (std::size_t i = 0; i < kLosses; ++i) EXPECT_EQ(many.lost[i], one.lost[i]) << i;
  }
  EXPECT_NE(goodput(weeks_of_llama(), 300, 43).effective.mean, one.effective.mean) << "the seed counts";
}

TEST(Goodput, TheMeanRunAddsUp) {
  const Goodput g = goodput(weeks_of_llama(), 200, 1);
  Seconds sum = g.work;
  for (const Seconds part : g.lost) sum += part;
  EXPECT_NEAR(sum.value(), g.elapsed.mean, 1e-3);
  EXPECT_LE(g.effective.low, g.effective.median);
  EXPECT_LE(g.effective.median, g.effective.high);
  EXPECT_NEAR(g.effective.mean, g.work.value() / g.elapsed.mean, 1e-9) << "all runs are equally long";
  EXPECT_NEAR(g.failures_by[0] + g.failures_by[1], g.failures.mean, 1e-9);
}

// Mean and closed form within 1 % where nothing is approximated.
TEST(Goodput, AgreesWithTheClosedForm) {
  LongRun r = weeks_of_llama();
  r.spares.reset();
  r.maintenance.reset();
  r.stragglers.reset();
  const ClosedForm form = closed_form(r);
  ASSERT_TRUE(form.beyond.empty());
  EXPECT_NEAR(goodput(r, 500, 1).effective.mean, form.effective, 0.01 * form.effective);
  r.work = 40 * kDay;
  r.horizon = kNever;
  const Goodput done = goodput(r, 500, 1);
  EXPECT_EQ(done.finished, 1);
  EXPECT_NEAR(done.elapsed.mean, r.work.value() / form.effective, 0.01 * done.elapsed.mean);
}

}  // namespace
}  // namespace headway
