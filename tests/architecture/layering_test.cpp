// Layering holds exactly where a machine holds it: this test reads every #include under sim/.
#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/source_tree.h"

namespace headway {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

struct Layer {
  std::string folder;
  Names may_include;  // besides itself
};

// In order of building: a folder names only folders above it, so the layers cannot form a cycle.
const std::vector<Layer>& layers() {
  static const std::vector<Layer> all = {
      {"base", {}},
      {"work", {"base"}},
      {"operations", {"base"}},
      {"engine", {"base"}},
      {"hardware", {"base", "work"}},
      {"network", {"base"}},
      {"cluster", {"base", "work", "hardware", "network"}},
      {"collective", {"base", "work", "network"}},
      {"training", {"base", "work"}},
      {"simulate", {"base", "work", "engine", "hardware", "network", "cluster", "collective", "training"}},
      {"study", {"base", "work", "operations", "engine", "hardware", "network", "cluster", "collective", "training", "simulate"}},
      {"config", {"base", "work", "operations", "hardware", "network", "cluster", "training"}},
      {"report",
       {"base", "work", "operations", "engine", "hardware", "network", "cluster", "collective", "training", "simulate", "study",
        "config"}},
      {"app",
       {"base", "work", "operations", "engine", "hardware", "network", "cluster", "collective", "training", "simulate", "study",
        "config", "report"}},
  };
  return all;
}

// Libraries that only some rooms may see, by the beginning of the include.
const std::map<std::string, Names>& guarded_libraries() {
  static const std::map<std::string, Names> all = {
      {"yaml-cpp/", {"config"}},
      {"boost/", {"network"}},
      {"nlohmann/", {"config", "report", "app"}},
      {"CLI/", {"app"}},
      {"tbb/", {"simulate", "study", "app"}},
      {"oneapi/tbb", {"simulate", "study", "app"}},
  };
  return all;
}

const Layer* layer_named(const std::string& folder) {
  for (const Layer& layer : layers())
    if (layer.folder == folder) return &layer;
  return nullptr;
}

struct Include {
  fs::path file;  // relative to sim/
  std::size_t line = 0;
  std::string target;
  bool quoted = false;

  [[nodiscard]] std::string where() const { return source_tree::at("sim" / file, line); }
  [[nodiscard]] std::string folder() const { return file.begin()->string(); }
};

std::optional<Include> parse_include(const std::string& line) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::smatch match;
  if (!std::regex_search(line, match, pattern)) return std::nullopt;
  return Include{{}, 0, match[2], match[1] == "\""};
}

std::vector<fs::path> program_files() {
  std::vector<fs::path> files;
  for (const fs::path& file : source_tree::files("sim", {".h", ".cpp"})) files.push_back(fs::relative(file, "sim"));
  return files;
}

std::vector<Include> includes_of(const fs::path& file) {
  std::vector<Include> includes;
  const std::vector<std::string> lines = source_tree::lines_of(source_tree::root() / "sim" / file);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::optional<Include> include = parse_include(lines[i]);
    if (!include) continue;
    include->file = file;
    include->line = i + 1;
    includes.push_back(*include);
  }
  return includes;
}

std::vector<Include> all_includes() {
  std::vector<Include> all;
  for (const fs::path& file : program_files())
    for (Include& include : includes_of(file)) all.push_back(std::move(include));
  return all;
}

TEST(Layering, EveryLayerNamesOnlyLayersBuiltBeforeIt) {
  Names built;
  for (const Layer& layer : layers()) {
    for (const std::string& used : layer.may_include) EXPECT_TRUE(built.contains(used)) << layer.folder << " names " << used;
    built.insert(layer.folder);
  }
}

TEST(Layering, EveryFolderOfTheProgramIsALayer) {
  for (const fs::path& file : program_files()) EXPECT_TRUE(layer_named(file.begin()->string())) << file;
}

