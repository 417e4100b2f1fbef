// Published runs of weeks, reproduced within their stated ranges, and what a planner is told about them.
#include "study/weeks.h"

#include <gmock/gmock.h>

#include "simulate/simulate.h"
#include "study/machines.h"

namespace headway {
namespace {

using testing_study::catalogue;

Weeks weeks(const std::string& scenario, const std::vector<Override>& changes = {}, bool improvements = false) {
  Scenario s = catalogue().scenarios(scenario, changes).front();
  s.campaign->runs = 400;
  return weeks_of(*s.campaign, s.cluster, s.plan, simulate(s.cluster, s.plan), improvements);
}

double lost_share(const Weeks& w, Loss loss) {
  return w.goodput.lost[static_cast<std::size_t>(loss)].value() / w.goodput.elapsed.mean;
}

// arXiv 2407.21783, 3.3.4: 419 unexpected interruptions and 47 planned ones in 54 days; over 90 % effective training time.
TEST(PublishedWeeks, Llama3) {
  const Weeks w = weeks("llama-3-54-days");
  EXPECT_NEAR(w.goodput.failures.mean, 419, 0.02 * 419);
  EXPECT_NEAR(w.goodput.windows, 47, 1);
  EXPECT_GT(w.goodput.effective.low, 0.90);
  EXPECT_LT(w.goodput.effective.high, 0.93) << "with recovery at the upper end of what was published";
  EXPECT_EQ(w.sources.front().name, "GPU");
  EXPECT_NEAR(w.sources.front().failures, 268, 0.03 * 268);
}

// arXiv 2402.15627, 6.3: over 100 restarts in several weeks, over 90 % effective.
TEST(PublishedWeeks, MegaScale) {
  const Weeks w = weeks("megascale-175b-weeks");
  EXPECT_NEAR(w.goodput.failures.mean, 100, 5);
  EXPECT_GT(w.goodput.effective.low, 0.90);
  // "within 15 minutes" to be where the crash was: reading, starting, and the work done again
  const double back = (w.run.restart + w.goodput.lost[static_cast<std::size_t>(Loss::rework)] / w.goodput.failures.mean).value();
  EXPECT_LT(back, 15 * 60);
}

// arXiv 2205.01068, 2.5: at least 35 restarts by hand and an estimated 70 automatic ones in two months; over 100 hosts cycled.
TEST(PublishedWeeks, Opt) {
  const Weeks w = weeks("opt-175b-60-days");
  EXPECT_GT(w.goodput.failures.low, 85);
  EXPECT_LT(w.goodput.failures.high, 125);
  EXPECT_LT(w.goodput.effective.mean, 0.90) << "restarted by hand";
  EXPECT_LT(lost_share(w, Loss::repair), 0.005) << "the dozen spare nodes suffice";
}

// BigScience's chronicles and arXiv 2211.02001: a failure a week, 366 billion tokens in 1,082,990 GPU hours, 117.5 days of 384.
TEST(PublishedWeeks, Bloom) {
  const Weeks w = weeks("bloom-176b-118-days");
  EXPECT_NEAR(w.goodput.failures.mean / (w.days() / 7), 1, 0.05);
  EXPECT_NEAR(w.days(), 117.5, 0.1 * 117.5);
  EXPECT_LT(w.goodput.lost[static_cast<std::size_t>(Loss::rework)].value() / w.goodput.failures.mean, 3 * 3600)
      << "three hours at most";
}

// NVIDIA's recipes print full checkpoints of 105 GB, 920 GB and 5.2 TB for 8, 70 and 405 billion parameters (dgxc-benchmarking
// v25.04.02), in binary units 14 bytes a parameter.
TEST(Weeks, ACheckpointHoldsWeightsMasterAndMoments) {
  for (const auto& [model, gib] :
       std::map<std::string, double>{{"llama-3.1-8b", 105}, {"llama-3.1-70b", 920}, {"llama-3.1-405b", 5.2 * 1024}}) {
    TrainingPlan plan;
    plan.model = catalogue().model(model);
    plan.recipe = catalogue().recipe("bf16");
    EXPECT_NEAR(checkpoint_bytes(plan).value() / 0x1p30, gib, 0.02 * gib) << model;
  }
}

const char* const kLlama = "llama-3-54-days";

TEST(Weeks, TheIntervalTakenIsTheBestOne) {
  const Weeks w = weeks(kLlama, {}, true);
  ASSERT_EQ(w.trials.size(), 2U);
  for (const IntervalTrial& trial : w.trials) EXPECT_LT(trial.effective, w.goodput.effective.mean) << trial.interval.value();
}

TEST(Weeks, ImprovementsAreOrderedAndHelp) {
  const Weeks w = weeks(kLlama, {}, true);
  ASSERT_GE(w.next.size(), 4U);
  EXPECT_EQ(w.next[0].what, "detection in half the time");
  EXPECT_EQ(w.next[1].what, "GPU failing half as often");
  for (std::size_t i = 0; i < w.next.size(); ++i) {
    EXPECT_GT(w.next[i].effective, w.goodput.effective.mean);
    if (i > 0) {
      EXPECT_LE(w.next[i].effective, w.next[i - 1].effective);
    }
  }
}

TEST(Weeks, TokensAndTimeGoTogether) {
  const Weeks in_time = weeks(kLlama);
  EXPECT_NEAR(in_time.tokens, in_time.steps * 2048 * 8192, 1);
  const Scenario s = catalogue().scenarios(kLlama).front();
  Campaign campaign = *s.campaign;
  campaign.goal = {in_time.tokens, {}, {}};
  const Weeks to_the_end = weeks_of(campaign, s.cluster, s.plan, simulate(s.cluster, s.plan), false);
  EXPECT_NEAR(to_the_end.days(), 54, 0.1);
  EXPECT_NEAR(to_the_end.tokens, in_time.tokens, 1e-6 * in_time.tokens);
}

TEST(Weeks, ARunThatMakesNoProgressIsRefused) {
  try {
    (void)weeks(kLlama, {{"campaign.recovery.detection", "20 d"}});
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("makes next to no progress"));
  }
}

}  // namespace
}  // namespace headway
