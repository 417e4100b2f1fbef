// The table of error bands that the catalogue carries: how far published runs lay from their predictions, by device and software.
//
// Columns: device, software (blank: any), runs, low, high (measured over predicted step time). Written by `headway validate --bands`.
#pragma once

#include <string>
#include <vector>

#include "config/csv.h"

namespace headway {

struct BandRow {
  std::string device, software;
  int runs = 0;
  double low = 0, high = 0;
};

// Throws InputError with every mistake's place; the row of all runs, both names blank, must be there.
[[nodiscard]] std::vector<BandRow> error_band_rows(const CsvTable& table);

}  // namespace headway
