#include "config/schema.h"

#include "config/file_forms.h"
#include "config/scenario_form.h"

namespace headway {

namespace {

std::string name_in_defs(CatalogueKind kind) { return definition(kind).substr(std::string("#/$defs/").size()); }

// The same with nothing required: what is left out is inherited.
Json optional_everywhere(Json schema) {
  if (schema.is_object()) schema.erase("required");
  for (auto& part : schema)
    if (part.is_structured()) part = optional_everywhere(std::move(part));
  return schema;
}

// A record that inherits from the file its `key` names.
Json derived(const Json& whole, CatalogueKind kind, const char* key) {
  Json schema = optional_everywhere(whole);
  schema["properties"][key] = {{"type", "string"}, {"description", "the " + std::string(word_for(kind)) + " it inherits from"}};
  schema["required"] = Json::array({key});
  return schema;
}

Json file_schema(const Json& whole, CatalogueKind kind) {
  Json variants = Json::array({whole, derived(whole, kind, "like")});
  if (inherits_by_use(kind)) variants.push_back(derived(whole, kind, "use"));
  return {{"anyOf", variants}};
}

// One scenario, or several under `compare` over a common `base`, each as incomplete as it likes.
Json scenario_schema() {
  const Json whole = scenario_record().schema();
  Json part = optional_everywhere(whole);
  part["properties"]["cluster"] = optional_everywhere(derived(cluster_form().schema.json(), CatalogueKind::clusters, "use"));
  part["properties"]["prices"] = {
      {"anyOf", {{{"type", "string"}}, optional_everywhere(derived(prices_form().schema.json(), CatalogueKind::prices, "use"))}}};
  Json entry = part;
  entry["required"] = Json::array({"name"});
  Json several = {{"type", "object"},
                  {"properties", Json::object()},
                  {"required", Json::array({"compare"})},
                  {"additionalProperties", false}};
  several["properties"]["question"] = whole["properties"]["question"];
  several["properties"]["sweep"] = whole["properties"]["sweep"];
  several["properties"]["base"] = part;
  several["properties"]["compare"] = {{"type", "array"}, {"minItems", 1}, {"items", entry}};
  return {{"anyOf", Json::array({whole, several})}};
}

Json schema_of(CatalogueKind kind) {
  switch (kind) {
    case CatalogueKind::devices: return file_schema(device_form().schema.json(), kind);
    case CatalogueKind::links: return file_schema(link_form().schema.json(), kind);
    case CatalogueKind::clusters: return file_schema(cluster_form().schema.json(), kind);
    case CatalogueKind::models: return file_schema(model_form().schema.json(), kind);
    case CatalogueKind::recipes: return file_schema(recipe_form().schema.json(), kind);
    case CatalogueKind::software: return file_schema(software_form().schema.json(), kind);
    case CatalogueKind::reliability: return file_schema(reliability_form().schema.json(), kind);
    case CatalogueKind::prices: return file_schema(prices_form().schema.json(), kind);
    case CatalogueKind::scenarios: return scenario_schema();
  }
  return Json::object();
}

}  // namespace

std::string json_schema(CatalogueKind kind) {
  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$ref", definition(kind)}, {"$defs", Json::object()}};
  for (const auto& [each, name] : EnumNames<CatalogueKind>::table) schema["$defs"][name_in_defs(each)] = schema_of(each);
  return schema.dump(2) + "\n";
}

std::string json_schema() { return json_schema(CatalogueKind::scenarios); }

}  // namespace headway
