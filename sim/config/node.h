// A place in a YAML tree while it is read: the value, the path of keys to it, and where to report mistakes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "config/library.h"
#include "config/tree.h"

namespace headway {

// One reading: where names are looked up and mistakes are collected.
struct Session {
  const Library& files;
  Diagnostics& diagnostics;
  std::string scenario = {};  // the scenario file being read, if one is

  // The tree of a file, `like` not resolved; nothing when it cannot be read.
  [[nodiscard]] std::optional<Tree> load(const std::string& path) const { return files.load(path, diagnostics); }
};

class Node {
 public:
  Node(const Tree& tree, std::string path, Session& session) : tree_(&tree), path_(std::move(path)), session_(&session) {}

  [[nodiscard]] const Tree& tree() const { return *tree_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Session& session() const { return *session_; }

  // An entry of this map or an item of this list.
  [[nodiscard]] Node entry(const Tree& child) const;
  [[nodiscard]] Node item(std::size_t index) const;
  // The same place with another tree behind it (a file merged under it), whose own `sources` apply from here on.
  [[nodiscard]] Node with(const Tree& tree) const;

  // The `sources` of the file that this value belongs to; null where it has none.
  [[nodiscard]] const Tree* sources() const { return sources_; }

  // Whether this is written in the scenario itself or comes from --set, and not from a file it names.
  [[nodiscard]] bool of_scenario() const;

  // `path: message`, at the value.
  void error(const std::string& message) const { error_at(tree_->mark, message); }
  // At the key that opens the value: for what a map as a whole lacks.
  void error_at_key(const std::string& message) const;
  void error_at(const SourceMark& mark, const std::string& message) const;
  // At the value of `path` below this map, or at its nearest ancestor that is written.
  void error_below(const std::string& path, const std::string& message) const;

  // Whether it is a map (a list, text); says so where it is not.
  [[nodiscard]] bool expect(Tree::Kind kind) const;

 private:
  [[nodiscard]] std::string below(std::string_view key) const;

  const Tree* tree_;
  std::string path_;
  Session* session_;
  const Tree* sources_ = nullptr;
};

}  // namespace headway
