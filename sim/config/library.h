// Where YAML files lie and what they say, before anything is made of it: names to paths, paths to trees, `like` resolved.
#pragma once

#include <any>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "config/catalogue.h"
#include "config/tree.h"

namespace headway {

// "device", "link technology", "cluster", "model", "precision recipe", "software", "reliability", "prices", "scenario"
[[nodiscard]] std::string_view word_for(CatalogueKind kind);

// Whether a scenario says {use: NAME} for one of these; `like` does for all.
[[nodiscard]] constexpr bool inherits_by_use(CatalogueKind kind) {
  return kind == CatalogueKind::clusters || kind == CatalogueKind::reliability || kind == CatalogueKind::prices;
}

class Library {
 public:
  explicit Library(std::vector<std::string> roots) : roots_(std::move(roots)) {}

  [[nodiscard]] std::vector<std::string> names(CatalogueKind kind) const;  // sorted, each once

  // A name with a slash or a file ending is a path relative to the folder of `used_in`; any other is looked up in the roots.
  [[nodiscard]] std::optional<std::string> find(CatalogueKind kind, const std::string& name, const std::string& used_in) const;
  // Why `find` found nothing: `no model "llama-3" (did you mean "llama-3.1-8b"?)`.
  [[nodiscard]] std::string not_found(CatalogueKind kind, const std::string& name) const;

  // The tree of a file, `like` not resolved. Nothing when it cannot be read or is not YAML; why is in `diagnostics`.
  [[nodiscard]] std::optional<Tree> load(const std::string& path, Diagnostics& diagnostics) const;

  // `tree` laid over the files that its `like` (for some kinds also `use`) names, to any depth. `path`: the keys
  // that lead to `tree`, for messages.
  [[nodiscard]] std::optional<Tree> resolve(CatalogueKind kind, const Tree& tree, const std::string& path,
                                            Diagnostics& diagnostics) const;

  // What a file was read as before, without a mistake.
  template <class T>
  [[nodiscard]] std::optional<T> value(CatalogueKind kind, const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find({kind, path});
    const T* known = found == values_.end() ? nullptr : std::any_cast<T>(&found->second);
    return known == nullptr ? std::nullopt : std::optional<T>(*known);
  }
  template <class T>
  void keep(CatalogueKind kind, const std::string& path, const T& value) const {
    const std::lock_guard lock(mutex_);
    values_.emplace(std::pair(kind, path), value);
  }

 private:
  [[nodiscard]] std::optional<Tree> resolve(CatalogueKind kind, const Tree& tree, const std::string& path,
                                            std::vector<std::string>& visited, Diagnostics& diagnostics) const;

  struct Parsed {
    std::optional<Tree> tree;
    std::vector<Diagnostic> mistakes;
  };
  std::vector<std::string> roots_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Parsed> files_;
  mutable std::map<std::pair<CatalogueKind, std::string>, std::any> values_;
};

}  // namespace headway
