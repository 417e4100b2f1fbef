// The repository as text, for tests that hold rules no compiler holds.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace headway::source_tree {

inline std::filesystem::path root() { return HEADWAY_SOURCE_DIR; }

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::istringstream in(text_of(file));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Files under `folder` (relative to the root) with one of the extensions, sorted, relative to the root.
inline std::vector<std::filesystem::path> files(const std::string& folder, const std::vector<std::string>& extensions) {
  std::vector<std::filesystem::path> found;
  if (!std::filesystem::exists(root() / folder)) return found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / folder)) {
    const bool wanted = std::find(extensions.begin(), extensions.end(), entry.path().extension().string()) != extensions.end();
    if (entry.is_regular_file() && wanted) found.push_back(std::filesystem::relative(entry.path(), root()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

inline std::string at(const std::filesystem::path& file, std::size_t line) {
  return file.generic_string() + ":" + std::to_string(line);
}

}  // namespace headway::source_tree
