#include "report/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "report/pass_names.h"

namespace headway {

namespace {

std::size_t thread_of(Stream stream) { return static_cast<std::size_t>(stream) + 1; }

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class TraceWriter {
 public:
  explicit TraceWriter(std::ostream& out) : out_(out) { put("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":["); }
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  void finish() {
    put("\n]}}\n");
    flush();
  }

  void process(std::size_t pid, const std::string& name) {
    next();
    put("{{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":{},\"args\":{{\"name\":{}}}}}", pid, quoted(name));
    next();
    put("{{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":{},\"args\":{{\"sort_index\":{}}}}}", pid, pid);
  }

  void thread(std::size_t pid, std::size_t tid, std::string_view name) {
    next();
    put("{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":{},\"tid\":{},\"args\":{{\"name\":{}}}}}", pid, tid,
        quoted(std::string(name)));
    next();
    put("{{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":{},\"tid\":{},\"args\":{{\"sort_index\":{}}}}}", pid, tid, tid);
  }

  void slice(std::size_t pid, std::size_t tid, const std::string& quoted_name, std::string_view category, Instant from,
             Instant to, const std::string& rest) {
    next();
    put("{{\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{}.{:06},\"dur\":{}.{:06},\"cat\":\"{}\",\"name\":{}{}}}", pid, tid,
        from / kMicro, from % kMicro, (to - from) / kMicro, (to - from) % kMicro, category, quoted_name, rest);
  }

  void counter(std::size_t pid, const std::string& quoted_name, const char* unit, Instant at, const std::string& value) {
    next();
    put("{{\"ph\":\"C\",\"pid\":{},\"ts\":{}.{:06},\"name\":{},\"args\":{{\"{}\":{}}}}}", pid, at / kMicro, at % kMicro,
        quoted_name, unit, value);
  }

  // `phase`: "s" where an arrow starts, "f" where it ends; both bind to the slice they lie in.
  void arrow(const char* phase, std::uint64_t id, std::size_t pid, std::size_t tid, Instant at) {
    next();
    put("{{\"ph\":\"{}\",\"id\":{},\"pid\":{},\"tid\":{},\"ts\":{}.{:06},\"cat\":\"message\",\"name\":\"message\",\"bp\":\"e\"}}",
        phase, id, pid, tid, at / kMicro, at % kMicro);
  }

 private:
  static constexpr Picoseconds kMicro = 1'000'000;
  static constexpr std::size_t kFlushAt = 1U << 20U;

  void next() {
    put("{}", first_ ? "\n" : ",\n");
    first_ = false;
    if (buffer_.size() > kFlushAt) flush();
  }
  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
  }

  std::ostream& out_;
  fmt::memory_buffer buffer_;
  bool first_ = true;
};

// The names of a program's operations: the pass they belong to before what they do. The texts are made once each, ready to stand
// between quotes.
class Names {
 public:
  explicit Names(const RankProgram& program) : program_(program), passes_(pass_names(program.passes)) {
    for (const Segment& segment : program.segments) segments_.push_back(escaped(segment.name));
    for (const CollectiveCall& call : program.calls) calls_.push_back(escaped(call.name));
  }

  [[nodiscard]] std::string of(const Op& op, std::int32_t pass, std::string_view before = "") const {
    const std::string& what = (op.collective ? calls_ : segments_)[op.what];
    return fmt::format("\"{}{}{}\"", before, pass < 0 ? "" : passes_[static_cast<std::size_t>(pass)], what);
  }

  // "microbatch":3,"chunk":1, or nothing outside passes.
  [[nodiscard]] std::string arguments(std::int32_t number) const {
    if (number < 0) return "";
    const Pass& pass = program_.passes[static_cast<std::size_t>(number)];
    return fmt::format("\"microbatch\":{},\"chunk\":{}", pass.microbatch, pass.chunk);
  }

 private:
  static std::string escaped(const std::string& text) {
    const std::string with_quotes = quoted(text);
    return with_quotes.substr(1, with_quotes.size() - 2);
  }

  const RankProgram& program_;
  std::vector<std::string> passes_, segments_, calls_;
};

void write_op(TraceWriter& trace, std::size_t pid, const RankProgram& program, const Names& names, const Op& op,
              std::int32_t pass, const TaskTimes& at) {
  const std::size_t tid = thread_of(op.stream);
  const std::string of_pass = names.arguments(pass);
  if (op.collective) {
    const CollectiveCall& call = program.calls[op.what];
    if (at.start > at.ready)
      trace.slice(pid, tid, names.of(op, pass, "wait: "), "wait", at.ready, at.start, ",\"cname\":\"grey\"");
    trace.slice(pid, tid, names.of(op, pass), "communication", at.start, at.end,
                fmt::format(",\"args\":{{\"group\":\"{}\",\"kind\":\"{}\",\"bytes\":{:.0f}{}{}}}", name_of(call.dimension),
                            name_of(call.kind), call.bytes.value(), of_pass.empty() ? "" : ",", of_pass));
  } else {
    trace.slice(pid, tid, names.of(op, pass), name_of(program.segments[op.what].activity), at.start, at.end,
                of_pass.empty() ? "" : fmt::format(",\"args\":{{{}}}", of_pass));
  }
}

void write_class(TraceWriter& trace, std::size_t pid, const RankProgram& program, const std::vector<TaskTimes>& tasks) {
  HEADWAY_CHECK(program.ops.size() == tasks.size(), "a rank class has as many tasks as its program has operations");
  std::array<bool, kStreams> used{};
  for (const Block<Op>& block : program.ops.blocks)
    for (const Op& op : block.operations) used[static_cast<std::size_t>(op.stream)] = true;
  for (const auto& [stream, name] : EnumNames<Stream>::table)
    if (used[static_cast<std::size_t>(stream)]) trace.thread(pid, thread_of(stream), name);

  const Names names(program);
  for (std::size_t p = 0; p < program.ops.pieces.size(); ++p) {
    const Piece& piece = program.ops.pieces[p];
    const std::vector<Op>& ops = program.ops.blocks[piece.block].operations;
    for (std::size_t i = 0; i < ops.size(); ++i)
      write_op(trace, pid, program, names, ops[i], program.pass_of[p], tasks[piece.first + i]);
  }
}

// The links are the whole machine's, also where several jobs share it.
std::string machine_of(const TrainingAnswer& answer) { return answer.job ? answer.job->scenario : answer.result.scenario; }
std::string machine_of(const CollectiveAnswer& answer) { return answer.result.scenario; }

// Writes a value where it is another than the one before.
class Counter {
 public:
  Counter(TraceWriter& trace, std::size_t pid, const std::string& name, const char* unit)
      : trace_(trace), pid_(pid), name_(quoted(name)), unit_(unit) {}

  void tell(Instant at, double value) {
    std::string text = fmt::format("{:.4f}", value);
    if (text == last_) return;
    trace_.counter(pid_, name_, unit_, at, text);
    last_ = std::move(text);
  }

 private:
  TraceWriter& trace_;
  std::size_t pid_;
  std::string name_;
  const char* unit_;
  std::string last_;
};

// A pass lasts from the start of its first operation on the compute stream to the end of its last one.
void write_memory(TraceWriter& trace, std::size_t pid, const RankProgram& program, const std::vector<TaskTimes>& tasks,
                  const MemoryCourse& course) {
  constexpr Bytes kGiB{1073741824.0};
  Counter counter(trace, pid, "memory", "GiB");
  Bytes held = course.outside_passes;
  counter.tell(0, held / kGiB);
  for (std::size_t p = 0; p < program.ops.pieces.size(); ++p) {
    if (program.pass_of[p] < 0) continue;
    const Piece& piece = program.ops.pieces[p];
    const std::vector<Op>& ops = program.ops.blocks[piece.block].operations;
    const auto computes = [](const Op& op) { return op.stream == Stream::compute; };
    const auto first = std::find_if(ops.begin(), ops.end(), computes);
    const auto last = std::find_if(ops.rbegin(), ops.rend(), computes);
    if (first == ops.end()) continue;
    const auto pass = static_cast<std::size_t>(program.pass_of[p]);
    const std::size_t behind = pass + (program.passes[pass].with_next ? 2 : 1);
    for (std::size_t i = pass; i < behind; ++i) held += course.passes.at(i).at_start;
    counter.tell(tasks[piece.first + static_cast<std::size_t>(first - ops.begin())].start, held / kGiB);
    for (std::size_t i = pass; i < behind; ++i) held += course.passes.at(i).at_end;
    counter.tell(tasks[piece.first + static_cast<std::size_t>(ops.rend() - last) - 1].end, held / kGiB);
  }
}

constexpr Instant kMostChanges = 4000;  // of one counter: more than a screen shows

// The same area in no more steps than that: where a load changes millions of times, its means over windows of equal length.
std::vector<UseSample> readable(const std::vector<UseSample>& samples, Instant end) {
  if (samples.size() <= static_cast<std::size_t>(kMostChanges)) return samples;
  const Instant window = end / kMostChanges + 1;
  std::vector<UseSample> means;
  double area = 0;  // of the window begun
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Instant until = i + 1 < samples.size() ? samples[i + 1].at : end;
    for (Instant at = samples[i].at; at < until;) {
      const Instant border = (at / window + 1) * window, next = std::min(border, until);
      area += samples[i].share * static_cast<double>(next - at);
      at = next;
      if (at == border) means.push_back({border - window, std::exchange(area, 0) / static_cast<double>(window)});
    }
  }
  const Instant rest = end % window;
  if (rest > 0) means.push_back({end - rest, area / static_cast<double>(rest)});
  means.push_back({end, 0});
  return means;
}

void write_links(TraceWriter& trace, std::size_t pid, const std::vector<std::string>& links, const Timeline& timeline) {
  for (std::size_t i = 0; i < links.size(); ++i) {
    Counter counter(trace, pid, links[i], "%");
    for (const UseSample& sample : readable(timeline.use.at(i), timeline.end)) counter.tell(sample.at, 100 * sample.share);
  }
}

// From the start of the sending to the middle of the receiving, which are one activity: so that an arrow never ends before it starts.
void write_arrow(TraceWriter& trace, std::uint64_t id, std::size_t first_pid, const MessageLabel& message,
                 const Timeline& timeline) {
  const TaskTimes& sent = timeline.tasks[message.sent.rank_class][message.sent.operation];
  const TaskTimes& received = timeline.tasks[message.received.rank_class][message.received.operation];
  trace.arrow("s", id, first_pid + message.sent.rank_class, thread_of(message.sent.stream), sent.start);
  trace.arrow("f", id, first_pid + message.received.rank_class, thread_of(message.received.stream),
              received.start + (received.end - received.start) / 2);
}

}  // namespace

void write_trace(std::ostream& out, std::span<const Answer> answers) {
  TraceWriter trace(out);
  std::size_t pid = 1;
  std::uint64_t arrows = 0;
  const auto write = [&](const auto& answer) {
    const auto& r = answer.result;
    HEADWAY_CHECK(r.timeline.tasks.size() == r.labels.classes.size(), "every rank class has a label");
    const std::string before = answers.size() > 1 ? r.scenario + ": " : "";
    const std::size_t first_pid = pid;
    for (std::size_t c = 0; c < r.labels.classes.size(); ++c, ++pid) {
      const ClassLabel& label = r.labels.classes[c];
      const RankProgram& program = r.labels.programs.at(label.program);
      trace.process(pid, before + label.name);
      write_class(trace, pid, program, r.timeline.tasks[c]);
      if (!r.labels.memory.empty()) write_memory(trace, pid, program, r.timeline.tasks[c], r.labels.memory.at(label.program));
    }
    for (const MessageLabel& message : r.labels.messages) write_arrow(trace, ++arrows, first_pid, message, r.timeline);
    if (r.labels.links.empty()) return;
    trace.process(pid, answers.size() > 1 ? machine_of(answer) + ": links" : "links");
    write_links(trace, pid++, r.labels.links, r.timeline);
  };
  for (const Answer& answer : answers) std::visit(write, answer);
  trace.finish();
}

}  // namespace headway
