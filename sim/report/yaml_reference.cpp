#include "report/yaml_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "config/form.h"
#include "config/schema.h"

namespace headway {

namespace {

struct File {
  CatalogueKind kind;
  const char* folder;
  const char* about;
};

constexpr File kFiles[] = {
    {CatalogueKind::scenarios, "scenarios",
     "One question: a cluster, what runs on it, and what-ifs. A file with `compare:` holds several, each laid over `base:`."},
    {CatalogueKind::clusters, "topologies/clusters",
     "Devices and the networks that join them. In a scenario, `{use: NAME, devices: N}` takes one of the catalogue; whatever is "
     "written beside `use` is laid over it."},
    {CatalogueKind::devices, "topologies/devices",
     "One accelerator, or one die of it where software ranks dies. `like: NAME` inherits from another file."},
    {CatalogueKind::links, "topologies/links", "A link technology and the collective library on it."},
    {CatalogueKind::models, "workloads/models", "The shape of a transformer."},
    {CatalogueKind::recipes, "workloads/recipes", "Which number format does what in training."},
    {CatalogueKind::software, "workloads/software", "A training framework: its kernels, overlaps and host time."},
    {CatalogueKind::reliability, "topologies/reliability", "What interrupts a fleet of some kind, and how often."},
    {CatalogueKind::prices, "topologies/prices", "What a fleet costs to buy, to rent and to run, in one currency at one date."}};

std::string title_of(const File& file) {
  std::string title(name_of(file.kind));
  title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
  return title;
}

// A file kind's schema lists what may stand for it; the first is the whole record.
const Json& record_of(const Json& definition) { return definition.at("anyOf").front(); }

bool is_record(const Json& schema) { return schema.contains("properties") && !schema.at("properties").empty(); }

// {value, source, grade}, or the value alone.
const Json* sourced_value(const Json& schema) {
  if (!schema.contains("anyOf")) return nullptr;
  for (const Json& choice : schema.at("anyOf"))
    if (is_record(choice) && choice.at("properties").contains("value") && choice.at("properties").contains("grade"))
      return &choice.at("properties").at("value");
  return nullptr;
}

class Reference {
 public:
  std::string write() {
    for (const File& file : kFiles) {
      const Json schema = Json::parse(json_schema(file.kind));
      const std::string name = schema.at("$ref").get<std::string>().substr(std::string("#/$defs/").size());
      out_ += fmt::format("\n## {}: `{}/*.yaml`\n{}\n", title_of(file), file.folder, file.about);
      seen_.clear();
      record("", record_of(schema.at("$defs").at(name)));
    }
    return std::move(out_);
  }

 private:
  // One table a record, then those of the records in it.
  void record(const std::string& path, const Json& schema, bool one_of_several = false) {
    if (!path.empty()) out_ += fmt::format("\n### `{}`{}\n", path, one_of_several ? told_by(schema) : "");
    out_ += "\n| key | takes | |\n|---|---|---|\n";
    const Json required = schema.value("required", Json::array());
    for (const auto& [key, value] : schema.at("properties").items()) {
      const bool must = std::find(required.begin(), required.end(), key) != required.end();
      out_ += fmt::format("| {} | {} | {} |\n", must ? "**`" + key + "`**" : "`" + key + "`", takes(value, path_to(path, key)),
                          value.value("description", ""));
    }
    for (const auto& [key, value] : schema.at("properties").items()) inner(path_to(path, key), value);
  }

  // The records a value may be, each once a file.
  void inner(const std::string& path, const Json& schema, bool one_of_several = false) {
    if (sourced_value(schema) != nullptr || schema.contains("$ref")) return;
    if (is_record(schema) && seen_.insert(schema.at("properties").dump()).second) record(path, schema, one_of_several);
    if (schema.contains("items")) inner(path, schema.at("items"));
    if (const auto of = schema.find("additionalProperties"); of != schema.end() && of->is_object()) inner(path + ".*", *of);
    if (!schema.contains("anyOf")) return;
    const Json& all = schema.at("anyOf");
    const bool several = std::count_if(all.begin(), all.end(), is_record) > 1;
    for (const Json& choice : all) inner(path, choice, several);
  }

