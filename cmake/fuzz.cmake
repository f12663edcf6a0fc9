# Fuzzers: each tests/fuzz/*_fuzz.cpp is an executable of its own; `fuzzers` builds them all.
# Seeds for <name>_fuzz.cpp lie in tests/fuzz/corpus/<name>/.
add_custom_target(fuzzers)
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
foreach(source IN LISTS sources)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE ph_options ph_sanitizer ph_node ph_clearing ph_partners
                        ${PH_PLATFORM} ph_core)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  add_dependencies(fuzzers ${name})
endforeach()
