#include "report/json.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "report/json_parts.h"
#include "report/run_text.h"
#include "report/text.h"
#include "report/weeks_json.h"
#include "study/collective_comparison.h"
#include "study/comparison.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

std::string snake(std::string words) {
  for (char& c : words)
    if (c == ' ' || c == '-') c = '_';
  return words;
}

Json network_times(const Result& r) {
  Json json = Json::object();
  for (const NetworkTime& network : r.networks) json[network.network] = finite(network.exposed.value());
  return json;
}

Json links(const std::vector<NetworkUse>& networks) {
  Json json = Json::array();
  for (const NetworkUse& network : networks)
    for (const LinkClass& links : network.links)
      json.push_back({{"network", network.network},
                      {"from", links.from},
                      {"to", links.to},
                      {"links", links.links},
                      {"line_gb_per_s", finite(links.capacity.value() / 1e9 / network.efficiency)},
                      {"busy", finite(links.busy)},
                      {"busiest", finite(links.busiest)}});
  return json;
}

Json memory(const Result& r) {
  Json by_stage = Json::array();
  Json terms = Json::array();
  Json grades = Json::object();
  for (const StageMemory& stage : r.memory_by_stage) {
    by_stage.push_back(finite(gib(stage.total())));
    Json of_stage = Json::object();
    for (const MemoryTerm& term : stage.terms) {
      of_stage[snake(term.name)] = finite(gib(term.bytes));
      grades[snake(term.name)] = std::string(name_of(term.grade));
    }
    terms.push_back(std::move(of_stage));
  }
  return {{"peak", finite(gib(peak_memory(r)))},
          {"capacity", finite(gib(r.memory_capacity))},
          {"by_stage", by_stage},
          {"terms_by_stage", terms},
          {"term_grades", grades},
          {"to_fit", r.memory_advice}};
}

Json collectives(const Result& r) {
  Json list = Json::array();
  for (const CollectiveUse& use : r.collectives)
    list.push_back({{"name", use.name},
                    {"algorithm", use.algorithm},
                    {"members", use.members},
                    {"bytes", finite(use.bytes.value())},
                    {"alone_s", finite(use.alone.value())},
                    {"calls_per_device", finite(use.calls_per_rank)}});
  return list;
}

Json statistics(const Stats& stats) {
  Json by_phase = Json::object();
  for (const auto& [phase, cpu_s] : stats.cpu_by_phase_s) by_phase[phase] = finite(cpu_s);
  return {{"wall_s", finite(stats.wall_s)},
          {"cpu_s", finite(stats.cpu_s)},
          {"peak_rss_mib", finite(stats.peak_rss_mib)},
          {"events", stats.events},
          {"replayed", stats.replayed},
          {"solves", stats.solves},
          {"cpu_by_phase_s", by_phase},
          {"gemm_table", {{"hits", stats.gemm_table_hits}, {"misses", stats.gemm_table_misses}}}};
}

Json run(const TrainingAnswer& answer, bool stats) {
  const Result& r = answer.result;
  Json json = {{"scenario", r.scenario},
               {"question", answer.question},
               {"step_time_s", finite(r.step_time.value())},
               {"tokens_per_s", finite(r.tokens_per_s)},
               {"tokens_per_s_per_device", finite(tokens_per_s_per_device(r))},
               {"model_tflops_per_device", finite(r.model_tflops_per_device)},
               {"mfu", finite(r.mfu)},
               {"hfu", finite(r.hfu)},
               {"mfu_peak_tflops", finite(r.mfu_peak_tflops)},
               {"devices", r.devices},
               {"packages", r.packages},
               {"cluster", r.cluster_title},
               {"device", r.device_title},
               {"tpp", answer.tpp ? Json(finite(*answer.tpp)) : Json(nullptr)},
               {"model", r.model_title},
               {"precision", r.recipe_name},
               {"software", r.software_name},
               {"sequence", answer.sequence},
               {"global_batch", answer.global_batch},
               {"microbatch", answer.microbatch},
               {"schedule", std::string(name_of(answer.schedule))},
               {"sharding", std::string(name_of(answer.sharding))},
               {"recompute", recompute_text(answer.recompute)},
               {"restrictions", answer.restrictions},
               {"layout", layout_json(r.layout, r.microbatches)},
               {"breakdown_s", breakdown_json(r.breakdown)},
               {"passes_s", passes_json(r.passes)},
               {"exposed_by_network_s", network_times(r)},
               {"memory_gib", memory(r)},
               {"fits", r.fits},
               {"bottleneck", r.bottleneck},
               {"collectives", collectives(r)},
               {"links", links(r.network_use)},
               {"assumed", r.assumed},
               {"fold", {{"ranks", r.ranks}, {"rank_classes", r.rank_classes}}}};
  if (const auto& job = answer.job)
    json["job"] = {{"of", job->scenario},
                   {"alone_step_time_s", finite(job->alone.value())},
                   {"cost_of_others", finite(job->cost_of_others)},
                   {"steps", job->steps}};
  if (const auto& u = answer.uncertainty)
    json["uncertainty"] = {{"level", kBandLevel},
                           {"low_s", finite(u->low.value())},
                           {"high_s", finite(u->high.value())},
                           {"runs", u->runs},
                           {"comparable", u->comparable}};
  add_operations(json, answer);
  if (stats) json["stats"] = statistics(r.stats);
  return json;
}

