#include "config/sweep_file.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "config/scenario_file.h"
#include "config/scenario_form.h"

namespace headway {

namespace {

constexpr std::size_t kMostPoints = 1'000'000'000;

SweepAxis read_axis(const Node& node) {
  const Tree& tree = node.tree();
  if (tree.kind == Tree::Kind::nothing || (tree.is_list() && tree.children.empty())) node.error_at_key("has no values");
  return {tree.key, tree.is_list() ? tree.children : std::vector<Tree>{tree}};
}

std::vector<SweepAxis> read_grid(const Node& node) {
  std::vector<SweepAxis> grid;
  if (!node.expect(Tree::Kind::map)) return grid;
  if (node.tree().children.empty()) node.error("needs at least one axis: {path: [values]}");
  for (const Tree& axis : node.tree().children) grid.push_back(read_axis(node.entry(axis)));
  return grid;
}

std::vector<std::vector<SweepAxis>> read_grids(const Node& node) {
  if (!node.tree().is_list()) return {read_grid(node)};
  std::vector<std::vector<SweepAxis>> grids;
  for (std::size_t i = 0; i < node.tree().children.size(); ++i) grids.push_back(read_grid(node.item(i)));
  if (grids.empty()) node.error("needs at least one grid");
  return grids;
}

std::size_t points_of(const std::vector<SweepAxis>& grid, const Node& node) {
  std::size_t points = 1;
  for (const SweepAxis& axis : grid) {
    points *= axis.values.size();
    if (points <= kMostPoints) continue;
    node.error("has more than " + std::to_string(kMostPoints) + " points");
    return 0;
  }
  return points;
}

}  // namespace

SweepFile::SweepFile(std::string path, const std::vector<Override>& overrides, const Library& library)
    : path_(std::move(path)), library_(library) {
  Diagnostics diagnostics;
  Session session{library, diagnostics, path_};
  scenarios_ = scenario_trees_of_file(path_, overrides, session);
  throw_distinct(diagnostics);
  if (scenarios_.empty()) throw InputError({path_, 0, 0}, "has no scenarios");
  const Tree* written = scenarios_.front().find("sweep");
  if (written == nullptr)
    throw InputError({path_, 0, 0}, "no sweep: in this file; write sweep: {path: [values]}, or use `headway run`");
  const Tree sweep = *written;  // scenarios inherit the one of the file
  for (Tree& scenario : scenarios_) {
    if (const Tree* own = scenario.find("sweep"); own->mark.line != sweep.mark.line)
      diagnostics.error(own->key_mark, "sweep: write it once, beside compare:");
    scenario = without(std::move(scenario), "sweep");
  }

  Tree keyed = sweep;
  keyed.key = "sweep";
  const Tree root;
  const Node node = Node(root, "", session).entry(keyed);
  grids_ = read_grids(node);
  for (const Grid& grid : grids_) {
    points_ += points_of(grid, node);
    for (const SweepAxis& axis : grid)
      if (std::find(paths_.begin(), paths_.end(), axis.path) == paths_.end()) paths_.push_back(axis.path);
  }
  throw_distinct(diagnostics);
  for (const Tree& scenario : scenarios_) text_ += flow_text(scenario) + "\n";
  text_ += flow_text(sweep);
}

bool SweepFile::has_collectives() const {
  return std::all_of(scenarios_.begin(), scenarios_.end(), [](const Tree& scenario) {
    const Tree* workload = scenario.find("workload");
    return workload != nullptr && workload->find("collective") != nullptr;
  });
}

std::vector<SweepFile::Choice> SweepFile::choices(std::size_t point) const {
  std::size_t at = point / scenarios_.size();
  for (const Grid& grid : grids_) {
    std::size_t points = 1;
    for (const SweepAxis& axis : grid) points *= axis.values.size();
    if (at >= points) {
      at -= points;
      continue;
    }
    std::vector<Choice> chosen;
    for (const SweepAxis& axis : grid) {
      points /= axis.values.size();
      chosen.push_back({&axis, &axis.values[at / points]});
      at %= points;
    }
    return chosen;
  }
  return {};
}

SweepSetting SweepFile::setting(std::size_t point) const {
  SweepSetting setting;
  for (const Choice& choice : choices(point)) setting.emplace_back(choice.axis->path, flow_text(*choice.value));
  return setting;
}

std::string SweepFile::scenario_name(std::size_t point) const {
  const Tree* name = scenarios_[point % scenarios_.size()].find("name");
  return name != nullptr && name->is_text() ? name->text : stem_of(path_);
}

Scenario SweepFile::scenario(std::size_t point) const {
  Diagnostics diagnostics;
  Session session{library_, diagnostics, path_};
  Tree tree = scenarios_[point % scenarios_.size()];
  for (const Choice& choice : choices(point))
    if (const std::string mistake = put(tree, choice.axis->path, *choice.value, Put::merge); !mistake.empty())
      diagnostics.error(choice.value->mark, choice.axis->path + ": " + mistake);
  throw_distinct(diagnostics);
  std::optional<Scenario> scenario = read_scenario(tree, session);
  throw_distinct(diagnostics);
  scenario->name = scenario_name(point);
  scenario->file = path_;
  return std::move(*scenario);
}

}  // namespace headway
