#include "report/size_text.h"

#include <fmt/format.h>

#include "report/json_parts.h"
#include "report/plan_text.h"
#include "report/run_text.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

// "15 T"
std::string tokens_text(double tokens) {
  if (tokens >= 1e12) return significant(tokens / 1e12) + " T";
  return tokens >= 1e9 ? significant(tokens / 1e9) + " G" : grouped(tokens);
}

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

std::string size_text(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal, const TextStyle& style) {
  std::string out =
      toned(wrapped("", scenario + ": " + verdict_text(sizing, goal)), sizing.goal ? Tone::good : Tone::bad, style) + "\n";
  return out + size_table(sizing).text() +
         "  *: meets the deadline, failures and restarts left out; per added: what each device beyond the row\n  above brings\n";
}

std::string size_json(const std::string& scenario, const Sizing& sizing, const SizingGoal& goal) {
  Json curve = Json::array();
  for (const SizePoint& point : sizing.curve) {
    Json json = {{"devices", point.devices}, {"fits", point.plan.has_value()}};
    if (point.plan) {
      const Result& r = point.plan->result;
      json["days"] = finite(point.days);
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
  json["curve"] = std::move(curve);
  return json_document(json);
}

}  // namespace headway
