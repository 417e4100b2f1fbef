#include "config/scenario_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cluster/occupancy.h"

namespace headway {

namespace {

// none, one module, or a list of modules.
Form<Recompute> recompute() {
  std::vector<std::string> words = all_names<RecomputeModule>();
  words.emplace_back("none");
  const Form<std::string> word = word_of(words);
  const Form<std::vector<RecomputeModule>> list = list_of(one_of<RecomputeModule>());
  return {[word, list](const Node& node) -> std::optional<Recompute> {
            if (node.tree().is_list()) {
              std::optional<std::vector<RecomputeModule>> modules = list.read(node);
              if (!modules) return std::nullopt;
              return Recompute{std::move(*modules)};
            }
            const std::optional<std::string> name = word.read(node);
            if (!name) return std::nullopt;
            if (*name == "none") return Recompute{};
            return Recompute{{*value_of<RecomputeModule>(*name)}};
          },
          any_of({word.schema, list.schema})};
}

Form<ParallelText> parallel() {
  using P = ParallelText;
  const Form<ParallelText> degrees =
      Record<P>()
          .optional("tensor", &P::tensor, integer(1), "devices that share every matrix; 1 where left out")
          .optional("sequence", &P::sequence, boolean(), "sequence parallelism inside the tensor group")
          .optional("pipeline", &P::pipeline, integer(1), "stages; 1 where left out")
          .optional("virtual_stages", &P::virtual_stages, integer(1), "model chunks of a stage; 1 where left out")
          .optional("context", &P::context, integer(1), "devices that share every sequence; 1 where left out")
          .optional("expert", &P::expert, integer(1), "devices that share the experts; 1 where left out")
          .optional("expert_tensor", &P::expert_tensor, integer(1),
                    "devices that share every expert's matrices; as many as tensor where left out")
          .optional("data", &P::data, integer(1), "replicas; what is left of the devices where left out")
          .optional("shard", &P::shard, integer(1),
                    "neighbours among the replicas that divide what sharding divides; all of them where left out")
          .form();
  return {[degrees](const Node& node) -> std::optional<ParallelText> {
            if (!node.tree().is_text() || node.tree().text != "auto") return degrees.read(node);
            ParallelText text;
            text.automatic = true;
            return text;
          },
          any_of({degrees.schema, Schema(Json{{"enum", {"auto"}}})})};
}

Form<TokenRouting> routing() {
  using R = TokenRouting;
  return Record<R>()
      .optional("skew", &R::skew, number({.least = 1, .most = 64}), "tokens of the busiest expert rank over the mean")
      .optional("capacity", &R::capacity, number({.least = 1, .most = 64}),
                "tokens an expert takes at most, over the mean; the rest is dropped")
      .optional("padded", &R::padded, boolean(), "every expert works on its full capacity")
      .form();
}

Record<TrainingText> training() {
  using W = TrainingText;
  return Record<W>()
      .required("model", &W::model, model_reference(),
                "a name in workloads/models, a path to a Hugging Face config.json, or a model in place")
      .required("precision", &W::precision, reference(CatalogueKind::recipes, recipe_form()), "a name in workloads/recipes")
      .required("sequence", &W::sequence, integer(1), "tokens per sequence")
      .required("global_batch", &W::global_batch, integer(1), "sequences per optimizer step")
      .optional("microbatch", &W::microbatch, integer(1), "sequences per microbatch and replica; 1 where left out")
      .required("parallel", &W::parallel, parallel(), "the layout")
      .optional("schedule", &W::schedule, one_of<Schedule>(),
                "of the pipeline; 1f1b where left out, interleaved with virtual stages")
      .optional("sharding", &W::sharding, one_of<Sharding>(), "what data parallelism shards; none where left out")
      .optional("recompute", &W::recompute, recompute(), "what the backward pass computes again; none where left out")
      .optional("software", &W::software, reference(CatalogueKind::software, software_form()),
                "a name in workloads/software: whose kernels, overlaps and host gaps; megatron-core where left out")
      .optional("routing", &W::routing, routing(), "of tokens to experts; as the software's runs show where left out")
      .optional("placement", &W::placement, placement_form(), "of ranks on devices; packed where left out")
      .optional("split", &W::split, list_of(integer(0)), "layers of each (virtual) stage in model order");
}

// What nccl-tests is told: which collective, how large; and what may be said in the library's place.
Record<CollectiveText> collective() {
  using C = CollectiveText;
  return Record<C>()
      .required("collective", &C::collective, one_of<CollectiveKind>(), "what the devices exchange")
      .required("bytes", &C::bytes, quantity<Bytes>(), "as nccl-tests counts: the full buffer, gathered where it is gathered")
      .optional("devices", &C::devices, integer(2), "that take part, the first of the cluster; all where left out")
      .optional("algorithm", &C::algorithm, one_of<Algorithm>(), "as the library chooses where left out")
      .optional("protocol", &C::protocol, one_of<Protocol>(), "as the library chooses where left out");
}

bool knows(const RecordKeys& record, const std::string& key) {
  return std::any_of(record.keys().begin(), record.keys().end(), [&](const RecordKeys::Key& k) { return k.name == key; });
}

// A bare collective where it says `collective`, or where no key speaks of training and some key does of a collective.
bool means_collective(const Tree& workload, const RecordKeys& of_training, const RecordKeys& of_collective) {
  if (workload.find("collective") != nullptr) return true;
  bool any = false;
  for (const Tree& entry : workload.children) {
    if (knows(of_training, entry.key)) return false;
    any = any || knows(of_collective, entry.key);
  }
  return any;
}

template <class T>
std::optional<WorkloadText> read_workload(const Record<T>& record, const Node& node) {
  T text{};
  if (!record.read(node, text)) return std::nullopt;
  return text;
}

Form<WorkloadText> workload() {
  const Record<TrainingText> of_training = training();
  const Record<CollectiveText> of_collective = collective();
  return {[of_training, of_collective](const Node& node) -> std::optional<WorkloadText> {
            if (!means_collective(node.tree(), of_training, of_collective)) return read_workload(of_training, node);
            const Tree* model = node.tree().find("model");
            if (model == nullptr) return read_workload(of_collective, node);
            node.error_at(node.tree().find("collective")->key_mark,
                          "says both \"collective\" and \"model\": write a bare collective or a training run");
            return std::nullopt;
          },
          any_of({of_training.form().schema, of_collective.form().schema})};
}

// `{use: dgx-h100, devices: 16384}`, or a whole cluster.
Form<Cluster> cluster() {
  return {[](const Node& node) -> std::optional<Cluster> {
            if (node.tree().is_text()) {
              node.error("write {use: " + node.tree().text + "}");
              return std::nullopt;
            }
            if (!node.expect(Tree::Kind::map)) return std::nullopt;
            return read_in_place(CatalogueKind::clusters, cluster_form(), node);
          },
          Schema(Json{{"$ref", definition(CatalogueKind::clusters)}})};
}

Form<JobText> job() {
  return Record<JobText>()
      .required("name", &JobText::name, text(), "what tables call it")
      .required("devices", &JobText::devices, integer(1), "of the cluster's, for this job alone")
      .required("workload", &JobText::workload, workload(), "what is trained, and how")
      .form();
}

// Read by config/sweep_file; a single scenario has none.
Form<bool> sweep() {
  const Json axes = {{"type", "object"}, {"additionalProperties", Json::object()}};
  return {[](const Node& node) -> std::optional<bool> {
            node.error_at_key("a sweep has many answers: run it with `headway sweep`");
            return std::nullopt;
          },
          any_of({Schema(axes), Schema(Json{{"type", "array"}, {"items", axes}})})};
}

Record<ScenarioText> make_scenario_record() {
  using S = ScenarioText;
  return Record<S>()
      .optional("name", &S::name, text(), "what tables call it; the file's name where left out")
      .optional("question", &S::question, text(), "what is asked, in a sentence")
      .required("cluster", &S::cluster, cluster(), "a cluster in place, or {use: NAME, devices: N}")
      .optional("workload", &S::workload, workload(), "what is trained, and how; or a bare collective")
      .optional("jobs", &S::jobs, list_of(job()), "several training runs that share the cluster, in place of workload")
      .optional("job_placement", &S::job_placement, one_of<JobPlacement>(),
                "of jobs on nodes: packed one after another (where left out), or interleaved")
      .optional("restrict", &S::restrict_by, list_of(restriction_form()), "what-ifs laid over the cluster, in order")
      .optional("campaign", &S::campaign, campaign_form(), "the weeks: what is to be done, what fails, what that costs")
      .optional("prices", &S::prices, reference(CatalogueKind::prices, prices_form()),
                "a name in topologies/prices, {use: NAME, ...}, or in place")
      .other("sweep", false, sweep(), "axes for `headway sweep`: {path: [values]}, or a list of such grids");
}

// ---- what the text leaves open

class Assumptions {
 public:
  explicit Assumptions(std::vector<std::string>& list) : list_(list) {}

