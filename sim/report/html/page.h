// One HTML page that needs nothing but itself: text, tables and drawings that stand without scripts, and charts where the charting library
// was built in (assets.h). It asks nothing of any network, and says so to the browser.
//
// Every figure on a card or in a marked cell names the place in the answer's JSON it stands for (RFC 6901), and that JSON is in the page,
// byte for byte as --json writes it: what people see can be checked against what scripts read. Everything is escaped here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace headway {

// For HTML text and for attributes in double quotes.
[[nodiscard]] std::string escaped(std::string_view text);

// A figure to look at first. `json`: where it stands in the answer, or nothing.
struct Card {
  std::string name, value, note = {}, json = {};
  enum class Mood { plain, good, bad } mood = Mood::plain;
};

// A row of a table of shares: name, value, and a bar in a colour of the style sheet.
struct ShareRow {
  std::string name, value;
  double share = 0;
  std::string colour, json = {};
};

class Page {
 public:
  // `kind` of answer: "run", "compare" ...; `title`: of the window.
  Page(std::string kind, std::string title) : kind_(std::move(kind)), title_(std::move(title)) {}

  void verdict(const std::string& text, bool good, const std::string& question = "");
  void cards(const std::vector<Card>& cards);
  void facts(const std::vector<Fact>& facts);

  // A section lasts until the next one. `note`: what it shows, in a sentence.
  void section(const std::string& title, const std::string& note = "");
  // Sections between the two fold away together, as those of one of several answers; headings in them are one level down.
  void open_fold(const std::string& title, const std::string& verdict);
  void close_fold();

  void text(const std::string& paragraph);
  void list(const std::vector<std::string>& items);
  void table(const Table& table, const std::string& caption);
  // Folded away where a chart shows the same.
  void table_behind_chart(const Table& table, const std::string& caption);
  void shares(const std::vector<ShareRow>& rows, const std::string& caption);
  void drawing(const std::string& svg) { body_ += svg; }  // made of escaped text

  // A chart page.js knows how to draw: `label` says in words what it shows, `rem` is its height.
  void chart(std::string_view of, const std::string& label, const nlohmann::ordered_json& data, double rem);
  [[nodiscard]] static bool draws_charts();

  // The whole document; `answer`: the JSON of --json.
  [[nodiscard]] std::string html(const std::string& answer) const;

 private:
  void close_section();

  std::string kind_, title_, body_;
  bool in_section_ = false, in_fold_ = false;
};

}  // namespace headway
