#include "training/rank_program.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "training/buckets.h"
#include "training/local_shape.h"
#include "training/messages.h"
#include "training/optimizer_kernels.h"
#include "training/pass_pair.h"
#include "training/pass_script.h"
#include "training/pass_template.h"
#include "training/placement.h"
#include "training/program_writer.h"

namespace headway {
namespace {

// Dimension and stream of the messages that forwards or backwards send and receive.
struct MessageSide {
  Dimension dimension;
  Stream stream;
  const char* name;
};
using Sides = std::array<std::array<MessageSide, 2>, 2>;  // [kind][upstream]
constexpr Sides kSend{{{{{Dimension::to_next, Stream::send_next, "send activations"},
                         {Dimension::up_to_previous, Stream::send_up_previous, "send activations"}}},
                       {{{Dimension::to_previous, Stream::send_previous, "send gradients"},
                         {Dimension::up_to_next, Stream::send_up_next, "send gradients"}}}}};
constexpr Sides kReceive{{{{{Dimension::from_previous, Stream::receive_previous, "receive activations"},
                            {Dimension::up_from_next, Stream::receive_up_next, "receive activations"}}},
                          {{{Dimension::from_next, Stream::receive_next, "receive gradients"},
                            {Dimension::up_from_previous, Stream::receive_up_previous, "receive gradients"}}}}};

const MessageSide& side_of(const Sides& sides, const Pass& pass, const Message& message) {
  return sides[pass.kind == PassKind::forward ? 0 : 1][message.upstream ? 1 : 0];
}

// Queries with keys and values, projection, and two of the MLP; what is smaller stays whole on every rank.
constexpr int kMatricesOfALayer = 4;

// The first forward of a chunk makes its low-precision weights and waits for its parameters; after its last backward, or the second
// half of it, its gradients may leave.
struct Ends {
  std::vector<int> first_forward, last_gradient;  // by chunk: index into the stage's passes
};

Ends ends_of(const std::vector<Pass>& passes, std::size_t chunks) {
  Ends ends{std::vector<int>(chunks, -1), std::vector<int>(chunks, -1)};
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const auto chunk = static_cast<std::size_t>(passes[i].chunk);
    if (passes[i].kind == PassKind::forward && ends.first_forward[chunk] < 0) ends.first_forward[chunk] = static_cast<int>(i);
    if (completes_gradients(passes[i].kind)) ends.last_gradient[chunk] = static_cast<int>(i);
  }
  return ends;
}

// The program of one stage, written front to back: gathers, passes, reductions, optimizer.
class StageBuilder {
 public:
  StageBuilder(const TrainingPlan& plan, int stage, const std::vector<Chunk>& chunks, const Messages& messages)
      : plan_(plan), software_(plan.software), stage_(stage), chunks_(chunks), messages_(messages) {
    for (const Chunk& chunk : chunks_) parameters_ += chunk_parameters(plan_, chunk);
    if (software_.host_per_microbatch > Seconds(0))
      host_gap_ = writer_.host_segment("host per microbatch", software_.host_per_microbatch);
  }

  RankProgram build(std::vector<Pass> passes) {
    if (gathers_early()) gather_parameters_early();
    ends_ = ends_of(passes, chunks_.size());
    for (pass_ = 0; pass_ < static_cast<int>(passes.size()); ++pass_) {
      const Pass& pass = passes[static_cast<std::size_t>(pass_)];
      if (!pass.with_next) {
        add_pass(pass);
      } else {
        add_pair(pass, passes[static_cast<std::size_t>(pass_) + 1]);
        ++pass_;
      }
    }
    pass_ = -1;
    finish_gradients();
    optimizer_step();
    return std::move(writer_).finish(std::move(passes));
  }

 private:
  // ---- data parallelism before and after the passes

