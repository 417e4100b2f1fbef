#include "simulate/breakdown.h"

#include <algorithm>
#include <array>
#include <limits>

namespace headway {
namespace {

enum Part { kCompute, kTensor, kExpert, kContext, kPipeline, kData, kBubble, kOptimizer, kOther, kParts };
using Parts = std::array<Picoseconds, kParts>;
constexpr std::array<Seconds Breakdown::*, kParts> kTimes = {
    &Breakdown::compute,         &Breakdown::exposed_tensor,   &Breakdown::exposed_expert,
    &Breakdown::exposed_context, &Breakdown::exposed_pipeline, &Breakdown::exposed_data,
    &Breakdown::bubble,          &Breakdown::optimizer,        &Breakdown::other};

enum PassPlace { kForward, kBackward, kInputGradient, kWeightGradient, kTogether, kOutside };
constexpr std::array kPassTimes = {&PassTimes::forward,         &PassTimes::backward, &PassTimes::input_gradient,
                                   &PassTimes::weight_gradient, &PassTimes::together, &PassTimes::outside};
using Spans = std::array<Picoseconds, kPassTimes.size()>;

PassPlace place_of(const Pass& pass) {
  if (pass.with_next) return kTogether;
  switch (pass.kind) {
    case PassKind::forward: return kForward;
    case PassKind::backward: return kBackward;
    case PassKind::input_gradient: return kInputGradient;
    case PassKind::weight_gradient: return kWeightGradient;
  }
  return kOutside;
}

Part part_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::tensor: return kTensor;
    case Dimension::context: return kContext;
    case Dimension::expert:
    case Dimension::expert_tensor: return kExpert;
    case Dimension::data:
    case Dimension::expert_data:
    case Dimension::shard:
    case Dimension::replica:
    case Dimension::embedding:
    case Dimension::copy:
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
  Walk(const RankProgram& program, const std::vector<TaskTimes>& times) : program_(program), times_(times) {
    for (const CollectiveCall& call : program.calls) part_of_call_.push_back(headway::part_of(call.dimension));
    exposed_.resize(program.calls.size());
    for (const Segment& segment : program.segments) part_of_segment_.push_back(headway::part_of(segment.activity));
  }

  [[nodiscard]] const std::vector<Picoseconds>& exposed() const { return exposed_; }

  [[nodiscard]] const Spans& spans() const { return spans_; }

  Parts count(Instant end) {
    for (std::size_t p = 0; p < program_.ops.pieces.size(); ++p) {
      begin_ = kNotBegun;
      walk_over(program_.ops.pieces[p]);
      if (begin_ == kNotBegun || program_.pass_of[p] < 0) continue;
      spans_[place_of(program_.passes[static_cast<std::size_t>(program_.pass_of[p])])] += now_ - begin_;
    }
    for (std::size_t k = 0; k < kOutside; ++k) spans_[kOutside] -= spans_[k];
    spans_[kOutside] += end;
    if (last_beside_.time > now_) wait_until(last_beside_.time, last_beside_);
    wait_until(end, {});  // the other ranks
    return parts_;
  }

 private:
  // An op and when it ended; op null: none.
  struct Cause {
    const Op* op = nullptr;
    Instant start = 0, time = 0;
  };

  void walk_over(const Piece& piece) {
    const Block<Op>& block = program_.ops.blocks[piece.block];
    for (std::uint32_t place = 0; place < block.operations.size(); ++place) {
      const Op& op = block.operations[place];
      const std::uint32_t number = piece.first + place;
      const TaskTimes& t = times_[number];
      if (op.stream == Stream::compute) {
        if (t.ready > now_) wait_until(t.ready, latest_dependency(piece, block, place));
        if (begin_ == kNotBegun) begin_ = now_;
        step_over(op, t);
      } else if (t.end > last_beside_.time) {
        last_beside_ = {&op, t.start, t.end};
      }
    }
  }

