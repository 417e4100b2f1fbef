// How values are written in YAML, said once and used twice: to read them strictly, and to describe them to editors.
//
// A Form<V> reads one value of type V from a Node and carries the JSON Schema of everything it reads. A Record<T> is the form of
// a map that fills a struct: a table of keys, each with the member it fills, the form of its value and a line about it. Keys that
// are not in the table are mistakes. Reading never stops at the first mistake.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/enum_names.h"
#include "base/sourced.h"
#include "config/node.h"
#include "config/units.h"

namespace headway {

using Json = nlohmann::ordered_json;

// The JSON Schema of a form, made when somebody asks: reading a file needs none of it.
class Schema {
 public:
  Schema() : Schema([] { return Json::object(); }) {}
  explicit Schema(Json known) : Schema([known = std::move(known)] { return known; }) {}
  explicit Schema(std::function<Json()> make) : make_(std::make_shared<const std::function<Json()>>(std::move(make))) {}

  [[nodiscard]] Json json() const { return (*make_)(); }

 private:
  std::shared_ptr<const std::function<Json()>> make_;  // copied with every form, hence shared
};

// One of several.
[[nodiscard]] Schema any_of(std::vector<Schema> choices);

template <class V>
struct Form {
  std::function<std::optional<V>(const Node&)> read;  // nothing: a mistake was reported
  Schema schema;
};

// ---- values

struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above_least = false;  // `least` itself is out
};
inline constexpr Range kPositive{.least = 0, .above_least = true};
inline constexpr Range kNotNegative{.least = 0};
inline constexpr Range kShare{.least = 0, .most = 1, .above_least = true};  // (0, 1]
inline constexpr Range kShareOrNone{.least = 0, .most = 1};                 // [0, 1]

// Says what is wrong with a value out of range.
[[nodiscard]] bool in_range(double value, const Range& range, const Node& node);

Form<int> integer(int least, int most = std::numeric_limits<int>::max());
Form<double> number(Range range);
Form<bool> boolean();
Form<std::string> text();
Form<std::string> word_of(std::vector<std::string> words);  // one of a few words

// The value of a quantity in base units.
Form<double> unit_value(UnitKind kind, Range range);

template <class A, class F>
auto map_form(Form<A> form, F change) -> Form<decltype(change(std::declval<A>()))> {
  using B = decltype(change(std::declval<A>()));
  return {[read = std::move(form.read), change](const Node& node) -> std::optional<B> {
            std::optional<A> value = read(node);
            if (!value) return std::nullopt;
            return change(std::move(*value));
          },
          std::move(form.schema)};
}

template <class Q>
Form<Q> quantity(Range range = kPositive) {
  return map_form(unit_value(UnitOf<Q>::kind, range), [](double value) { return Q(value); });
}

template <class E>
Form<E> one_of() {
  return map_form(word_of(all_names<E>()), [](const std::string& word) { return *value_of<E>(word); });
}

template <class V>
Form<std::vector<V>> list_of(Form<V> item) {
  Schema schema([of = item.schema] { return Json{{"type", "array"}, {"items", of.json()}}; });
  return {[read = std::move(item.read)](const Node& node) -> std::optional<std::vector<V>> {
            if (!node.expect(Tree::Kind::list)) return std::nullopt;
            std::vector<V> values;
            for (std::size_t i = 0; i < node.tree().children.size(); ++i)
              if (std::optional<V> value = read(node.item(i))) values.push_back(std::move(*value));
            if (values.size() < node.tree().children.size()) return std::nullopt;
            return values;
          },
          std::move(schema)};
}

