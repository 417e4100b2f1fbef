#include "config/catalogue.h"

#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <tuple>

#include "config/file_forms.h"
#include "config/library.h"
#include "config/scenario_file.h"
#include "config/sweep_file.h"

namespace headway {

namespace fs = std::filesystem;

struct Catalogue::Cache {
  explicit Cache(std::vector<std::string> roots) : library(std::move(roots)) {}

  Library library;
  std::mutex mutex;
  std::map<std::string, Device> devices;
  std::map<std::string, LinkTechnology> links;
  std::map<std::string, Model> models;
  std::map<std::string, Recipe> recipes;
  std::map<std::string, Software> software;
  std::map<std::string, Reliability> reliability;
  std::map<std::string, Prices> prices;

  // What the name stands for, read once per file. References stay good as long as the catalogue.
  template <class T>
  const T& get(std::map<std::string, T>& kept, const std::string& path, const Form<T>& form, const std::string& name,
               const SourceMark& used_at) {
    const std::lock_guard lock(mutex);
    const auto found = kept.find(path);
    if (found != kept.end()) return found->second;
    Diagnostics diagnostics;
    Session session{library, diagnostics};
    Tree tree;
    tree.kind = Tree::Kind::text;
    tree.text = name;
    tree.mark = used_at;
    std::optional<T> value = form.read(Node(tree, "", session));
    throw_distinct(diagnostics);
    return kept.emplace(path, std::move(*value)).first->second;
  }
};

Catalogue::Catalogue(std::vector<std::string> roots) : roots_(roots), cache_(std::make_shared<Cache>(std::move(roots))) {}

Catalogue Catalogue::standard() {
  std::vector<std::string> roots;
  if (const char* path = std::getenv("HEADWAY_PATH")) {
    std::istringstream list(path);
    for (std::string root; std::getline(list, root, ':');)
      if (!root.empty()) roots.push_back(root);
  }
  std::error_code error;
  if (fs::is_directory(fs::path(HEADWAY_SOURCE_DIR) / "topologies", error)) roots.emplace_back(HEADWAY_SOURCE_DIR);
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) roots.push_back((program.parent_path().parent_path() / "share" / "headway").string());
  return Catalogue(std::move(roots));
}

std::vector<std::string> Catalogue::names(CatalogueKind kind) const { return cache_->library.names(kind); }

std::string Catalogue::path(CatalogueKind kind, const std::string& name, SourceMark used_at) const {
  if (auto found = cache_->library.find(kind, name, used_at.file)) return *found;
  throw InputError(std::move(used_at), cache_->library.not_found(kind, name));
}

const Device& Catalogue::device(const std::string& name, SourceMark used_at) const {
  static const Form<Device> form = reference(CatalogueKind::devices, device_form());
  return cache_->get(cache_->devices, path(CatalogueKind::devices, name, used_at), form, name, used_at);
}

const LinkTechnology& Catalogue::link(const std::string& name, SourceMark used_at) const {
  static const Form<LinkTechnology> form = reference(CatalogueKind::links, link_form());
  return cache_->get(cache_->links, path(CatalogueKind::links, name, used_at), form, name, used_at);
}

const Model& Catalogue::model(const std::string& name, SourceMark used_at) const {
  return cache_->get(cache_->models, path(CatalogueKind::models, name, used_at), model_reference(), name, used_at);
}

const Recipe& Catalogue::recipe(const std::string& name, SourceMark used_at) const {
  static const Form<Recipe> form = reference(CatalogueKind::recipes, recipe_form());
  return cache_->get(cache_->recipes, path(CatalogueKind::recipes, name, used_at), form, name, used_at);
}

const Software& Catalogue::software(const std::string& name, SourceMark used_at) const {
  static const Form<Software> form = reference(CatalogueKind::software, software_form());
  return cache_->get(cache_->software, path(CatalogueKind::software, name, used_at), form, name, used_at);
}

const Reliability& Catalogue::reliability(const std::string& name, SourceMark used_at) const {
  static const Form<Reliability> form = reference(CatalogueKind::reliability, reliability_form());
  return cache_->get(cache_->reliability, path(CatalogueKind::reliability, name, used_at), form, name, used_at);
}

const Prices& Catalogue::prices(const std::string& name, SourceMark used_at) const {
  static const Form<Prices> form = reference(CatalogueKind::prices, prices_form());
  return cache_->get(cache_->prices, path(CatalogueKind::prices, name, used_at), form, name, used_at);
}

Cluster Catalogue::cluster(const std::string& name, int devices, SourceMark used_at) const {
  const std::string file = path(CatalogueKind::clusters, name, used_at);
  Tree tree;
  tree.kind = Tree::Kind::map;
  Tree entry;
  entry.kind = Tree::Kind::text;
  entry.key = "use";
  entry.text = name;
  tree.children.push_back(entry);
  if (devices != 0) {
    entry.key = "devices";
    entry.text = std::to_string(devices);
    tree.children.push_back(entry);
  }
  mark_all(tree, used_at);
  if (used_at.file.empty()) tree.mark = {file, 0, 0};
  Diagnostics diagnostics;
  Session session{cache_->library, diagnostics};
  std::optional<Cluster> cluster = read_in_place(CatalogueKind::clusters, cluster_form(), Node(tree, "", session));
  throw_distinct(diagnostics);
  return std::move(*cluster);
}

namespace {

// The first root's table of that name; "" where no root has it.
std::string validation_table(const std::vector<std::string>& roots, const char* name) {
  std::error_code error;
  for (const std::string& root : roots)
    if (const fs::path table = fs::path(root) / "bench" / "validation" / name; fs::is_regular_file(table, error))
      return table.string();
  return {};
}

}  // namespace

std::vector<std::string> Catalogue::published_tables() const {
  const std::string table = validation_table(roots_, "published_runs.csv");
  return table.empty() ? std::vector<std::string>{} : std::vector{table};
}

std::string Catalogue::error_band_table() const { return validation_table(roots_, "error_bands.csv"); }

std::string Catalogue::scenario_path(const std::string& file) const {
  std::error_code error;
  if (fs::is_directory(file, error)) throw InputError({file, 0, 0}, "is a folder; name the scenario files in it");
  return fs::is_regular_file(file, error) ? file : path(CatalogueKind::scenarios, file, {});
}

std::vector<Scenario> Catalogue::scenarios(const std::string& file, const std::vector<Override>& overrides) const {
  return read_scenario_file(scenario_path(file), overrides, cache_->library);
}

Catalogue::Asked Catalogue::asked(const std::string& file) const {
  Diagnostics diagnostics;
  const std::optional<Tree> tree = cache_->library.load(scenario_path(file), diagnostics);
  throw_distinct(diagnostics);
  const Tree* question = tree->find("question");
  return {question != nullptr ? question->text : "", tree->find("sweep") != nullptr};
}

SweepFile Catalogue::sweep(const std::string& file, const std::vector<Override>& overrides) const {
  return SweepFile(scenario_path(file), overrides, cache_->library);
}

}  // namespace headway
