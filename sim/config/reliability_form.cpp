// What interrupts a long run: sources of failure by component, each with its rate and where that was seen.
#include <set>

#include "config/file_forms.h"

namespace headway {

namespace {

Form<FailureSource> failure_source() {
  using F = FailureSource;
  return Record<F>()
      .required("name", &F::name, text(), "what tables call it")
      .required("per", &F::per, one_of<FailsPer>(), "of what there is more in a larger fleet; a device is a package")
      .required("between", &F::between, sourced(quantity<Seconds>()), "mean time between interruptions by one of these: 3300 d")
      .optional("repaired", &F::repaired, sourced(number(kShareOrNone)),
                "share of them that take the node out until it is repaired; none where left out")
      .form();
}

void distinct_names(const Node& node, Reliability& reliability) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < reliability.failures.size(); ++i)
    if (!names.insert(reliability.failures[i].name).second)
      node.error_below("failures." + std::to_string(i) + ".name", "a second source \"" + reliability.failures[i].name + "\"");
}

}  // namespace

const Form<Reliability>& reliability_form() {
  using R = Reliability;
  static const Form<Reliability> form =
      Record<R>()
          .required("title", &R::title, text(), "whose failures, when and on what")
          .optional("note", &R::note, text(), "what a reader of the values should know")
          .required("failures", &R::failures, list_of(failure_source()), "by component")
          .optional("sources", &R::sources, source_list(), "where the values come from: key and reference")
          .check_with(distinct_names)
          .form();
  return form;
}

}  // namespace headway
