#include "simulate/critical_path.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <variant>

#include "base/check.h"
#include "hardware/kernel_cost.h"
#include "simulate/pricing.h"

namespace headway {
namespace {

std::string traffic_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::tensor: return "tensor-parallel traffic";
    case Dimension::context: return "context-parallel traffic";
    case Dimension::expert:
    case Dimension::expert_tensor: return "expert-parallel traffic";
    case Dimension::data:
    case Dimension::expert_data:
    case Dimension::embedding:
    case Dimension::copy:
    case Dimension::world: return "data-parallel traffic";
    default: return "pipeline messages";
  }
}

std::string kind_of(const Kernel& kernel) {
  if (std::holds_alternative<Gemm>(kernel.work)) return "matrix products";
  return std::holds_alternative<Attention>(kernel.work) ? "attention" : "memory-bound kernels";
}

// The operations of one class, numbered through, and who came before each in its stream.
class Operations {
 public:
  Operations(const Composition<Task>& tasks, int streams) : tasks_(tasks) {
    std::vector<std::uint32_t> last(static_cast<std::size_t>(streams), kNone);
    before_.reserve(tasks.size());
    for (const Piece& piece : tasks.pieces)
      for (std::uint32_t place = 0; place < tasks.blocks[piece.block].operations.size(); ++place) {
        const Task& task = tasks.blocks[piece.block].operations[place];
        before_.push_back(std::exchange(last[task.stream], piece.first + place));
        if (task.group) uses_[key(task.slot, piece.tag + task.tag)] = piece.first + place;
      }
  }

  [[nodiscard]] const Task& task(std::uint32_t number) const { return tasks_.operation(number); }
  [[nodiscard]] std::uint32_t tag(std::uint32_t number) const { return piece_of(number).tag + task(number).tag; }
  [[nodiscard]] std::optional<std::uint32_t> use(std::uint16_t slot, std::uint32_t tag) const {
    const auto found = uses_.find(key(slot, tag));
    return found == uses_.end() ? std::nullopt : std::optional(found->second);
  }

  // Everything an operation waits for.
  [[nodiscard]] std::vector<std::uint32_t> waits_for(std::uint32_t number) const {
    std::vector<std::uint32_t> all;
    if (before_[number] != kNone) all.push_back(before_[number]);
    const Piece& piece = piece_of(number);
    const Block<Task>& block = tasks_.blocks[piece.block];
    const std::uint32_t place = number - piece.first;
    for (std::uint32_t e = block.after_offset[place]; e < block.after_offset[place + 1]; ++e)
      all.push_back(piece.first + block.after[e]);
    const auto first = std::lower_bound(tasks_.links.begin(), tasks_.links.end(), number,
                                        [](const Link& link, std::uint32_t to) { return link.to < to; });
    for (auto link = first; link != tasks_.links.end() && link->to == number; ++link) all.push_back(link->from);
    return all;
  }

 private:
  static std::uint64_t key(std::uint16_t slot, std::uint32_t tag) { return (std::uint64_t{slot} << 32U) | tag; }
  [[nodiscard]] const Piece& piece_of(std::uint32_t number) const { return tasks_.pieces[tasks_.piece_of(number)]; }

  const Composition<Task>& tasks_;
  std::vector<std::uint32_t> before_;
  std::unordered_map<std::uint64_t, std::uint32_t> uses_;
};

class PathWalk {
 public:
  PathWalk(const Timeline& timeline, const Quotient& quotient, const Structure& structure, const MachinePrograms& machine,
           const std::vector<RankProgram>& programs, const Software& software)
      : timeline_(timeline), q_(quotient), structure_(structure), machine_(machine), programs_(programs), software_(software) {}

  std::vector<PathPart> walk() {
    find_last();
    for (;;) {
      const TaskTimes& t = timeline_.tasks[class_][number_];
      attribute(t);
      if (t.start > t.ready) go_to_the_last_to_come(t.start);
      const Instant ready = timeline_.tasks[class_][number_].ready;
      if (ready == 0) break;
      go_to_what_ended(ready);
    }
    std::vector<PathPart> parts;
    for (const auto& [cause, time] : causes_)
      if (time > Seconds(0)) parts.push_back({cause, time});
    std::stable_sort(parts.begin(), parts.end(), [](const PathPart& a, const PathPart& b) { return a.time > b.time; });
    return parts;
  }

 private:
  [[nodiscard]] const Program& program() const { return machine_.programs[q_.actors[class_].program]; }

