#include "config/published_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "cluster/occupancy.h"
#include "config/csv.h"
#include "config/row_defaults.h"
#include "config/row_networks.h"
#include "config/row_note.h"

namespace headway {

namespace {

constexpr std::array kColumns = {"id",
                                 "tier",
                                 "model",
                                 "layers",
                                 "hidden",
                                 "ffn",
                                 "gated_mlp",
                                 "heads",
                                 "kv_heads",
                                 "head_dim",
                                 "attention",
                                 "vocab",
                                 "experts",
                                 "seq",
                                 "global_batch",
                                 "microbatch",
                                 "device",
                                 "devices",
                                 "devices_per_node",
                                 "scale_up_domain",
                                 "nic_gbps",
                                 "tp",
                                 "sp",
                                 "pp",
                                 "vpp",
                                 "cp",
                                 "dp",
                                 "sharding",
                                 "precision",
                                 "recompute",
                                 "schedule",
                                 "framework"};

constexpr std::string_view kDefaultSoftware = "megatron-core";

using Skip = RowSkip;

// ---- One row ------------------------------------------------------------------------------------------------------------------

// A name that rows give a software family, on any device or only on those that multiply FP8.
struct SoftwareMatch {
  std::string fragment, family;
  bool needs_fp8 = false;
  [[nodiscard]] std::pair<std::size_t, bool> precision() const { return {fragment.size(), needs_fp8}; }
};

struct Catalogued {
  const Catalogue& catalogue;
  std::set<std::string> devices, recipes;
  std::vector<SoftwareMatch> software;
  std::vector<Model> mixtures;  // models of the catalogue with what the tables do not tell: groups of experts, prediction modules
  RowNetworks networks;

  explicit Catalogued(const Catalogue& c) : catalogue(c), networks(c) {
    for (const std::string& name : c.names(CatalogueKind::devices)) devices.insert(name);
    for (const std::string& name : c.names(CatalogueKind::recipes)) recipes.insert(name);
    for (const std::string& name : c.names(CatalogueKind::software)) {
      const Software family = c.software(name);
      for (const std::string& fragment : family.matches) software.push_back({lower(fragment), name});
      for (const std::string& fragment : family.matches_with_fp8) software.push_back({lower(fragment), name, true});
    }
    for (const std::string& name : c.names(CatalogueKind::models))
      if (Model model = c.model(name); model.experts && (model.experts->groups > 1 || model.prediction_depth > 0))
        mixtures.push_back(std::move(model));
  }
};

class RowReader {
 public:
  RowReader(const CsvTable& table, const CsvRow& row, const Catalogued& known, PublishedRun& run)
      : table_(table),
        row_(row),
        known_(known),
        run_(run),
        framework_(lower(text("framework"))),
        defaults_(defaults_of(framework_)) {}

  // Fills cluster and plan, or throws Skip.
  void read() {
    refuse_what_is_outside();
    const Device& device = find_device();
    TrainingPlan plan;
    plan.model = model();
    plan.recipe = recipe(device);
    plan.software = software(device);
    plan.recipe = recipe_under(plan.software, plan.recipe);
    plan.sequence = required("seq");
    plan.global_batch = required("global_batch");
    plan.microbatch = integer("microbatch", 1);
    const int devices = required("devices");
    plan.layout = layout(devices, plan.model.experts.has_value());
    plan.schedule = schedule(plan.layout);
    plan.sharding = sharding();
    plan.recompute = recompute();
    plan.layout.shard = default_shard(plan.layout);
    apply_note(text("note"), plan);
    if (plan.model.prediction_depth > 0) assume(fmt::format("multi-token prediction, depth {}", plan.model.prediction_depth));
    for (const PlanMistake& mistake : check_plan(plan)) throw Skip{mistake.key + ": " + mistake.message};
    run_.cluster = cluster(device, devices);
    run_.plan = std::move(plan);
  }

 private:
  [[nodiscard]] std::string text(const char* column) const { return table_.text(row_, column); }
  void assume(std::string what) { run_.assumed.push_back(std::move(what)); }

  [[nodiscard]] std::optional<int> given(const char* column) const {
    const std::string cell = text(column);
    if (cell.empty()) return std::nullopt;
    const std::optional<double> value = number_in<double>(cell);  // spreadsheets write 8 as "8.0"
    if (!value || *value != std::floor(*value) || std::abs(*value) > std::numeric_limits<int>::max())
      throw Skip{fmt::format("{} \"{}\" is not a whole number", column, cell)};
    return static_cast<int>(*value);
  }
  [[nodiscard]] int required(const char* column) const {
    const std::optional<int> value = given(column);
    if (!value) throw Skip{fmt::format("the row does not give {}", column)};
    if (*value <= 0) throw Skip{fmt::format("{} {} is not positive", column, *value)};
    return *value;
  }
  int integer(const char* column, int otherwise) {
    if (const std::optional<int> value = given(column)) return *value;
    assume(fmt::format("{} {}", column, otherwise));
    return otherwise;
  }

