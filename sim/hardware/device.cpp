#include "hardware/device.h"

namespace headway {

double require_share(const Sourced<double>& value, const Device& device, const char* key) {
  const double share = require(value, device, key);
  if (!(share > 0.0 && share <= 1.0))
    throw InputError(device.mark, device.name + ": \"" + key + "\" is a share and must lie in (0, 1]");
  return share;
}

const MatrixRate& require_format(NumberFormat format, const Device& device) {
  const auto rate = device.matrix.find(format);
  if (rate != device.matrix.end()) return rate->second;
  std::string known;
  for (const auto& [name, unused] : device.matrix) known += (known.empty() ? "" : ", ") + std::string(name_of(name));
  throw InputError(device.mark, device.name + ": does not multiply " + std::string(name_of(format)) +
                                    " (its formats: " + (known.empty() ? "none given" : known) + ")");
}

}  // namespace headway
