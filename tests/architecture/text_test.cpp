// Small promises about the text of the repository that would otherwise erode.
#include <gtest/gtest.h>

#include <cctype>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "architecture/source_tree.h"

namespace headway {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> code() {
  std::vector<fs::path> all;
  for (const char* folder : {"sim", "tests", "bench", "docs"})
    for (fs::path& file : source_tree::files(folder, {".h", ".cpp"})) all.push_back(std::move(file));
  return all;
}

std::vector<fs::path> all_text() {
  std::vector<fs::path> all = code();
  for (const char* folder : {"sim", "tests", "bench", "docs", "topologies", "workloads", "scenarios"})
    for (fs::path& file : source_tree::files(folder, {".txt", ".md", ".yaml", ".json", ".csv", ".html", ".py", ".sh", ".cmake"}))
      all.push_back(std::move(file));
  for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md", "start", ".ci/run"})
    all.emplace_back(file);
  return all;
}

TEST(Text, HeadersAreGuardedByPragmaOnce) {
  for (const fs::path& file : code()) {
    if (file.extension() != ".h") continue;
    EXPECT_NE(source_tree::text_of(source_tree::root() / file).find("\n#pragma once\n"), std::string::npos) << file;
  }
}

TEST(Text, CodeAndInputHaveNeitherTabsNorCarriageReturns) {
  for (const fs::path& file : all_text()) {
    const bool broken_on_purpose = file.generic_string().starts_with("tests/config/broken/");
    if (file.extension() == ".csv" || broken_on_purpose) continue;
    const std::vector<std::string> lines = source_tree::lines_of(source_tree::root() / file);
    for (std::size_t i = 0; i < lines.size(); ++i)
      EXPECT_EQ(lines[i].find_first_of("\t\r"), std::string::npos) << source_tree::at(file, i + 1);
  }
}

// `exit` belongs to main: below it, failures are exceptions.
TEST(Text, NothingBelowTheAppEndsTheProcess) {
  const std::regex ends(R"((^|[^\w.>])(std::)?(exit|abort|quick_exit|terminate)\s*\()");
  for (const fs::path& file : source_tree::files("sim", {".h", ".cpp"})) {
    if (file.generic_string().starts_with("sim/app/")) continue;
    const std::vector<std::string> lines = source_tree::lines_of(source_tree::root() / file);
    for (std::size_t i = 0; i < lines.size(); ++i)
      EXPECT_FALSE(std::regex_search(lines[i], ends)) << source_tree::at(file, i + 1);
  }
}

// A place on one machine: a path that begins at the root of the file system, in a folder where people or scratch files live.
bool names_a_private_place(std::string_view line) {
  for (const std::string_view place : {"work", "tmp", "home", "root"})
    for (std::size_t at = line.find(place, 1); at != std::string_view::npos; at = line.find(place, at + 1)) {
      if (line[at - 1] != '/') continue;
      const char before = at >= 2 ? line[at - 2] : ' ';
      const char after = at + place.size() < line.size() ? line[at + place.size()] : ' ';
      const bool begins = std::isspace(static_cast<unsigned char>(before)) ||
                          std::string_view("\"'`(=:[<").find(before) != std::string_view::npos;
      const bool ends = !std::isalnum(static_cast<unsigned char>(after)) && after != '_' && after != '-';
      if (begins && ends) return true;
    }
  return false;
}

TEST(Text, NoFileNamesAPlaceOnSomebodysMachine) {
  for (const fs::path& file : all_text()) {
    const std::vector<std::string> lines = source_tree::lines_of(source_tree::root() / file);
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_FALSE(names_a_private_place(lines[i])) << source_tree::at(file, i + 1);
  }
}

TEST(Text, PrivatePlacesAreRecognised) {
  const std::string slash = "/";
  EXPECT_TRUE(names_a_private_place("cd " + slash + "tmp/x"));
  EXPECT_TRUE(names_a_private_place(slash + "work"));
  EXPECT_TRUE(names_a_private_place("\"" + slash + "home/someone\""));
  EXPECT_FALSE(names_a_private_place("#include \"work/kernel.h\""));
  EXPECT_FALSE(names_a_private_place("sim/work/kernel.h"));
  EXPECT_FALSE(names_a_private_place("FLOP/work"));
}

}  // namespace
}  // namespace headway