  [[nodiscard]] int data_ranks() const { return plan_.layout.replicas(); }
  [[nodiscard]] int shard_ranks() const { return plan_.layout.shard_ranks(); }
  [[nodiscard]] int expert_data_ranks() const { return plan_.model.experts ? plan_.layout.expert_data() : 1; }
  [[nodiscard]] bool replicated() const { return data_ranks() > 1 || expert_data_ranks() > 1; }
  [[nodiscard]] bool sharded() const { return plan_.sharding != Sharding::none; }
  [[nodiscard]] bool gathers_by_layer() const { return replicated() && plan_.sharding == Sharding::parameters; }
  [[nodiscard]] bool reduces_by_microbatch() const { return replicated() && plan_.sharding >= Sharding::gradients; }
  [[nodiscard]] bool gathers_early() const {
    return replicated() && sharded() && !gathers_by_layer() && software_.overlap_parameter_gather;
  }
  [[nodiscard]] bool reduces_early() const {
    return replicated() && (software_.overlap_gradient_reduction || reduces_by_microbatch());
  }

  // Whole parameters from their shards. `pieces`: in so many calls one after the other.
  std::vector<std::uint32_t> gather_calls(const HeldParameters& parameters, int pieces = 1) {
    const Bytes wire = element_size(plan_.recipe.parameter_wire);
    std::vector<std::uint32_t> calls;
    for (int i = 0; i < pieces; ++i) {
      add_call(calls, shard_dimension(), CollectiveKind::all_gather, shard_ranks(), parameters.common / pieces * wire);
      add_call(calls, Dimension::expert_data, CollectiveKind::all_gather, expert_data_ranks(), parameters.expert / pieces * wire);
    }
    return calls;
  }

  std::vector<std::uint32_t> reduce_calls(const HeldParameters& parameters) {
    const CollectiveKind kind = sharded() ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce;
    const Bytes wire = element_size(plan_.recipe.gradient_wire);
    std::vector<std::uint32_t> calls;
    add_call(calls, shard_dimension(), kind, shard_ranks(), parameters.common * wire);
    add_call(calls, Dimension::replica, CollectiveKind::all_reduce, data_ranks() / shard_ranks(),
             parameters.common / shard_ranks() * wire);
    add_call(calls, Dimension::expert_data, kind, expert_data_ranks(), parameters.expert * wire);
    return calls;
  }

  [[nodiscard]] Dimension shard_dimension() const { return plan_.layout.shard > 0 ? Dimension::shard : Dimension::data; }

  void add_call(std::vector<std::uint32_t>& calls, Dimension dimension, CollectiveKind kind, int ranks, Bytes bytes) {
    if (ranks == 1 || bytes == Bytes(0)) return;
    std::string group(name_of(dimension));
    if (dimension == Dimension::expert_data) group = "expert data";
    calls.push_back(writer_.call({group + " " + std::string(name_of(kind)), dimension, kind, bytes, software_.data_efficiency}));
  }

  // What a sharded optimizer made goes back to all: in one all-gather, or rank by rank.
  std::vector<std::uint32_t> return_calls() {
    if (!software_.broadcasts_parameters) return gather_calls(parameters_);
    const Bytes wire = element_size(plan_.recipe.parameter_wire);
    std::vector<std::uint32_t> calls;
    for (int i = 0; i < shard_ranks(); ++i)
      add_call(calls, shard_dimension(), CollectiveKind::broadcast, shard_ranks(), parameters_.common / shard_ranks() * wire);
    for (int i = 0; i < expert_data_ranks(); ++i)
      add_call(calls, Dimension::expert_data, CollectiveKind::broadcast, expert_data_ranks(),
               parameters_.expert / expert_data_ranks() * wire);
    return calls;
  }

  // The all-gather of the optimizer step before runs under this step's first forwards.
  void gather_parameters_early() {
    gathers_.resize(chunks_.size());
    for (std::size_t c = 0; c < chunks_.size(); ++c)
      for (const Bucket& bucket : chunk_buckets(plan_, chunks_[c])) {
        for (const std::uint32_t call : gather_calls(bucket.parameters)) writer_.add(collective(call, Stream::data), pass_, {});
        gathers_[c].push_back(writer_.last(Stream::data));  // and with it all before
      }
  }

