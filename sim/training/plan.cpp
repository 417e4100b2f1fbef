#include "training/plan.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace headway {
namespace {

std::string number(std::int64_t value) { return std::to_string(value); }

// " (did you mean 8 or 16?)": the nearest divisors of `whole` on either side of `value`.
std::string divisor_hint(int value, int whole) {
  int below = 0, above = 0;
  for (int d = 1; d <= whole; ++d) {
    if (whole % d != 0) continue;
    if (d < value) below = d;
    if (d > value && above == 0) above = d;
  }
  if (below == 0 && above == 0) return "";
  const std::string choice = below == 0 ? number(above) : above == 0 ? number(below) : number(below) + " or " + number(above);
  return " (did you mean " + choice + "?)";
}

// The nearest multiples of `unit` around `value`.
std::string multiple_hint(int value, std::int64_t unit) {
  const std::int64_t below = value / unit * unit;
  return " (did you mean " + (below > 0 ? number(below) + " or " : "") + number(below + unit) + "?)";
}

// Microbatches x layers: a step is held in memory, some kilobytes each. Real runs stay far below.
constexpr std::int64_t kMostLayerPasses = 1'000'000;

class PlanCheck {
 public:
  explicit PlanCheck(const TrainingPlan& plan) : plan_(plan), layout_(plan.layout) {}

  std::vector<PlanMistake> run() {
    if (!ranges()) return std::move(mistakes_);
    tensor();
    context();
    experts();
    routing();
    sharding();
    batch();
    stages();
    schedule();
    recompute();
    return std::move(mistakes_);
  }

 private:
  void mistake(std::string key, std::string message) { mistakes_.push_back({std::move(key), std::move(message)}); }

  // Everything else divides by these numbers.
  bool ranges() {
    const auto at_least_one = [&](const char* key, int value) {
      if (value < 1) mistake(key, number(value) + " is less than 1");
    };
    at_least_one("sequence", plan_.sequence);
    at_least_one("global_batch", plan_.global_batch);
    at_least_one("microbatch", plan_.microbatch);
    at_least_one("parallel.tensor", layout_.tensor);
    at_least_one("parallel.pipeline", layout_.pipeline);
    at_least_one("parallel.virtual_stages", layout_.virtual_stages);
    at_least_one("parallel.context", layout_.context);
    at_least_one("parallel.expert", layout_.expert);
    at_least_one("parallel.expert_tensor", layout_.expert_tensor);
    at_least_one("parallel.data", layout_.data);
    const Model& m = plan_.model;
    for (const auto& [key, value] : {std::pair{"layers", m.layers},
                                     {"hidden", m.hidden},
                                     {"ffn", m.ffn},
                                     {"heads", m.heads},
                                     {"kv_heads", m.kv_heads},
                                     {"head_dim", m.head_dim},
                                     {"vocabulary", m.vocabulary}})
      if (value < 1) mistake("model", std::string(key) + ": " + number(value) + " is less than 1");
    return mistakes_.empty();
  }

  void tensor() {
    const int t = layout_.tensor;
    const Model& m = plan_.model;
    if (m.heads % t != 0)
      mistake("parallel.tensor", number(t) + " does not divide " + number(m.heads) + " heads" + divisor_hint(t, m.heads));
    if (m.kv_heads % t != 0 && t % m.kv_heads != 0)
      mistake("parallel.tensor", number(t) + " neither divides nor is a multiple of " + number(m.kv_heads) + " key-value heads" +
                                     divisor_hint(t, m.kv_heads));
    if (m.ffn % t != 0 && layers_with_experts(m) < m.layers)
      mistake("parallel.tensor", number(t) + " does not divide the MLP width " + number(m.ffn) + divisor_hint(t, m.ffn));
    if (m.heads % m.kv_heads != 0)
      mistake("model", "kv_heads: " + number(m.kv_heads) + " does not divide " + number(m.heads) + " heads" +
                           divisor_hint(m.kv_heads, m.heads));
    if (layout_.sequence && plan_.sequence % t != 0)
      mistake("parallel.sequence", "a sequence of " + number(plan_.sequence) + " tokens cannot be dealt evenly to " + number(t) +
                                       " tensor ranks" + multiple_hint(plan_.sequence, t));
  }

  // Each context rank takes two slices of the sequence, one from either end, so that a causal mask leaves all the same work.
  void context() {
    const int c = layout_.context;
    if (c == 1) return;
    const int slices = 2 * c * (layout_.sequence ? layout_.tensor : 1);
    if (plan_.sequence % slices != 0)
      mistake("parallel.context", "a sequence of " + number(plan_.sequence) + " tokens cannot be cut into " + number(slices) +
                                      " equal slices" + multiple_hint(plan_.sequence, slices));
    if (plan_.software.context_exchange != ContextExchange::all_to_all) return;
    if (plan_.model.heads / layout_.tensor % c != 0)
      mistake("parallel.context", number(c) + " does not divide " + number(plan_.model.heads / layout_.tensor) +
                                      " heads of a tensor rank, which its all-to-all deals out" +
                                      divisor_hint(c, plan_.model.heads / layout_.tensor));
  }