// A map from words to values: every key is one of an enumeration's names.
template <class E, class V>
Form<std::map<E, V>> by_name(Form<V> value) {
  Schema schema([of = value.schema] {
    Json properties = Json::object();
    for (const std::string& name : all_names<E>()) properties[name] = of.json();
    return Json{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  });
  return {[read = std::move(value.read)](const Node& node) -> std::optional<std::map<E, V>> {
            if (!node.expect(Tree::Kind::map)) return std::nullopt;
            std::map<E, V> values;
            for (const Tree& entry : node.tree().children) {
              const std::optional<E> key = value_of<E>(entry.key);
              if (!key)
                node.error_at(entry.key_mark, "unknown key \"" + entry.key + "\"" + did_you_mean(entry.key, all_names<E>()));
              std::optional<V> item = read(node.entry(entry));
              if (key && item) values.emplace(*key, std::move(*item));
            }
            if (values.size() < node.tree().children.size()) return std::nullopt;
            return values;
          },
          std::move(schema)};
}

// A map whose keys the user chooses.
template <class V>
Form<std::map<std::string, V>> by_any_name(Form<V> value) {
  Schema schema([of = value.schema] { return Json{{"type", "object"}, {"additionalProperties", of.json()}}; });
  return {[read = std::move(value.read)](const Node& node) -> std::optional<std::map<std::string, V>> {
            if (!node.expect(Tree::Kind::map)) return std::nullopt;
            std::map<std::string, V> values;
            for (const Tree& entry : node.tree().children)
              if (std::optional<V> item = read(node.entry(entry))) values.emplace(entry.key, std::move(*item));
            if (values.size() < node.tree().children.size()) return std::nullopt;
            return values;
          },
          std::move(schema)};
}

// ---- records

// The part of a record that does not depend on the struct it fills.
class RecordKeys {
 public:
  struct Key {
    std::string name;
    bool required = false;
    Schema schema;
    std::string about;
  };

  // Reports unknown and missing keys; a missing key that an unknown one was meant to be is reported once. False: not a map.
  [[nodiscard]] bool check(const Node& node) const;
  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }
  [[nodiscard]] Json schema() const;

 protected:
  void add(std::string name, bool required, Schema schema, std::string about);
  std::vector<Key> keys_;
};

// Whether the entry says anything; an empty entry is a mistake.
[[nodiscard]] bool has_value(const Node& entry);

template <class T>
class Record : public RecordKeys {
 public:
  template <class V>
  Record& required(const std::string& key, V T::*member, Form<V> form, const std::string& about) {
    return field(key, true, member, std::move(form), about);
  }
  template <class V>
  Record& required(const std::string& key, std::optional<V> T::*member, Form<V> form, const std::string& about) {
    return field(key, true, member, std::move(form), about);
  }
  template <class V>
  Record& optional(const std::string& key, V T::*member, Form<V> form, const std::string& about) {
    return field(key, false, member, std::move(form), about);
  }
  template <class V>
  Record& optional(const std::string& key, std::optional<V> T::*member, Form<V> form, const std::string& about) {
    return field(key, false, member, std::move(form), about);
  }
  // A key of the map that fills no member; `form` still reads it, for its mistakes.
  template <class V>
  Record& other(const std::string& key, bool required, Form<V> form, const std::string& about) {
    add(key, required, form.schema, about);
    fields_.push_back([read = std::move(form.read)](const Node& node, T&) { return read(node).has_value(); });
    return *this;
  }
  // A key of the map that fills no member but acts on the struct: on the members of the keys before it.
  template <class V, class F>
  Record& applied(const std::string& key, Form<V> form, F act, const std::string& about) {
    add(key, false, form.schema, about);
    fields_.push_back([read = std::move(form.read), act](const Node& node, T& into) {
      const std::optional<V> value = read(node);
      if (value) act(into, *value);
      return value.has_value();
    });
    return *this;
  }
  // What must hold between the fields, once each of them was read.
  Record& check_with(std::function<void(const Node&, T&)> rule) {
    rules_.push_back(std::move(rule));
    return *this;
  }

  // False: mistakes were reported; the fields without one are filled all the same.
  bool read(const Node& node, T& into) const {
    const std::size_t before = node.session().diagnostics.size();
    if (!check(node)) return false;
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (const Tree* entry = node.tree().find(keys_[i].name))
        if (const Node child = node.entry(*entry); has_value(child)) fields_[i](child, into);
    if (node.session().diagnostics.size() == before)
      for (const auto& rule : rules_) rule(node, into);
    return node.session().diagnostics.size() == before;
  }

  [[nodiscard]] Form<T> form() const {
    return {[record = std::make_shared<const Record>(*this)](const Node& node) -> std::optional<T> {
              T value{};
              if (!record->read(node, value)) return std::nullopt;
              return value;
            },
            Schema([keys = std::make_shared<const RecordKeys>(*this)] { return keys->schema(); })};
  }

