#include "report/html/timeline_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "report/pass_names.h"
#include "simulate/breakdown.h"
#include "study/breakdown_parts.h"

namespace headway {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostLanes = 24;
constexpr Instant kTicks = 10'000'000;  // that a timeline is told in, at least

struct Slice {
  std::size_t lane = 0;
  bool beside = false;
  Instant from = 0, to = 0;
  std::string colour, name;
};

// Of page.css.
std::string colour_of(Dimension dimension) {
  const auto part = std::find_if(kBreakdownParts.begin(), kBreakdownParts.end(),
                                 [&](const BreakdownPart& p) { return p.time == exposed_as(dimension); });
  return std::string(part->key);
}

std::string colour_of(const Pass& pass) {
  if (pass.with_next) return "both";
  switch (pass.kind) {
    case PassKind::forward: return "forward";
    case PassKind::weight_gradient: return "weight_gradient";
    default: return "backward";
  }
}

// One rank class, in slices of either grain.
class Lane {
 public:
  Lane(std::size_t number, const RankProgram& program, const std::vector<TaskTimes>& times)
      : number_(number), program_(program), times_(times), passes_(pass_names(program.passes)) {}

  void operations(std::vector<Slice>& slices) const {
    for (std::size_t p = 0; p < program_.ops.pieces.size(); ++p) {
      const std::string pass = pass_name(program_.pass_of[p]);
      each_op(p, [&](const Op& op, const TaskTimes& t) { add(slices, op, t.start, t.end, pass + what(op)); });
    }
  }

  // A slice for every pass, and one for every operation outside.
  void passes(std::vector<Slice>& slices) const {
    for (std::size_t p = 0; p < program_.ops.pieces.size(); ++p) {
      const std::int32_t pass = program_.pass_of[p];
      Slice whole{number_, false, kEndOfTime, 0, "", ""};
      each_op(p, [&](const Op& op, const TaskTimes& t) {
        if (pass < 0 || op.stream != Stream::compute) return add(slices, op, t.start, t.end, pass_name(pass) + what(op));
        whole.from = std::min(whole.from, t.ready);
        whole.to = std::max(whole.to, t.end);
      });
      if (pass < 0 || whole.to <= whole.from) continue;
      whole.colour = colour_of(program_.passes[static_cast<std::size_t>(pass)]);
      whole.name = pass_name(pass);
      slices.push_back(std::move(whole));
    }
  }

 private:
  template <class Visit>
  void each_op(std::size_t p, Visit visit) const {
    const Piece& piece = program_.ops.pieces[p];
    const std::vector<Op>& ops = program_.ops.blocks[piece.block].operations;
    for (std::size_t i = 0; i < ops.size(); ++i) visit(ops[i], times_[piece.first + i]);
  }

  void add(std::vector<Slice>& slices, const Op& op, Instant from, Instant to, std::string name) const {
    if (to <= from) return;
    const std::string colour =
        op.collective ? colour_of(program_.calls[op.what].dimension) : std::string(name_of(program_.segments[op.what].activity));
    Slice* last = slices.empty() ? nullptr : &slices.back();
    const bool beside = op.stream != Stream::compute;
    if (last != nullptr && last->lane == number_ && last->beside == beside && last->to == from && last->name == name)
      last->to = to;
    else
      slices.push_back({number_, beside, from, to, colour, std::move(name)});
  }

  [[nodiscard]] std::string what(const Op& op) const {
    return op.collective ? program_.calls[op.what].name : program_.segments[op.what].name;
  }

  [[nodiscard]] std::string pass_name(std::int32_t number) const {
    return number < 0 ? "" : passes_[static_cast<std::size_t>(number)];
  }