  void experts() {
    const int e = layout_.expert, t = layout_.expert_tensor;
    if (!plan_.model.experts) {
      if (e > 1) mistake("parallel.expert", "the model has no experts; leave it at 1");
      return;
    }
    const Experts& experts = *plan_.model.experts;
    if (experts.count % e != 0)
      mistake("parallel.expert",
              number(e) + " does not divide " + number(experts.count) + " experts" + divisor_hint(e, experts.count));
    if (layout_.stage_ranks() % (static_cast<std::int64_t>(e) * t) != 0)
      mistake("parallel.expert", number(e) + " x expert_tensor " + number(t) + " does not divide the " +
                                     number(layout_.stage_ranks()) + " ranks of a pipeline stage");
    if (experts.ffn % t != 0)
      mistake("parallel.expert_tensor",
              number(t) + " does not divide an expert's width " + number(experts.ffn) + divisor_hint(t, experts.ffn));
    if (experts.shared_ffn % layout_.tensor != 0)
      mistake("parallel.tensor", number(layout_.tensor) + " does not divide the shared expert's width " +
                                     number(experts.shared_ffn) + divisor_hint(layout_.tensor, experts.shared_ffn));
    if (layout_.tensor > 1 && !layout_.sequence)
      mistake("parallel.sequence",
              "experts beside tensor parallelism need sequence parallelism: else every tensor rank would send "
              "the same tokens");
  }

  void routing() {
    const TokenRouting& r = plan_.routing;
    if (!plan_.model.experts && (r.skew > 0 || r.capacity > 0))
      mistake("routing", "the model has no experts to route to; leave it out");
    if (r.padded && r.capacity == 0) mistake("routing.padded", "padded to which capacity? Give one, or leave padded out");
  }

  void sharding() {
    if (plan_.model.parallel_blocks && plan_.model.experts) mistake("model", "experts beside attention are not supported");
    const int shard = layout_.shard;
    if (shard == 0) return;
    if (plan_.sharding == Sharding::none) mistake("parallel.shard", "nothing is sharded; set sharding or leave shard out");
    if (plan_.model.experts) mistake("parallel.shard", "experts are sharded over all ranks that hold them; leave shard out");
    if (layout_.replicas() % shard != 0)
      mistake("parallel.shard", number(shard) + " does not divide the " + number(layout_.replicas()) +
                                    " ranks that hold the same parameters" + divisor_hint(shard, layout_.replicas()));
  }

  [[nodiscard]] std::int64_t samples_at_once() const { return static_cast<std::int64_t>(layout_.data) * plan_.microbatch; }
  [[nodiscard]] bool batch_divides() const { return plan_.global_batch % samples_at_once() == 0; }

  void batch() {
    const std::int64_t microbatches = plan_.global_batch / samples_at_once();
    const std::int64_t most = kMostLayerPasses / std::max(1, plan_.model.layers);
    if (microbatches > most)
      mistake("global_batch", number(microbatches) + " microbatches per data rank and step are too many to simulate; at most " +
                                  number(most) + " of a model of " + number(plan_.model.layers) + " layers");
    if (batch_divides()) return;
    mistake("global_batch", number(plan_.global_batch) + " is not a multiple of " + number(samples_at_once()) + " = " +
                                number(layout_.data) + " data ranks x microbatch " + number(plan_.microbatch) +
                                multiple_hint(plan_.global_batch, samples_at_once()));
  }

  [[nodiscard]] std::int64_t parts() const { return static_cast<std::int64_t>(layout_.pipeline) * layout_.virtual_stages; }

  [[nodiscard]] std::string parts_text() const {
    const std::string stages = number(layout_.pipeline) + " pipeline stages";
    return layout_.virtual_stages == 1 ? stages : stages + " x " + number(layout_.virtual_stages) + " virtual stages";
  }

  void stages() {
    const int layers = plan_.model.layers;
    if (!plan_.split.empty()) return split();
    if (parts() > layers && (layers + 2) % parts() != 0)
      mistake(layout_.virtual_stages > 1 ? "parallel.virtual_stages" : "parallel.pipeline",
              parts_text() + " need at least " + number(parts()) + " layers, the model has " + number(layers));
  }

  void split() {
    const auto size = static_cast<std::int64_t>(plan_.split.size());
    if (size != parts()) mistake("split", number(size) + " entries for " + parts_text() + "; give one per part, in model order");
    const std::int64_t sum = std::accumulate(plan_.split.begin(), plan_.split.end(), std::int64_t{0});
    if (sum != plan_.model.layers)
      mistake("split", "adds up to " + number(sum) + " layers, the model has " + number(plan_.model.layers));
    if (std::any_of(plan_.split.begin(), plan_.split.end(), [](int n) { return n < 0; }))
      mistake("split", "a part cannot have fewer than 0 layers");
  }

