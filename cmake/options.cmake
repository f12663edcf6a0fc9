# How everything is compiled: the language, the warnings, the sanitizers, the tools that save time.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Assertions stay on in release, so NDEBUG is never set; -g1 keeps names in a backtrace.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g")
# For sanitizers and fuzzers: fast enough to run, honest enough to read.
set(CMAKE_CXX_FLAGS_CHECKED "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_C_FLAGS_CHECKED "-O1 -g1 -fno-omit-frame-pointer")

# ccache, if there: its directory is the user's, outside the clone, and paths below the project are
# hashed as relative, so that a fresh clone elsewhere finds what another one compiled.
find_program(PH_CCACHE ccache)
if(PH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
                                  CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
                                  ${PH_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

add_library(ph_options INTERFACE)
target_include_directories(ph_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(ph_options INTERFACE
  -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion
  -Wold-style-cast -Wcast-qual -Wcast-align -Wnon-virtual-dtor -Woverloaded-virtual -Wundef
  -Wformat=2 -Wimplicit-fallthrough -Wextra-semi -Wunused -Wvla
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(ph_options INTERFACE -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
endif()
target_compile_definitions(ph_options INTERFACE _GLIBCXX_ASSERTIONS)

# mold, if there.
find_program(PH_MOLD mold)
if(PH_MOLD)
  target_link_options(ph_options INTERFACE -fuse-ld=mold)
endif()

# Linked into executables, not libraries.
if(PH_SANITIZE)
  add_library(ph_sanitizer OBJECT ${PROJECT_SOURCE_DIR}/cmake/sanitizer.cpp)
  target_compile_options(ph_sanitizer PRIVATE -Wall -Wextra -Werror)
else()
  add_library(ph_sanitizer INTERFACE)
endif()

if(PH_SANITIZE)
  target_compile_options(ph_options INTERFACE
    -fsanitize=${PH_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(ph_options INTERFACE -fsanitize=${PH_SANITIZE})
  if(PH_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's headers have fences, which the thread sanitizer doesn't see; locks stand beside them.
    target_compile_options(ph_options INTERFACE -Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(ph_options INTERFACE
      -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/cmake/sanitizer.ignore)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(ph_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

# ph_light(<target> [<option>]): what is compiled once and run little, as tests and the command
# line, is not optimised under a sanitizer, which takes a third of the time; elsewhere <option>.
function(ph_light target)
  get_target_property(type ${target} TYPE)
  if(PH_SANITIZE AND NOT type STREQUAL "INTERFACE_LIBRARY")
    target_compile_options(${target} PRIVATE -O0)
  elseif(CMAKE_BUILD_TYPE STREQUAL "Release" AND ARGN)
    target_compile_options(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# ph_precompile(<target> <header>...): what nearly every file of the target begins with, read once
# for all of them. Not in the preset `clang`, which reads each file as it stands and so finds the
# #include that one forgot.
function(ph_precompile target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE -fpch-preprocess)  # As ccache wants it
  elseif(PH_SANITIZE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# Of libraries several files are read as one: a build from nothing takes half the time, one after a
# small change longer. Not in the preset `clang`, for the same reason. Unit tests name their things
# shortly, and each file by itself: in `namespace PH_FILE`, which has another name in each of them.
option(PH_UNITY "Compile several files of a library at once" OFF)
if(PH_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A class whose parts lie in an unnamed namespace seems to be in a header then.
  target_compile_options(ph_options INTERFACE -Wno-subobject-linkage)
endif()

if(PH_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "PH_FUZZ needs clang: use `cmake --preset asan-ubsan`")
  endif()
  target_compile_options(ph_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
