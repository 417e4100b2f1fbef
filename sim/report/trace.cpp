#include "report/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace headway {

namespace {

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

// The names of a program's operations: the pass they belong to as people draw it, "F 3" or, with virtual stages, "F 3.1"
// (microbatch.chunk), before what they do; "F 4.0 & BW 1.1" of two that run interleaved. The texts are made once each, ready to stand between quotes.
class Names {
 public:
  explicit Names(const RankProgram& program) : program_(program) {
    const bool chunks =
        std::any_of(program.passes.begin(), program.passes.end(), [](const Pass& pass) { return pass.chunk > 0; });
    const bool split = has_split_passes(program.passes);
    for (const Pass& pass : program.passes)
      passes_.push_back(
          fmt::format("{} {}{} ", letter(pass.kind, split), pass.microbatch, chunks ? fmt::format(".{}", pass.chunk) : ""));
    for (std::size_t i = 0; i + 1 < passes_.size(); ++i)
      if (program.passes[i].with_next) passes_[i] += "& " + passes_[i + 1];
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
  const std::size_t tid = static_cast<std::size_t>(op.stream) + 1;
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
    if (used[static_cast<std::size_t>(stream)]) trace.thread(pid, static_cast<std::size_t>(stream) + 1, name);

  const Names names(program);
  for (std::size_t p = 0; p < program.ops.pieces.size(); ++p) {
    const Piece& piece = program.ops.pieces[p];
    const std::vector<Op>& ops = program.ops.blocks[piece.block].operations;
    for (std::size_t i = 0; i < ops.size(); ++i)
      write_op(trace, pid, program, names, ops[i], program.pass_of[p], tasks[piece.first + i]);
  }
}

}  // namespace

void write_trace(std::ostream& out, std::span<const Answer> answers) {
  TraceWriter trace(out);
  std::size_t pid = 1;
  const auto write = [&](const auto& answer) {
    const auto& r = answer.result;
    HEADWAY_CHECK(r.timeline.tasks.size() == r.labels.classes.size(), "every rank class has a label");
    for (std::size_t c = 0; c < r.labels.classes.size(); ++c, ++pid) {
      const ClassLabel& label = r.labels.classes[c];
      trace.process(pid, answers.size() > 1 ? r.scenario + ": " + label.name : label.name);
      write_class(trace, pid, r.labels.programs.at(label.program), r.timeline.tasks[c]);
    }
  };
  for (const Answer& answer : answers) std::visit(write, answer);
  trace.finish();
}

}  // namespace headway
