#include "report/size_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/json_parts.h"
#include "report/plan_text.h"
#include "report/run_text.h"
#include "report/weeks_text.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string verdict_text(const Sizing& sizing, const SizingGoal& goal) {
  const std::string wish = fmt::format("{} tokens within {} days", tokens_text(goal.tokens), significant(goal.days));
  std::string text;
  if (sizing.goal) {
    const SizePoint& point = sizing.curve[*sizing.goal];
    text = fmt::format("{} take {} devices: {} days with {}", wish, grouped(point.devices), significant(point.days),
                       choices_text(point.plan->plan));
  } else {
    text = fmt::format("{} cannot be met", wish);
    const SizePoint* fastest = nullptr;
    for (const SizePoint& point : sizing.curve)
      if (point.plan && (fastest == nullptr || point.days < fastest->days)) fastest = &point;
    text += fastest == nullptr ? ": nothing fits in memory"
                               : fmt::format(": {} devices need {} days", grouped(fastest->devices), significant(fastest->days));
  }
  if (sizing.pays_until && *sizing.pays_until + 1 < sizing.curve.size())
    text += fmt::format("; beyond {} devices another brings less than half of what one brings at best",
                        grouped(sizing.curve[*sizing.pays_until].devices));
  return text;
}

namespace {

// "512 devices (41.2 days), 384 (53.0 days), ...": the first three.
template <class Say>
std::string ranking(const Sizing& sizing, const std::vector<std::size_t>& order, const Say& say) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i) {
    const SizePoint& point = sizing.curve[order[i]];
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", grouped(point.devices), say(point));
  }
  return text;
}

}  // namespace

Table size_table(const Sizing& sizing) {
  Table table({"devices", "days", "tokens/s", "per device", "per added", "MFU", "layout"},
              {true, true, true, true, true, true, false});
  for (std::size_t i = 0; i < sizing.curve.size(); ++i) {
    const SizePoint& point = sizing.curve[i];
    if (!point.plan) {
      table.row({grouped(point.devices) + "  ", "-", "-", "-", "-", "-", "nothing fits"});
      continue;
    }
    const Layout& l = point.plan->plan.layout;
    table.row({grouped(point.devices) + (sizing.goal == i ? " *" : "  "), significant(point.days),
               grouped(point.plan->result.tokens_per_s), grouped(point.per_device), grouped(point.per_added),
               percent_text(point.plan->result.mfu),
               fmt::format("tp {} cp {} pp {} vs {} dp {} ep {}", l.tensor, l.context, l.pipeline, l.virtual_stages, l.data,
                           l.expert)});
  }
  return table;
}

std::optional<Table> delivered_table(const Sizing& sizing, const std::string& currency) {
  Table table({"devices", "days", "effective", "cost, " + (currency.empty() ? "no prices" : currency), "energy, MWh"},
              {true, true, true, true, true});
  for (std::size_t i = 0; i < sizing.curve.size(); ++i) {
    const SizePoint& point = sizing.curve[i];
    if (!point.delivered) continue;
    const Delivered& d = *point.delivered;
    table.row({grouped(point.devices) + (sizing.goal == i ? " *" : "  "), significant(d.days), percent_text(d.effective),
               d.cost ? amount_text(*d.cost) : "?", d.energy ? amount_text(megawatt_hours(*d.energy)) : "?"});
  }
  return table.rows().size() > 1 ? std::optional(std::move(table)) : std::nullopt;
}

std::vector<Fact> rankings(const Sizing& sizing, const std::string& currency) {
  const auto cost = [&](const SizePoint& p) { return amount_text(*p.delivered->cost) + " " + currency; };
  return {{"soonest", ranking(sizing, sizing.by_date, [](const SizePoint& p) { return significant(p.days) + " days"; })},
          {"cheapest", ranking(sizing, sizing.by_cost, cost)},
          {"least MWh", ranking(sizing, sizing.by_energy,
                                [](const SizePoint& p) { return amount_text(megawatt_hours(*p.delivered->energy)) + " MWh"; })}};
}

namespace {

std::string delivered_text(const Sizing& sizing, const std::string& currency, const TextStyle& style) {
  const std::optional<Table> table = delivered_table(sizing, currency);
  if (!table) return "";
  return "\n" + toned("The whole run on each fleet, interruptions included", Tone::heading, style) + "\n" + table->text() +
         facts_text(rankings(sizing, currency));
}

}  // namespace

std::string size_text(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal, const std::string& currency,
                      const TextStyle& style) {
  const std::string out =
      toned(wrapped("", scenario + ": " + verdict_text(sizing, goal)), sizing.goal ? Tone::good : Tone::bad, style) + "\n";
  const bool disturbed = std::any_of(sizing.curve.begin(), sizing.curve.end(),
                                     [](const SizePoint& p) { return p.delivered && p.delivered->effective < 1; });
  return out + size_table(sizing).text() +
         (disturbed
              ? "  *: meets the deadline, interruptions included; per added: what each device beyond the row above\n  brings\n"
              : "  *: meets the deadline, failures and restarts left out; per added: what each device beyond the row\n"
                "  above brings\n") +
         delivered_text(sizing, currency, style);
}

std::string size_json(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal, const std::string& currency) {
  Json curve = Json::array();
  for (const SizePoint& point : sizing.curve) {
    Json json = {{"devices", point.devices}, {"fits", point.plan.has_value()}};
    if (point.plan) {
      const Result& r = point.plan->result;
      json["days"] = finite(point.days);
      if (const auto& d = point.delivered) {
        json["effective"] = finite(d->effective);
        if (d->cost) json["cost"] = finite(*d->cost);
        if (d->energy) json["energy_mwh"] = finite(megawatt_hours(*d->energy));
      }
      json["tokens_per_s"] = finite(r.tokens_per_s);
      json["tokens_per_s_per_device"] = finite(point.per_device);
      json["tokens_per_s_per_added_device"] = finite(point.per_added);
      json["mfu"] = finite(r.mfu);
      json["layout"] = layout_json(r.layout, r.microbatches);
      json["microbatch"] = point.plan->plan.microbatch;
      json["schedule"] = std::string(name_of(point.plan->plan.schedule));
      json["sharding"] = std::string(name_of(point.plan->plan.sharding));
      json["recompute"] = recompute_text(point.plan->plan.recompute);
    }
    curve.push_back(std::move(json));
  }
  Json json = {{"scenario", scenario},
               {"tokens", finite(goal.tokens)},
               {"within_days", finite(goal.days)},
               {"fits", sizing.goal.has_value()},
               {"devices", nullptr},
               {"days", nullptr},
               {"layout", nullptr},
               {"pays_until_devices", nullptr}};
  if (sizing.goal) {
    json["devices"] = curve[*sizing.goal]["devices"];
    json["days"] = curve[*sizing.goal]["days"];
    json["layout"] = curve[*sizing.goal]["layout"];
  }
  if (sizing.pays_until) json["pays_until_devices"] = curve[*sizing.pays_until]["devices"];
  const auto ranked = [&](const char* key, const std::vector<std::size_t>& order) {
    if (order.empty()) return;
    json[key] = Json::array();
    for (const std::size_t i : order) json[key].push_back(curve[i]["devices"]);
  };
  if (!currency.empty()) json["currency"] = currency;
  ranked("devices_by_date", sizing.by_date);
  ranked("devices_by_cost", sizing.by_cost);
  ranked("devices_by_energy", sizing.by_energy);
  json["curve"] = std::move(curve);
  return json_document(json);
}

}  // namespace headway
