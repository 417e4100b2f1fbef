// The catalogue: YAML files in topologies/, workloads/ and scenarios/, found from any working directory.
//
// Looked for beside the scenario file first (a name with a slash or ending in .yaml is a path relative to it), then in the
// directories of $HEADWAY_PATH, then where Headway was built or installed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "cluster/cluster.h"
#include "config/scenario.h"
#include "hardware/device.h"
#include "network/network_spec.h"
#include "operations/prices.h"
#include "operations/reliability.h"
#include "training/model.h"
#include "training/recipe.h"
#include "training/software.h"

namespace headway {

class SweepFile;

enum class CatalogueKind { devices, links, clusters, models, recipes, software, reliability, prices, scenarios };

template <>
struct EnumNames<CatalogueKind> {
  static constexpr auto table = std::to_array<EnumName<CatalogueKind>>({{CatalogueKind::devices, "devices"},
                                                                        {CatalogueKind::links, "links"},
                                                                        {CatalogueKind::clusters, "clusters"},
                                                                        {CatalogueKind::models, "models"},
                                                                        {CatalogueKind::recipes, "recipes"},
                                                                        {CatalogueKind::software, "software"},
                                                                        {CatalogueKind::reliability, "reliability"},
                                                                        {CatalogueKind::prices, "prices"},
                                                                        {CatalogueKind::scenarios, "scenarios"}});
};

class Catalogue {
 public:
  explicit Catalogue(std::vector<std::string> roots);
  // $HEADWAY_PATH, the source tree it was built from, and <prefix>/share/headway beside the installed program.
  static Catalogue standard();

  [[nodiscard]] std::vector<std::string> names(CatalogueKind kind) const;  // sorted
  [[nodiscard]] std::string path(CatalogueKind kind, const std::string& name,
                                 SourceMark used_at) const;  // throws InputError with a hint

  // Each throws InputError holding every mistake of the file. Parsed files are kept and shared.
  [[nodiscard]] const Device& device(const std::string& name, SourceMark used_at = {}) const;
  [[nodiscard]] const LinkTechnology& link(const std::string& name, SourceMark used_at = {}) const;
  [[nodiscard]] const Model& model(const std::string& name, SourceMark used_at = {}) const;
  [[nodiscard]] const Recipe& recipe(const std::string& name, SourceMark used_at = {}) const;
  [[nodiscard]] const Software& software(const std::string& name, SourceMark used_at = {}) const;
  [[nodiscard]] const Reliability& reliability(const std::string& name, SourceMark used_at = {}) const;
  [[nodiscard]] const Prices& prices(const std::string& name, SourceMark used_at = {}) const;
  // `devices`: 0 takes the file's own size.
  [[nodiscard]] Cluster cluster(const std::string& name, int devices = 0, SourceMark used_at = {}) const;

  // The tables of published measurements that Headway is checked on; none where the catalogue has none.
  [[nodiscard]] std::vector<std::string> published_tables() const;
  // The table of error bands (config/band_table.h); "" where the catalogue has none.
  [[nodiscard]] std::string error_band_table() const;

  // Every scenario of a file: one, or the entries under `compare:`, each inheriting from `base:`.
  [[nodiscard]] std::vector<Scenario> scenarios(const std::string& file, const std::vector<Override>& overrides = {}) const;
  // What a scenario file asks, and whether it is a sweep; nothing else of it is read.
  struct Asked {
    std::string question;
    bool sweep = false;
  };
  [[nodiscard]] Asked asked(const std::string& file) const;
  // The points of a file with `sweep:`; it refers to this catalogue.
  [[nodiscard]] SweepFile sweep(const std::string& file, const std::vector<Override>& overrides = {}) const;

 private:
  // A path, or a name of the catalogue.
  [[nodiscard]] std::string scenario_path(const std::string& file) const;

  struct Cache;
  std::vector<std::string> roots_;
  std::shared_ptr<Cache> cache_;
};

}  // namespace headway