  // What the row plainly asks for and this version does not simulate.
  void refuse_what_is_outside() const {
    const std::string named = text("schedule");
    if (!named.empty() && !value_of<Schedule>(named)) throw Skip{fmt::format("schedule {} is not simulated yet", named)};
  }

  const Device& find_device() {
    if (!known_.devices.contains(run_.device)) throw Skip{fmt::format("device \"{}\" is not in the catalogue", run_.device)};
    return known_.catalogue.device(run_.device, run_.mark);
  }

  Model model() {
    Model model;
    model.name = model.title = text("model");
    model.source = run_.id;
    model.mark = run_.mark;
    model.layers = required("layers");
    model.hidden = required("hidden");
    model.heads = required("heads");
    if (const std::string attention = text("attention"); attention.rfind("mla", 0) == 0) {
      latent_attention(attention, model);
    } else {
      model.kv_heads = integer("kv_heads", model.heads);
      model.head_dim = integer("head_dim", model.hidden / model.heads);
    }
    model.gated_mlp = given("gated_mlp").value_or(0) == 1;
    if (given("experts").value_or(0) > 0)
      experts(model);
    else if (!model.gated_mlp && !given("ffn"))
      model.ffn = integer("ffn", 4 * model.hidden);
    else
      model.ffn = required("ffn");
    model.vocabulary = vocabulary();
    if (const std::string assumed = complete_by_family(model, required("seq")); !assumed.empty()) assume(assumed);
    return model;
  }

  // "mla:q1536:kv512:nope128:rope64:v128"
  void latent_attention(const std::string& text, Model& model) const {
    LatentAttention latent;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ':');) {
      const std::size_t digits = std::min(part.find_first_of("0123456789"), part.size());
      const std::string name = part.substr(0, digits);
      const int value = number_in<int>(part.substr(digits)).value_or(0);
      if (name == "q") latent.q_rank = value;
      if (name == "kv") latent.kv_rank = value;
      if (name == "nope") latent.qk_nope_dim = value;
      if (name == "rope") latent.qk_rope_dim = value;
      if (name == "v") model.head_dim = value;
    }
    if (latent.kv_rank <= 0 || latent.qk_nope_dim <= 0 || latent.qk_rope_dim <= 0 || model.head_dim <= 0)
      throw Skip{fmt::format("attention \"{}\" does not give the dimensions of latent attention", text)};
    model.kv_heads = model.heads;
    model.latent = latent;
  }

  // A shared expert is as wide as a routed one. Where layers with and without experts take turns, the table gives their number only.
  void experts(Model& model) {
    Experts experts;
    experts.count = required("experts");
    experts.top_k = required("top_k");
    experts.ffn = given("moe_ffn") ? required("moe_ffn") : required("ffn");
    experts.shared_ffn = given("shared_experts").value_or(0) * experts.ffn;
    experts.dense_layers = given("dense_layers").value_or(0);
    model.ffn = given("ffn").value_or(experts.ffn);
    if (lower(model.name).find("maverick") != std::string::npos && 2 * experts.dense_layers == model.layers) {
      experts.dense_layers = 0;
      experts.every = 2;
      assume("every second layer has experts");
    }
    for (const Model& known : known_.mixtures)
      if (known.hidden == model.hidden && known.experts->count == experts.count && known.experts->top_k == experts.top_k)
        complete(model, experts, known);
    model.experts = experts;
  }

  // From the model of the catalogue it is, or is a slice of. Tables of DeepSeek-V3 count the FLOPs of its prediction module, or say
  // that there is none (row_note.h).
  void complete(Model& model, Experts& experts, const Model& known) {
    if (known.experts->groups > 1) {
      experts.groups = known.experts->groups;
      experts.groups_per_token = known.experts->groups_per_token;
      assume("routing limited to groups as in " + known.name);
    }
    if (known.layers == model.layers) model.prediction_depth = known.prediction_depth;
  }

  int vocabulary() {
    if (const std::optional<int> given_size = given("vocab")) return *given_size;
    return integer("vocab", usual_vocabulary(lower(text("model"))));
  }

