// The weeks and the bill as a page and as JSON.
#include "report/weeks_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/json.h"
#include "report/run_text.h"
#include "report/sample_answer.h"

namespace headway {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr double kDay = 86400;

// 10 days of which 8 are training, 1 is done again, half of one goes to finding what failed and half to checkpoints.
TrainingAnswer weeks_answer() {
  TrainingAnswer answer = sample::answer();
  Weeks& w = answer.weeks.emplace();
  w.reliability = "Invented failures";
  w.goal.lasts = Seconds(10 * kDay);
  w.run.horizon = *w.goal.lasts;
  w.run.interval = Seconds(1800);
  w.run.stall = w.write = w.read = Seconds(40);
  w.run.detection = Seconds(600);
  w.run.restart = Seconds(120);
  w.checkpoint = Bytes(0x1p40);
  Goodput& g = w.goodput;
  g.runs = 2000;
  g.effective = {0.8, 0.78, 0.8, 0.82};
  g.elapsed = {10 * kDay, 10 * kDay, 10 * kDay, 10 * kDay};
  g.failures = {24, 18, 24, 30};
  g.work = Seconds(8 * kDay);
  g.running = Seconds(9 * kDay);
  g.finished = 0;
  g.lost[static_cast<std::size_t>(Loss::rework)] = Seconds(kDay);
  g.lost[static_cast<std::size_t>(Loss::detection)] = g.lost[static_cast<std::size_t>(Loss::checkpoint)] = Seconds(kDay / 2);
  w.closed = {0.805, {"stragglers"}};
  w.trials = {{Seconds(900), 0.79}, {Seconds(3600), 0.795}};
  w.sources = {{"GPU", FailsPer::device, 16, {Seconds(7 * kDay), Grade::measured, "log", true}, 23}};
  w.next = {{"detection in half the time", 0.82}};
  w.steps = 69120;
  w.tokens = 4.4e9;
  w.seconds_per_trillion = 10 * kDay / 4.4e9 * 1e12;
  return answer;
}

void add_bill(TrainingAnswer& answer) {
  answer.power = FleetPower{Watts(8e3), Watts(1e3), Watts(10e3), Watts(4e3), {0.6, 0.2, 0.1}, {}};
  answer.mean_power = Watts(11e3);
  Bill& bill = answer.bill.emplace();
  bill.prices.currency = "EUR";
  bill.prices.title = "Invented prices";
  bill.prices.as_of = "May 2026";
  bill.hour.rent = 32;
  bill.hour.carbon = 4;
  bill.steps_per_hour = 288;
  bill.tokens_per_hour = 1.8e7;
  bill.hours = 240;
  bill.hour.left_out = {"electricity: no \"pue\""};
}

void fits(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), kTextWidth) << line;
}

TEST(WeeksText, TellsWhatIsDeliveredAndWhereItGoes) {
  const std::string text = run_text(weeks_answer());
  EXPECT_THAT(text, HasSubstr("In 10.0 d: 4.400 G tokens, 80.0 % of the time is training"));
  EXPECT_THAT(text, HasSubstr("80.5 %; approximate for: stragglers"));
  EXPECT_THAT(text, HasSubstr("every 30.0 min (the optimum, Daly), the job waits 40.0 s for each"));
  EXPECT_THAT(text, HasSubstr("work done again"));
  EXPECT_THAT(text, HasSubstr("16 devices"));
  EXPECT_THAT(text, HasSubstr("24 in all (80 % of runs: 18 to 30), one every 10.0 h"));
  EXPECT_THAT(text, HasSubstr("2.50 %          82.0 %"));
  EXPECT_LT(text.find("work done again"), text.find("writing checkpoints")) << "the largest loss first";
  fits(text);
}

TEST(WeeksText, IsNotThereUnlessAsked) {
  const std::string text = run_text(sample::answer());
  EXPECT_THAT(text, Not(HasSubstr("weeks")));
  EXPECT_THAT(text, Not(HasSubstr("Power")));
  const json plain = json::parse(run_json(std::vector<Answer>{sample::answer()}, false));
  for (const char* key : {"weeks", "energy", "cost"}) EXPECT_FALSE(plain.contains(key));
}

TEST(BillText, PricesTheHourTheStepAndTheRun) {
  TrainingAnswer answer = weeks_answer();
  add_bill(answer);
  const std::string text = bill_text(answer, {});
  EXPECT_THAT(text, HasSubstr("12.0 kW: devices 8.00 kW (idle 1.00 kW, limit 10.0 kW), hosts and network 4.00 kW"));
  EXPECT_THAT(text, HasSubstr("rented"));
  EXPECT_THAT(text, HasSubstr("7,680"));  // 32 x 240 h
  EXPECT_THAT(text, HasSubstr("left out       electricity: no \"pue\""));
  fits(run_text(answer));
  answer.power->missing = {"x: idle_power"};
  EXPECT_THAT(bill_text(answer, {}), HasSubstr("unknown, as nobody has published x: idle_power"));
}

TEST(WeeksJson, HasUnitsInItsNames) {
  TrainingAnswer answer = weeks_answer();
  add_bill(answer);
  const json j = json::parse(run_json(std::vector<Answer>{answer}, false));
  EXPECT_EQ(j["weeks"]["effective"]["mean"], 0.8);
  EXPECT_EQ(j["weeks"]["days"]["p50"], 10);
  EXPECT_EQ(j["weeks"]["lost_days"]["rework"], 1);
  EXPECT_EQ(j["weeks"]["undisturbed_days"], nullptr);
  EXPECT_EQ(j["weeks"]["improvements"][0]["what"], "detection in half the time");
  EXPECT_EQ(j["energy"]["power_w"], 12e3);
  EXPECT_EQ(j["energy"]["run_mwh"], 11 * 240 / 1e3);
  EXPECT_EQ(j["cost"]["rented"]["run"], 7680);
  EXPECT_EQ(j["cost"]["carbon_kg"]["per_hour"], 4);
  EXPECT_FALSE(j["cost"].contains("owned"));
}

TEST(OperationsTable, StandsBesideTheSpeed) {
  TrainingAnswer one = weeks_answer(), other = weeks_answer();
  other.result.scenario = "other";
  add_bill(one);
  EXPECT_THAT(compare_text(std::vector<Answer>{one, other}), HasSubstr("Energy and cost"));
  fits(compare_text(std::vector<Answer>{one, other}));
  EXPECT_THAT(compare_text(std::vector<Answer>{sample::answer(), sample::answer("two")}), Not(HasSubstr("Energy")));
}

}  // namespace
}  // namespace headway
