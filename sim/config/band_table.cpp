#include "config/band_table.h"

#include <algorithm>
#include <array>

namespace headway {

std::vector<BandRow> error_band_rows(const CsvTable& table) {
  static constexpr std::array kColumns = {"device", "software", "runs", "low", "high"};
  need_columns(table, kColumns, "a table of error bands");
  Diagnostics mistakes;
  std::vector<BandRow> rows;
  for (const CsvRow& row : table.rows) {
    if (!is_whole(table, row, mistakes)) continue;
    const auto runs = positive_number(table, row, "runs", "runs", mistakes);
    const auto low = positive_number(table, row, "low", "measured over predicted", mistakes);
    const auto high = positive_number(table, row, "high", "measured over predicted", mistakes);
    if (runs && low && high)
      rows.push_back({table.text(row, "device"), table.text(row, "software"), static_cast<int>(*runs), *low, *high});
  }
  const auto is_all = [](const BandRow& row) { return row.device.empty() && row.software.empty(); };
  if (mistakes.size() == 0 && std::none_of(rows.begin(), rows.end(), is_all))
    mistakes.error({table.file, 0, 0}, "no row for all runs, with blank device and software");
  mistakes.throw_if_any();
  return rows;
}

}  // namespace headway