double gb_per_s(Bandwidth rate) { return finite(rate.value() / 1e9); }

Json run(const CollectiveAnswer& answer, bool stats) {
  const CollectiveResult& r = answer.result;
  Json json = {{"scenario", r.scenario},
               {"question", answer.question},
               {"collective", std::string(name_of(r.what.kind))},
               {"bytes", finite(r.what.bytes.value())},
               {"devices", r.what.devices},
               {"time_s", finite(r.time.value())},
               {"algbw_gb_per_s", gb_per_s(r.algbw())},
               {"busbw_gb_per_s", gb_per_s(r.busbw())},
               {"algorithm", std::string(name_of(r.choice.algorithm))},
               {"protocol", std::string(name_of(r.choice.protocol))},
               {"bound_s", finite(r.bound.value())},
               {"bound_share", finite(r.bound_share())},
               {"latency_s", finite(r.latency.value())},
               {"most_loaded_link", r.most_loaded_link},
               {"links", links(r.network_use)},
               {"cluster", r.cluster_title},
               {"device", r.device_title},
               {"cluster_devices", r.cluster_devices},
               {"restrictions", answer.restrictions},
               {"assumed", answer.assumed},
               {"fold", {{"ranks", r.ranks}, {"rank_classes", r.rank_classes}}}};
  if (stats) json["stats"] = statistics(r.stats);
  return json;
}

Json run(const Answer& answer, bool stats) {
  return std::visit([&](const auto& of_kind) { return run(of_kind, stats); }, answer);
}