  void step_over(const Op& op, const TaskTimes& t) {
    if (op.collective) {
      parts_[kBubble] += t.start - t.ready;
      expose(op, t.end - t.start);
    } else {
      parts_[part_of(op)] += t.end - t.ready;
    }
    now_ = t.end;
  }

  // The stream stands still from now_ to `until`, because of `cause`: its partners are missing, then it is under way.
  void wait_until(Instant until, const Cause& cause) {
    if (until <= now_) return;
    const Instant under_way = cause.op == nullptr ? until : std::clamp(cause.start, now_, until);
    parts_[kBubble] += under_way - now_;
    if (cause.op != nullptr) expose(*cause.op, until - under_way);
    now_ = until;
  }

  void expose(const Op& op, Picoseconds time) {
    parts_[part_of(op)] += time;
    if (op.collective) exposed_[op.what] += time;
  }

  [[nodiscard]] Part part_of(const Op& op) const { return (op.collective ? part_of_call_ : part_of_segment_)[op.what]; }

  Cause latest_dependency(const Piece& piece, const Block<Op>& block, std::uint32_t place) {
    Cause latest;
    const auto consider = [&](const Op& op, std::uint32_t number) {
      if (latest.op == nullptr || times_[number].end > latest.time) latest = {&op, times_[number].start, times_[number].end};
    };
    for (std::uint32_t e = block.after_offset[place]; e < block.after_offset[place + 1]; ++e)
      consider(block.operations[block.after[e]], piece.first + block.after[e]);
    const std::vector<Link>& links = program_.ops.links;
    const std::uint32_t number = piece.first + place;
    while (link_ < links.size() && links[link_].to < number) ++link_;  // both go forward
    for (std::size_t i = link_; i < links.size() && links[i].to == number; ++i)
      consider(program_.ops.operation(links[i].from), links[i].from);
    return latest;
  }

  const RankProgram& program_;
  std::vector<Part> part_of_call_, part_of_segment_;
  std::vector<Picoseconds> exposed_;  // by call
  const std::vector<TaskTimes>& times_;
  static constexpr Instant kNotBegun = std::numeric_limits<Instant>::max();

  Instant now_ = 0, begin_ = kNotBegun;  // of the piece walked over
  Spans spans_{};
  std::size_t link_ = 0;  // the first link into what is walked over
  Cause last_beside_;     // the op outside the compute stream that ends last
  Parts parts_{};
};

}  // namespace

Seconds Breakdown::*exposed_as(Dimension dimension) { return kTimes[part_of(dimension)]; }

StepAccount account_of(const Timeline& timeline, const std::vector<ActorClass>& classes,
                       const std::vector<std::uint32_t>& program_of_class, const std::vector<RankProgram>& programs,
                       double steps) {
  StepAccount account;
  for (const RankProgram& program : programs) account.exposed.emplace_back(program.calls.size());
  double ranks = 0;
  for (const ActorClass& actor : classes) ranks += static_cast<double>(actor.count);
  std::array<double, kParts> sum{};
  std::array<double, kPassTimes.size()> inside{};
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const std::uint32_t program = program_of_class[k];
    Walk walk(programs[program], timeline.tasks[k]);
    const Parts parts = walk.count(timeline.end);
    const auto count = static_cast<double>(classes[k].count);
    for (std::size_t i = 0; i < kParts; ++i) sum[i] += static_cast<double>(parts[i]) * count;
    for (std::size_t i = 0; i < inside.size(); ++i) inside[i] += static_cast<double>(walk.spans()[i]) * count;
    for (std::size_t c = 0; c < walk.exposed().size(); ++c)
      account.exposed[program][c] += Seconds(static_cast<double>(walk.exposed()[c]) * count / (ranks * steps) * 1e-12);
  }
  for (std::size_t i = 0; i < kParts; ++i) account.parts.*kTimes[i] = Seconds(sum[i] / (ranks * steps) * 1e-12);
  for (std::size_t i = 0; i < inside.size(); ++i) account.passes.*kPassTimes[i] = Seconds(inside[i] / (ranks * steps) * 1e-12);
  return account;
}

}  // namespace headway