  // Records that may stand in one place are told apart by what each must say.
  static std::string told_by(const Json& schema) {
    std::string text;
    int keys = 0;
    for (const Json& key : schema.value("required", Json::array()))
      if (++keys <= 2) text += (text.empty() ? " with `" : " and `") + key.get<std::string>() + "`";
    return text;
  }

  static std::string path_to(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

  std::string takes(const Json& schema, const std::string& path) const {
    if (const Json* value = sourced_value(schema)) return takes(*value, path) + ", with source and grade";
    if (schema.contains("$ref")) return reference(schema.at("$ref"));
    if (schema.contains("enum")) return words(schema.at("enum"));
    if (schema.contains("anyOf")) return choices(schema.at("anyOf"), path);
    if (schema.contains("items")) return "list of " + takes(schema.at("items"), path);
    if (is_record(schema)) return "map of its own";
    const std::string type = schema.value("type", "");
    if (type == "boolean") return "`true` or `false`";
    if (type == "integer") return "whole number" + range(schema);
    if (type == "number") return "number" + range(schema);
    if (type == "string" && schema.contains("examples"))
      return "quantity, like `" + schema.at("examples").front().get<std::string>() + "`";
    if (type == "string") return "text";
    if (type == "object" && schema.contains("additionalProperties") && schema.at("additionalProperties").is_object())
      return "map of names to " + takes(schema.at("additionalProperties"), path + ".*");
    return type == "object" ? "map" : "anything";
  }

  std::string choices(const Json& list, const std::string& path) const {
    std::vector<std::string> all;
    for (const Json& choice : list) {
      std::string one = takes(choice, path);
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(std::move(one));
    }
    return fmt::format("{}", fmt::join(all, ", or "));
  }

  static std::string reference(const std::string& target) {
    for (const File& file : kFiles)
      if (definition(file.kind) == target)
        return fmt::format("[{0}](#{0}-{1}yaml) in place", name_of(file.kind), slug(file.folder));
    return "map";
  }
  // As GitHub makes anchors of headings.
  static std::string slug(const std::string& folder) {
    std::string text;
    for (const char c : folder)
      if (std::isalnum(static_cast<unsigned char>(c)) != 0) text += c;
    return text;
  }

  static std::string words(const Json& list) {
    std::string text;
    for (const Json& word : list) text += (text.empty() ? "`" : ", `") + word.get<std::string>() + "`";
    return text;
  }

  static std::string range(const Json& schema) {
    const auto number = [&](const char* key) { return fmt::format("{}", schema.at(key).get<double>()); };
    std::string text;
    if (schema.contains("minimum")) text += " from " + number("minimum");
    if (schema.contains("exclusiveMinimum")) text += " above " + number("exclusiveMinimum");
    if (schema.contains("maximum")) text += " to " + number("maximum");
    return text;
  }

  std::string out_;
  std::set<std::string> seen_;  // records of this file that have a table
};

}  // namespace

std::string yaml_reference() {
  return "# The YAML files, key by key\n"
         "Made by `headway schema --markdown`; a test holds it to what the program reads. Keys in **bold** must be there. A "
         "quantity\n"
         "carries its unit: bits and bytes, decimal and binary are told apart, and bandwidths are per device and direction "
         "unless\n"
         "`both` follows. In the catalogue's files most values are written `{value: 80 GB, source: KEY, grade: vendor}`, the "
         "source\n"
         "being a key under `sources`; in a scenario and with `--set` the value alone will do.\n"
         "\n"
         "Editors check and complete the files by the same forms: `headway schema KIND` prints their JSON Schema. With the YAML\n"
         "language server (VS Code's YAML extension, Neovim, Emacs), write it to a file once and name that in the first line:\n"
         "\n"
         "```\n"
         "headway schema scenarios > headway.schema.json\n"
         "```\n"
         "```yaml\n"
         "# yaml-language-server: $schema=./headway.schema.json\n"
         "question: What does this cluster give?\n"
         "```\n"
         "\n"
         "An installed Headway has them in `share/headway/schema/`.\n" +
         Reference().write();
}

}  // namespace headway
