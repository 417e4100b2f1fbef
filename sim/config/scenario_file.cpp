#include "config/scenario_file.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "config/scenario_form.h"

namespace headway {

namespace {

SourceMark mark_of(const Override& change) { return {std::string(kFromCommandLine) + change.path, 0, 0}; }

// `base` and `compare` are keys of the file; any other path means every scenario of it.
bool concerns_file(const Override& change) {
  const std::string first = change.path.substr(0, change.path.find('.'));
  return first == "base" || first == "compare";
}

void lay_over(Tree& tree, const Override& change, Diagnostics& diagnostics) {
  const SourceMark mark = mark_of(change);
  Diagnostics found;
  Tree value = parse_yaml(mark.file, change.value, found);
  if (!found.empty()) return diagnostics.error(mark, "\"" + change.value + "\" cannot be read as a YAML value");
  mark_all(value, mark);
  if (const std::string mistake = put(tree, change.path, std::move(value)); !mistake.empty()) diagnostics.error(mark, mistake);
}

// The keys of a file with `compare:`.
struct CompareText {
  std::string question;
};

const Record<CompareText>& compare_record() {
  static const Form<bool> anything{[](const Node&) { return std::optional(true); }, Schema()};
  static const Record<CompareText> record =
      Record<CompareText>()
          .optional("question", &CompareText::question, text(), "what is asked, in a sentence")
          .other("base", false, anything, "what the scenarios share")
          .other("sweep", false, anything, "axes: see the scenarios")
          .other("compare", true, anything, "the scenarios, each with a name");
  return record;
}

// The file's scenarios as trees, each laid over what it inherits.
std::vector<Tree> scenario_trees(const Tree& file, Session& session) {
  const Node node(file, "", session);
  if (!node.expect(Tree::Kind::map)) return {};
  const Tree* list = file.find("compare");
  if (list == nullptr) return {file};

  CompareText shared;
  compare_record().read(node, shared);
  Tree base;
  base.kind = Tree::Kind::map;
  if (const Tree* written = file.find("base"))
    if (node.entry(*written).expect(Tree::Kind::map)) base = *written;
  if (const Tree* question = file.find("question"); question != nullptr && base.find("question") == nullptr)
    base.children.push_back(*question);
  if (const Tree* sweep = file.find("sweep"); sweep != nullptr && base.find("sweep") == nullptr) base.children.push_back(*sweep);

  const Node entries = node.entry(*list);
  if (!entries.expect(Tree::Kind::list)) return {};
  if (list->children.empty()) entries.error("needs at least one scenario");
  std::vector<Tree> trees;
  std::set<std::string> names;
  for (std::size_t i = 0; i < list->children.size(); ++i) {
    const Node entry = entries.item(i);
    if (!entry.expect(Tree::Kind::map)) continue;
    const Tree* name = entry.tree().find("name");
    if (name == nullptr)
      entry.error("missing key \"name\"");
    else if (name->is_text() && !names.insert(name->text).second)
      entry.entry(*name).error("a second scenario \"" + name->text + "\"");
    trees.push_back(merge(base, entry.tree()));
  }
  return trees;
}

}  // namespace

void like_with_like(const std::vector<Scenario>& scenarios, Diagnostics& diagnostics) {
  const auto trains = [](const Scenario& scenario) { return !scenario.collective; };
  const auto training = std::find_if(scenarios.begin(), scenarios.end(), trains);
  if (training == scenarios.end()) return;
  for (const Scenario& scenario : scenarios)
    if (scenario.collective)
      diagnostics.error(scenario.collective->mark, "workload.collective: \"" + scenario.name + "\" is a bare collective and \"" +
                                                       training->name + "\" a training run: nothing to compare");
}

std::vector<Tree> scenario_trees_of_file(const std::string& path, const std::vector<Override>& overrides, Session& session) {
  Diagnostics& diagnostics = session.diagnostics;
  std::optional<Tree> file = session.load(path);
  throw_distinct(diagnostics);

  const bool several = file->find("compare") != nullptr;
  for (const Override& change : overrides)
    if (!several || concerns_file(change)) lay_over(*file, change, diagnostics);

  std::vector<Tree> trees = scenario_trees(*file, session);
  if (several)
    for (Tree& tree : trees)
      for (const Override& change : overrides)
        if (!concerns_file(change)) lay_over(tree, change, diagnostics);
  return trees;
}

std::vector<Scenario> read_scenario_file(const std::string& path, const std::vector<Override>& overrides,
                                         const Library& library) {
  Diagnostics diagnostics;
  Session session{library, diagnostics, path};
  std::vector<Scenario> scenarios;
  for (const Tree& tree : scenario_trees_of_file(path, overrides, session)) {
    std::optional<Scenario> scenario = read_scenario(tree, session);
    if (!scenario) continue;
    if (scenario->name.empty()) scenario->name = stem_of(path);
    scenario->file = path;
    scenarios.push_back(std::move(*scenario));
  }
  like_with_like(scenarios, diagnostics);
  throw_distinct(diagnostics);
  return scenarios;
}

void throw_distinct(Diagnostics& diagnostics) {
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& all) {
    std::vector<Diagnostic> distinct;
    std::set<std::tuple<std::string, int, int, std::string>> seen;
    for (const Diagnostic& d : all.diagnostics())
      if (seen.emplace(d.where.file, d.where.line, d.where.column, d.message).second) distinct.push_back(d);
    throw InputError(std::move(distinct));
  }
}

}  // namespace headway
