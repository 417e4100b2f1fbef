# What every page of a report holds, built into the program: its style, its script, and Apache ECharts where it is found.
#
# The library is one file of the npm package echarts, whose licence notice is at its head; `./start` fetches it. Without it reports hold
# tables and drawings only. Another file than the one that was tested is left out.
set(echarts_version 5.6.0)
set(echarts_sha256 bf4a223524e40b77c304bec67e1222cf551f14880cf42c69dc046558e11c07b1)
find_file(HEADWAY_ECHARTS echarts.min.js
          PATHS ${PROJECT_BINARY_DIR}/node_modules/echarts/dist ${PROJECT_SOURCE_DIR}/node_modules/echarts/dist NO_DEFAULT_PATH
          DOC "echarts.min.js ${echarts_version}, for the charts of reports")
set(echarts "")
if(HEADWAY_ECHARTS)
  file(SHA256 ${HEADWAY_ECHARTS} found)
  if(found STREQUAL echarts_sha256)
    set(echarts ${HEADWAY_ECHARTS})
  else()
    message(WARNING "${HEADWAY_ECHARTS} is not ECharts ${echarts_version}; reports will hold tables only")
  endif()
else()
  message(STATUS "no ECharts here: reports will hold tables only (./start fetches it)")
endif()

function(headway_embed name file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  add_custom_command(OUTPUT ${source}
                     COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DINPUT=${file} -DOUTPUT=${source} -P ${CMAKE_CURRENT_SOURCE_DIR}/report/html/embed.cmake
                     DEPENDS ${file} report/html/embed.cmake
                     VERBATIM)
  target_sources(headway_report PRIVATE ${source})
endfunction()
headway_embed(kPageStyle ${CMAKE_CURRENT_SOURCE_DIR}/report/html/page.css)
headway_embed(kPageScript ${CMAKE_CURRENT_SOURCE_DIR}/report/html/page.js)
headway_embed(kChartLibrary "${echarts}")
