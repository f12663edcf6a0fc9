# The tests: one executable a kind of C++ test, one ctest entry a case; Python tests that drive the
# real executable; the checks of the source tree. Labels: unit, property, contract, simulation,
# functional, check; `slow` besides for what is left out under the sanitizers.
include(CTest)
include(GoogleTest)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
add_library(ph_rapidcheck INTERFACE)
target_link_libraries(ph_rapidcheck INTERFACE rapidcheck)

# Debian's python3 rather than one that happens to stand earlier in PATH.
find_program(PH_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(PH_PYTHON python3 REQUIRED)

set(PH_TEST_ENVIRONMENT "PH_ROOT=${PROJECT_SOURCE_DIR}"
    "POINTHOUSE=${PROJECT_BINARY_DIR}/pointhouse" "PYTHONDONTWRITEBYTECODE=1")

set(PH_TESTS_OF "" CACHE STRING "For a quick look: only test files whose path has this expression")

# What several kinds of test share.
ph_library(ph_test_support tests/support ph_app GTest::gtest GTest::gmock ph_rapidcheck)
ph_light(ph_test_support)
# The checkout's place is told to this file alone: ccache knows all others from another checkout.
set_source_files_properties(tests/support/checkout.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
  COMPILE_DEFINITIONS PH_ROOT="${PROJECT_SOURCE_DIR}")

# Without figures of an earlier run, ctest begins with what costs most, so that no long test is left
# to run alone at the end: COST, here what a test may take at most.

# ph_test_shards(<kind> <seconds a case may take> <filter>): the cases in entries of many. Under a
# sanitizer a process takes half a second to start, most cases no time. Whether the simulator sees a
# planted bug is no question of memory or threads.
function(ph_test_shards kind seconds filter)
  set(shards 8)
  math(EXPR last "${shards} - 1")
  math(EXPR seconds "${seconds} * 4")
  if(NOT filter MATCHES "-")
    string(APPEND filter "-")
  endif()
  foreach(shard RANGE ${last})
    add_test(NAME ${kind}.shard_${shard}
      COMMAND ${kind}_tests --gtest_brief=1 "--gtest_filter=${filter}:*PlantedBug*"
      WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
    set_tests_properties(${kind}.shard_${shard} PROPERTIES LABELS ${kind} TIMEOUT ${seconds}
      COST ${seconds} ENVIRONMENT
      "${PH_TEST_ENVIRONMENT};GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

# ph_test_executable(<kind> <seconds a case may take> [filter]): tests/<kind>/**/*.cpp ->
# <kind>_tests. `filter` names the cases that get an entry each.
function(ph_test_executable kind seconds)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/*.cpp)
  list(FILTER sources INCLUDE REGEX "${PH_TESTS_OF}")
  if(NOT sources)
    return()
  endif()
  add_executable(${kind}_tests ${sources})
  target_link_libraries(${kind}_tests PRIVATE ph_options ph_sanitizer ph_test_support ph_app
                        ph_rapidcheck GTest::gtest GTest::gmock GTest::gtest_main)
  ph_light(${kind}_tests -O1)
  target_compile_definitions(${kind}_tests PRIVATE PH_FILE=)  # A file by itself: without a name.
  ph_precompile(${kind}_tests <gtest/gtest.h> <algorithm> <filesystem> <fstream> <functional> <map>
                <string> <thread> <vector>)
  if(PH_UNITY)
    ph_unite(${kind}_tests ${sources})
    set_target_properties(${kind}_tests PROPERTIES UNITY_BUILD_UNIQUE_ID PH_FILE)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")  # TYPED_TEST_SUITE without a last argument
    target_compile_options(${kind}_tests PRIVATE -Wno-gnu-zero-variadic-macro-arguments)
  endif()
  list(APPEND ARGN "*")
  list(GET ARGN 0 filter)
  if(PH_SANITIZE)
    ph_test_shards(${kind} ${seconds} "${filter}")
    return()
  endif()
  gtest_discover_tests(${kind}_tests DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    TEST_FILTER "${filter}" TEST_PREFIX "${kind}." WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
    PROPERTIES LABELS ${kind} TIMEOUT ${seconds} COST ${seconds}
    ENVIRONMENT "${PH_TEST_ENVIRONMENT}")
endfunction()

ph_test_executable(unit 60)
ph_test_executable(property 300)
# Cases that need a PostgreSQL server share one within a process, so they are an entry together.
ph_test_executable(contract 300 "-*ostgres*")
if(TARGET contract_tests)
  add_test(NAME contract.postgresql COMMAND contract_tests --gtest_filter=*ostgres*)
  set_tests_properties(contract.postgresql PROPERTIES LABELS contract TIMEOUT 300 COST 800
    ENVIRONMENT "${PH_TEST_ENVIRONMENT}" WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
    SKIP_REGULAR_EXPRESSION "NOT RUN")
endif()
ph_test_executable(simulation 600)

# ph_python_tests(<label> <seconds> <pattern>...): a script a test. It ends with 0 when it passed
# and with 77 when it could not run. A name that starts with `_` is a helper; `*_slow.py` is slow.
function(ph_python_tests label seconds)
  file(GLOB scripts CONFIGURE_DEPENDS ${ARGN})
  list(FILTER scripts EXCLUDE REGEX "/_[^/]*$")
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    set(labels ${label})
    if(name MATCHES "_slow$")
      list(APPEND labels slow)
    endif()
    add_test(NAME ${label}.${name} COMMAND ${PH_PYTHON} ${script})
    set_tests_properties(${label}.${name} PROPERTIES LABELS "${labels}" TIMEOUT ${seconds}
      COST 800
      SKIP_RETURN_CODE 77 ENVIRONMENT "${PH_TEST_ENVIRONMENT}"
      WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  endforeach()
endfunction()

ph_python_tests(functional 600 ${PROJECT_SOURCE_DIR}/tests/functional/*.py)
# With PH_LONG=1 a year of a hundred thousand members, three times.
set_tests_properties(functional.programme_year PROPERTIES TIMEOUT 3600)
ph_python_tests(oracle 600 ${PROJECT_SOURCE_DIR}/tests/oracle/*_test.py)

# The checks of the source tree: every file in tests/checks without a dot in its name, save `all`.
file(GLOB checks CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/checks/*)
foreach(check IN LISTS checks)
  get_filename_component(name ${check} NAME)
  if(IS_DIRECTORY ${check} OR name MATCHES "\\." OR name STREQUAL "all")
    continue()
  endif()
  add_test(NAME check.${name} COMMAND ${PH_PYTHON} ${check})
  set_tests_properties(check.${name} PROPERTIES LABELS check TIMEOUT 180
                       ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endforeach()