 private:
  template <class M, class V>
  Record& field(const std::string& key, bool is_required, M T::*member, Form<V> form, const std::string& about) {
    add(key, is_required, form.schema, about);
    fields_.push_back([read = std::move(form.read), member](const Node& node, T& into) {
      std::optional<V> value = read(node);
      if (!value) return false;
      into.*member = std::move(*value);
      return true;
    });
    return *this;
  }

  std::vector<std::function<bool(const Node&, T&)>> fields_;
  std::vector<std::function<void(const Node&, T&)>> rules_;
};

// ---- provenance

Form<std::string> source_key();                          // a key under the file's `sources`
Form<std::map<std::string, std::string>> source_list();  // `sources` itself: keys and what they stand for

// {value: 141 GB, source: datasheet, grade: vendor}; in a scenario and from --set the bare value will do.
inline constexpr const char* kGivenSource = "given by the scenario";

template <class V>
Form<Sourced<V>> sourced(Form<V> value) {
  const Form<V> bare = value;
  const Form<Sourced<V>> form =
      Record<Sourced<V>>()
          .required("value", &Sourced<V>::value, std::move(value), "")
          .required("source", &Sourced<V>::source, source_key(), "where it comes from: a key under sources")
          .required("grade", &Sourced<V>::grade, one_of<Grade>(), "how far it can be trusted")
          .check_with([](const Node&, Sourced<V>& read) { read.known = true; })
          .form();
  return {
      [read = form.read, bare = bare.read](const Node& node) -> std::optional<Sourced<V>> {
        if (node.tree().is_text() && node.of_scenario()) {
          std::optional<V> given = bare(node);
          if (!given) return std::nullopt;
          return Sourced<V>{std::move(*given), Grade::estimated, kGivenSource, true};
        }
        if (node.tree().is_text()) {
          node.error("say where it comes from: {value: " + node.tree().text + ", source: a key under sources, grade: vendor}");
          return std::nullopt;
        }
        return read(node);
      },
      any_of({form.schema, bare.schema})};
}

// ---- files

[[nodiscard]] std::string stem_of(const std::string& path);  // "a/b/h100-sxm.yaml" -> "h100-sxm"
[[nodiscard]] std::string definition(CatalogueKind kind);    // "#/$defs/device"

// The content of a file of the catalogue, under its name.
template <class T>
std::optional<T> read_file(CatalogueKind kind, const Form<T>& content, const std::string& path, Session& session) {
  if (std::optional<T> known = session.files.value<T>(kind, path)) return known;
  const std::size_t before = session.diagnostics.size();
  const std::optional<Tree> file = session.load(path);
  const std::optional<Tree> tree = file ? session.files.resolve(kind, *file, "", session.diagnostics) : std::nullopt;
  if (!tree) return std::nullopt;
  std::optional<T> value = content.read(Node(*tree, "", session).with(*tree));
  if (value) {
    value->name = stem_of(path);
    value->mark = {path, 0, 0};
    if (session.diagnostics.size() == before) session.files.keep(kind, path, *value);
  }
  return value;
}

// Content written in place, perhaps `like` a file.
template <class T>
std::optional<T> read_in_place(CatalogueKind kind, const Form<T>& content, const Node& node) {
  const std::optional<Tree> tree = node.session().files.resolve(kind, node.tree(), node.path(), node.session().diagnostics);
  if (!tree) return std::nullopt;
  std::optional<T> value = content.read(node.with(*tree));
  if (value) {
    const Tree* like = node.tree().find(inherits_by_use(kind) ? "use" : "like");
    value->name = like != nullptr ? stem_of(like->text) : value->title;
    value->mark = node.tree().mark;
  }
  return value;
}

// The name of a file of this kind, or its content written in place. T has a name, a title and a mark.
template <class T>
Form<T> reference(CatalogueKind kind, const Form<T>& content) {
  Schema schema([kind] { return Json{{"anyOf", {{{"type", "string"}}, {{"$ref", definition(kind)}}}}}; });
  return {[kind, content](const Node& node) -> std::optional<T> {
            if (node.tree().is_map()) return read_in_place(kind, content, node);
            const Library& library = node.session().files;
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            const std::string& name = node.tree().text;
            if (const auto path = library.find(kind, name, node.tree().mark.file))
              return read_file(kind, content, *path, node.session());
            node.error(library.not_found(kind, name));
            return std::nullopt;
          },
          schema};
}

}  // namespace headway
