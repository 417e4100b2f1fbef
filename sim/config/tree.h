// A YAML document as a plain value: every node knows its place, and nothing here knows yaml-cpp (only yaml_parser.cpp does).
//
// Trees are merged (a device `like` another, a scenario over its `base`) and overridden (`--set`) before they are read; each
// node keeps the mark of the file it came from, so mistakes point at the right file whatever was merged into what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace headway {

// What the mark of a tree from the command line begins with in place of a file.
inline constexpr std::string_view kFromCommandLine = "--set ";

struct Tree {
  enum class Kind { nothing, text, list, map };

  Kind kind = Kind::nothing;
  SourceMark mark;
  std::string text;     // of a scalar, as written
  bool quoted = false;  // a scalar in quotes is never a number or a boolean
  std::string key;      // of an entry of a map
  SourceMark key_mark;
  std::vector<Tree> children;  // items of a list; entries of a map, in the order of the file

  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_text() const { return kind == Kind::text; }
  // The entry of a map, or null.
  [[nodiscard]] const Tree* find(std::string_view name) const;
  [[nodiscard]] Tree* find(std::string_view name);
  // "a map", "a list", "text", "nothing"
  [[nodiscard]] std::string_view kind_name() const;
};

// Parses the one document in `content`. Syntax errors and duplicate keys go to `diagnostics`.
[[nodiscard]] Tree parse_yaml(const std::string& file, const std::string& content, Diagnostics& diagnostics);

// `over` laid on `base`, map by map. Lists and scalars replace, and so does a map with a `value` (a number replaces its
// provenance with itself). A map over the name of a file of the catalogue (`device: h20-96g`) changes what that file says, as if
// it said `like`. The result stands where `over` stands.
[[nodiscard]] Tree merge(const Tree& base, const Tree& over);

// Without the entry `name`.
[[nodiscard]] Tree without(Tree map, std::string_view name);

// The subtree at a dotted path, list items by index; where the path leaves the tree, the nearest ancestor that exists.
[[nodiscard]] const Tree& nearest(const Tree& root, std::string_view path);

// Puts `value` at a dotted path, list items by index (an index one past the end appends): in the place of what is there, or merged
// over it. Missing maps and lists are created. Returns what is wrong with the path, or "".
enum class Put { replace, merge };
[[nodiscard]] std::string put(Tree& root, const std::string& path, Tree value, Put how = Put::replace);

// As one would write it on one line: "8", "[norm, mlp]", "{tensor: 8, pipeline: 4}".
[[nodiscard]] std::string flow_text(const Tree& tree);

// The same mark for every node below.
void mark_all(Tree& tree, const SourceMark& mark);

}  // namespace headway
