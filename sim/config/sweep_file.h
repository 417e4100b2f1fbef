// A sweep: a scenario file with `sweep:`, every point of which is a scenario of its own.
//
//   sweep: {cluster.devices: [256, 512], restrict.0.bandwidth: [100 GB/s, 200 GB/s]}   a grid, the last axis varying fastest
//   sweep: [{...}, {...}]                                                              several grids, one after the other
//
// An axis is a path as `--set` takes it and the list of its values (a single value is a list of one). A map among the values is laid
// over what the path names key by key, anything else replaces it. A file with `compare:` has every scenario of it at every point.
// Points are numbered from 0 and read one by one, from any thread; what is wrong at one of them concerns no other.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "config/library.h"
#include "config/scenario.h"
#include "config/tree.h"

namespace headway {

struct SweepAxis {
  std::string path;
  std::vector<Tree> values;
};

// One value of each axis, as written.
using SweepSetting = std::vector<std::pair<std::string, std::string>>;

class SweepFile {
 public:
  // Throws InputError where the file as a whole is wrong.
  SweepFile(std::string path, const std::vector<Override>& overrides, const Library& library);

  [[nodiscard]] std::size_t size() const { return points_ * scenarios_.size(); }
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }  // of all grids, each once
  [[nodiscard]] bool has_collectives() const;                                     // all its scenarios are bare collectives
  [[nodiscard]] const std::string& text() const { return text_; }                 // everything the points depend on in this file

  [[nodiscard]] SweepSetting setting(std::size_t point) const;
  [[nodiscard]] std::string scenario_name(std::size_t point) const;
  // Throws InputError with everything that is wrong at this point.
  [[nodiscard]] Scenario scenario(std::size_t point) const;

 private:
  using Grid = std::vector<SweepAxis>;
  struct Choice {
    const SweepAxis* axis;
    const Tree* value;
  };
  [[nodiscard]] std::vector<Choice> choices(std::size_t point) const;

  std::string path_;
  const Library& library_;
  std::vector<Tree> scenarios_;  // without `sweep`
  std::vector<Grid> grids_;
  std::size_t points_ = 0;  // of all grids
  std::vector<std::string> paths_;
  std::string text_;
};

}  // namespace headway
