// Prices as people write them: `2.95 USD`, `180000 CNY`, each with source and grade, all turned into the file's one currency.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "config/file_forms.h"

namespace headway {

namespace {

struct Amount {
  double value = 0;
  std::string currency;
};

bool is_currency(std::string_view code) {
  return code.size() == 3 && std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isupper(c) != 0; });
}

Form<Amount> amount() {
  return {[](const Node& node) -> std::optional<Amount> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            const std::string& text = node.tree().text;
            Amount amount;
            const char* last = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), last, amount.value);
            const auto code = std::find_if(end, last, [](char c) { return c != ' '; });
            amount.currency = std::string(code, last);
            if (error != std::errc() || !is_currency(amount.currency)) {
              node.error("\"" + text + "\" is not a price: write 2.95 USD or 180000 CNY");
              return std::nullopt;
            }
            if (!in_range(amount.value, kNotNegative, node)) return std::nullopt;
            return amount;
          },
          Schema(Json{{"type", "string"}, {"pattern", "^ *[0-9.]+([eE][-+]?[0-9]+)? *[A-Z]{3}$"}})};
}

Form<std::string> currency() {
  return {[](const Node& node) -> std::optional<std::string> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            if (is_currency(node.tree().text)) return node.tree().text;
            node.error("\"" + node.tree().text + "\" is not a currency: write USD, CNY or EUR");
            return std::nullopt;
          },
          Schema(Json{{"type", "string"}, {"pattern", "^[A-Z]{3}$"}})};
}

struct PricesText {
  std::string title, currency, as_of, note;
  Sourced<Amount> rent, device, server, network, electricity;
  Sourced<Seconds> life;
  Sourced<double> pue, grid;
  std::map<std::string, Sourced<double>> exchange;
  std::map<std::string, std::string> sources;
};

struct PriceKey {
  const char* key;
  Sourced<Amount> PricesText::*text;
  Sourced<Money> Prices::*price;
};

constexpr std::array<PriceKey, 5> kPriceKeys{{{"rent", &PricesText::rent, &Prices::rent},
                                              {"device", &PricesText::device, &Prices::device},
                                              {"server", &PricesText::server, &Prices::server},
                                              {"network", &PricesText::network, &Prices::network},
                                              {"electricity", &PricesText::electricity, &Prices::electricity}}};

void one_currency(const Node& node, PricesText& prices) {
  for (const PriceKey& each : kPriceKeys) {
    const Sourced<Amount>& price = prices.*each.text;
    if (!price.known || price.value.currency == prices.currency || prices.exchange.contains(price.value.currency)) continue;
    node.error_below(each.key, "is in " + price.value.currency + " and the answer in " + prices.currency +
                                   ": say what one is worth, exchange: {" + price.value.currency + ": ...}");
  }
}

Prices finish(PricesText text) {
  Prices prices;
  prices.title = std::move(text.title);
  prices.currency = text.currency;
  prices.as_of = std::move(text.as_of);
  prices.note = std::move(text.note);
  for (const PriceKey& each : kPriceKeys) {
    const Sourced<Amount>& from = text.*each.text;
    const double rate = from.known && from.value.currency != text.currency ? text.exchange.at(from.value.currency).value : 1;
    prices.*each.price = {from.value.value * rate, from.grade, from.source, from.known};
  }
  prices.life = text.life;
  prices.pue = text.pue;
  prices.grid = text.grid;
  prices.sources = std::move(text.sources);
  return prices;
}

}  // namespace

const Form<Prices>& prices_form() {
  using P = PricesText;
  static const Form<Prices> form =
      map_form(Record<P>()
                   .required("title", &P::title, text(), "what these prices are of")
                   .required("currency", &P::currency, currency(), "of the answers: USD, CNY, EUR ...")
                   .required("as_of", &P::as_of, text(), "when they were asked")
                   .optional("note", &P::note, text(), "what a reader of the values should know")
                   .optional("rent", &P::rent, sourced(amount()), "a package for an hour, power and all: 2.95 USD")
                   .optional("device", &P::device, sourced(amount()), "a package, bought")
                   .optional("server", &P::server, sourced(amount()), "a node beside its devices; left out: in their price")
                   .optional("network", &P::network, sourced(amount()), "its share, per package; left out: in their price")
                   .optional("life", &P::life, sourced(quantity<Seconds>()), "over which it is written off: 1460 d")
                   .optional("electricity", &P::electricity, sourced(amount()), "a kWh")
                   .optional("pue", &P::pue, sourced(number({.least = 1})), "power of the site over that of its machines")
                   .optional("grid", &P::grid, sourced(number(kNotNegative)), "kg of CO2 equivalents a kWh")
                   .optional("exchange", &P::exchange, by_any_name(sourced(number(kPositive))),
                             "what one of a currency is worth: {USD: 7.2}")
                   .optional("sources", &P::sources, source_list(), "where the values come from: key and reference")
                   .check_with(one_currency)
                   .form(),
               finish);
  return form;
}

}  // namespace headway
