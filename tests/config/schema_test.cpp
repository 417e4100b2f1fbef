// The schema allows what is shipped, and every key it offers is one the readers know.
#include "config/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "config/tree.h"
#include "support.h"

namespace headway {
namespace {

using namespace testing_config;
using nlohmann::json;

json to_json(const Tree& tree) {
  if (tree.is_map()) {
    json object = json::object();
    for (const Tree& entry : tree.children) object[entry.key] = to_json(entry);
    return object;
  }
  if (tree.is_list()) {
    json array = json::array();
    for (const Tree& item : tree.children) array.push_back(to_json(item));
    return array;
  }
  if (!tree.is_text()) return nullptr;
  const json plain = json::parse(tree.text, nullptr, false);
  return !tree.quoted && (plain.is_number() || plain.is_boolean()) ? plain : json(tree.text);
}

// As much of JSON Schema as ours uses. What does not match, or "".
class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  std::string why_not(const json& value, const json& schema, const std::string& path) const {
    if (schema.is_boolean()) return schema.get<bool>() ? "" : path + ": not allowed";
    if (schema.contains("$ref"))
      return why_not(value, root_.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1))), path);
    if (schema.contains("anyOf")) return any_of(value, schema["anyOf"], path);
    if (schema.contains("enum"))
      return std::count(schema["enum"].begin(), schema["enum"].end(), value) > 0 ? ""
                                                                                 : path + ": not in " + schema["enum"].dump();
    const std::string type = schema.value("type", "");
    if (!type.empty() && !has_type(value, type)) return path + ": " + value.dump() + " is not of type " + type;
    if (value.is_string() && schema.contains("pattern") &&
        !std::regex_match(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>())))
      return path + ": " + value.dump() + " does not match " + schema["pattern"].dump();
    if (value.is_number()) return range(value.get<double>(), schema, path);
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        if (auto why = why_not(value[i], schema["items"], path + "." + std::to_string(i)); !why.empty()) return why;
    return value.is_object() ? object(value, schema, path) : "";
  }

 private:
  static bool has_type(const json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    return type == "string" && value.is_string();
  }

  static std::string range(double value, const json& schema, const std::string& path) {
    const bool fits = value >= schema.value("minimum", value) && value <= schema.value("maximum", value) &&
                      (!schema.contains("exclusiveMinimum") || value > schema["exclusiveMinimum"].get<double>());
    return fits ? "" : path + ": out of range";
  }

  std::string any_of(const json& value, const json& variants, const std::string& path) const {
    std::string all;
    for (const json& variant : variants) {
      const std::string why = why_not(value, variant, path);
      if (why.empty()) return "";
      all += (all.empty() ? "" : " / ") + why;
    }
    return all;
  }

  std::string object(const json& value, const json& schema, const std::string& path) const {
    for (const json& key : schema.value("required", json::array()))
      if (!value.contains(key.get<std::string>())) return path + ": lacks " + key.dump();
    const json properties = schema.value("properties", json::object());
    const json others = schema.value("additionalProperties", json(true));
    for (const auto& [key, item] : value.items())
      if (auto why = why_not(item, properties.contains(key) ? properties[key] : others, path + "." + key); !why.empty())
        return why;
    return "";
  }

  const json& root_;
};

std::string why_not(CatalogueKind kind, const std::string& path) {
  Diagnostics diagnostics;
  const Tree tree = parse_yaml(path, file_text(path), diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << path;
  const json root = json::parse(json_schema(kind));
  return Validator(root).why_not(to_json(tree), root["$defs"].at(root["$ref"].get<std::string>().substr(8)), "");
}

std::vector<CatalogueKind> kinds() {
  std::vector<CatalogueKind> all;
  for (const auto& [kind, name] : EnumNames<CatalogueKind>::table) all.push_back(kind);
  return all;
}

class Schema : public testing::TestWithParam<CatalogueKind> {};

TEST_P(Schema, AllowsEveryShippedFile) {
  const Catalogue catalogue({HEADWAY_SOURCE_DIR, kLibrary});
  for (const std::string& name : catalogue.names(GetParam())) {
    const std::string path = catalogue.path(GetParam(), name, {});
    EXPECT_EQ(why_not(GetParam(), path), "") << path;
  }
}

TEST_P(Schema, IsADocumentOfTheDraft) {
  const json schema = json::parse(json_schema(GetParam()));
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["$defs"].size(), kinds().size());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Schema, testing::ValuesIn(kinds()),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

TEST(SchemaAndReaders, RefusesWhatTheReadersRefuse) {
  for (const auto& [kind, file] : {std::pair{CatalogueKind::scenarios, "unknown-key"},
                                   {CatalogueKind::scenarios, "bare-number"},
                                   {CatalogueKind::scenarios, "wrong-unit-kind"},
                                   {CatalogueKind::scenarios, "map-for-a-number"},
                                   {CatalogueKind::scenarios, "not-supported-yet"},
                                   {CatalogueKind::scenarios, "missing-keys"},
                                   {CatalogueKind::scenarios, "bare-collective"},
                                   {CatalogueKind::scenarios, "collective-misspelt-key"},
                                   {CatalogueKind::scenarios, "collective-and-model"},
                                   {CatalogueKind::devices, "misspelt-grade"},
                                   {CatalogueKind::devices, "memory-in-bits"},
                                   {CatalogueKind::devices, "no-provenance"},
                                   {CatalogueKind::links, "link"},
                                   {CatalogueKind::clusters, "cluster"},
                                   {CatalogueKind::models, "model"},
                                   {CatalogueKind::recipes, "recipe"},
                                   {CatalogueKind::software, "software"}})
    EXPECT_NE(why_not(kind, kHere + "/broken/" + file + ".yaml"), "") << file;
}

// A file with nothing but the schema's own keys may be wrong in every value, but has no unknown key.
TEST(SchemaAndReaders, OffersNoKeyThatTheReadersDoNotKnow) {
  const json defs = json::parse(json_schema())["$defs"];
  const Catalogue catalogue = invented();
  const auto complaints = [&](const std::string& def, auto read) {
    std::string text;
    for (const auto& [key, schema] : defs.at(def)["anyOf"][0]["properties"].items()) text += key + ": {}\n";
    EXPECT_FALSE(text.empty());
    const TemporaryFile file("keys.yaml", text);
    for (const Diagnostic& d : mistakes_of([&] {
           read(file.path());
           return 0;
         }))
      EXPECT_THAT(d.message, testing::Not(testing::HasSubstr("unknown key"))) << def;
  };
  complaints("device", [&](const std::string& path) { (void)catalogue.device(path); });
  complaints("link_technology", [&](const std::string& path) { (void)Catalogue({kLibrary}).link(path); });
  complaints("cluster", [&](const std::string& path) { (void)Catalogue({kLibrary}).cluster(path); });
  complaints("model", [&](const std::string& path) { (void)Catalogue({kLibrary}).model(path); });
  complaints("precision_recipe", [&](const std::string& path) { (void)Catalogue({kLibrary}).recipe(path); });
  complaints("software", [&](const std::string& path) { (void)Catalogue({kLibrary}).software(path); });
  complaints("scenario", [&](const std::string& path) { (void)Catalogue({kLibrary}).scenarios(path); });
}

}  // namespace
}  // namespace headway
