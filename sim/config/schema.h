// JSON Schema (draft 2020-12) of the YAML files, for editors; made from the very forms that read them.
#pragma once

#include <string>

#include "config/catalogue.h"

namespace headway {

// One kind of file.
[[nodiscard]] std::string json_schema(CatalogueKind kind);

// All of them: the root is a scenario file, the others are under "$defs".
[[nodiscard]] std::string json_schema();

}  // namespace headway