  Recipe recipe(const Device& device) {
    std::string name = text("precision");
    if (name.empty()) {
      name = "bf16";
      assume("precision bf16");
    }
    if (!known_.recipes.contains(name)) throw Skip{fmt::format("precision {} is not simulated yet", name)};
    Recipe found = known_.catalogue.recipe(name, run_.mark);
    if (!device.supports(found.compute))
      throw Skip{fmt::format("precision {}: {} does not multiply {}", name, device.name, name_of(found.compute))};
    return found;
  }

  Software software(const Device& device) {
    const SoftwareMatch* best = nullptr;
    for (const SoftwareMatch& match : known_.software)
      if ((!match.needs_fp8 || device.supports(NumberFormat::fp8)) && framework_.find(match.fragment) != std::string::npos &&
          (!best || match.precision() > best->precision()))
        best = &match;
    std::string name = best ? best->family : "";
    if (name.empty()) {
      name = kDefaultSoftware;
      assume("software " + name);
    }
    return known_.catalogue.software(name, run_.mark);
  }

  Layout layout(int devices, bool has_experts) {
    Layout layout;
    layout.tensor = integer("tp", 1);
    layout.pipeline = integer("pp", 1);
    layout.context = given("cp").value_or(1);
    layout.virtual_stages = given("vpp").value_or(1);
    layout.data = given("dp").value_or(1);
    for (const int degree : {layout.tensor, layout.pipeline, layout.context, layout.virtual_stages, layout.data})
      if (degree <= 0) throw Skip{"a parallel degree is not positive"};
    if (layout.tensor > 1) layout.sequence = integer("sp", defaults_.sequence_parallel ? 1 : 0) == 1;
    const std::int64_t model_parallel = std::int64_t{layout.tensor} * layout.pipeline * layout.context;
    if (devices % model_parallel != 0)
      throw Skip{fmt::format("tp {} x pp {} does not divide {} devices", layout.tensor, layout.pipeline, devices)};
    layout.data = given("dp").value_or(static_cast<int>(devices / model_parallel));
    if (has_experts) {
      layout.expert = integer("ep", 1);
      layout.expert_tensor = expert_tensor(layout, devices / layout.pipeline);
    }
    if (model_parallel * layout.data != devices)
      throw Skip{fmt::format("tp {} x pp {} x dp {} is not {} devices", layout.tensor, layout.pipeline, layout.data, devices)};
    return layout;
  }

  // Megatron-Core shares every expert among the tensor ranks, unless the experts take all ranks of a stage without that.
  int expert_tensor(const Layout& layout, int stage_ranks) {
    if (layout.tensor == 1) return given("etp").value_or(1);
    return integer("etp", stage_ranks % (layout.expert * layout.tensor) == 0 ? layout.tensor : 1);
  }

  Schedule schedule(const Layout& layout) {
    const std::string name = text("schedule");
    if (name == "interleaved" && layout.pipeline > 1 && !given("vpp")) throw Skip{"interleaved, but the row does not give vpp"};
    if (layout.pipeline > 1 && name.empty()) assume(layout.virtual_stages > 1 ? "schedule interleaved" : "schedule 1f1b");
    const Schedule named = value_of<Schedule>(name).value_or(Schedule::one_f_one_b);
    const bool by_chunks = named == Schedule::gpipe || named == Schedule::one_f_one_b || named == Schedule::interleaved;
    if (by_chunks && layout.virtual_stages > 1) return Schedule::interleaved;
    return named == Schedule::interleaved ? Schedule::one_f_one_b : named;
  }

  Sharding sharding() {
    const std::string name = text("sharding");
    if (name.empty()) {
      assume(fmt::format("sharding {}", name_of(defaults_.sharding)));
      return defaults_.sharding;
    }
    const std::optional<Sharding> value = value_of<Sharding>(name);
    if (!value) throw Skip{fmt::format("sharding \"{}\" is unknown", name)};
    return *value;
  }

  int default_shard(const Layout& layout) {
    if (defaults_.shard == 0 || layout.replicas() % defaults_.shard != 0) return 0;
    assume(fmt::format("optimizer states divided among {} replicas", defaults_.shard));
    return defaults_.shard;
  }

  Recompute recompute() {
    const std::string names = text("recompute");
    Recompute recompute;
    if (names.empty()) assume("recompute none");
    if (names.empty() || names == "none") return recompute;
    std::istringstream list(names);
    for (std::string name; std::getline(list, name, '+');) {
      const std::optional<RecomputeModule> module = value_of<RecomputeModule>(name);
      if (!module) throw Skip{fmt::format("recompute {} is not simulated yet", name)};
      recompute.modules.push_back(*module);
    }
    return recompute;
  }