  const Operations& operations(std::uint32_t actor_class) {
    const std::uint32_t program = q_.actors[actor_class].program;
    const auto [at, fresh] =
        operations_.try_emplace(program, machine_.programs[program].tasks, machine_.programs[program].streams);
    return at->second;
  }

  void find_last() {
    for (class_ = 0; class_ < timeline_.tasks.size(); ++class_) {
      const std::vector<TaskTimes>& tasks = timeline_.tasks[class_];
      for (number_ = 0; number_ < tasks.size(); ++number_)
        if (tasks[number_].end == timeline_.end) return;
    }
    HEADWAY_CHECK(false, "some task ends last");
  }

  void attribute(const TaskTimes& t) {
    const Task& task = operations(class_).task(number_);
    if (task.group)
      attribute_collective(task, to_seconds(t.end - t.start));
    else
      attribute_segment(task.what, to_seconds(t.end - t.start));
  }

  void attribute_collective(const Task& task, Seconds took) {
    const std::uint32_t group = q_.group_of[class_ * static_cast<std::size_t>(q_.slots) + task.slot];
    const GroupCall& call = structure_.kinds[q_.group_kind[group]][task.what];
    const RankProgram& rank_program = programs_[machine_.stage_of[q_.actors[class_].program]];
    const std::string traffic = traffic_of(rank_program.calls[call_of(rank_program)].dimension);
    const Seconds latency = std::min(took, to_seconds(call.latency));
    const Seconds bytes = std::min(took - latency, Seconds(call.work / call.top_level));
    causes_[traffic + ", start-up"] += latency;
    causes_[traffic] += bytes;
    causes_[traffic + ", sharing links"] += took - latency - bytes;
  }

  // Engine and rank programs have their operations in the same places.
  [[nodiscard]] std::uint32_t call_of(const RankProgram& rank_program) const { return rank_program.ops.operation(number_).what; }

  void attribute_segment(std::uint32_t what, Seconds took) {
    const std::uint32_t engine_program = q_.actors[class_].program;
    const Segment& segment = programs_[machine_.stage_of[engine_program]].segments[what];
    const DeviceKind& kind = machine_.kind_of[engine_program];
    const Seconds alone = std::min(took, price(segment, kind, software_).time);
    causes_["kernels slowed by traffic beside them"] += took - alone;
    Seconds left = alone;
    const std::string attention = attention_on(*kind.device, software_);
    for (const Kernel& kernel : segment.kernels) {
      const Seconds part = std::min(left, kernel_cost(kernel, *kind.device, attention).time / kind.speed);
      causes_[segment.activity == Activity::optimizer ? "optimizer" : kind_of(kernel)] += part;
      left -= part;
    }
    causes_["host"] += left;
  }

  void go_to_the_last_to_come(Instant start) {
    const Operations& here = operations(class_);
    const std::uint16_t slot = here.task(number_).slot;
    const std::uint32_t tag = here.tag(number_);
    const std::uint32_t group = q_.group_of[class_ * static_cast<std::size_t>(q_.slots) + slot];
    for (std::uint32_t m = q_.member_offset[group]; m < q_.member_offset[group + 1]; ++m) {
      const GroupMember& member = q_.members[m];
      const std::optional<std::uint32_t> number = operations(member.actor_class).use(member.slot, tag);
      if (!number || timeline_.tasks[member.actor_class][*number].ready != start) continue;
      class_ = member.actor_class;
      number_ = *number;
      return;
    }
    HEADWAY_CHECK(false, "some member of a group comes last");
  }

  void go_to_what_ended(Instant ready) {
    for (const std::uint32_t before : operations(class_).waits_for(number_))
      if (timeline_.tasks[class_][before].end == ready) {
        number_ = before;
        return;
      }
    HEADWAY_CHECK(false, "something lets every task go");
  }

  const Timeline& timeline_;
  const Quotient& q_;
  const Structure& structure_;
  const MachinePrograms& machine_;
  const std::vector<RankProgram>& programs_;
  const Software& software_;
  std::map<std::uint32_t, Operations> operations_;  // by engine program
  std::map<std::string, Seconds> causes_;
  std::uint32_t class_ = 0, number_ = 0;  // where the walk is
};

}  // namespace

std::vector<PathPart> critical_path(const Timeline& timeline, const Quotient& quotient, const Structure& structure,
                                    const MachinePrograms& machine, const std::vector<RankProgram>& programs,
                                    const Software& software) {
  return PathWalk(timeline, quotient, structure, machine, programs, software).walk();
}

}  // namespace headway
