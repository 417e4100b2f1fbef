// Broken files and every message they deserve.
//
// Each file of broken/ ends in comments that say what is expected of reading it, completely and in order:
//   # error: 14:12: workload.sequence: must be a whole number, not "long"     at that line and column of the file
//   # error: OTHER-PLACE: message                                             in another file, or from --set
// and may say how it is read:
//   # as: device          (link, cluster, model, recipe, software, reliability, prices; a scenario otherwise)
//   # set: workload.microbatch=x
// HEADWAY_UPDATE=1 writes the expectations anew, to be reviewed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support.h"

namespace headway {
namespace {

using namespace testing_config;
namespace fs = std::filesystem;

struct BrokenFile {
  std::string path, kept;  // `kept`: all but the expected errors
  std::string as = "scenario";
  std::vector<Override> overrides;
  std::vector<std::string> expected;
};

BrokenFile load(const std::string& path) {
  BrokenFile file;
  file.path = path;
  std::istringstream text(file_text(path));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# error: ")) {
      file.expected.push_back(line.substr(9));
      continue;
    }
    file.kept += line + "\n";
    if (line.starts_with("# as: ")) file.as = line.substr(6);
    if (line.starts_with("# set: ")) {
      const std::size_t equals = line.find('=');
      file.overrides.push_back({line.substr(7, equals - 7), line.substr(equals + 1)});
    }
  }
  return file;
}

void read_as(const BrokenFile& file) {
  const Catalogue catalogue = invented();
  if (file.as == "device") return (void)catalogue.device(file.path);
  if (file.as == "link") return (void)catalogue.link(file.path);
  if (file.as == "cluster") return (void)catalogue.cluster(file.path);
  if (file.as == "model") return (void)catalogue.model(file.path);
  if (file.as == "recipe") return (void)catalogue.recipe(file.path);
  if (file.as == "software") return (void)catalogue.software(file.path);
  if (file.as == "reliability") return (void)catalogue.reliability(file.path);
  if (file.as == "prices") return (void)catalogue.prices(file.path);
  ASSERT_EQ(file.as, "scenario");
  (void)catalogue.scenarios(file.path, file.overrides);
}

// Within the file: "14:12: message"; elsewhere the place without the folders.
std::string short_text(const Diagnostic& d, const std::string& path) {
  std::string text = d.text();
  text.erase(text.find(" error:"), 7);
  if (d.where.file == path) return d.where.line > 0 ? text.substr(path.size() + 1) : "file" + text.substr(path.size());
  for (const std::string& folder : {kLibrary + "/", kHere + "/broken/"})
    if (text.starts_with(folder)) return text.substr(folder.size());
  return text;
}

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kHere + "/broken"))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

class Broken : public testing::TestWithParam<std::string> {};

TEST_P(Broken, IsReportedCompletely) {
  const BrokenFile file = load(kHere + "/broken/" + GetParam() + ".yaml");
  std::vector<std::string> found;
  for (const Diagnostic& d : mistakes_of([&] {
         read_as(file);
         return 0;
       }))
    found.push_back(short_text(d, file.path));
  if (std::getenv("HEADWAY_UPDATE") != nullptr) {
    std::ofstream out(file.path);
    out << file.kept;
    for (const std::string& message : found) out << "# error: " << message << "\n";
  } else {
    EXPECT_FALSE(file.expected.empty()) << "nothing is expected of " << file.path;
    EXPECT_THAT(found, testing::ElementsAreArray(file.expected));
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Broken, testing::ValuesIn(broken_files()), [](const auto& file) {
  std::string name = file.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace headway
