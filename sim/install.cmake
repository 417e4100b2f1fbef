# What `cmake --install` puts where, and the Debian packages made of it (`cpack -G DEB` in the build folder):
#   headway         the program, its catalogue, manual page, completions and documentation
#   libheadway-dev  the libraries, their headers and the package that find_package(headway) finds
set(share ${CMAKE_INSTALL_DATADIR}/headway)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/headway)
set(made ${PROJECT_BINARY_DIR}/share)

# ---- what the program says of itself: made by running it

file(MAKE_DIRECTORY ${made}/schema)
set(written)
function(headway_says file)  # headway_says(file arguments...)
  add_custom_command(OUTPUT ${made}/${file} COMMAND headway ${ARGN} > ${made}/${file} DEPENDS headway VERBATIM)
  set(written ${written} ${made}/${file} PARENT_SCOPE)
endfunction()
headway_says(headway.1 man)
headway_says(headway.bash completion bash)
headway_says(_headway completion zsh)
headway_says(headway.fish completion fish)
foreach(kind scenarios clusters devices links models recipes software reliability prices)
  headway_says(schema/${kind}.json schema ${kind})
endforeach()
find_program(HEADWAY_GZIP gzip)
mark_as_advanced(HEADWAY_GZIP)
if(HEADWAY_GZIP)  # as distributions want their manual pages
  add_custom_command(OUTPUT ${made}/headway.1.gz COMMAND ${HEADWAY_GZIP} -9nc ${made}/headway.1 > ${made}/headway.1.gz
                     DEPENDS ${made}/headway.1 VERBATIM)
  list(APPEND written ${made}/headway.1.gz)
  set(manual ${made}/headway.1.gz)
else()
  set(manual ${made}/headway.1)
endif()
add_custom_target(headway_share ALL DEPENDS ${written})

# ---- the program

install(TARGETS headway RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT headway)
install(DIRECTORY topologies workloads scenarios ${made}/schema DESTINATION ${share} COMPONENT headway)
install(DIRECTORY bench/validation DESTINATION ${share}/bench COMPONENT headway)  # the built-in set of `headway validate`
install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT headway)
install(FILES ${made}/headway.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME headway COMPONENT headway)
install(FILES ${made}/_headway DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT headway)
install(FILES ${made}/headway.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT headway)
install(DIRECTORY docs DESTINATION ${doc} COMPONENT headway PATTERN example EXCLUDE)
install(FILES README.md CONTRIBUTING.md NOTICE DESTINATION ${doc} COMPONENT headway)
install(FILES LICENSE DESTINATION ${doc} RENAME copyright COMPONENT headway)

# ---- the libraries

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/headway)
get_property(layers GLOBAL PROPERTY HEADWAY_LAYERS)
foreach(layer headway_options ${layers})
  string(REPLACE headway_ "" name ${layer})
  set_target_properties(${layer} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS headway_options ${layers} EXPORT headway ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY sim/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/headway COMPONENT development FILES_MATCHING PATTERN *.h
        PATTERN app EXCLUDE)
install(EXPORT headway NAMESPACE headway:: FILE headwayTargets.cmake DESTINATION ${package} COMPONENT development)
configure_package_config_file(sim/headwayConfig.cmake.in ${made}/headwayConfig.cmake INSTALL_DESTINATION ${package}
                              PATH_VARS share)
write_basic_package_version_file(${made}/headwayConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${made}/headwayConfig.cmake ${made}/headwayConfigVersion.cmake DESTINATION ${package} COMPONENT development)
install(DIRECTORY docs/example DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libheadway-dev COMPONENT development)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libheadway-dev RENAME copyright COMPONENT development)

# ---- packages

set(HEADWAY_MAINTAINER "Headway <headway@localhost>" CACHE STRING "Who answers for the packages: \"Name <address>\"")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT ${HEADWAY_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL headway development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_HEADWAY_PACKAGE_NAME headway)
set(CPACK_DEBIAN_HEADWAY_PACKAGE_SECTION science)
set(CPACK_DEBIAN_HEADWAY_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_HEADWAY_DESCRIPTION "Simulates what an AI training cluster delivers
 Step time, tokens per second, memory and bottlenecks of a training run on a
 cluster, and what a faster, narrower or forbidden link would change: a
 discrete-event simulation of the whole machine, folded to its classes of ranks.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libheadway-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "headway (= ${PROJECT_VERSION}), libboost-graph-dev, libeigen3-dev, libyaml-cpp-dev, libtbb-dev, libfmt-dev, nlohmann-json3-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Simulation of AI training clusters, for C++ programs
 Static libraries and headers of Headway, and the package that CMake's
 find_package(headway) finds.")
include(CPack)