  void finish_gradients() {
    if (reduces_early())
      wait_for(writer_.last(Stream::data));
    else
      for (const std::uint32_t call : reduce_calls(parameters_)) compute(collective(call, Stream::compute));
    if (copies() > 1)
      between_copies(sharded() ? CollectiveKind::reduce_scatter : CollectiveKind::all_reduce, plan_.recipe.gradient_wire);
    if (sequence_parallel(plan_)) reduce_norm_gradients();
    if (plan_.model.tied_embeddings && !Placement(plan_).ends_share_a_stage() && holds_an_end()) reduce_embedding_gradient();
  }

  [[nodiscard]] int copies() const { return Placement(plan_).copies(); }

  // What one rank of a stage has to do with once its data group has divided it.
  [[nodiscard]] double data_shard() const {
    return sharded() ? parameters_.common / shard_ranks() + parameters_.expert / expert_data_ranks() : parameters_.total();
  }

  // Both stages of a pair hold the same two parts: what the data groups leave of gradients is summed between two ranks, each of
  // which then runs the optimizer on its half where states are sharded, and returns what it made.
  void between_copies(CollectiveKind kind, NumberFormat wire) {
    compute(collective(writer_.call({"copies " + std::string(name_of(kind)), Dimension::copy, kind,
                                     data_shard() * element_size(wire), software_.data_efficiency}),
                       Stream::compute));
  }

  // With sequence parallelism each tensor rank saw its own tokens only.
  void reduce_norm_gradients() {
    double parameters = 0;
    for (const Chunk& chunk : chunks_)
      for (const LayerKind kind : chunk.layers) parameters += replicated_layer_parameters(plan_, kind);
    const Bytes bytes = parameters * element_size(plan_.recipe.gradient);
    compute(collective(writer_.call({"norm gradients all_reduce", Dimension::tensor, CollectiveKind::all_reduce, bytes,
                                     software_.tensor_efficiency}),
                       Stream::compute));
  }

  [[nodiscard]] bool holds_an_end() const { return chunks_.front().embedding || chunks_.back().head; }

  void reduce_embedding_gradient() {
    const LocalShape shape(plan_);
    const Bytes bytes = shape.vocabulary * shape.hidden * element_size(plan_.recipe.gradient);
    compute(collective(writer_.call({"embedding gradient all_reduce", Dimension::embedding, CollectiveKind::all_reduce, bytes,
                                     software_.data_efficiency}),
                       Stream::compute));
  }

  void optimizer_step() {
    const double shard = data_shard() / (sharded() ? copies() : 1);
    if (software_.host_per_step > Seconds(0))
      compute({false, writer_.host_segment("host per step", software_.host_per_step), Stream::compute});
    kernels("gradient norm", Activity::optimizer, gradient_norm_kernels(plan_.recipe, shard));
    if (plan_.layout.devices() > 1)
      compute(collective(writer_.call({"gradient norm all_reduce", Dimension::world, CollectiveKind::all_reduce, Bytes(4), 1.0}),
                         Stream::compute));
    kernels("optimizer", Activity::optimizer, adam_kernels(plan_.recipe, shard, parameters_.total()));
    if (sharded() && copies() > 1) between_copies(CollectiveKind::all_gather, plan_.recipe.parameter_wire);
    if (sharded() && !gathers_early() && !gathers_by_layer())
      for (const std::uint32_t call : return_calls()) compute(collective(call, Stream::compute));
  }

  // ---- passes

  void add_pass(const Pass& pass) {
    receive(pass);
    if (pass.kind != PassKind::weight_gradient) host_gap();
    lay_down(template_of(pass), pass.chunk);
    std::vector<OpIndex> after = waits_;
    after.push_back(static_cast<OpIndex>(writer_.last(Stream::compute)));
    send(pass, after);
  }

  // Starts when the messages of both are there.
  void add_pair(const Pass& forward, const Pass& backward) {
    receive(forward);
    receive(backward);
    host_gap();
    host_gap();
    const LaidPair& laid = pair_of(forward, backward);
    const OpIndex first = lay_down(laid.whole, forward.chunk);
    const auto laid_at = [&](std::vector<std::uint32_t> places) {
      for (std::uint32_t& place : places) place += first;
      return places;
    };
    send(forward, laid_at(laid.forward_ends));
    send(backward, laid_at(laid.backward_ends));
  }