  template <class V>
  V value(const std::string& key, const std::optional<V>& written, V fallback, std::string_view fallback_name) {
    if (written) return *written;
    list_.push_back(key + ": " + std::string(fallback_name) + " (default)");
    return fallback;
  }

 private:
  std::vector<std::string>& list_;
};

std::optional<Software> default_software(const Node& workload) {
  Tree name;
  name.kind = Tree::Kind::text;
  name.text = "megatron-core";
  name.key = "software";
  name.mark = workload.tree().mark;
  return reference(CatalogueKind::software, software_form()).read(workload.entry(name));
}

// Degrees a layout does not name are 1; `data` is what is left of the devices. Nothing when the product cannot be.
std::optional<Layout> lay_out(const Node& workload, const ParallelText& text, bool has_experts, int devices) {
  Layout layout;
  layout.tensor = text.tensor.value_or(1);
  layout.sequence = text.sequence.value_or(false);
  layout.pipeline = text.pipeline.value_or(1);
  layout.virtual_stages = text.virtual_stages.value_or(1);
  layout.context = text.context.value_or(1);
  layout.expert = text.expert.value_or(1);
  layout.shard = text.shard.value_or(0);
  layout.expert_tensor = text.expert_tensor.value_or(has_experts ? layout.tensor : 1);

  const long long model = 1LL * layout.tensor * layout.pipeline * layout.context;
  const std::string product = "tensor " + std::to_string(layout.tensor) + " x pipeline " + std::to_string(layout.pipeline) +
                              " x context " + std::to_string(layout.context);
  if (text.data && model * *text.data != devices) {
    workload.error_below("parallel.data", product + " x data " + std::to_string(*text.data) + " = " +
                                              std::to_string(model * *text.data) + " devices, but the cluster has " +
                                              std::to_string(devices));
    return std::nullopt;
  }
  if (devices % model != 0) {
    workload.error_below("parallel", product + " = " + std::to_string(model) + " does not divide the cluster's " +
                                         std::to_string(devices) + " devices");
    return std::nullopt;
  }
  layout.data = static_cast<int>(devices / model);
  return layout;
}

// What of the plan's choices `parallel: auto` leaves open: all that is not written.
OpenChoices open_choices(const TrainingText& text) {
  if (!text.parallel.automatic) return {};
  return {true, !text.microbatch, !text.schedule, !text.sharding, !text.recompute};
}

// The choices a search makes: until then one replica per device, and nothing assumed of what it will decide.
void leave_open(TrainingPlan& plan, const TrainingText& text, int devices) {
  plan.layout.sequence = true;
  plan.layout.data = devices;
  plan.microbatch = text.microbatch.value_or(1);
  plan.schedule = text.schedule.value_or(Schedule::one_f_one_b);
  plan.sharding = text.sharding.value_or(Sharding::none);
  plan.recompute = text.recompute.value_or(Recompute{});
}

bool make_choices(TrainingPlan& plan, const Node& node, const TrainingText& text, int devices, Assumptions& assume) {
  const ParallelText& parallel = text.parallel;
  plan.microbatch = assume.value("microbatch", text.microbatch, 1, "1");
  const bool chunks = parallel.virtual_stages.value_or(1) > 1;
  if (parallel.tensor.value_or(1) > 1) (void)assume.value("parallel.sequence", parallel.sequence, false, "false");
  if (parallel.tensor.value_or(1) > 1 && text.model.experts)
    (void)assume.value("parallel.expert_tensor", parallel.expert_tensor, 0, std::to_string(*parallel.tensor));
  const Schedule fallback = chunks ? Schedule::interleaved : Schedule::one_f_one_b;
  plan.schedule = assume.value("schedule", text.schedule, fallback, name_of(fallback));
  plan.sharding = assume.value("sharding", text.sharding, Sharding::none, name_of(Sharding::none));
  plan.recompute = assume.value("recompute", text.recompute, Recompute{}, "none");
  const std::optional<Layout> layout = lay_out(node, parallel, text.model.experts.has_value(), devices);
  if (layout) plan.layout = *layout;
  return layout.has_value();
}

std::optional<TrainingPlan> make_plan(const Node& node, const TrainingText& text, int devices,
                                      std::vector<std::string>& assumed) {
  Assumptions assume(assumed);
  TrainingPlan plan;
  plan.model = text.model;
  plan.recipe = text.precision;
  plan.sequence = text.sequence;
  plan.global_batch = text.global_batch;
  plan.split = text.split;
  bool complete = true;
  if (text.parallel.automatic)
    leave_open(plan, text, devices);
  else
    complete = make_choices(plan, node, text, devices, assume);
  plan.placement = assume.value("placement", text.placement, RankPlacement{}, "packed");
  check_placement(node, plan.placement, devices);

  const std::optional<Software> software = text.software ? text.software : default_software(node);
  if (!software || !complete) return std::nullopt;
  plan.software = assume.value("software", text.software, *software, software->name);
  plan.recipe = recipe_under(plan.software, plan.recipe);
  plan.routing = text.routing.value_or(TokenRouting{});
  return plan;
}

// The names that perform this kind, for a message.
template <class E>
std::string those_for(CollectiveKind kind) {
  std::string names;
  for (const auto& [value, name] : EnumNames<E>::table)
    if (performs(value, kind)) names += (names.empty() ? "" : " or ") + std::string(name);
  return names;
}

template <class E>
void check_performs(const Node& node, const std::string& key, const std::optional<E>& forced, CollectiveKind kind) {
  if (forced && !performs(*forced, kind))
    node.error_below(key,
                     "no " + std::string(name_of(*forced)) + " " + std::string(name_of(kind)) + ": write " + those_for<E>(kind));
}

BareCollective make_collective(const Node& node, const CollectiveText& text, int devices, std::vector<std::string>& assumed) {
  if (devices < 2) node.error_below("collective", "the cluster has one device, and nobody to exchange with");
  if (text.devices && *text.devices > devices)
    node.error_below("devices", std::to_string(*text.devices) + " of the cluster's " + std::to_string(devices) + " devices");
  check_performs(node, "algorithm", text.algorithm, text.collective);
  check_performs(node, "protocol", text.protocol, text.collective);
  if (text.algorithm && text.protocol && performs(*text.protocol, text.collective) && !performs(*text.protocol, *text.algorithm))
    node.error_below("protocol", "no " + std::string(name_of(*text.protocol)) + " " + std::string(name_of(*text.algorithm)));
  const int members = Assumptions(assumed).value("devices", text.devices, devices, "all " + std::to_string(devices));
  return {node.tree().find("collective")->mark, text.collective, text.bytes, members, {text.algorithm, text.protocol}};
}

// Nodes for every job: one after another, or in turn, each time to the job that has the smallest share of what it asked for.
std::vector<std::vector<DeviceIndex>> deal_devices(const std::vector<JobText>& jobs, JobPlacement placement, int node) {
  std::vector<std::vector<DeviceIndex>> devices(jobs.size());
  const auto wants = [&](std::size_t job) { return static_cast<std::size_t>(jobs[job].devices) > devices[job].size(); };
  const auto served = [&](std::size_t job) { return static_cast<double>(devices[job].size()) / jobs[job].devices; };
  for (DeviceIndex next = 0;;) {
    std::size_t chosen = jobs.size();
    for (std::size_t job = 0; job < jobs.size(); ++job) {
      const bool first = chosen == jobs.size() || (placement == JobPlacement::interleaved && served(job) < served(chosen));
      if (wants(job) && first) chosen = job;
    }
    if (chosen == jobs.size()) return devices;
    for (int i = 0; i < node && wants(chosen); ++i) devices[chosen].push_back(next++);
    if (placement == JobPlacement::interleaved)
      next = (next + static_cast<DeviceIndex>(node) - 1) / static_cast<DeviceIndex>(node) * static_cast<DeviceIndex>(node);
  }
}

void assume_of_campaign(const Campaign& campaign, std::vector<std::string>& assumed) {
  if (!campaign.spares) assumed.emplace_back("campaign.spares: there is always a spare node (default)");
  if (!campaign.maintenance) assumed.emplace_back("campaign.maintenance: none (default)");
  if (!campaign.stragglers) assumed.emplace_back("campaign.stragglers: none (default)");
}

bool sizes_domains(const ScenarioText& text) {
  const auto resizes = [](const SaidRestriction& said) { return std::holds_alternative<ResizeDomain>(said.restriction.what); };
  return text.restrict_by && std::any_of(text.restrict_by->begin(), text.restrict_by->end(), resizes);
}

void report(const std::vector<PlanMistake>& mistakes, const Node& workload) {
  for (const PlanMistake& mistake : mistakes) workload.error_below(mistake.key, mistake.message);
}

}  // namespace

const Record<ScenarioText>& scenario_record() {
  static const Record<ScenarioText> record = make_scenario_record();
  return record;
}

namespace {

void read_jobs(const Node& list, const std::vector<JobText>& texts, JobPlacement placement, Scenario& scenario,
               const Cluster& cluster) {
  long long asked = 0;
  std::set<std::string> names;
  const int node = cluster.devices_per_node;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Node entry = list.item(i);
    asked += placement == JobPlacement::interleaved ? (texts[i].devices + node - 1) / node * node : texts[i].devices;
    if (!names.insert(texts[i].name).second) entry.error_below("name", "a second job \"" + texts[i].name + "\"");
    if (std::holds_alternative<CollectiveText>(*texts[i].workload))
      entry.error_below("workload", "a job trains; run a bare collective by itself");
    else if (std::get<TrainingText>(*texts[i].workload).parallel.automatic)
      entry.error_below("workload.parallel", "a job's layout is written out; `headway plan` finds one");
  }
  if (texts.size() < 2) list.error("needs two jobs or more; write one as \"workload\"");
  if (asked > cluster.devices())
    list.error("the jobs take " + std::to_string(asked) + " devices, but the cluster has " + std::to_string(cluster.devices()));
  if (list.session().diagnostics.size() > 0) return;
  std::vector<std::vector<DeviceIndex>> devices = deal_devices(texts, placement, node);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Node entry = list.item(i);
    const Node workload_node = entry.entry(*entry.tree().find("workload"));
    ScenarioJob job{texts[i].name, {}, std::move(devices[i]), {}};
    auto plan = make_plan(workload_node, std::get<TrainingText>(*texts[i].workload), texts[i].devices, job.assumed);
    if (!plan) continue;
    report(check_plan(*plan), workload_node);
    job.plan = std::move(*plan);
    scenario.jobs.push_back(std::move(job));
  }
}

}  // namespace