TEST(Layering, QuotedIncludesNameFilesOfTheProgramFromItsRoot) {
  for (const Include& include : all_includes())
    if (include.quoted) {
      EXPECT_TRUE(fs::exists(source_tree::root() / "sim" / include.target)) << include.where() << ": " << include.target;
    }
}

TEST(Layering, FoldersIncludeOnlyFromTheFoldersBehindThem) {
  for (const Include& include : all_includes()) {
    const std::string used = fs::path(include.target).begin()->string();
    const Layer* layer = layer_named(include.folder());
    if (!layer || !layer_named(used) || used == layer->folder) continue;
    EXPECT_TRUE(layer->may_include.contains(used))
        << include.where() << ": " << layer->folder << "/ may not include " << used << "/";
  }
}

TEST(Layering, LibrariesStayInTheirRooms) {
  for (const Include& include : all_includes())
    for (const auto& [library, rooms] : guarded_libraries())
      if (include.target.starts_with(library)) {
        EXPECT_TRUE(rooms.contains(include.folder())) << include.where() << ": " << include.target;
      }
}

// sim/CMakeLists.txt realises the same table: what a layer links, directly or through others, it may include.
TEST(Layering, TheBuildLinksNoMoreThanTheTableAllows) {
  std::map<std::string, Names> links;
  const std::string text = source_tree::text_of(source_tree::root() / "sim/CMakeLists.txt");
  const std::regex call(R"(\nheadway_layer\(([^)]*)\))");
  for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it) {
    std::istringstream words((*it)[1].str());
    std::string folder, word;
    words >> folder;
    Names& linked = links[folder];
    while (words >> word && word != "LIBS")
      if (word != "USES") {
        linked.insert(word);
        linked.insert(links[word].begin(), links[word].end());
      }
  }
  ASSERT_EQ(links.size() + 1, layers().size()) << "app is the only layer without a library";
  for (const auto& [folder, linked] : links) {
    const Layer* layer = layer_named(folder);
    ASSERT_TRUE(layer) << folder;
    for (const std::string& used : linked) EXPECT_TRUE(layer->may_include.contains(used)) << folder << " links " << used;
  }
}

// #pragma once hides a header that includes itself through others; the graph of files shows it.
class CycleSearch {
 public:
  void visit(const std::string& file) {
    if (done_.contains(file)) return;
    if (!open_.insert(file).second) {
      ADD_FAILURE() << "include cycle through sim/" << file;
      return;
    }
    for (const Include& include : includes_of(file))
      if (include.quoted && include.target != file) visit(include.target);
    open_.erase(file);
    done_.insert(file);
  }

 private:
  Names open_, done_;
};

TEST(Layering, NoHeaderReachesItself) {
  CycleSearch search;
  for (const fs::path& file : program_files()) search.visit(file.generic_string());
}

TEST(Layering, TheEngineSpeaksOfResourcesActivitiesAndTasksOnly) {
  const std::vector<std::string> foreign = {"gpu",  "yaml", "transformer", "nvidia",  "nvlink",
                                            "nccl", "gemm", "microbatch",  "megatron"};
  for (const fs::path& file : source_tree::files("sim/engine", {".h", ".cpp"})) {
    const std::vector<std::string> lines = source_tree::lines_of(source_tree::root() / file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string lower = lines[i];
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      for (const std::string& word : foreign)
        EXPECT_EQ(lower.find(word), std::string::npos) << source_tree::at(file, i + 1) << " says " << word;
    }
  }
}

TEST(Layering, IncludesAreRecognised) {
  EXPECT_EQ(parse_include("#include \"base/check.h\"  // why")->target, "base/check.h");
  EXPECT_EQ(parse_include("  # include <yaml-cpp/yaml.h>")->target, "yaml-cpp/yaml.h");
  EXPECT_FALSE(parse_include("// see #include"));
  EXPECT_TRUE(parse_include("#include \"base/check.h\"")->quoted);
}

}  // namespace
}  // namespace headway