  void schedule() {
    switch (plan_.schedule) {
      case Schedule::gpipe:
      case Schedule::one_f_one_b: return one_chunk();
      case Schedule::interleaved: return interleaved();
      case Schedule::zero_bubble: return zero_bubble();
      case Schedule::dualpipe:
      case Schedule::dualpipe_v: return dualpipe();
    }
  }

  void one_chunk() {
    if (layout_.virtual_stages > 1)
      mistake("parallel.virtual_stages", number(layout_.virtual_stages) +
                                             " virtual stages need schedule \"interleaved\", not \"" +
                                             std::string(name_of(plan_.schedule)) + "\"");
  }

  [[nodiscard]] std::string quoted_schedule() const { return "\"" + std::string(name_of(plan_.schedule)) + "\""; }

  void needs_a_pipeline() {
    if (layout_.pipeline < 2) mistake("schedule", quoted_schedule() + " needs pipeline > 1 (did you mean \"1f1b\"?)");
  }

  void zero_bubble() {
    needs_a_pipeline();
    if (layout_.virtual_stages > 2)
      mistake("parallel.virtual_stages",
              "\"zero_bubble\" places 1 chunk on a stage (ZB-H1) or 2 as a V (ZB-V), not " + number(layout_.virtual_stages));
  }

  // DualPipe fills the pipeline from both of its ends, DualPipeV both legs of its V.
  void dualpipe() {
    const bool v = plan_.schedule == Schedule::dualpipe_v;
    needs_a_pipeline();
    if (v && layout_.virtual_stages != 2)
      mistake("parallel.virtual_stages",
              "\"dualpipe_v\" places 2 chunks on a stage as a V, not " + number(layout_.virtual_stages));
    if (!v && layout_.virtual_stages != 1)
      mistake("parallel.virtual_stages",
              "\"dualpipe\" takes 1: its stages hold two parts of a model cut into as many parts as "
              "there are stages (did you mean schedule \"dualpipe_v\"?)");
    if (!v && layout_.pipeline % 2 != 0)
      mistake("parallel.pipeline", "\"dualpipe\" pairs stages from both ends: " + number(layout_.pipeline) +
                                       " stages are not an even number" + multiple_hint(layout_.pipeline, 2));
    if (plan_.sharding > Sharding::optimizer)
      mistake("sharding", quoted_schedule() +
                              " runs a forward and a backward at once and keeps parameters and gradients whole: "
                              "\"none\" or \"optimizer\"");
    if (!batch_divides()) return;
    if (!v && plan_.microbatches() % 2 != 0)
      mistake("schedule", "\"dualpipe\" sends half of the microbatches either way: " + number(plan_.microbatches()) +
                              " is not an even number" + multiple_hint(plan_.microbatches(), 2));
    if (plan_.microbatches() < 2 * layout_.pipeline)
      mistake("schedule", quoted_schedule() + " needs at least 2 microbatches per stage: " + number(plan_.microbatches()) +
                              " microbatches for " + number(layout_.pipeline) + " stages");
  }

  void interleaved() {
    if (layout_.pipeline < 2) mistake("schedule", "\"interleaved\" needs pipeline > 1 (did you mean \"1f1b\"?)");
    if (layout_.virtual_stages < 2) mistake("schedule", "\"interleaved\" needs virtual_stages > 1 (did you mean \"1f1b\"?)");
    if (batch_divides() && plan_.microbatches() % layout_.pipeline != 0)
      mistake("schedule", "\"interleaved\" runs microbatches in groups of one per stage: " + number(plan_.microbatches()) +
                              " microbatches are not a multiple of " + number(layout_.pipeline) + " stages" +
                              multiple_hint(plan_.microbatches(), layout_.pipeline));
  }

  void recompute() {
    if (plan_.recompute.full() && plan_.recompute.modules.size() > 1)
      mistake("recompute", "\"full\" computes the whole layer again; it stands alone");
    else if (plan_.recompute.has(RecomputeModule::selective_op) && plan_.recompute.modules.size() > 1)
      mistake("recompute", "\"selective-op\" chooses among all of a layer's operations; it stands alone");
  }

  const TrainingPlan& plan_;
  const Layout& layout_;
  std::vector<PlanMistake> mistakes_;
};

}  // namespace

std::vector<PlanMistake> check_plan(const TrainingPlan& plan) { return PlanCheck(plan).run(); }

double busiest_share(const TrainingPlan& plan) {
  const TokenRouting& routing = plan.routing;
  const double skew = routing.skew > 0 ? routing.skew : plan.software.expert_imbalance;
  if (routing.capacity == 0) return skew;
  return routing.padded ? routing.capacity : std::min(skew, routing.capacity);
}

Recipe recipe_under(const Software& software, Recipe recipe) {
  if (software.narrow_dispatch && recipe.low_precision()) recipe.dispatch = recipe.compute;
  if (software.narrow_gradients) recipe.gradient = recipe.gradient_wire = recipe.activation;
  return recipe;
}

}  // namespace headway
