#include "config/tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace headway {

const Tree* Tree::find(std::string_view name) const {
  if (!is_map()) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(), [&](const Tree& entry) { return entry.key == name; });
  return found == children.end() ? nullptr : &*found;
}

Tree* Tree::find(std::string_view name) { return const_cast<Tree*>(std::as_const(*this).find(name)); }

std::string_view Tree::kind_name() const {
  switch (kind) {
    case Kind::nothing: return "nothing";
    case Kind::text: return "text";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
  }
  return "?";
}

namespace {

// Keys whose text is the name of a file that a map in its place may be `like`.
constexpr std::array<std::string_view, 5> kReferences{"device", "model", "precision", "software", "technology"};

bool is_name_of_a_file(const Tree& tree) {
  return tree.is_text() && std::find(kReferences.begin(), kReferences.end(), tree.key) != kReferences.end();
}

Tree like_entry(const Tree& name) {
  Tree like = name;
  like.key = "like";
  return like;
}

}  // namespace

Tree merge(const Tree& base, const Tree& over) {
  if (is_name_of_a_file(base) && over.is_map() && over.find("like") == nullptr) {
    Tree result = over;
    result.children.insert(result.children.begin(), like_entry(base));
    return result;
  }
  if (!base.is_map() || !over.is_map() || over.find("value") != nullptr) return over;
  Tree result = over;
  result.children = base.children;
  for (const Tree& entry : over.children) {
    if (Tree* below = result.find(entry.key))
      *below = merge(*below, entry);
    else
      result.children.push_back(entry);
  }
  return result;
}

Tree without(Tree map, std::string_view name) {
  std::erase_if(map.children, [&](const Tree& entry) { return entry.key == name; });
  return map;
}

namespace {

std::optional<std::size_t> as_index(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// The child that one part of a path names; created where a map lacks it or a list's index is one past the end.
Tree* step(Tree& at, const std::string& part, const std::string& so_far, std::string& mistake) {
  if (at.kind == Tree::Kind::nothing) at.kind = as_index(part) ? Tree::Kind::list : Tree::Kind::map;
  if (at.is_map()) {
    if (Tree* found = at.find(part)) return found;
    at.children.emplace_back();
    at.children.back().key = part;
    return &at.children.back();
  }
  if (is_name_of_a_file(at)) {
    Tree map = at;
    map.kind = Tree::Kind::map;
    map.children = {like_entry(at)};
    at = std::move(map);
    return step(at, part, so_far, mistake);
  }
  if (at.is_text()) {
    mistake = "\"" + so_far + "\" is \"" + at.text + "\", which has no keys";
    return nullptr;
  }
  const std::optional<std::size_t> index = as_index(part);
  if (!index) {
    mistake = "\"" + so_far + "\" is a list, and \"" + part + "\" is not an index";
    return nullptr;
  }
  if (*index > at.children.size()) {
    mistake = "\"" + so_far + "\" has no item " + part + ": it has " + std::to_string(at.children.size()) + ", counted from 0";
    return nullptr;
  }
  if (*index == at.children.size()) at.children.emplace_back();
  return &at.children[*index];
}

}  // namespace

const Tree& nearest(const Tree& root, std::string_view path) {
  const Tree* at = &root;
  for (const std::string& part : parts_of(path)) {
    const Tree* next = at->find(part);
    if (const auto index = as_index(part); at->is_list() && index && *index < at->children.size()) next = &at->children[*index];
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

std::string put(Tree& root, const std::string& path, Tree value, Put how) {
  std::string mistake, so_far;
  Tree* at = &root;
  const SourceMark mark = value.mark;
  for (const std::string& part : parts_of(path)) {
    if (part.empty()) return "a path is keys joined by dots, like workload.microbatch";
    at = step(*at, part, so_far, mistake);
    if (at == nullptr) return mistake;
    if (at->key_mark.file.empty()) at->key_mark = mark;
    if (at->mark.file.empty()) at->mark = mark;
    so_far += (so_far.empty() ? "" : ".") + part;
  }
  value.key = at->key;
  value.key_mark = mark;
  *at = how == Put::merge ? merge(*at, value) : std::move(value);
  return "";
}

std::string flow_text(const Tree& tree) {
  if (tree.is_text()) return tree.quoted ? "\"" + tree.text + "\"" : tree.text;
  std::string items;
  for (const Tree& child : tree.children)
    items += (items.empty() ? "" : ", ") + (tree.is_map() ? child.key + ": " : "") + flow_text(child);
  return tree.is_map() ? "{" + items + "}" : tree.is_list() ? "[" + items + "]" : "";
}

void mark_all(Tree& tree, const SourceMark& mark) {
  tree.mark = tree.key_mark = mark;
  for (Tree& child : tree.children) mark_all(child, mark);
}

}  // namespace headway
