#include "report/weeks_json.h"

#include "report/json_parts.h"
#include "report/text.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kDay = 86400;

Json spread(const Spread& of, double unit = 1) {
  return {{"mean", finite(of.mean / unit)},
          {"p10", finite(of.low / unit)},
          {"p50", finite(of.median / unit)},
          {"p90", finite(of.high / unit)}};
}

Json or_null(const std::optional<double>& value) { return value ? Json(finite(*value)) : Json(nullptr); }

Json weeks_json(const Weeks& w) {
  const Goodput& g = w.goodput;
  Json lost = Json::object();
  for (const auto& [loss, name] : EnumNames<Loss>::table)
    lost[std::string(name)] = finite(g.lost[static_cast<std::size_t>(loss)].value() / kDay);
  Json sources = Json::array();
  for (const SourceShare& source : w.sources)
    sources.push_back({{"source", source.name},
                       {"per", std::string(name_of(source.per))},
                       {"components", finite(source.components)},
                       {"days_between_failures_of_one", finite(source.between.value.value() / kDay)},
                       {"grade", std::string(name_of(source.between.grade))},
                       {"failures", finite(source.failures)}});
  Json next = Json::array();
  for (const Improvement& improvement : w.next)
    next.push_back({{"what", improvement.what}, {"effective", finite(improvement.effective)}});
  Json trials = Json::array();
  for (const IntervalTrial& trial : w.trials)
    trials.push_back({{"interval_s", finite(trial.interval.value())}, {"effective", finite(trial.effective)}});
  Json json = {{"runs", g.runs},
               {"effective", spread(g.effective)},
               {"days", spread(g.elapsed, kDay)},
               {"undisturbed_days", w.run.work < kNever ? Json(finite(w.run.work.value() / kDay)) : Json(nullptr)},
               {"finished", finite(g.finished)},
               {"tokens", finite(w.tokens)},
               {"steps", finite(w.steps)},
               {"closed_form", {{"effective", finite(w.closed.effective)}, {"approximate_for", w.closed.beyond}}},
               {"failures", spread(g.failures)},
               {"maintenance_windows", finite(g.windows)},
               {"training_days", finite(g.work.value() / kDay)},
               {"lost_days", lost},
               {"sources", sources},
               {"reliability", w.reliability},
               {"checkpoint",
                {{"bytes", w.checkpoint ? Json(finite(w.checkpoint->value())) : Json(nullptr)},
                 {"interval_s", w.run.interval < kNever ? Json(finite(w.run.interval.value())) : Json(nullptr)},
                 {"interval_given", w.interval_given},
                 {"stall_s", finite(w.run.stall.value())},
                 {"write_s", finite(w.write.value())},
                 {"read_s", finite(w.read.value())},
                 {"other_intervals", trials}}},
               {"improvements", next}};
  return json;
}

Json energy_json(const TrainingAnswer& answer) {
  const FleetPower& p = *answer.power;
  if (!p.known()) return {{"unknown_because_unpublished", p.missing}};
  const double trillion = answer.weeks ? answer.weeks->seconds_per_trillion : 1e12 / answer.result.tokens_per_s;
  Json json = {
      {"power_w", finite(p.busy().value())},
      {"devices_w", finite(p.devices.value())},
      {"devices_idle_w", finite(p.idle.value())},
      {"devices_limit_w", finite(p.limit.value())},
      {"hosts_and_network_w", finite(p.hosts.value())},
      {"device_time", {{"matrix", finite(p.use.matrix)}, {"memory", finite(p.use.memory)}, {"exchange", finite(p.use.exchange)}}},
      {"step_kwh", finite((p.busy() * answer.result.step_time).value() / 3.6e6)},
      {"mean_power_w", finite(answer.mean_power->value())},
      {"mwh_per_trillion_tokens", finite(megawatt_hours(*answer.mean_power * Seconds(trillion)))}};
  if (answer.weeks) json["run_mwh"] = finite(megawatt_hours(*answer.mean_power * Seconds(answer.weeks->goodput.elapsed.mean)));
  return json;
}

Json cost_json(const Bill& bill) {
  const HourlyCost& hour = bill.hour;
  Json json = {{"currency", bill.prices.currency}, {"prices", bill.prices.title}, {"as_of", bill.prices.as_of}};
  const auto list = [&](const char* key, double per_hour) {
    Json of = {{"per_hour", finite(per_hour)},
               {"per_step", finite(per_hour / bill.steps_per_hour)},
               {"per_trillion_tokens", finite(bill.per_trillion(per_hour))}};
    if (bill.hours) of["run"] = finite(per_hour * *bill.hours);
    json[key] = std::move(of);
  };
  if (hour.rent) list("rented", *hour.rent);
  if (const auto owned = hour.owned()) {
    list("owned", *owned);
    json["owned_of_which"] = {{"machines_per_hour", finite(*hour.capital)}, {"electricity_per_hour", or_null(hour.power)}};
  }
  if (hour.carbon) list("carbon_kg", *hour.carbon);
  json["left_out"] = hour.left_out;
  return json;
}

}  // namespace

void add_operations(Json& json, const TrainingAnswer& answer) {
  if (answer.weeks) json["weeks"] = weeks_json(*answer.weeks);
  if (answer.power) json["energy"] = energy_json(answer);
  if (answer.bill) json["cost"] = cost_json(*answer.bill);
}

}  // namespace headway