  std::size_t number_;
  const RankProgram& program_;
  const std::vector<TaskTimes>& times_;
  std::vector<std::string> passes_;
};

// The commonest class of every stage; of more than kMostLanes stages, evenly spaced ones with both ends.
std::vector<std::size_t> lanes_of(const TimelineLabels& labels) {
  std::map<std::uint32_t, std::size_t> of_stage;
  for (std::size_t c = 0; c < labels.classes.size(); ++c) {
    const auto [at, fresh] = of_stage.try_emplace(labels.classes[c].program, c);
    if (!fresh && labels.classes[c].ranks > labels.classes[at->second].ranks) at->second = c;
  }
  std::vector<std::size_t> all, some;
  for (const auto& [stage, c] : of_stage) all.push_back(c);
  if (all.size() <= kMostLanes) return all;
  for (std::size_t i = 0; i < kMostLanes; ++i) some.push_back(all[i * (all.size() - 1) / (kMostLanes - 1)]);
  return some;
}

// Every cell of a grid of time takes the colour that fills most of it, if that is half.
std::vector<Slice> on_grid(const std::vector<Slice>& slices, Instant end, std::size_t cells) {
  using Key = std::tuple<std::size_t, bool, std::size_t>;
  std::map<Key, std::map<std::string, Instant>> filled;
  const Instant width = end / static_cast<Instant>(cells) + 1;
  for (const Slice& slice : slices)
    for (Instant from = slice.from; from < slice.to;) {
      const Instant cell = from / width, to = std::min(slice.to, (cell + 1) * width);
      filled[{slice.lane, slice.beside, static_cast<std::size_t>(cell)}][slice.colour] += to - from;
      from = to;
    }
  std::vector<Slice> out;
  for (const auto& [key, colours] : filled) {
    const auto most =
        std::max_element(colours.begin(), colours.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    Instant sum = 0;
    for (const auto& [colour, time] : colours) sum += time;
    if (2 * sum < width) continue;
    const auto& [lane, beside, cell] = key;
    const Instant from = static_cast<Instant>(cell) * width, to = std::min(end, from + width);
    if (!out.empty() && out.back().lane == lane && out.back().beside == beside && out.back().to == from &&
        out.back().colour == most->first)
      out.back().to = to;
    else
      out.push_back({lane, beside, from, to, most->first, "mostly " + most->first});
  }
  return out;
}

// Numbers for texts, in order of first use.
class Index {
 public:
  std::size_t operator()(const std::string& text) {
    const auto [at, fresh] = known_.try_emplace(text, texts_.size());
    if (fresh) texts_.push_back(text);
    return at->second;
  }
  [[nodiscard]] const Json& texts() const { return texts_; }

 private:
  std::map<std::string, std::size_t> known_;
  Json texts_ = Json::array();
};

}  // namespace

Json timeline_series(const Timeline& timeline, const TimelineLabels& labels, std::size_t most_slices) {
  const std::vector<std::size_t> lanes = lanes_of(labels);
  std::vector<Slice> slices;
  std::string note;
  std::size_t operations = 0;
  for (const std::size_t c : lanes) operations += timeline.tasks[c].size();
  const bool whole = operations <= most_slices / 8;  // passes read better, where they are many
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    const Lane of(lane, labels.programs[labels.classes[lanes[lane]].program], timeline.tasks[lanes[lane]]);
    whole ? of.operations(slices) : of.passes(slices);
  }
  if (!whole) note = fmt::format("{} operations are drawn as passes", grouped(static_cast<double>(operations)));
  if (slices.size() > most_slices) {
    const std::size_t cells = std::max<std::size_t>(most_slices / (2 * lanes.size()), 20);
    slices = on_grid(slices, timeline.end, cells);
    note = fmt::format("{} operations are drawn in {} steps of time, each in the colour of what filled most of it",
                       grouped(static_cast<double>(operations)), grouped(static_cast<double>(cells)));
  }
  if (lanes.size() < labels.classes.size())
    note += fmt::format("{}{} of {} classes of ranks are shown", note.empty() ? "" : "; ", lanes.size(),
                        grouped(static_cast<double>(labels.classes.size())));

  const Instant tick = std::max<Instant>(1, timeline.end / kTicks);
  Index names, colours;
  Json rows = Json::array();
  for (const Slice& slice : slices)
    rows.push_back(
        {slice.lane, slice.beside ? 1 : 0, slice.from / tick, slice.to / tick, colours(slice.colour), names(slice.name)});
  Json titles = Json::array();
  for (const std::size_t c : lanes) titles.push_back(labels.classes[c].name);
  return {{"span_s", to_seconds(timeline.end).value()},
          {"tick_s", to_seconds(tick).value()},
          {"lanes", std::move(titles)},
          {"names", names.texts()},
          {"colours", colours.texts()},
          {"note", note},
          {"slices", std::move(rows)}};
}

Table timeline_table(const Timeline& timeline, const TimelineLabels& labels) {
  Table table({"ranks", "computing", "in collectives", "waiting", "first kernel", "last end"},
              {false, true, true, true, true, true});
  for (const std::size_t c : lanes_of(labels)) {
    const RankProgram& program = labels.programs[labels.classes[c].program];
    Instant computing = 0, talking = 0, first = timeline.end, last = 0;
    for (const Piece& piece : program.ops.pieces) {
      const std::vector<Op>& ops = program.ops.blocks[piece.block].operations;
      for (std::size_t i = 0; i < ops.size(); ++i) {
        const TaskTimes& t = timeline.tasks[c][piece.first + i];
        last = std::max(last, t.end);
        if (ops[i].stream != Stream::compute) continue;
        (ops[i].collective ? talking : computing) += t.end - t.start;
        if (!ops[i].collective) first = std::min(first, t.start);
      }
    }
    const auto share = [&](Instant time) {
      return percent_text(static_cast<double>(time) / static_cast<double>(std::max<Instant>(1, timeline.end)));
    };
    table.row({labels.classes[c].name, share(computing), share(talking), share(timeline.end - computing - talking),
               seconds_text(to_seconds(std::min(first, timeline.end))), seconds_text(to_seconds(last))});
  }
  return table;
}

}  // namespace headway
