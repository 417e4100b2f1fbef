#include "config/file_forms.h"

namespace headway {

namespace {

Form<LinkTechnology> make_link_form() {
  using Link = LinkTechnology;
  return Record<Link>()
      .required("title", &Link::title, text(), "full name")
      .optional("bandwidth", &Link::bandwidth, sourced(quantity<Bandwidth>()), "line rate per device and direction")
      .optional("efficiency", &Link::efficiency, sourced(number(kShare)), "share of the line rate that large transfers reach")
      .optional("base_latency", &Link::base_latency, sourced(quantity<Seconds>(kNotNegative)),
                "of any collective: kernel start and set-up")
      .optional("hop_latency", &Link::hop_latency, sourced(quantity<Seconds>(kNotNegative)), "per ring step, Simple protocol")
      .optional("hop_latency_low", &Link::hop_latency_low, sourced(quantity<Seconds>(kNotNegative)),
                "per ring step, low-latency protocol")
      .optional("low_latency_share", &Link::low_latency_share, sourced(number(kShare)),
                "of the bandwidth that the low-latency protocol reaches")
      .optional("message_latency", &Link::message_latency, sourced(quantity<Seconds>(kNotNegative)),
                "of one point-to-point message")
      .optional("exchange_rate", &Link::exchange_rate, sourced(quantity<Bandwidth>()),
                "what a member's channels copy in an all-to-all, its own part included; left out: no limit")
      .optional("multiprocessors", &Link::multiprocessors, sourced(integer(0)), "that a large collective holds on each member")
      .optional("in_switch_reduction", &Link::in_switch_reduction, sourced(number(kShare)),
                "of the rate of large transfers that reduction in the switches reaches; without it they do not reduce")
      .optional("in_switch_latency", &Link::in_switch_latency, sourced(quantity<Seconds>(kNotNegative)),
                "of starting a reduction in the switches, beside base_latency")
      .required("sources", &Link::sources, source_list(), "where the values come from: key and reference")
      .form();
}

}  // namespace

const Form<LinkTechnology>& link_form() {
  static const Form<LinkTechnology> form = make_link_form();
  return form;
}

}  // namespace headway
