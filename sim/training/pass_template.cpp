#include "training/pass_template.h"

#include <map>
#include <string>
#include <utility>

namespace headway {
namespace {

double layer_call_efficiency(Dimension dimension, const Software& software) {
  if (dimension == Dimension::context) return 1.0;
  return dimension == Dimension::expert ? software.expert_efficiency : software.tensor_efficiency;
}

}  // namespace

std::string segment_name(const KernelList& kernels) {
  if (kernels.empty()) return "nothing";
  std::string name(kernels.front().label);
  if (kernels.size() > 1) name += " .. " + std::string(kernels.back().label);
  return name;
}

CollectiveCall collective_call(const LayerCall& call, double share, const Software& software) {
  return {std::string(name_of(call.dimension)) + " " + std::string(name_of(call.kind)),
          call.dimension,
          call.kind,
          share * call.bytes,
          layer_call_efficiency(call.dimension, software),
          call.routing,
          call.dimension == Dimension::expert ? software.exchange_multiprocessors : 0};
}

namespace {

class PassCompiler {
 public:
  PassCompiler(const Script& script, const TrainingPlan& plan, ProgramWriter& writer, const BucketCalls& bucket_calls)
      : script_(script), plan_(plan), writer_(writer), bucket_calls_(bucket_calls) {}

  PassTemplate compile() {
    for (std::size_t i = 0; i < script_.size(); ++i) {
      const Step& step = script_[i];
      if (step.bucket >= 0)
        border(step, i);
      else if (step.call)
        collective(*step.call);
      else if (step.host > Seconds(0))
        stand(step.host);
      else
        kernels(step, i + 1 < script_.size() ? script_[i + 1].call : std::nullopt);
    }
    flush();
    if (last_compute_ < 0) emit_segment();
    result_.loose = joins_;
    result_.loose.insert(result_.loose.end(), beside_.begin(), beside_.end());
    return std::move(result_);
  }

 private:
  // Kernels join the open segment, unless a collective runs beside exactly these.
  void kernels(const Step& step, const std::optional<LayerCall>& next) {
    const bool drains = next && next->beside == Beside::preceding && next->hidden > 0;
    const bool alone = drains || !beside_.empty();
    if (alone || step.activity != activity_) flush();
    activity_ = step.activity;
    const std::int64_t before = last_compute_;
    const std::vector<std::uint32_t> joined_before = joins_;
    for (const Kernel& kernel : step.kernels) merge_kernel(open_, kernel);
    if (!alone) return;
    flush();
    if (drains) hidden_part(*next, before, joined_before);
    joins_.insert(joins_.end(), beside_.begin(), beside_.end());
    beside_.clear();
  }

  // What runs beside the next kernels goes on beside both.
  void stand(Seconds time) {
    flush();
    emit(Stream::compute, false, writer_.host_segment("host reads counts", time), std::exchange(joins_, {}));
  }

  void collective(const LayerCall& call) {
    flush();
    if (call.hidden < 1) blocking_part(call);
    if (call.hidden > 0 && call.beside == Beside::following) hidden_part(call, last_compute_, joins_);
  }

  void blocking_part(const LayerCall& call) {
    emit(Stream::compute, true, call_of(call, 1 - call.hidden), std::exchange(joins_, {}));
  }

  void hidden_part(const LayerCall& call, std::int64_t before, std::vector<std::uint32_t> after) {
    if (before >= 0) after.push_back(static_cast<std::uint32_t>(before));
    const bool entry = before < 0;  // even where the product it drains is laid down already
    beside_.push_back(emit(Stream::tensor, true, call_of(call, call.hidden), after, entry));
  }

  std::uint32_t call_of(const LayerCall& call, double share) {
    return writer_.call(collective_call(call, share, plan_.software));
  }

  void border(const Step& step, std::size_t at) {
    flush();
    if (step.border == BucketBorder::gradients_complete)
      reduce(step.bucket);
    else if (bucket_calls_.gathers.empty())
      gathered_bucket_ = step.bucket;
    else
      gather(step.bucket, at);
  }

  void reduce(int bucket) {
    if (last_compute_ < 0) emit_segment();
    std::vector<std::uint32_t> after = joins_;
    after.push_back(static_cast<std::uint32_t>(last_compute_));
    for (const std::uint32_t call : bucket_calls_.reductions[static_cast<std::size_t>(bucket)])
      emit(Stream::data, true, call, after);
  }

  // What follows needs the bucket's parameters; those of the next bucket travel beside it.
  void gather(int bucket, std::size_t at) {
    if (!gathered_.contains(bucket)) issue_gather(bucket);
    joins_.insert(joins_.end(), gathered_[bucket].begin(), gathered_[bucket].end());
    for (std::size_t i = at + 1; i < script_.size(); ++i)
      if (script_[i].border == BucketBorder::parameters_needed) {
        issue_gather(script_[i].bucket);
        break;
      }
  }

  void issue_gather(int bucket) {
    std::vector<std::uint32_t> after;
    if (last_compute_ >= 0) after.push_back(static_cast<std::uint32_t>(last_compute_));
    std::vector<std::uint32_t>& ops = gathered_[bucket];
    for (const std::uint32_t call : bucket_calls_.gathers[static_cast<std::size_t>(bucket)])
      ops.assign(1, emit(Stream::data, true, call, after));  // the last: its stream is in order
  }

  void flush() {
    if (!open_.empty()) emit_segment();
  }

  void emit_segment() {
    std::string name = segment_name(open_);
    const std::uint32_t what = writer_.segment({std::move(name), activity_, std::exchange(open_, {}), Seconds(0)});
    emit(Stream::compute, false, what, std::exchange(joins_, {}));
  }

  std::uint32_t emit(Stream stream, bool is_collective, std::uint32_t what, const std::vector<std::uint32_t>& after) {
    return emit(stream, is_collective, what, after, last_compute_ < 0);
  }

  std::uint32_t emit(Stream stream, bool is_collective, std::uint32_t what, const std::vector<std::uint32_t>& after, bool entry) {
    const auto place = static_cast<std::uint32_t>(result_.ops.operations.size());
    int bucket = -1;
    if (stream == Stream::compute) {
      bucket = std::exchange(gathered_bucket_, -1);
      last_compute_ = place;
    }
    if (entry || bucket >= 0) result_.borders.push_back({place, entry, stream != Stream::compute, bucket});
    result_.ops.add({is_collective, what, stream}, after);
    return place;
  }

  const Script& script_;
  const TrainingPlan& plan_;
  ProgramWriter& writer_;
  const BucketCalls& bucket_calls_;
  PassTemplate result_;
  KernelList open_;  // of the segment being collected
  Activity activity_ = Activity::forward;
  std::vector<std::uint32_t> joins_;   // overlapped ops the next compute op waits for
  std::vector<std::uint32_t> beside_;  // overlapped ops the next kernels run beside
  std::int64_t last_compute_ = -1;
  int gathered_bucket_ = -1;
  std::map<int, std::vector<std::uint32_t>> gathered_;  // by bucket: the op that brings its parameters, where there is one
};

}  // namespace

PassTemplate compile_pass(const Script& script, const TrainingPlan& plan, ProgramWriter& writer,
                          const BucketCalls& bucket_calls) {
  return PassCompiler(script, plan, writer, bucket_calls).compile();
}

}  // namespace headway