// Best first; steps and collectives are ranked alike, steps by device too.
template <class Of>
Json compared(const std::vector<const Of*>& answers, bool stats) {
  std::vector<const decltype(Of::result)*> results;
  for (const Of* answer : answers) results.push_back(&answer->result);
  Json list = Json::array();
  for (const auto& standing : compare(results)) {
    Json json = run(*answers[standing.run], stats);
    json["rank"] = list.size() + 1;
    json["share_of_best"] = finite(standing.share_of_best);
    if constexpr (requires { standing.share_per_device; }) json["share_of_best_per_device"] = finite(standing.share_per_device);
    json["why_behind"] = standing.why;
    if constexpr (requires { answers[standing.run]->needs; }) {
      if (answers[standing.run]->needs) json["to_match_best"] = Json::array();
      for (const Need& need : answers[standing.run]->needs.value_or(std::vector<Need>()))
        json["to_match_best"].push_back({{"resource", need.key}, {"factor", finite(need.factor)}});
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

std::string run_json(std::span<const Answer> answers, bool stats) {
  if (answers.size() == 1) return json_document(run(answers.front(), stats));
  Json list = Json::array();
  for (const Answer& answer : answers) list.push_back(run(answer, stats));
  return json_document(list);
}

std::string compare_json(std::span<const Answer> answers, bool stats) {
  const auto collectives = answers_of<CollectiveAnswer>(answers);
  HEADWAY_CHECK(collectives.empty() || collectives.size() == answers.size(), "like is compared with like");
  return json_document(collectives.empty() ? compared(answers_of<TrainingAnswer>(answers), stats) : compared(collectives, stats));
}

namespace {

Json errors(const Errors& errors) {
  return {{"rows", errors.rows}, {"mape", finite(errors.mape)}, {"bias", finite(errors.bias)}};
}

Json layout_order(const LayoutOrder& order) {
  return {{"jobs", order.jobs},
          {"near", order.near},
          {"mean_loss", finite(order.mean_loss)},
          {"worst_loss", finite(order.worst_loss)}};
}

Json validation(const ValidationScore& score) {
  const bool by_size = score.kind == "collectives";
  Json cells = Json::array();
  for (const Cell& cell : score.cells) {
    cells.push_back({{"source", cell.source},
                     {"device", cell.device},
                     {"rows", cell.rows},
                     {"mape", finite(cell.mape)},
                     {"bias", finite(cell.bias)}});
    if (by_size) cells.back()["large"] = errors(cell.large);
  }
  Json runs = Json::array();
  for (const ScoredRun& row : score.runs) {
    Json json = {{"id", row.id},
                 {"device", row.device},
                 {"scored", row.scored},
                 {"measured", finite(row.measured)},
                 {"predicted", finite(row.predicted)},
                 {"error", finite(row.error)},
                 {"assumed", row.assumed}};
    if (!row.what.empty()) json["what"] = row.what;
    runs.push_back(std::move(json));
  }
  Json skipped = Json::array();
  for (const SkippedRun& row : score.skipped) skipped.push_back({{"id", row.id}, {"why", row.why}});
  Json json = {{"kind", score.kind},
               {"rows", score.rows},
               {"scored", score.scored},
               {"mape", finite(score.mape)},
               {"median_ape", finite(score.median_ape)},
               {"macro_mape", finite(score.macro_mape)},
               {"bias", finite(score.bias)}};
  if (by_size) {
    json["large"] = errors(score.large);
    json["large"]["from_bytes"] = kLargeCollective.value();
  }
  if (score.order.jobs > 0) {
    json["layout_order"] = layout_order(score.order);
    for (const LayoutOrder& of : score.orders) json["layout_order"]["by_source"][of.source] = layout_order(of);
  }
  json["cells"] = std::move(cells);
  json["runs"] = std::move(runs);
  json["skipped"] = std::move(skipped);
  return json;
}

}  // namespace

std::string validation_json(std::span<const ValidationScore> scores) {
  if (scores.size() == 1) return json_document(validation(scores.front()));
  Json list = Json::array();
  for (const ValidationScore& score : scores) list.push_back(validation(score));
  return json_document(list);
}

std::string list_json(const std::vector<ListEntry>& entries) {
  Json list = Json::array();
  for (const ListEntry& entry : entries) {
    list.push_back({{"name", entry.name}, {"title", entry.title}});
    if (!entry.about.empty()) list.back()["about"] = entry.about;
  }
  return json_document(list);
}

namespace {

Json or_null(const std::optional<double>& value) { return value ? Json(finite(*value)) : Json(nullptr); }

Json controls(const ControlSheet& sheet) {
  const ControlMeasures& m = sheet.measures;
  Json json = {{"device", sheet.device},
               {"title", sheet.title},
               {"tpp", or_null(m.tpp)},
               {"tpp_format", m.tpp_format ? Json(std::string(name_of(*m.tpp_format))) : Json(nullptr)},
               {"performance_density", or_null(m.performance_density)},
               {"die_area_mm2", or_null(m.die_area_mm2)},
               {"io_gb_per_s", or_null(m.io)},
               {"dram_gb_per_s", or_null(m.dram)},
               {"stack_density_gb_per_s_mm2", or_null(m.stack_density)},
               {"classes", Json::object()},
               {"clauses", Json::object()},
               {"distances", Json::array()},
               {"notes", sheet.notes}};
  for (const ControlClass& c : sheet.classes) {
    const std::string rule(name_of(c.rule));
    json["classes"][rule] = c.outcome;
    json["clauses"][rule] = c.clause;
    for (const ControlDistance& d : c.distances)
      json["distances"].push_back({{"rule", rule},
                                   {"measure", d.measure},
                                   {"value", or_null(d.value)},
                                   {"limit", finite(d.limit)},
                                   {"share_of_limit", d.value ? Json(finite(*d.value / d.limit)) : Json(nullptr)},
                                   {"at_limit", d.what}});
  }
  return json;
}

}  // namespace

std::string controls_json(std::span<const ControlSheet> sheets) {
  Json list = Json::array();
  for (const ControlSheet& sheet : sheets) list.push_back(controls(sheet));
  return json_document(list);
}

}  // namespace headway
