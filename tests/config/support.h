// What the tests of config/ share.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "config/catalogue.h"

namespace headway::testing_config {

inline const std::string kHere = std::string(HEADWAY_SOURCE_DIR) + "/tests/config";
inline const std::string kLibrary = kHere + "/library";

// A small catalogue of invented things.
inline Catalogue invented() { return Catalogue({kLibrary}); }

inline std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A file of this text in a folder of this process alone, for tests run side by side.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text)
      : folder_(::testing::TempDir() + "headway-config-" + std::to_string(getpid())), path_(folder_ + "/" + name) {
    std::filesystem::create_directories(folder_);
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string folder_, path_;
};

// What the reading complains about; empty when it does not.
template <class F>
std::vector<Diagnostic> mistakes_of(F read) {
  try {
    (void)read();
  } catch (const InputError& e) {
    return e.diagnostics();
  }
  return {};
}

}  // namespace headway::testing_config