  void host_gap() {
    if (software_.host_per_microbatch > Seconds(0)) compute({false, host_gap_, Stream::compute});
  }

  void receive(const Pass& pass) {
    const std::optional<Message> expected = messages_.received(stage_, pass);
    if (!expected) return;
    wait_for(message(side_of(kReceive, pass, *expected), expected->number, {}));
    if (!scatters()) return;
    const Bytes whole = activation_bytes();
    compute(collective(writer_.call({"tensor all_gather of a message", Dimension::tensor, CollectiveKind::all_gather, whole,
                                     software_.tensor_efficiency}),
                       Stream::compute));
  }

  void send(const Pass& pass, const std::vector<OpIndex>& after) {
    const std::optional<Message> sent = messages_.sent(stage_, pass);
    if (!sent) return;
    const OpIndex op = message(side_of(kSend, pass, *sent), sent->number, after);
    if (!software_.overlap_pipeline) wait_for(op);
  }

  OpIndex message(const MessageSide& side, int number, const std::vector<OpIndex>& after) {
    std::optional<std::uint32_t>& call = message_calls_[static_cast<std::size_t>(side.dimension)];
    if (!call) {
      const bool divided = sequence_parallel(plan_) || scatters();
      const Bytes bytes = activation_bytes() / (divided ? plan_.layout.tensor : 1);
      call = writer_.call({side.name, side.dimension, CollectiveKind::send_receive, bytes, 1.0});
    }
    return writer_.add(collective(*call, side.stream), pass_, after, number);
  }

  [[nodiscard]] bool scatters() const {
    return software_.scatter_pipeline_sends && plan_.layout.tensor > 1 && !sequence_parallel(plan_);
  }

  [[nodiscard]] Bytes activation_bytes() const {
    const LocalShape shape(plan_);
    return shape.tokens * shape.hidden * shape.activation;
  }

  struct LaidTemplate {
    PassTemplate pass;
    std::uint32_t block = 0;
  };

  const LaidTemplate& template_of(const Pass& pass) {
    const auto chunk_number = static_cast<std::size_t>(pass.chunk);
    const bool forward = pass.kind == PassKind::forward;
    const bool first = ends_.first_forward[chunk_number] == pass_;
    const bool last = ends_.last_gradient[chunk_number] == pass_;
    const bool completes = completes_gradients(pass.kind);
    const PassVariant variant{pass.kind, forward && first && plan_.recipe.low_precision(),
                              forward ? gathers_by_layer() || (first && gathers_early())
                                      : completes && (reduces_by_microbatch() || (last && reduces_early()))};
    const Chunk& chunk = chunks_[chunk_number];
    const auto [found, fresh] = templates_.try_emplace({chunk, variant});
    if (fresh) found->second = compile(chunk, variant);
    return found->second;
  }

  struct LaidPair {
    LaidTemplate whole;
    std::vector<std::uint32_t> forward_ends, backward_ends;
  };

  // Neither the first forward of a chunk nor its last backward has another pass beside it.
  const LaidPair& pair_of(const Pass& forward, const Pass& backward) {
    HEADWAY_CHECK(ends_.first_forward[static_cast<std::size_t>(forward.chunk)] != pass_ &&
                      ends_.last_gradient[static_cast<std::size_t>(backward.chunk)] != pass_ + 1,
                  "parameters come before pairs of passes, gradients leave after them");
    const Chunk& ahead = chunks_[static_cast<std::size_t>(forward.chunk)];
    const Chunk& back = chunks_[static_cast<std::size_t>(backward.chunk)];
    const auto [found, fresh] = pairs_.try_emplace({ahead, back});
    if (fresh) {
      PairTemplate pair =
          compile_pair(pass_script(plan_, ahead, {forward.kind}), pass_script(plan_, back, {backward.kind}), plan_, writer_);
      found->second = {keep(std::move(pair.pass)), std::move(pair.forward_ends), std::move(pair.backward_ends)};
    }
    return found->second;
  }

