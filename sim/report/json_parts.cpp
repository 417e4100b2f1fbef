#include "report/json_parts.h"

#include <cmath>

#include "base/check.h"
#include "study/breakdown_parts.h"

namespace headway {

using Json = nlohmann::ordered_json;

double finite(double value) {
  HEADWAY_CHECK(std::isfinite(value), "a number in a report is not finite");
  return value + 0.0;
}

std::string json_document(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json layout_json(const Layout& l, int microbatches) {
  return {{"tensor", l.tensor},
          {"sequence", l.sequence},
          {"pipeline", l.pipeline},
          {"virtual_stages", l.virtual_stages},
          {"context", l.context},
          {"expert", l.expert},
          {"expert_tensor", l.expert_tensor},
          {"shard", l.shard_ranks()},
          {"data", l.data},
          {"microbatches", microbatches}};
}

Json breakdown_json(const Breakdown& breakdown) {
  Json json = Json::object();
  for (const BreakdownPart& part : kBreakdownParts) json[std::string(part.key)] = finite((breakdown.*part.time).value());
  return json;
}

Json passes_json(const PassTimes& passes) {
  Json json = Json::object();
  for (const PassPart& part : kPassParts) json[std::string(part.key)] = finite((passes.*part.time).value());
  return json;
}

}  // namespace headway
