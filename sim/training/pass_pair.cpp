#include "training/pass_pair.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace headway {
namespace {

// What one of the two passes still has to issue, and what its next kernels wait for.
class Strand {
 public:
  explicit Strand(const Script& script) : script_(script) {
    for (const Step& step : script) {
      HEADWAY_CHECK(step.bucket < 0, "a pass that runs beside another waits for no parameters and completes no bucket");
      if (step.call) ++calls_;
    }
  }

  [[nodiscard]] bool done() const { return next_ == script_.size(); }
  [[nodiscard]] double progress() const { return calls_ == 0 ? 1.0 : static_cast<double>(issued_) / calls_; }
  [[nodiscard]] bool at_call() const { return !done() && script_[next_].call.has_value(); }
  [[nodiscard]] Activity activity() const { return script_[next_].activity; }

  // The kernels that run as one segment from here: up to a collective, a change of activity, or the end of what a collective of
  // this strand runs beside.
  KernelList take_kernels() {
    const Activity activity = this->activity();
    KernelList kernels;
    do {
      for (const Kernel& kernel : script_[next_].kernels) merge_kernel(kernels, kernel);
      ++next_;
    } while (beside_.empty() && !done() && !at_call() && this->activity() == activity);
    return kernels;
  }

  LayerCall take_call() {
    ++issued_;
    return *script_[next_++].call;
  }

  // After kernels at `place`, which waited for what is returned.
  [[nodiscard]] std::vector<std::uint32_t> waits() const { return joins_; }
  void computed(std::uint32_t place) {
    last_compute_ = place;
    joins_ = std::exchange(beside_, {});
  }
  void called(std::uint32_t place, bool runs_beside_next) { (runs_beside_next ? beside_ : joins_).push_back(place); }

  [[nodiscard]] std::vector<std::uint32_t> ends() const {
    std::vector<std::uint32_t> ends = joins_;
    ends.insert(ends.end(), beside_.begin(), beside_.end());
    if (last_compute_) ends.push_back(*last_compute_);
    return ends;
  }
  [[nodiscard]] bool started() const { return last_compute_ || !joins_.empty() || !beside_.empty(); }

 private:
  const Script& script_;
  std::size_t next_ = 0;
  int calls_ = 0, issued_ = 0;
  std::optional<std::uint32_t> last_compute_;
  std::vector<std::uint32_t> joins_, beside_;  // collectives that the next kernels wait for; that they run beside
};

class PairCompiler {
 public:
  PairCompiler(const Script& forward, const Script& backward, const TrainingPlan& plan, ProgramWriter& writer)
      : plan_(plan), writer_(writer), forward_(forward), backward_(backward) {}

  PairTemplate compile() {
    Strand* other = &backward_;
    for (Strand* strand = &forward_; !(forward_.done() && backward_.done());) {
      run_to_a_call(*strand);
      if (!other->done() && (strand->done() || other->progress() <= strand->progress())) std::swap(strand, other);
    }
    for (const Strand* strand : {&forward_, &backward_}) {
      std::vector<std::uint32_t> ends = strand->ends();
      result_.pass.loose.insert(result_.pass.loose.end(), ends.begin(), ends.end());
      (strand == &forward_ ? result_.forward_ends : result_.backward_ends) = std::move(ends);
    }
    return std::move(result_);
  }

 private:
  void run_to_a_call(Strand& strand) {
    while (!strand.done() && !strand.at_call()) compute(strand);
    while (strand.at_call()) communicate(strand);
  }

  void compute(Strand& strand) {
    const Activity activity = strand.activity();
    KernelList kernels = strand.take_kernels();
    std::string name = segment_name(kernels);
    const std::uint32_t what = writer_.segment({std::move(name), activity, std::move(kernels), Seconds(0)});
    strand.computed(emit(strand, {false, what, Stream::compute}, strand.waits()));
  }

  void communicate(Strand& strand) {
    const LayerCall call = strand.take_call();
    const std::uint32_t what = writer_.call(collective_call(call, 1.0, plan_.software));
    const bool beside_its_own = call.beside == Beside::following && call.hidden >= 1;
    strand.called(emit(strand, {true, what, Stream::tensor}, strand.ends()), beside_its_own);
  }

  std::uint32_t emit(const Strand& strand, const Op& op, const std::vector<std::uint32_t>& after) {
    const auto place = static_cast<std::uint32_t>(result_.pass.ops.operations.size());
    if (!strand.started()) result_.pass.borders.push_back({place, true, op.stream != Stream::compute, -1});
    result_.pass.ops.add(op, after);
    return place;
  }

  const TrainingPlan& plan_;
  ProgramWriter& writer_;
  Strand forward_, backward_;
  PairTemplate result_;
};

// While the host reads for one strand, what it launched for the other runs.
Script without_stands(Script script) {
  std::erase_if(script, [](const Step& step) { return step.host > Seconds(0); });
  return script;
}

}  // namespace

PairTemplate compile_pair(const Script& forward, const Script& backward, const TrainingPlan& plan, ProgramWriter& writer) {
  const Script forward_kernels = without_stands(forward), backward_kernels = without_stands(backward);
  return PairCompiler(forward_kernels, backward_kernels, plan, writer).compile();
}

}  // namespace headway