  LaidTemplate compile(const Chunk& chunk, const PassVariant& variant) {
    BucketCalls calls;
    for (const Bucket& bucket : chunk_buckets(plan_, chunk)) {
      if (gathers_by_layer())
        calls.gathers.push_back(gather_calls(bucket.parameters, software_.gathers_by_tensor ? kMatricesOfALayer : 1));
      if (variant.buckets && completes_gradients(variant.kind)) calls.reductions.push_back(reduce_calls(bucket.parameters));
    }
    return keep(compile_pass(pass_script(plan_, chunk, variant), plan_, writer_, calls));
  }

  // The ops go to the program, what laying them down takes stays here.
  LaidTemplate keep(PassTemplate pass) {
    const std::uint32_t block = writer_.block(std::move(pass.ops));
    return {std::move(pass), block};
  }

  // What the pass waits for goes to every op that nothing of the pass runs before.
  OpIndex lay_down(const LaidTemplate& laid, int chunk) {
    const std::vector<OpIndex> entry_waits = std::exchange(waits_, {});
    const std::int64_t compute_before = writer_.last(Stream::compute);
    links_.clear();
    for (const Border& border : laid.pass.borders) {
      if (border.entry)
        for (const OpIndex before : entry_waits) links_.push_back({before, border.place});
      if (border.entry && border.beside && compute_before >= 0)
        links_.push_back({static_cast<OpIndex>(compute_before), border.place});
      if (border.gathered_bucket >= 0 && gathers_early())
        if (const auto gather = gathers_[static_cast<std::size_t>(chunk)][static_cast<std::size_t>(border.gathered_bucket)];
            gather >= 0)
          links_.push_back({static_cast<OpIndex>(gather), border.place});
    }
    const OpIndex first = writer_.lay(laid.block, pass_, links_);
    for (const std::uint32_t op : laid.pass.loose) wait_for(first + op);
    return first;
  }

  // ---- plumbing

  static Op collective(std::uint32_t call, Stream stream) { return {true, call, stream}; }

  void kernels(const char* name, Activity activity, KernelList list) {
    compute({false, writer_.segment({name, activity, std::move(list), Seconds(0)}), Stream::compute});
  }

  // The next op of the compute stream, with everything it has to wait for.
  void compute(const Op& op) { writer_.add(op, pass_, std::exchange(waits_, {})); }

  void wait_for(std::int64_t op) {
    if (op >= 0) waits_.push_back(static_cast<OpIndex>(op));
  }

  const TrainingPlan& plan_;
  const Software& software_;
  int stage_;
  const std::vector<Chunk>& chunks_;
  const Messages& messages_;
  HeldParameters parameters_;  // on one rank of this stage
  ProgramWriter writer_;
  std::uint32_t host_gap_ = 0;  // the segment before each pass, where the software has one
  int pass_ = -1;
  Ends ends_;
  std::vector<OpIndex> waits_;  // what the next op of the compute stream waits for
  std::vector<Link> links_;
  std::vector<std::vector<std::int64_t>> gathers_;                   // [chunk][bucket]: its last gather, or -1
  std::map<std::pair<Chunk, PassVariant>, LaidTemplate> templates_;  // chunks of equal layers share them
  std::map<std::pair<Chunk, Chunk>, LaidPair> pairs_;
  std::array<std::optional<std::uint32_t>, EnumNames<Dimension>::table.size()> message_calls_;
};

}  // namespace

std::vector<RankProgram> build_programs(const TrainingPlan& plan) {
  const std::vector<PlanMistake> mistakes = check_plan(plan);
  HEADWAY_CHECK(mistakes.empty(), mistakes.front().key + ": " + mistakes.front().message);
  const Layout& layout = plan.layout;
  std::vector<std::vector<Pass>> schedules;
  for (int stage = 0; stage < layout.pipeline; ++stage)
    schedules.push_back(schedule_passes(plan.schedule, layout.pipeline, stage, layout.virtual_stages, plan.microbatches()));
  const Messages messages(schedules, Placement(plan), plan.microbatches());
  const StageSplit split = split_layers(plan);
  std::vector<RankProgram> programs;
  for (int stage = 0; stage < layout.pipeline; ++stage) {
    const auto s = static_cast<std::size_t>(stage);
    programs.push_back(StageBuilder(plan, stage, split[s], messages).build(std::move(schedules[s])));
  }
  return programs;
}

}  // namespace headway
