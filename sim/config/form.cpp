#include "config/form.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace headway {

namespace {

// 0.5 stays "0.5", 8 stays "8".
std::string plain(double value) {
  std::string text = std::to_string(value);
  while (text.find('.') != std::string::npos && (text.back() == '0' || text.back() == '.')) {
    const bool point = text.back() == '.';
    text.pop_back();
    if (point) break;
  }
  return text;
}

template <class N>
std::optional<N> parse_number(const Tree& tree) {
  if (!tree.is_text() || tree.quoted) return std::nullopt;
  N value{};
  const char* last = tree.text.data() + tree.text.size();
  const auto [end, error] = std::from_chars(tree.text.data(), last, value);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

std::string shown(const Tree& tree) {
  if (!tree.is_text()) return std::string(tree.kind_name());
  return "\"" + tree.text + "\"" + (tree.quoted ? " in quotes" : "");
}

Json range_schema(Json schema, const Range& range) {
  if (std::isfinite(range.least)) schema[range.above_least ? "exclusiveMinimum" : "minimum"] = range.least;
  if (std::isfinite(range.most)) schema["maximum"] = range.most;
  return schema;
}

}  // namespace

Schema any_of(std::vector<Schema> choices) {
  return Schema([choices = std::move(choices)] {
    Json all = Json::array();
    for (const Schema& choice : choices) all.push_back(choice.json());
    return Json{{"anyOf", std::move(all)}};
  });
}

bool in_range(double value, const Range& range, const Node& node) {
  const bool low = range.above_least ? value <= range.least : value < range.least;
  if (!low && value <= range.most) return true;
  const std::string bound =
      low ? (range.above_least ? "more than " : "at least ") + plain(range.least) : "at most " + plain(range.most);
  node.error("must be " + bound + ", not " + node.tree().text);
  return false;
}

Form<int> integer(int least, int most) {
  Schema schema([least, most] {
    Json json = {{"type", "integer"}, {"minimum", least}};
    if (most < std::numeric_limits<int>::max()) json["maximum"] = most;
    return json;
  });
  const Range range{.least = static_cast<double>(least), .most = static_cast<double>(most)};
  return {[range](const Node& node) -> std::optional<int> {
            const std::optional<long long> value = parse_number<long long>(node.tree());
            const std::optional<double> any = value ? static_cast<double>(*value) : parse_number<double>(node.tree());
            if (any && std::abs(*any) > range.most) {  // whole or not
              (void)in_range(*any, range, node);
              return std::nullopt;
            }
            if (!value) {
              node.error("must be a whole number, not " + shown(node.tree()));
              return std::nullopt;
            }
            if (!in_range(*any, range, node)) return std::nullopt;
            return static_cast<int>(*value);
          },
          std::move(schema)};
}

Form<double> number(Range range) {
  return {[range](const Node& node) -> std::optional<double> {
            const std::optional<double> value = parse_number<double>(node.tree());
            if (!value || !std::isfinite(*value)) {
              node.error("must be a number, not " + shown(node.tree()));
              return std::nullopt;
            }
            if (!in_range(*value, range, node)) return std::nullopt;
            return value;
          },
          Schema([range] {
            return range_schema({{"type", "number"}}, range);
          })};
}

Form<bool> boolean() {
  return {[](const Node& node) -> std::optional<bool> {
            const Tree& tree = node.tree();
            if (tree.is_text() && !tree.quoted && (tree.text == "true" || tree.text == "false")) return tree.text == "true";
            node.error("must be true or false, not " + shown(tree));
            return std::nullopt;
          },
          Schema([] {
            return Json{{"type", "boolean"}};
          })};
}

Form<std::string> text() {
  return {[](const Node& node) -> std::optional<std::string> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            return node.tree().text;
          },
          Schema([] {
            return Json{{"type", "string"}};
          })};
}

Form<std::string> word_of(std::vector<std::string> words) {
  Schema schema([words] { return Json{{"enum", words}}; });
  return {[words = std::move(words)](const Node& node) -> std::optional<std::string> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            const std::string& word = node.tree().text;
            for (const std::string& known : words)
              if (known == word) return word;
            std::string hint = did_you_mean(word, words);
            if (hint.empty())
              for (const std::string& known : words)
                hint += (hint.empty() ? ": write " : known == words.back() ? " or " : ", ") + known;
            node.error("unknown word \"" + word + "\"" + hint);
            return std::nullopt;
          },
          std::move(schema)};
}

Form<double> unit_value(UnitKind kind, Range range) {
  return {[kind, range](const Node& node) -> std::optional<double> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            const UnitReading reading = read_quantity(node.tree().text, kind);
            if (!reading.value) {
              node.error(reading.mistake);
              return std::nullopt;
            }
            if (!in_range(*reading.value, range, node)) return std::nullopt;
            return reading.value;
          },
          Schema([kind] {
            return Json{{"type", "string"}, {"pattern", unit_pattern(kind)}, {"examples", {unit_example(kind)}}};
          })};
}

void RecordKeys::add(std::string name, bool required, Schema schema, std::string about) {
  keys_.push_back({std::move(name), required, std::move(schema), std::move(about)});
}

bool RecordKeys::check(const Node& node) const {
  if (!node.expect(Tree::Kind::map)) return false;
  std::vector<std::string> missing, known;
  for (const Key& key : keys_) {
    known.push_back(key.name);
    if (key.required && node.tree().find(key.name) == nullptr) missing.push_back(key.name);
  }
  for (const Tree& entry : node.tree().children) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    std::string hint = did_you_mean(entry.key, known);
    if (hint.empty() && known.size() <= 12)
      for (const std::string& name : known) hint += (hint.empty() ? "; known: " : ", ") + name;
    node.error_at(entry.key_mark, "unknown key \"" + entry.key + "\"" + hint);
    std::erase(missing, nearest_name(entry.key, known));
  }
  for (const std::string& key : missing) node.error_at_key("missing key \"" + key + "\"");
  return true;
}

Json RecordKeys::schema() const {
  Json schema = {{"type", "object"}, {"properties", Json::object()}};
  Json required = Json::array();
  for (const Key& key : keys_) {
    Json& property = schema["properties"][key.name] = key.schema.json();
    if (!key.about.empty() && property.is_object()) property["description"] = key.about;
    if (key.required) required.push_back(key.name);
  }
  if (!required.empty()) schema["required"] = required;
  schema["additionalProperties"] = false;
  return schema;
}

bool has_value(const Node& entry) {
  if (entry.tree().kind != Tree::Kind::nothing) return true;
  entry.error_at_key("has no value");
  return false;
}

Form<std::string> source_key() {
  return {[](const Node& node) -> std::optional<std::string> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            const Tree* sources = node.sources();
            const std::string& key = node.tree().text;
            if (sources == nullptr || !sources->is_map() || sources->find(key) != nullptr) return key;
            std::vector<std::string> keys;
            for (const Tree& source : sources->children) keys.push_back(source.key);
            node.error("\"" + key + "\" is not under sources" + did_you_mean(key, keys));
            return std::nullopt;
          },
          Schema([] {
            return Json{{"type", "string"}};
          })};
}

Form<std::map<std::string, std::string>> source_list() { return by_any_name(text()); }

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

std::string definition(CatalogueKind kind) {
  std::string name(word_for(kind));
  std::replace(name.begin(), name.end(), ' ', '_');
  return "#/$defs/" + name;
}

}  // namespace headway
