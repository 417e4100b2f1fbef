#include "config/node.h"

namespace headway {

std::string Node::below(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }

Node Node::entry(const Tree& child) const {
  Node node = *this;
  node.tree_ = &child;
  node.path_ = below(child.key);
  return node;
}

Node Node::item(std::size_t index) const {
  Node node = *this;
  node.tree_ = &tree_->children[index];
  node.path_ = below(std::to_string(index));
  return node;
}

Node Node::with(const Tree& tree) const {
  Node node = *this;
  node.tree_ = &tree;
  node.sources_ = tree.find("sources");
  return node;
}

bool Node::of_scenario() const {
  if (session_->scenario.empty()) return false;
  return tree_->mark.file == session_->scenario || tree_->mark.file.starts_with(kFromCommandLine);
}

void Node::error_at(const SourceMark& mark, const std::string& message) const {
  session_->diagnostics.error(mark, path_.empty() ? message : path_ + ": " + message);
}

void Node::error_at_key(const std::string& message) const {
  error_at(tree_->key_mark.file.empty() ? tree_->mark : tree_->key_mark, message);
}

void Node::error_below(const std::string& path, const std::string& message) const {
  const Tree& place = nearest(*tree_, path);
  const bool whole = place.is_map() && !place.key_mark.file.empty();
  session_->diagnostics.error(whole ? place.key_mark : place.mark, below(path) + ": " + message);
}

bool Node::expect(Tree::Kind kind) const {
  if (tree_->kind == kind) return true;
  Tree wanted;
  wanted.kind = kind;
  std::string found(tree_->kind_name());
  if (tree_->is_text()) found = "\"" + tree_->text + "\"";
  error("must be " + std::string(wanted.kind_name()) + ", not " + found);
  return false;
}

}  // namespace headway