std::optional<Scenario> read_scenario(const Tree& tree, Session& session) {
  const std::size_t before = session.diagnostics.size();
  const Node node(tree, "", session);
  ScenarioText text;
  scenario_record().read(node, text);

  Scenario scenario;
  scenario.name = text.name.value_or("");
  scenario.question = text.question.value_or("");
  const bool trains = text.jobs || (text.workload && std::holds_alternative<TrainingText>(*text.workload));
  std::string occupied;
  if (text.cluster && trains && !sizes_domains(text))
    if (const Occupancy occupancy = occupy_domains(*text.cluster); !occupancy.whole())
      occupied = fmt::format("{} (default; restrict: [{{domain: {}}}] takes all)", occupancy_text(occupancy), occupancy.domain);
  if (text.cluster && text.restrict_by) {
    std::vector<Restriction> restrictions;
    for (const SaidRestriction& said : *text.restrict_by) {
      restrictions.push_back(said.restriction);
      scenario.restrictions.push_back(said.words);
    }
    text.cluster = apply(restrictions, std::move(*text.cluster), session.diagnostics);
  }
  const Tree* jobs = tree.find("jobs");
  if (tree.is_map() && jobs == nullptr && tree.find("workload") == nullptr) node.error_at_key("missing key \"workload\"");
  if (jobs != nullptr && tree.find("workload") != nullptr) node.entry(*jobs).error("write either workload or jobs");
  if (text.cluster && text.jobs)
    read_jobs(node.entry(*jobs), *text.jobs, text.job_placement.value_or(JobPlacement::packed), scenario, *text.cluster);
  if (!occupied.empty()) {
    scenario.assumed.push_back(occupied);
    for (ScenarioJob& job : scenario.jobs) job.assumed.push_back(occupied);
  }
  if (text.cluster && text.workload) {
    const Node workload_node = node.entry(*tree.find("workload"));
    const int devices = text.cluster->devices();
    if (const CollectiveText* bare = std::get_if<CollectiveText>(&*text.workload)) {
      scenario.collective = make_collective(workload_node, *bare, devices, scenario.assumed);
    } else if (auto plan = make_plan(workload_node, std::get<TrainingText>(*text.workload), devices, scenario.assumed)) {
      scenario.open = open_choices(std::get<TrainingText>(*text.workload));
      if (!scenario.open.layout) report(check_plan(*plan), workload_node);
      scenario.plan = std::move(*plan);
    }
  }
  for (const char* key : {"campaign", "prices"})
    if (tree.find(key) != nullptr && (jobs != nullptr || scenario.collective)) node.error_below(key, "is about one training run");
  if (text.campaign) assume_of_campaign(*text.campaign, scenario.assumed);
  scenario.campaign = std::move(text.campaign);
  scenario.prices = std::move(text.prices);
  if (session.diagnostics.size() > before) return std::nullopt;
  scenario.cluster = std::move(*text.cluster);
  return scenario;
}

}  // namespace headway
