#include "config/library.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace headway {

namespace fs = std::filesystem;

namespace {

std::string folder_of(CatalogueKind kind) {
  switch (kind) {
    case CatalogueKind::devices: return "topologies/devices";
    case CatalogueKind::links: return "topologies/links";
    case CatalogueKind::clusters: return "topologies/clusters";
    case CatalogueKind::models: return "workloads/models";
    case CatalogueKind::recipes: return "workloads/recipes";
    case CatalogueKind::software: return "workloads/software";
    case CatalogueKind::reliability: return "topologies/reliability";
    case CatalogueKind::prices: return "topologies/prices";
    case CatalogueKind::scenarios: return "scenarios";
  }
  return "";
}

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

// "; known: a, b, c", where that is short enough to read.
std::string known_names(const std::vector<std::string>& known) {
  if (known.empty() || known.size() > 12) return "";
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "; known: " : ", ") + name;
  return list;
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

std::string_view word_for(CatalogueKind kind) {
  switch (kind) {
    case CatalogueKind::devices: return "device";
    case CatalogueKind::links: return "link technology";
    case CatalogueKind::clusters: return "cluster";
    case CatalogueKind::models: return "model";
    case CatalogueKind::recipes: return "precision recipe";
    case CatalogueKind::software: return "software";
    case CatalogueKind::reliability: return "reliability";
    case CatalogueKind::prices: return "prices";
    case CatalogueKind::scenarios: return "scenario";
  }
  return "?";
}

std::vector<std::string> Library::names(CatalogueKind kind) const {
  std::set<std::string> found;
  for (const std::string& root : roots_) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(fs::path(root) / folder_of(kind), error))
      if (entry.path().extension() == ".yaml") found.insert(entry.path().stem().string());
  }
  return {found.begin(), found.end()};
}

std::optional<std::string> Library::find(CatalogueKind kind, const std::string& name, const std::string& used_in) const {
  if (name.empty()) return std::nullopt;
  if (is_path(name)) {
    const fs::path path = fs::path(used_in).parent_path() / name;  // an absolute name stays as it is
    return is_file(path) ? std::optional(path.lexically_normal().string()) : std::nullopt;
  }
  for (const std::string& root : roots_)
    if (const fs::path path = fs::path(root) / folder_of(kind) / (name + ".yaml"); is_file(path)) return path.string();
  return std::nullopt;
}

std::string Library::not_found(CatalogueKind kind, const std::string& name) const {
  const std::string word(word_for(kind));
  if (is_path(name)) return "no file \"" + name + "\"";
  const std::vector<std::string> known = names(kind);
  const std::string hint = did_you_mean(name, known);
  return "no " + word + " \"" + name + "\"" + (hint.empty() ? known_names(known) : hint);
}

std::optional<Tree> Library::load(const std::string& path, Diagnostics& diagnostics) const {
  const std::lock_guard lock(mutex_);
  auto [at, fresh] = files_.try_emplace(path);
  Parsed& parsed = at->second;
  if (fresh) {
    Diagnostics found;
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    if (is_file(path) && in) {
      content << in.rdbuf();
      if (content.str().find('\0') == std::string::npos)
        parsed.tree = parse_yaml(path, content.str(), found);
      else
        found.error({path, 0, 0}, "is not a text file");
    } else {
      found.error({path, 0, 0}, "cannot be read");
    }
    try {
      found.throw_if_any();
    } catch (const InputError& e) {
      parsed.mistakes = e.diagnostics();
    }
  }
  for (const Diagnostic& mistake : parsed.mistakes) diagnostics.error(mistake.where, mistake.message);
  return parsed.mistakes.empty() ? parsed.tree : std::nullopt;
}

std::optional<Tree> Library::resolve(CatalogueKind kind, const Tree& tree, const std::string& path,
                                     Diagnostics& diagnostics) const {
  std::vector<std::string> visited;
  return resolve(kind, tree, path, visited, diagnostics);
}

std::optional<Tree> Library::resolve(CatalogueKind kind, const Tree& tree, const std::string& path,
                                     std::vector<std::string>& visited, Diagnostics& diagnostics) const {
  const Tree* like = tree.find("like");
  if (like == nullptr && inherits_by_use(kind)) like = tree.find("use");
  if (like == nullptr) return tree;
  const auto wrong = [&](const std::string& message) {
    diagnostics.error(like->mark, (path.empty() ? "" : path + ".") + like->key + ": " + message);
    return std::nullopt;
  };
  if (!like->is_text())
    return wrong("write the name of a " + std::string(word_for(kind)) + ", not " + std::string(like->kind_name()));
  const std::optional<std::string> found = find(kind, like->text, like->mark.file);
  if (!found) return wrong(not_found(kind, like->text));
  if (std::find(visited.begin(), visited.end(), *found) != visited.end())
    return wrong("\"" + like->text + "\" leads back to itself");
  visited.push_back(*found);
  const std::optional<Tree> file = load(*found, diagnostics);
  if (!file) return std::nullopt;
  const std::optional<Tree> base = resolve(kind, *file, "", visited, diagnostics);
  if (!base) return std::nullopt;
  return merge(*base, without(tree, like->key));
}

}  // namespace headway
