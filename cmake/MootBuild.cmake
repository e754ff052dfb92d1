# The compiler, what it warns of, and how a preset instruments the code.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(MOOT_TESTS "Build the tests" ON)
set(MOOT_SANITIZE "" CACHE STRING "Sanitizers, as given to -fsanitize=")
option(MOOT_FUZZ "Build the fuzz targets with libFuzzer" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Paths within the project are hashed relative to the build folder, so that every checkout and every build folder with
  # the same flags shares one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${CCACHE_PROGRAM}")
endif()

# What every file of ours is compiled with. An interface target, so that generated files can do without.
add_library(moot_flags INTERFACE)
target_compile_options(moot_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Werror)
target_compile_definitions(moot_flags INTERFACE MOOT_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(moot_flags INTERFACE -Wthread-safety)
  add_link_options(-fuse-ld=lld)
else()
  # gcc 12 reports members of tl::expected that are never read uninitialised, and in libstdc++'s own string copies
  # reports restrict and overflow that cannot be (GCC bugs 105562, 105329).
  target_compile_options(moot_flags INTERFACE
    -Wno-error=maybe-uninitialized -Wno-error=restrict -Wno-error=stringop-overflow -Wno-error=array-bounds)
endif()
add_compile_options(-fstack-protector-strong -D_GLIBCXX_ASSERTIONS)
if(NOT MOOT_SANITIZE STREQUAL "")
  add_compile_options(-fsanitize=${MOOT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MOOT_SANITIZE})
endif()
if(MOOT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Gives a file MOOT_BUILD_TIME_S: SOURCE_DATE_EPOCH, else the date of the newest commit, so that a program can be built
# again byte by byte. With neither the file has a constant of its own.
function(moot_build_date file)
  set(date "$ENV{SOURCE_DATE_EPOCH}")
  if(NOT date MATCHES "^[0-9]+$")
    execute_process(COMMAND git -C "${PROJECT_SOURCE_DIR}" log -1 --format=%ct
      OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  if(date MATCHES "^[0-9]+$")
    set_source_files_properties("${file}" PROPERTIES COMPILE_DEFINITIONS "MOOT_BUILD_TIME_S=${date}")
  endif()
endfunction()
