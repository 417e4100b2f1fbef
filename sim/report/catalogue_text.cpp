#include "report/catalogue_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "report/collective_text.h"
#include "report/run_text.h"

namespace headway {

namespace {

std::string title(const std::string& name, const std::string& words, const TextStyle& style) {
  return wrapped("", toned(name, Tone::heading, style) + (words.empty() ? "" : ": " + words));
}

std::string heading(std::string_view text, const TextStyle& style) { return "\n" + toned(text, Tone::heading, style) + "\n"; }

std::string fact(std::string_view name, const std::string& text) {
  return text.empty() ? "" : wrapped(fmt::format("  {:<16}", name), text);
}

std::string rate_text(Bandwidth rate) {
  const double gb = rate.value() / 1e9;
  return gb >= 1000 ? significant(gb / 1000) + " TB/s" : significant(gb) + " GB/s";
}

std::string say(FlopRate rate) { return significant(rate.value() / 1e12) + " TFLOPS"; }
std::string say(Bandwidth rate) { return rate_text(rate); }
std::string say(Bytes size) { return fmt::format("{} GB ({})", significant(size.value() / 1e9, 3), bytes_text(size)); }
std::string say(Seconds time) { return seconds_text(time); }
std::string say(Watts power) { return grouped(power.value()) + " W"; }
std::string say(double value) { return significant(value); }
std::string say(int value) { return grouped(value); }
std::string say(const std::string& words) { return words; }
std::string say(Market market) {
  switch (market) {
    case Market::us_commercial: return "sold by a US vendor";
    case Market::rented: return "rented out only";
    case Market::internal: return "its maker's own use";
    case Market::foreign: return "no US vendor";
  }
  return "?";
}

// One line per value: key, value, grade, and the source wrapped behind them.
class ValueLines {
 public:
  template <class T>
  void add(const std::string& key, const Sourced<T>& value) {
    const std::string lead = value.known ? fmt::format("  {:<30}{:<21} {:<11}", key, say(value.value), name_of(value.grade))
                                         : fmt::format("  {:<30}{:<21} {:<11}", key, "unknown", "");
    if (value.known && !value.source.empty()) used_.push_back(value.source);
    text_ += value.source.empty() ? lead.substr(0, lead.find_last_not_of(' ') + 1) + "\n" : wrapped(lead, value.source);
  }
  // A value that most entries do not have.
  template <class T>
  void add_if_known(const std::string& key, const Sourced<T>& value) {
    if (value.known) add(key, value);
  }
  void heading(std::string_view words, const TextStyle& style) { text_ += "\n" + toned(words, Tone::heading, style) + "\n"; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<std::string>& used() const { return used_; }  // source keys

 private:
  std::string text_;
  std::vector<std::string> used_;
};

// What the keys stand for, each once, in the order of the alphabet.
std::string sources_text(const std::vector<std::string>& used, const std::map<std::string, std::string>& sources,
                         const TextStyle& style) {
  std::string out;
  for (const auto& [key, reference] : sources)
    if (std::find(used.begin(), used.end(), key) != used.end()) out += wrapped("  " + key + ": ", reference, kTextWidth);
  return out.empty() ? "" : heading("Sources", style) + out;
}

// "450 GB/s", of a mixed fleet "450 GB/s / 200 GB/s".
std::string ports_text(const Cluster& cluster, const NetworkSpec& network) {
  try {
    std::string text, last;
    for (const Bandwidth port : group_ports(cluster, network)) {
      const std::string rate = rate_text(port);
      if (rate != last) text += (text.empty() ? "" : " / ") + rate;
      last = rate;
    }
    return text;
  } catch (const InputError&) {
    return "an unknown rate";
  }
}

std::string network_text(const Cluster& cluster, const NetworkSpec& network) {
  std::string text = fmt::format("{}, {}, {} per device and direction", name_of(network.kind),
                                 network.technology.title.empty() ? network.technology.name : network.technology.title,
                                 ports_text(cluster, network));
  text += network.domain > 0 ? fmt::format(", domains of {} devices", network.domain) : ", whole cluster";
  if (network.taper != 1.0) text += fmt::format(", taper {:g}:1", network.taper);
  if (network.leaf_oversubscription != 1.0) text += fmt::format(", leaf oversubscription {:g}:1", network.leaf_oversubscription);
  if (network.spine_oversubscription != 1.0)
    text += fmt::format(", spine oversubscription {:g}:1", network.spine_oversubscription);
  return text;
}

std::string parameters_text(double parameters) {
  return parameters >= 1e12  ? significant(parameters / 1e12) + " T"
         : parameters >= 1e9 ? significant(parameters / 1e9) + " B"
                             : significant(parameters / 1e6) + " M";
}

std::string cluster_facts(const Cluster& cluster) {
  std::string out =
      fact("devices",
           grouped(cluster.devices()) +
               (cluster.packages() != cluster.devices() ? fmt::format(" in {} packages", grouped(cluster.packages())) : ""));
  for (const DeviceGroup& group : cluster.groups)
    out += fact("of", fmt::format("{} x {} ({})", grouped(group.devices), group.device.name, group.device.title));
  out += fact("per node", grouped(cluster.devices_per_node));
  for (const NetworkSpec& network : cluster.networks) out += fact(network.name, network_text(cluster, network));
  for (const SlowDevice& slow : cluster.slow_devices)
    out += fact("slow device", fmt::format("{} at {:g} of its speed", slow.device, slow.speed));
  return out;
}

std::string layers_text(const Model& model) {
  const int experts = layers_with_experts(model);
  if (experts == 0 || experts == model.layers) return grouped(model.layers);
  return fmt::format("{}, {} of them with experts", grouped(model.layers), grouped(experts));
}

std::string experts_text(const Experts& experts) {
  std::string text = fmt::format("{} of {}, {} to a token", experts.count, grouped(experts.ffn), experts.top_k);
  if (experts.shared_ffn > 0) text += fmt::format(", a shared one of {}", grouped(experts.shared_ffn));
  return text;
}

std::string attention_text(const Model& model) {
  std::string window;
  if (model.local)
    window = fmt::format("; {} of {} layers look back over {} tokens", local_layers(model), model.layers,
                         grouped(model.local->window));
  if (!model.latent)
    return fmt::format("{} heads of {}, {} of keys and values{}{}", model.heads, model.head_dim, model.kv_heads,
                       model.qk_norm ? ", normalised" : "", window);
  return fmt::format("latent, {} heads of {} + {} and values of {}, through {} and {}", model.heads, model.latent->qk_nope_dim,
                     model.latent->qk_rope_dim, model.head_dim, model.latent->q_rank, model.latent->kv_rank);
}

}  // namespace

std::string list_text(const std::vector<ListEntry>& entries) {
  std::size_t width = 0;
  for (const ListEntry& entry : entries) width = std::max(width, columns_of(entry.name));
  std::string out;
  for (const ListEntry& entry : entries) {
    out += entry.title.empty() ? entry.name + "\n" : wrapped(padded(entry.name, width) + "  ", entry.title);
    if (!entry.about.empty()) out += wrapped(std::string(width + 4, ' '), entry.about);
  }
  return out;
}

std::string device_about(const Device& device) {
  std::string rates;
  for (const auto& [format, rate] : device.matrix) {
    const bool trains = format != NumberFormat::fp64 && format != NumberFormat::fp32 && format != NumberFormat::tf32;
    if (!trains || !rate.peak.known) continue;
    rates += fmt::format("{}{} {}", rates.empty() ? "" : ", ", name_of(format), significant(rate.peak.value.value() / 1e12));
  }
  rates = rates.empty() ? "rates unknown" : rates + " TFLOPS";
  const std::string memory =
      device.memory.known ? significant(device.memory.value.value() / 1e9, 3) + " GB" : std::string("memory unknown");
  const std::string speed =
      device.memory_bandwidth.known ? rate_text(device.memory_bandwidth.value) : std::string("unknown rate");
  return rates + "; " + memory + " at " + speed;
}

std::string cluster_about(const Cluster& cluster) {
  std::string text;
  for (const DeviceGroup& group : cluster.groups)
    text += fmt::format("{}{} x {}", text.empty() ? "" : " + ", grouped(group.devices), group.device.name);
  for (const NetworkSpec& network : cluster.networks) text += fmt::format(", {} {}", network.name, name_of(network.kind));
  return text;
}

std::string device_text(const Device& device, const TextStyle& style) {
  std::string out = title(device.name, device.title, style) + fact("vendor", device.vendor);
  if (device.dies_per_package > 1) out += fact("package", fmt::format("one of {} dies", device.dies_per_package));
  out += fact("note", device.note);

  ValueLines values;
  values.heading("Matrix units", style);
  for (const auto& [format, rate] : device.matrix) {
    const std::string name(name_of(format));
    values.add(name + " dense peak", rate.peak);
    values.add_if_known(name + " share large GEMMs reach", rate.gemm_fraction);
    values.add_if_known(name + " roofline knee", rate.gemm_knee);
    values.add_if_known(name + " shortest GEMM", rate.gemm_floor);
    values.add_if_known(name + " share with block scales", rate.block_scaled_share);
  }
  for (const auto& [name, rate] : device.attention) {
    values.add(name + " forward share", rate.forward_fraction);
    values.add(name + " backward share", rate.backward_fraction);
    values.add(name + " half-rate length", rate.half_length);
  }

  values.heading("Memory", style);
  values.add("memory", device.memory);
  values.add_if_known("of type", device.memory_type);
  values.add("memory bandwidth", device.memory_bandwidth);
  values.add("share GEMMs reach", device.gemm_memory_fraction);
  for (const auto& [kind, fraction] : device.stream_fraction)
    values.add(fmt::format("share {} reaches", name_of(kind)), fraction);
  values.add("shortest memory pass", device.stream_floor);

  values.heading("The rest", style);
  values.add("sustained clock", device.sustained_clock);
  values.add("weight gradient slowdown", device.weight_gradient_slowdown);
  values.add("multiprocessors", device.multiprocessors);
  values.add(device.scale_up_technology.empty() ? "scale-up port" : "scale-up, " + device.scale_up_technology, device.scale_up);
  values.add_if_known("scale-out port on the device", device.scale_out);
  values.add_if_known("link to the host", device.host_link);
  values.add("board power", device.board_power);
  values.add("idle power", device.idle_power);
  values.add("die area, mm2", device.die_area_mm2);
  values.add_if_known("process", device.process);
  values.add_if_known("memory stacks", device.memory_stacks);
  values.add_if_known("stack package, mm2", device.memory_stack_area);
  values.add_if_known("market", device.market);
  values.add_if_known("TPP somebody printed", device.claimed_performance);
  return out + values.text() + sources_text(values.used(), device.sources, style);
}

std::string cluster_text(const Cluster& cluster, const TextStyle& style) {
  std::vector<std::string> used;
  for (const NetworkSpec& network : cluster.networks) used.push_back(network.provenance.source);
  if (cluster.host_power.known) used.push_back(cluster.host_power.source);
  const std::string hosts = cluster.host_power.known
                                ? fmt::format("{} a device, switches and fans included ({}, {})", say(cluster.host_power.value),
                                              name_of(cluster.host_power.grade), cluster.host_power.source)
                                : "";
  return title(cluster.name, cluster.title, style) + cluster_facts(cluster) + fact("host power", hosts) +
         fact("source", cluster.source) + sources_text(used, cluster.sources, style);
}

std::string link_text(const LinkTechnology& link, const TextStyle& style) {
  ValueLines values;
  values.add("line rate", link.bandwidth);
  values.add("share large transfers reach", link.efficiency);
  values.add("start of a collective", link.base_latency);
  values.add("hop", link.hop_latency);
  values.add("hop, low-latency protocol", link.hop_latency_low);
  values.add("share in low-latency protocol", link.low_latency_share);
  values.add("message", link.message_latency);
  values.add("copied in an all-to-all", link.exchange_rate);
  values.add("multiprocessors held", link.multiprocessors);
  values.add("share reduced in switches", link.in_switch_reduction);
  values.add("start of in-switch reduction", link.in_switch_latency);
  return title(link.name, link.title, style) + values.text() + sources_text(values.used(), link.sources, style);
}

std::string recipe_text(const Recipe& recipe, const TextStyle& style) {
  std::string out = title(recipe.name, recipe.title, style);
  const auto format = [&](std::string_view what, NumberFormat value) { out += fact(what, std::string(name_of(value))); };
  format("compute", recipe.compute);
  format("attention", recipe.attention);
  format("head", recipe.head);
  format("activation", recipe.activation);
  format("weight", recipe.weight);
  format("gradient", recipe.gradient);
  format("gradient wire", recipe.gradient_wire);
  format("parameter wire", recipe.parameter_wire);
  format("master", recipe.master);
  format("moment", recipe.moment);
  if (recipe.low_precision())
    out += fact("casts", fmt::format("{:g} bytes moved per element{}", recipe.cast_bytes_per_element,
                                     recipe.transposed_copy ? ", and a transposed copy" : ""));
  return out + fact("source", recipe.source);
}

namespace {

std::string overlaps_text(const Software& software) {
  std::string text;
  const auto add = [&](bool does, const char* what) {
    if (does) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(software.overlap_gradient_reduction, "gradient reduction");
  add(software.overlap_parameter_gather, "parameter gathering");
  add(software.tensor_overlap > 0, "tensor-parallel collectives");
  add(software.overlap_tensor_gradient, "the reduction of the data gradient");
  add(software.overlap_pipeline, "messages between stages");
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string reliability_text(const Reliability& reliability, const TextStyle& style) {
  ValueLines values;
  for (const FailureSource& source : reliability.failures) {
    const Sourced<Seconds>& between = source.between;
    values.add(source.name, Sourced<std::string>{fmt::format("{} per {}", span_text(between.value), name_of(source.per)),
                                                 between.grade, between.source, true});
    if (source.repaired.known)
      values.add("  of them out for repair",
                 Sourced<std::string>{percent_text(source.repaired.value), source.repaired.grade, source.repaired.source, true});
  }
  std::string out = title(reliability.name, reliability.title, style) + heading("One interruption every", style) + values.text();
  out += fact("note", reliability.note);
  return out + sources_text(values.used(), reliability.sources, style);
}

std::string prices_text(const Prices& prices, const TextStyle& style) {
  ValueLines values;
  values.add_if_known("rent, package and hour", prices.rent);
  values.add_if_known("device, a package", prices.device);
  values.add_if_known("server, beside its devices", prices.server);
  values.add_if_known("network, a package", prices.network);
  if (prices.life.known)
    values.add("life", Sourced<std::string>{span_text(prices.life.value), prices.life.grade, prices.life.source, true});
  values.add_if_known("electricity, a kWh", prices.electricity);
  values.add_if_known("PUE", prices.pue);
  values.add_if_known("grid, kg CO2e a kWh", prices.grid);
  std::string out = title(prices.name, prices.title, style) + fact("as of", prices.as_of);
  out += heading("Prices, " + prices.currency, style) + values.text() + fact("note", prices.note);
  return out + sources_text(values.used(), prices.sources, style);
}

namespace {

// "one launch for all of a rank, a token sent once to each node, 100 us of host before each dispatch"
std::string dispatch_text(const Software& software) {
  std::string text = software.grouped_products ? "one launch for all of a rank" : "one product after the other";
  switch (software.dispatch) {
    case Dispatch::per_expert: text += ", a token sent to each of its experts"; break;
    case Dispatch::per_rank: text += ", a token sent once to each rank"; break;
    case Dispatch::per_node: text += ", a token sent once to each node"; break;
  }
  if (software.narrow_dispatch) text += " in the format it is multiplied in";
  if (software.host_per_dispatch > Seconds(0))
    text += fmt::format(", {} of host before each dispatch", seconds_text(software.host_per_dispatch));
  if (software.expert_imbalance > 1) text += fmt::format(", {:g} of the mean to the busiest rank", software.expert_imbalance);
  return text;
}

}  // namespace

std::string software_text(const Software& software, const TextStyle& style) {
  std::string attention;
  for (const std::string& name : software.attention) attention += (attention.empty() ? "" : ", else ") + name;
  std::string out = title(software.name, software.title, style);
  out += fact("attention", attention);
  out += fact("overlaps", overlaps_text(software));
  if (software.tensor_overlap > 0) out += fact("tensor overlap", percent_text(software.tensor_overlap));
  out += fact("collectives", fmt::format("{:g} (tensor) and {:g} (data) of what the fabric lets them reach",
                                         software.tensor_efficiency, software.data_efficiency));
  out += fact("memory passes", fmt::format("{:g} times well-fused kernels'", software.elementwise_passes));
  out += fact("host", fmt::format("{} per kernel, {} per microbatch, {} per step", seconds_text(software.host_per_kernel),
                                  seconds_text(software.host_per_microbatch), seconds_text(software.host_per_step)));
  out += fact("experts", dispatch_text(software));
  return out + fact("source", software.source);
}

std::string model_text(const Model& model, const TextStyle& style) {
  std::string out = title(model.name, model.title, style);
  out += fact("parameters", fmt::format("{} ({} per layer, embedding {}, head {})", parameters_text(total_parameters(model)),
                                        parameters_text(layer_parameters(model, layer_kind(model, model.layers - 1))),
                                        parameters_text(embedding_parameters(model)),
                                        model.tied_embeddings ? "tied" : parameters_text(head_parameters(model))));
  if (model.experts) out += fact("active", parameters_text(active_parameters(model)) + " per token");
  out += fact("layers", layers_text(model));
  out += fact("hidden", grouped(model.hidden));
  out += fact("MLP", fmt::format("{} wide, {}", grouped(model.ffn), model.gated_mlp ? "gated (three matrices)" : "two matrices"));
  if (model.experts) out += fact("experts", experts_text(*model.experts));
  out += fact("attention", attention_text(model));
  if (model.prediction_depth > 0)
    out += fact("prediction", fmt::format("{} module{} of {}, not among the parameters", model.prediction_depth,
                                          model.prediction_depth == 1 ? "" : "s",
                                          parameters_text(count_parameters(model).prediction / model.prediction_depth)));
  out += fact("vocabulary", grouped(model.vocabulary));
  out += fact("positions",
              model.learned_positions > 0 ? fmt::format("learned, {}", grouped(model.learned_positions)) : "rotary or none");
  if (model.biases) out += fact("biases", "yes");
  return out + fact("source", model.source);
}

namespace {

std::string placement_text(const RankPlacement& placement) {
  if (placement.order == PlacementOrder::listed) return "as listed, device by device";
  if (placement.order == PlacementOrder::scattered) return fmt::format("scattered (seed {})", placement.seed);
  return std::string(name_of(placement.order));
}

std::string training_facts(const TrainingPlan& plan) {
  std::string out;
  out += fact("model", fmt::format("{} ({} parameters)", plan.model.title.empty() ? plan.model.name : plan.model.title,
                                   parameters_text(total_parameters(plan.model))));
  out += fact("precision", plan.recipe.name);
  out += fact("batch", fmt::format("{} sequences of {} tokens, microbatches of {}", grouped(plan.global_batch),
                                   grouped(plan.sequence), plan.microbatch));
  out += fact("layout", layout_text(plan.layout));
  out += fact("schedule", std::string(name_of(plan.schedule)));
  out += fact("sharding", std::string(name_of(plan.sharding)));
  out += fact("recompute", recompute_text(plan.recompute));
  out += fact("placement", placement_text(plan.placement));
  return out + fact("software", plan.software.name);
}

std::string collective_facts(const BareCollective& what) {
  std::string out = fact("collective", collective_text(what));
  if (what.forced.algorithm) out += fact("algorithm", std::string(name_of(*what.forced.algorithm)));
  if (what.forced.protocol) out += fact("protocol", std::string(name_of(*what.forced.protocol)));
  return out;
}

}  // namespace

std::string scenario_text(const Scenario& scenario, const TextStyle& style) {
  std::string out = title(scenario.name, scenario.question, style);
  out += heading("Cluster: " + scenario.cluster.name, style) + cluster_facts(scenario.cluster);
  for (const std::string& restriction : scenario.restrictions) out += fact("restricted", restriction);
  out += heading("Workload", style);
  out += scenario.collective ? collective_facts(*scenario.collective) : training_facts(scenario.plan);
  if (const auto& campaign = scenario.campaign) out += fact("failures", campaign->reliability.title);
  if (const auto& prices = scenario.prices) out += fact("prices", fmt::format("{} ({})", prices->title, prices->as_of));
  return out + assumptions_text(scenario.assumed, style);
}

}  // namespace headway
