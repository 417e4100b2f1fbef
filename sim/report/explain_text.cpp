#include "report/explain_text.h"

#include <fmt/format.h>

#include "report/json_parts.h"
#include "report/run_text.h"
#include "study/comparison.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBarWidth = 30;

std::string path_text(const Result& r) {
  std::string out;
  for (const PathPart& part : r.critical_path) {
    const double share = part.time / r.step_time;
    if (share < 0.0005) continue;
    std::string line =
        fmt::format("  {:<40}{:>10}{:>9}  {}", part.cause, seconds_text(part.time), percent_text(share), bar(share, kBarWidth));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

Json explanation_json(const Explanation& explanation) {
  const Result& r = explanation.result;
  Json path = Json::array(), resources = Json::array();
  for (const PathPart& part : r.critical_path)
    path.push_back({{"cause", part.cause}, {"time_s", finite(part.time.value())}, {"share", finite(part.time / r.step_time)}});
  for (const ResourceWorth& worth : explanation.resources)
    resources.push_back({{"resource", worth.key},
                         {"elasticity_up", finite(worth.elasticity_up())},
                         {"elasticity_down", finite(worth.elasticity_down())},
                         {"gain_plus_10_percent", finite(worth.with_more - 1)},
                         {"gain_minus_10_percent", finite(worth.with_less - 1)},
                         {"speedup_if_free", finite(worth.when_free)}});
  return {{"scenario", r.scenario},
          {"verdict", explanation.verdict},
          {"step_time_s", finite(r.step_time.value())},
          {"tokens_per_s", finite(r.tokens_per_s)},
          {"mfu", finite(r.mfu)},
          {"fits", r.fits},
          {"resources", std::move(resources)},
          {"critical_path", std::move(path)},
          {"breakdown_s", breakdown_json(r.breakdown)},
          {"assumed", r.assumed}};
}

}  // namespace

Table worth_table(const Explanation& explanation) {
  Table table({"resource", "10 % faster", "10 % slower", "elasticity", "if it were free"}, {false, true, true, true, true});
  for (const ResourceWorth& worth : explanation.resources)
    table.row({worth.title, signed_percent_text(worth.with_more - 1), signed_percent_text(worth.with_less - 1),
               fmt::format("{:.2f}/{:.2f}", worth.elasticity_up() + 0.0, worth.elasticity_down() + 0.0),
               fmt::format("{:.2f}x", worth.when_free)});
  return table;
}

std::string explain_text(const Explanation& explanation, const TextStyle& style) {
  const Result& r = explanation.result;
  std::string out = toned(wrapped("", r.scenario + ": " + explanation.verdict), r.fits ? Tone::good : Tone::bad, style) + "\n";
  out += wrapped("  step       ", fmt::format("{}, {} tokens/s, MFU {}{}", seconds_text(r.step_time), grouped(r.tokens_per_s),
                                              percent_text(r.mfu), r.fits ? "" : "; does not fit in memory"));
  out += wrapped("  cluster    ", fmt::format("{}: {} x {}", r.cluster_title, grouped(r.devices), r.device_title));
  out += wrapped("  layout     ", layout_text(r.layout));

  out += "\n" + toned("What every resource is worth (tokens/s)", Tone::heading, style) + "\n";
  out += worth_table(explanation).text();
  out += wrapped("  ", "elasticity: of tokens/s, the resource 10 % faster/10 % slower; a delay is faster when it is shorter");

  out += "\n" + toned("Critical path: what the step waited for, one thing at a time", Tone::heading, style) + "\n" + path_text(r);
  return out + assumptions_text(r.assumed, style);
}

std::string explain_json(std::span<const Explanation> explanations) {
  if (explanations.size() == 1) return json_document(explanation_json(explanations.front()));
  Json list = Json::array();
  for (const Explanation& explanation : explanations) list.push_back(explanation_json(explanation));
  return json_document(list);
}

}  // namespace headway
