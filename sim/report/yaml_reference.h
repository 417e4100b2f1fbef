// The reference of the YAML files, as Markdown: every key, what it takes and what it says. Made from their JSON Schema, hence from
// the forms that read them.
#pragma once

#include <string>

namespace headway {

[[nodiscard]] std::string yaml_reference();

}  // namespace headway
