// Every number of the catalogue says where it comes from and how far it can be trusted: a `value` (a network, an `efficiency` taken
// over) stands beside a `source`, a key of the file's own `sources:`, and a `grade`. No quantity stands alone.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "architecture/source_tree.h"
#include "base/sourced.h"

namespace headway {
namespace {

namespace fs = std::filesystem;

class ProvenanceCheck {
 public:
  explicit ProvenanceCheck(std::set<std::string> sources) : sources_(std::move(sources)) {}

  void walk(const YAML::Node& node, const std::string& path) {
    if (node.IsSequence())
      for (std::size_t i = 0; i < node.size(); ++i) walk(node[i], path + "." + std::to_string(i));
    if (!node.IsMap()) return;
    if (const YAML::Node listed = node["sources"])  // of the file, or of a link or device changed in place
      for (const auto& entry : listed) sources_.insert(entry.first.Scalar());
    if (node["value"] || node["source"] || node["grade"]) check_value(node, path);
    for (const auto& entry : node)
      check_alone(entry.second, node, path.empty() ? entry.first.Scalar() : path + "." + entry.first.Scalar());
    for (const auto& entry : node) walk(entry.second, path.empty() ? entry.first.Scalar() : path + "." + entry.first.Scalar());
  }

  [[nodiscard]] const std::vector<std::string>& mistakes() const { return mistakes_; }
  [[nodiscard]] int values() const { return values_; }

 private:
  // "400 GB/s" written without the map around it.
  void check_alone(const YAML::Node& node, const YAML::Node& around, const std::string& path) {
    static const std::regex quantity("[0-9.]+ [kMGTPE]?i?(B|B/s|b/s|FLOPS|OPS|W|mm2|s|ms|us|ns)( both)?");
    if (node.IsScalar() && std::regex_match(node.Scalar(), quantity) && !around["source"])
      mistakes_.push_back(path + " (line " + std::to_string(node.Mark().line + 1) + "): " + node.Scalar() + " without a source");
  }

  void check_value(const YAML::Node& node, const std::string& path) {
    ++values_;
    const YAML::Node source = node["source"], grade = node["grade"];
    const std::string where = path + " (line " + std::to_string(node.Mark().line + 1) + ")";
    if (!source || !source.IsScalar())
      mistakes_.push_back(where + ": no source");
    else if (!sources_.contains(source.Scalar()))
      mistakes_.push_back(where + ": source " + source.Scalar() + " is not under sources:");
    if (!grade || !grade.IsScalar())
      mistakes_.push_back(where + ": no grade");
    else if (!value_of<Grade>(grade.Scalar()))
      mistakes_.push_back(where + ": unknown grade " + grade.Scalar());
  }

  std::set<std::string> sources_;
  std::vector<std::string> mistakes_;
  int values_ = 0;
};

ProvenanceCheck check(const YAML::Node& file) {
  std::set<std::string> sources;
  if (const YAML::Node listed = file["sources"])
    for (const auto& entry : listed) sources.insert(entry.first.Scalar());
  ProvenanceCheck provenance(std::move(sources));
  provenance.walk(file, "");
  return provenance;
}

TEST(Provenance, EveryValueOfTheTopologiesHasASourceAndAGrade) {
  int values = 0;
  for (const fs::path& file : source_tree::files("topologies", {".yaml"})) {
    const ProvenanceCheck provenance = check(YAML::LoadFile((source_tree::root() / file).string()));
    for (const std::string& mistake : provenance.mistakes()) ADD_FAILURE() << file.generic_string() << ": " << mistake;
    values += provenance.values();
  }
  EXPECT_GT(values, 0) << "no value found: has the form of the files changed?";
}

TEST(Provenance, MistakesAreFound) {
  const char* text = R"(
sources: {sheet: a data sheet}
good: {value: 141 GB, source: sheet, grade: vendor}
list:
  - {value: 1, grade: vendor}
  - {value: 1, source: rumour, grade: certain}
network: {kind: torus, port: 50 GB/s, source: sheet, grade: vendor}
bare: 50 GB/s
)";
  const ProvenanceCheck provenance = check(YAML::Load(text));
  EXPECT_EQ(provenance.values(), 4);
  EXPECT_EQ(provenance.mistakes().size(), 4U);
}

}  // namespace
}  // namespace headway
