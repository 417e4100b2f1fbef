#include "report/html/page.h"

#include <fmt/format.h>

#include <span>

#include "report/html/assets.h"

namespace headway {

namespace {

// JSON inside a script element: nothing in it may end the element.
std::string in_script(std::string json) {
  for (auto at = json.find('<'); at != std::string::npos; at = json.find('<', at)) json.replace(at, 1, "\\u003c");
  return json;
}

std::string marked(const std::string& json) { return json.empty() ? "" : fmt::format(" data-json=\"{}\"", escaped(json)); }

std::string table_html(const Table& table, const std::string& caption) {
  std::string out =
      fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption>\n",
                  escaped(caption));
  const auto row = [&](const std::vector<std::string>& cells, bool head) {
    out += "<tr>";
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const bool over = cells[c].ends_with('!');
      out += fmt::format("<{0}{1}{2}>{3}</{4}>", head ? "th scope=\"col\"" : "td", table.right()[c] ? " class=\"n\"" : "",
                         over ? " data-bad" : "", escaped(cells[c]), head ? "th" : "td");
    }
    out += "</tr>\n";
  };
  out += "<thead>";
  row(table.rows().front(), true);
  out += "</thead><tbody>\n";
  for (const std::vector<std::string>& cells : std::span(table.rows()).subspan(1)) row(cells, false);
  return out + "</tbody></table></div>\n";
}

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action "
    "'none'";

constexpr std::string_view kLibraryNotice =
    "Charts: Apache ECharts, Copyright 2017-2024 The Apache Software Foundation, Apache License 2.0. This product includes "
    "software "
    "developed at The Apache Software Foundation (https://www.apache.org/).";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  return out;
}

void Page::verdict(const std::string& text, bool good, const std::string& question) {
  body_ += "<header class=\"verdict " + std::string(good ? "good" : "bad") + "\">\n";
  if (!question.empty()) body_ += "<p class=\"question\">" + escaped(question) + "</p>\n";
  body_ += "<h1>" + escaped(text) + "</h1>\n</header>\n";
}

void Page::cards(const std::vector<Card>& cards) {
  body_ += "<dl class=\"cards\">\n";
  for (const Card& card : cards) {
    const char* mood = card.mood == Card::Mood::plain ? "" : card.mood == Card::Mood::good ? " class=\"good\"" : " class=\"bad\"";
    body_ +=
        fmt::format("<div{}><dt>{}</dt><dd><strong{}>{}</strong>{}</dd></div>\n", mood, escaped(card.name), marked(card.json),
                    escaped(card.value), card.note.empty() ? "" : " <small>" + escaped(card.note) + "</small>");
  }
  body_ += "</dl>\n";
}

void Page::facts(const std::vector<Fact>& facts) {
  body_ += "<dl class=\"facts\">\n";
  for (const Fact& fact : facts)
    if (!fact.text.empty()) body_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(fact.name), escaped(fact.text));
  body_ += "</dl>\n";
}

void Page::close_section() {
  if (in_section_) body_ += "</section>\n";
  in_section_ = false;
}

void Page::section(const std::string& title, const std::string& note) {
  close_section();
  in_section_ = true;
  const char level = in_fold_ ? '3' : '2';
  body_ += fmt::format("<section>\n<h{0}>{1}</h{0}>\n", level, escaped(title));
  if (!note.empty()) body_ += "<p class=\"note\">" + escaped(note) + "</p>\n";
}

void Page::open_fold(const std::string& title, const std::string& verdict) {
  close_section();
  in_fold_ = true;
  body_ += fmt::format("<details class=\"fold\"><summary><h2>{}</h2><p>{}</p></summary>\n", escaped(title), escaped(verdict));
}

void Page::close_fold() {
  close_section();
  in_fold_ = false;
  body_ += "</details>\n";
}

void Page::text(const std::string& paragraph) { body_ += "<p>" + escaped(paragraph) + "</p>\n"; }

void Page::list(const std::vector<std::string>& items) {
  body_ += "<ul>\n";
  for (const std::string& item : items) body_ += "<li>" + escaped(item) + "</li>\n";
  body_ += "</ul>\n";
}

void Page::table(const Table& table, const std::string& caption) { body_ += table_html(table, caption); }

void Page::table_behind_chart(const Table& table, const std::string& caption) {
  body_ += "<details class=\"behind\" open><summary>As a table</summary>\n" + table_html(table, caption) + "</details>\n";
}

void Page::shares(const std::vector<ShareRow>& rows, const std::string& caption) {
  body_ += fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table "
      "class=\"shares\"><caption>{0}</caption>\n<tbody>\n",
      escaped(caption));
  for (const ShareRow& row : rows)
    body_ += fmt::format(
        "<tr><th scope=\"row\"><i style=\"background:var(--{0})\"></i>{1}</th><td class=\"n\"{2}>{3}</td><td class=\"n\">{4}</td>"
        "<td class=\"bar\"><b style=\"width:{5:.2f}%;background:var(--{0})\"></b></td></tr>\n",
        escaped(row.colour), escaped(row.name), marked(row.json), escaped(row.value), percent_text(row.share), 100 * row.share);
  body_ += "</tbody></table></div>\n";
}

bool Page::draws_charts() { return !kChartLibrary.empty(); }

void Page::chart(std::string_view of, const std::string& label, const nlohmann::ordered_json& data, double rem) {
  if (!draws_charts()) return;
  body_ += fmt::format(
      "<figure class=\"chart\" data-of=\"{}\"><div class=\"plot\" style=\"height:{:.1f}rem\" role=\"img\" "
      "aria-label=\"{}\"></div>"
      "<script type=\"application/json\">{}</script></figure>\n",
      of, rem, escaped(label), in_script(data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
}

std::string Page::html(const std::string& answer) const {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out +=
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
      "dark\">\n";
  out +=
      fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<title>{}</title>\n", kPolicy, escaped(title_));
  out += "<link rel=\"icon\" href=\"data:,\">\n<style>\n" + std::string(kPageStyle) + "</style>\n</head>\n<body>\n";
  out += fmt::format(
      "<nav><span class=\"mark\">headway</span> <span>{}</span><button id=\"theme\" type=\"button\" "
      "hidden>Dark</button></nav>\n<main>\n",
      escaped(kind_));
  out += body_ + (in_section_ ? "</section>\n" : "") + "</main>\n<footer>\n";
  if (draws_charts())
    out += "<noscript><p>Without scripts the charts stay away; every figure is in the tables.</p></noscript>\n<p>" +
           std::string(kLibraryNotice) + "</p>\n";
  else
    out += "<p>This copy of Headway was built without its charting library: what charts would show stands in the tables.</p>\n";
  out += "</footer>\n<script type=\"application/json\" id=\"answer\">" + in_script(answer) + "</script>\n";
  if (draws_charts()) out += "<script>" + std::string(kChartLibrary) + "</script>\n";
  return out + "<script>\n" + std::string(kPageScript) + "</script>\n</body>\n</html>\n";
}

}  // namespace headway
