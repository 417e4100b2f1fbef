// yaml-cpp's events -> Tree. The only file that knows yaml-cpp.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

#include "config/tree.h"

namespace headway {

namespace {

// Aliases are copied; a file that blows up by aliases of aliases is refused rather than expanded.
constexpr std::size_t kMostNodes = 1'000'000;

std::size_t node_count(const Tree& tree) {
  std::size_t count = 1;
  for (const Tree& child : tree.children) count += node_count(child);
  return count;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}

  Tree take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override { finish(leaf(Tree::Kind::nothing, at), anchor); }
  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    Tree tree = leaf(Tree::Kind::text, at);
    tree.text = value;
    tree.quoted = tag == "!";  // the non-specific tag: in quotes, or a block of text
    finish(std::move(tree), anchor);
  }
  void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override {
    Tree copy = anchors_[anchor];
    copy.mark = place(at);
    nodes_ += node_count(copy);
    if (nodes_ > kMostNodes) throw YAML::ParserException(at, "the aliases expand to more than a million values");
    finish(std::move(copy), 0);
  }
  void OnSequenceStart(const YAML::Mark& at, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open_.push_back({leaf(Tree::Kind::list, at), anchor, {}, false});
  }
  void OnMapStart(const YAML::Mark& at, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open_.push_back({leaf(Tree::Kind::map, at), anchor, {}, false});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Tree tree;
    YAML::anchor_t anchor;
    Tree key;
    bool has_key;
  };

  SourceMark place(const YAML::Mark& at) const { return {file_, at.line + 1, at.column + 1}; }
  Tree leaf(Tree::Kind kind, const YAML::Mark& at) const {
    Tree tree;
    tree.kind = kind;
    tree.mark = place(at);
    return tree;
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    finish(std::move(done.tree), done.anchor);
  }

  void finish(Tree tree, YAML::anchor_t anchor) {
    ++nodes_;
    if (anchor != 0) anchors_[anchor] = tree;
    if (open_.empty()) {
      root_ = std::move(tree);
      return;
    }
    Open& parent = open_.back();
    if (parent.tree.is_list()) {
      parent.tree.children.push_back(std::move(tree));
    } else if (!parent.has_key) {
      parent.key = std::move(tree);
      parent.has_key = true;
    } else {
      parent.has_key = false;
      enter(parent.tree, parent.key, std::move(tree));
    }
  }

  void enter(Tree& map, const Tree& key, Tree value) {
    if (!key.is_text()) {
      diagnostics_.error(key.mark, "a key must be text, not " + std::string(key.kind_name()));
      return;
    }
    if (const Tree* first = map.find(key.text)) {
      diagnostics_.error(key.mark,
                         "duplicate key \"" + key.text + "\" (first in line " + std::to_string(first->key_mark.line) + ")");
      return;
    }
    value.key = key.text;
    value.key_mark = key.mark;
    map.children.push_back(std::move(value));
  }

  std::string file_;
  Diagnostics& diagnostics_;
  Tree root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Tree> anchors_;
  std::size_t nodes_ = 0;
};

// Whether the indentation of a line (counted from 1) holds a tab.
bool indented_by_tab(const std::string& content, int line) {
  std::istringstream lines(content);
  std::string text;
  for (int i = 0; i < line; ++i) std::getline(lines, text);
  return text.find('\t') < text.find_first_not_of(" \t");
}

}  // namespace

Tree parse_yaml(const std::string& file, const std::string& content, Diagnostics& diagnostics) {
  TreeBuilder builder(file, diagnostics);
  try {
    std::istringstream in(content);
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    Tree tree = builder.take();
    if (parser) {
      TreeBuilder rest(file, diagnostics);
      if (parser.HandleNextDocument(rest)) diagnostics.error(rest.take().mark, "a second document: write one document per file");
    }
    if (tree.mark.file.empty()) tree.mark = {file, 1, 1};
    return tree;
  } catch (const YAML::Exception& e) {
    const SourceMark place = e.mark.is_null() ? SourceMark{file, 0, 0} : SourceMark{file, e.mark.line + 1, e.mark.column + 1};
    const bool tab = indented_by_tab(content, place.line);
    diagnostics.error(place, tab ? "not YAML: a tab in the indentation; write spaces" : "not YAML: " + e.msg);
    Tree broken;
    broken.mark = {file, 1, 1};
    return broken;
  }
}

}  // namespace headway