  Cluster cluster(const Device& device, int devices) {
    Cluster cluster;
    cluster.name = cluster.title = fmt::format("{} x {}", devices, device.name);
    cluster.source = run_.id;
    cluster.mark = run_.mark;
    cluster.groups.push_back({device, devices});
    const int node = integer("devices_per_node", std::min(8, devices));
    const int full_domain = integer("scale_up_domain", node);
    if (node <= 0 || full_domain <= 0) throw Skip{"devices_per_node or scale_up_domain is not positive"};
    cluster.devices_per_node = std::min(node, devices);
    if (devices % cluster.devices_per_node != 0) throw Skip{fmt::format("{} devices do not fill nodes of {}", devices, node)};
    if (devices > 1) cluster.networks = known_.networks.scale_up(device, node, full_domain);
    if (devices > full_domain) cluster.networks.push_back(scale_out(device, cluster.devices_per_node));
    if (const Occupancy occupancy = occupy_domains(cluster); !occupancy.whole()) assume(occupancy_text(occupancy));
    return cluster;
  }

  NetworkSpec scale_out(const Device& device, int node) {
    const std::string cell = text("nic_gbps");
    const std::optional<UsualRate> usual = known_.networks.usual_rate(device);
    if (cell.empty() && !usual) throw Skip{"several nodes, but the row does not give nic_gbps"};
    const std::optional<double> rate = cell.empty() ? usual->gbps : number_in<double>(cell);
    if (!rate || !std::isfinite(*rate) || *rate <= 0) throw Skip{fmt::format("nic_gbps \"{}\" is not a positive number", cell)};
    NetworkSpec network = known_.networks.scale_out(device, node, *rate, "", run_.mark);
    assume(fmt::format("network {} at {:g} Gb/s{}", network.technology.name, *rate,
                       cell.empty() ? " a device, as in " + usual->cluster : ""));
    return network;
  }

  const CsvTable& table_;
  const CsvRow& row_;
  const Catalogued& known_;
  PublishedRun& run_;
  std::string framework_;
  const SoftwareDefaults& defaults_;
};

// ---- The table ----------------------------------------------------------------------------------------------------------------

struct Measure {
  const char* column;
  const char* unit;
};

constexpr Measure measure_of(RunMeasure measure) {
  return measure == RunMeasure::step_time ? Measure{"step_seconds", "seconds"} : Measure{"peak_gib", "GiB"};
}

// The part that must be right for the file to be a table at all.
std::optional<PublishedRun> identify(const CsvRow& row, const CsvTable& table, const Measure& measure, std::set<std::string>& ids,
                                     Diagnostics& mistakes) {
  PublishedRun run;
  run.mark = {table.file, row.front().line, 1};
  run.id = table.text(row, "id");
  run.tier = table.text(row, "tier");
  run.device = table.text(row, "device");
  run.source = run.id.substr(0, run.id.find('-'));
  const CsvCell& id = table.cell(row, "id");
  if (run.id.empty())
    mistakes.error({table.file, id.line, id.column}, "id: every row needs one");
  else if (!ids.insert(run.id).second)
    mistakes.error({table.file, id.line, id.column}, "id: \"" + run.id + "\" names an earlier row too");
  const std::optional<double> measured = positive_number(table, row, measure.column, measure.unit, mistakes);
  if (!measured) return std::nullopt;
  run.measured = *measured;
  return run;
}

}  // namespace

std::vector<PublishedRun> published_runs(const CsvTable& table, RunMeasure measured, const Catalogue& catalogue) {
  const Measure measure = measure_of(measured);
  std::vector<const char*> needed(kColumns.begin(), kColumns.end());
  needed.push_back(measure.column);
  need_columns(table, needed, "a table of published training runs");

  Diagnostics mistakes;
  std::set<std::string> ids;
  std::vector<std::pair<PublishedRun, const CsvRow*>> identified;
  for (const CsvRow& row : table.rows)
    if (is_whole(table, row, mistakes))
      if (auto run = identify(row, table, measure, ids, mistakes)) identified.emplace_back(std::move(*run), &row);
  mistakes.throw_if_any();
  if (identified.empty()) return {};

  const Catalogued known(catalogue);
  std::vector<PublishedRun> runs;
  for (auto& [run, row] : identified) {
    try {
      RowReader(table, *row, known, run).read();
    } catch (const Skip& skip) {
      run.why = skip.why;
    } catch (const InputError& error) {  // what the catalogue lacks for this row is the row's own matter
      run.why = error.diagnostics().front().message;
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<PublishedRun> parse_published_runs(std::string_view text, const std::string& file, const Catalogue& catalogue) {
  return published_runs(parse_csv(text, file), RunMeasure::step_time, catalogue);
}

}  // namespace headway
