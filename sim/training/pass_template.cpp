#include "training/pass_template.h"

#include <string>
#include <utility>

namespace headway {
namespace {

std::string segment_name(const KernelList& kernels) {
  if (kernels.empty()) return "nothing";
  std::string name(kernels.front().label);
  if (kernels.size() > 1) name += " .. " + std::string(kernels.back().label);
  return name;
}

class PassCompiler {
 public:
  PassCompiler(const Script& script, const TrainingPlan& plan, ProgramWriter& writer,
               const std::vector<std::uint32_t>& reduce_calls)
      : script_(script), plan_(plan), writer_(writer), reduce_calls_(reduce_calls) {}

  PassTemplate compile() {
    for (std::size_t i = 0; i < script_.size(); ++i) {
      const Step& step = script_[i];
      if (step.bucket >= 0)
        border(step);
      else if (step.call)
        collective(*step.call);
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
  void kernels(const Step& step, const std::optional<TensorCall>& next) {
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

  void collective(const TensorCall& call) {
    flush();
    if (call.hidden < 1) blocking_part(call);
    if (call.hidden > 0 && call.beside == Beside::following) hidden_part(call, last_compute_, joins_);
  }

  void blocking_part(const TensorCall& call) {
    emit(Stream::compute, true, tensor_call(call.kind, (1 - call.hidden) * call.bytes), std::exchange(joins_, {}));
  }

  void hidden_part(const TensorCall& call, std::int64_t before, std::vector<std::uint32_t> after) {
    if (before >= 0) after.push_back(static_cast<std::uint32_t>(before));
    const bool entry = before < 0;  // even where the product it drains is laid down already
    beside_.push_back(emit(Stream::tensor, true, tensor_call(call.kind, call.hidden * call.bytes), after, entry));
  }

  std::uint32_t tensor_call(CollectiveKind kind, Bytes bytes) {
    return writer_.call(
        {"tensor " + std::string(name_of(kind)), Dimension::tensor, kind, bytes, plan_.software.tensor_efficiency});
  }

  // Forward: what follows needs the bucket's parameters. Backward: the bucket's gradients are complete.
  void border(const Step& step) {
    flush();
    if (step.activity == Activity::forward) {
      gathered_bucket_ = step.bucket;
      return;
    }
    if (last_compute_ < 0) emit_segment();
    std::vector<std::uint32_t> after = joins_;
    after.push_back(static_cast<std::uint32_t>(last_compute_));
    emit(Stream::data, true, reduce_calls_[static_cast<std::size_t>(step.bucket)], std::move(after));
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
  const std::vector<std::uint32_t>& reduce_calls_;
  PassTemplate result_;
  KernelList open_;  // of the segment being collected
  Activity activity_ = Activity::forward;
  std::vector<std::uint32_t> joins_;   // overlapped ops the next compute op waits for
  std::vector<std::uint32_t> beside_;  // overlapped ops the next kernels run beside
  std::int64_t last_compute_ = -1;
  int gathered_bucket_ = -1;
};

}  // namespace

PassTemplate compile_pass(const Script& script, const TrainingPlan& plan, ProgramWriter& writer,
                          const std::vector<std::uint32_t>& reduce_calls) {
  return PassCompiler(script, plan, writer, reduce_calls).compile();
}

}  // namespace headway
