// A question and its answer: what a scenario asked, and what the simulation found. All that the reports need to know.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "simulate/collective_result.h"
#include "simulate/result.h"
#include "study/bill.h"
#include "study/match.h"
#include "study/uncertainty.h"
#include "study/weeks.h"

namespace headway {

// What a job that shares its cluster is told.
struct JobShare {
  std::string scenario;       // that it is a job of
  Seconds alone;              // its step with the cluster for itself
  double cost_of_others = 0;  // of a step, over that
  int steps = 1;              // simulated beside the others
};

struct TrainingAnswer {
  std::string question;
  std::vector<std::string> restrictions;  // one line each, as a person would say them
  int sequence = 0, global_batch = 0, microbatch = 0;
  Schedule schedule = Schedule::one_f_one_b;
  Sharding sharding = Sharding::none;
  Recompute recompute;
  Result result;
  std::optional<Uncertainty> uncertainty;
  std::string device;  // name in the catalogue
  std::optional<JobShare> job;
  std::optional<double> tpp;  // total processing performance of a package, of the first group of a mixed fleet (study/controls.h)
  std::optional<Weeks> weeks;       // where the scenario has a campaign
  std::optional<FleetPower> power;  // where it has a campaign or prices
  std::optional<Watts> mean_power;  // over the calendar
  std::optional<Bill> bill;         // where it has prices
  // What it would need to match the best it is compared with: of each resource alone, where that suffices. None: nobody asked.
  std::optional<std::vector<Need>> needs;
};

struct CollectiveAnswer {
  std::string question;
  std::vector<std::string> restrictions, assumed;
  CollectiveResult result;
};

using Answer = std::variant<TrainingAnswer, CollectiveAnswer>;

// The answers of one kind, in their order.
template <class T>
[[nodiscard]] std::vector<const T*> answers_of(std::span<const Answer> answers) {
  std::vector<const T*> found;
  for (const Answer& answer : answers)
    if (const T* of_kind = std::get_if<T>(&answer)) found.push_back(of_kind);
  return found;
}

}  // namespace headway
