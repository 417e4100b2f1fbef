#include "simulate/breakdown.h"

#include <algorithm>
#include <array>

namespace headway {
namespace {

enum Part { kCompute, kTensor, kExpert, kContext, kPipeline, kData, kBubble, kOptimizer, kOther, kParts };
using Parts = std::array<Picoseconds, kParts>;

Part part_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::tensor: return kTensor;
    case Dimension::context: return kContext;
    case Dimension::expert:
    case Dimension::expert_tensor: return kExpert;
    case Dimension::data:
    case Dimension::expert_data:
    case Dimension::embedding:
    case Dimension::world: return kData;
    default: return kPipeline;
  }
}

Part part_of(Activity activity) {
  switch (activity) {
    case Activity::optimizer: return kOptimizer;
    case Activity::host: return kOther;
    default: return kCompute;
  }
}

// The compute stream of one class of ranks, walked from the start of the step to its end.
class Walk {
 public:
  Walk(const RankProgram& program, const std::vector<TaskTimes>& times) : program_(program), times_(times) {}

  Parts count(Instant end) {
    for (std::uint32_t i = 0; i < program_.ops.size(); ++i)
      if (program_.ops[i].stream == Stream::compute) step_over(i);
    if (const std::int64_t last = last_other_op(); last >= 0) wait_until(times_[static_cast<std::size_t>(last)].end, last);
    wait_until(end, -1);  // the other ranks
    return parts_;
  }

 private:
  void step_over(std::uint32_t i) {
    const TaskTimes& t = times_[i];
    wait_until(t.ready, latest_dependency(i));
    const Op& op = program_.ops[i];
    if (op.collective) {
      parts_[kBubble] += t.start - t.ready;
      parts_[part_of(program_.calls[op.what].dimension)] += t.end - t.start;
    } else {
      parts_[part_of(program_.segments[op.what].activity)] += t.end - t.ready;
    }
    now_ = t.end;
  }

  // The stream stands still from now_ to `until`, because of op `cause`: its partners are missing, then it is under way.
  void wait_until(Instant until, std::int64_t cause) {
    if (until <= now_) return;
    Instant under_way = until;
    if (cause >= 0) under_way = std::clamp(times_[static_cast<std::size_t>(cause)].start, now_, until);
    parts_[kBubble] += under_way - now_;
    if (cause >= 0) {
      const Op& op = program_.ops[static_cast<std::size_t>(cause)];
      parts_[op.collective ? part_of(program_.calls[op.what].dimension) : part_of(program_.segments[op.what].activity)] +=
          until - under_way;
    }
    now_ = until;
  }

  std::int64_t latest_dependency(std::uint32_t i) const {
    std::int64_t latest = -1;
    for (std::uint32_t e = program_.after_offset[i]; e < program_.after_offset[i + 1]; ++e)
      if (latest < 0 || times_[program_.after[e]].end > times_[static_cast<std::size_t>(latest)].end) latest = program_.after[e];
    return latest;
  }

  // The op outside the compute stream that ends last, if it outlasts the compute stream.
  std::int64_t last_other_op() const {
    std::int64_t last = -1;
    for (std::uint32_t i = 0; i < program_.ops.size(); ++i)
      if (program_.ops[i].stream != Stream::compute && times_[i].end > now_ &&
          (last < 0 || times_[i].end > times_[static_cast<std::size_t>(last)].end))
        last = i;
    return last;
  }

  const RankProgram& program_;
  const std::vector<TaskTimes>& times_;
  Instant now_ = 0;
  Parts parts_{};
};

}  // namespace

Breakdown breakdown_of(const Timeline& timeline, const std::vector<ActorClass>& classes,
                       const std::vector<std::uint32_t>& program_of_class, const std::vector<RankProgram>& programs) {
  std::array<double, kParts> sum{};
  double ranks = 0;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const Parts parts = Walk(programs[program_of_class[k]], timeline.tasks[k]).count(timeline.end);
    for (std::size_t i = 0; i < kParts; ++i) sum[i] += static_cast<double>(parts[i]) * static_cast<double>(classes[k].count);
    ranks += static_cast<double>(classes[k].count);
  }
  const auto mean = [&](Part part) { return Seconds(sum[part] / ranks * 1e-12); };
  return {.compute = mean(kCompute),
          .exposed_tensor = mean(kTensor),
          .exposed_expert = mean(kExpert),
          .exposed_context = mean(kContext),
          .exposed_pipeline = mean(kPipeline),
          .exposed_data = mean(kData),
          .bubble = mean(kBubble),
          .optimizer = mean(kOptimizer),
          .other = mean(kOther)};
}

}  // namespace headway
