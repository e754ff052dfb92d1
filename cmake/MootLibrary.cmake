# moot_library(NAME FOLDER folder [USES library...] [OUTSIDE package...] [OUTSIDE_PRIVATE package...]
#              [EXCLUDE file...] [CAPNP schema...] [EMBED folder...])
#
# Each library has an include root of its own that holds one link, named as the library, to its folder. A file is
# included as "<library>/<file>", and only the roots of the libraries in USES are searched: a wrong arrow does not compile.
# OUTSIDE_PRIVATE packages are seen by the library's own sources alone.

function(moot_library name)
  cmake_parse_arguments(ARG "" "FOLDER" "USES;OUTSIDE;OUTSIDE_PRIVATE;EXCLUDE;CAPNP;EMBED" ${ARGN})
  set(folder "${PROJECT_SOURCE_DIR}/${ARG_FOLDER}")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  foreach(excluded IN LISTS ARG_EXCLUDE)
    list(REMOVE_ITEM sources "${folder}/${excluded}")
  endforeach()
  set(root "${PROJECT_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${root}")
  file(CREATE_LINK "${folder}" "${root}/${name}" SYMBOLIC)

  if(NOT sources)
    add_library(moot_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(moot_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(moot_${name} PRIVATE moot_flags)
    foreach(package IN LISTS ARG_OUTSIDE_PRIVATE)
      target_link_libraries(moot_${name} PRIVATE moot_outside::${package})
    endforeach()
  endif()
  target_include_directories(moot_${name} ${scope} "${root}")
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(moot_${name} ${scope} moot_${used})
  endforeach()
  foreach(package IN LISTS ARG_OUTSIDE)
    target_link_libraries(moot_${name} ${scope} moot_outside::${package})
  endforeach()
  if(sources)
    foreach(schema IN LISTS ARG_CAPNP)
      moot_capnp(moot_${name} "${folder}" "${schema}")
    endforeach()
    foreach(embedded IN LISTS ARG_EMBED)
      moot_embed(moot_${name} "${folder}/${embedded}" "${embedded}")
    endforeach()
  endif()
endfunction()

# Generates <schema>.capnp.h beside nothing of ours: it is included as "<schema>.capnp.h", by one adapter file.
function(moot_capnp target folder schema)
  set(out "${PROJECT_BINARY_DIR}/capnp/${target}")
  file(MAKE_DIRECTORY "${out}")
  add_custom_command(
    OUTPUT "${out}/${schema}.capnp.c++" "${out}/${schema}.capnp.h"
    COMMAND capnp compile "-oc++:${out}" "--src-prefix=${folder}" "${folder}/${schema}.capnp"
    DEPENDS "${folder}/${schema}.capnp" VERBATIM)
  add_library(${target}_${schema}_capnp OBJECT "${out}/${schema}.capnp.c++" "${out}/${schema}.capnp.h")
  set_source_files_properties("${out}/${schema}.capnp.c++" PROPERTIES LANGUAGE CXX)
  target_link_libraries(${target}_${schema}_capnp PRIVATE moot_outside::capnp)
  target_compile_options(${target}_${schema}_capnp PRIVATE -w)
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${schema}_capnp>)
  target_include_directories(${target} SYSTEM PRIVATE "${out}")
  add_dependencies(${target} ${target}_${schema}_capnp)
endfunction()

# Makes every file of a folder a string in the program: "<name>_embedded.hpp" declares the table.
function(moot_embed target folder name)
  file(GLOB files CONFIGURE_DEPENDS "${folder}/*")
  set(out "${PROJECT_BINARY_DIR}/embedded/${target}")
  file(MAKE_DIRECTORY "${out}")
  add_custom_command(
    OUTPUT "${out}/${name}_embedded.cpp"
    COMMAND "${CMAKE_COMMAND}" -DOUT=${out}/${name}_embedded.cpp -DNAME=${name} "-DFILES=${files}"
            -P "${PROJECT_SOURCE_DIR}/cmake/Embed.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/Embed.cmake" VERBATIM)
  file(WRITE "${out}/${name}_embedded.hpp.in"
    "#pragma once\n#include <span>\n#include <string_view>\nnamespace moot::embedded {\n"
    "struct File { std::string_view name; std::string_view text; };\nstd::span<const File> ${name}();\n}\n")
  file(COPY_FILE "${out}/${name}_embedded.hpp.in" "${out}/${name}_embedded.hpp" ONLY_IF_DIFFERENT)
  target_sources(${target} PRIVATE "${out}/${name}_embedded.cpp")
  target_include_directories(${target} SYSTEM PRIVATE "${out}")
endfunction()

# moot_program(NAME MAIN file USES library... [OUTSIDE_PRIVATE package...])
function(moot_program name)
  cmake_parse_arguments(ARG "" "MAIN" "USES;OUTSIDE_PRIVATE" ${ARGN})
  if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${ARG_MAIN}")
    return()
  endif()
  add_executable(${name} "${PROJECT_SOURCE_DIR}/${ARG_MAIN}")
  target_link_libraries(${name} PRIVATE moot_flags)
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(${name} PRIVATE moot_${used})
  endforeach()
  foreach(package IN LISTS ARG_OUTSIDE_PRIVATE)
    target_link_libraries(${name} PRIVATE moot_outside::${package})
  endforeach()
endfunction()

# moot_tests(NAME FOLDER folder USES library... [OUTSIDE_PRIVATE package...]): one program of GoogleTest for all *_test.cpp.
function(moot_tests name)
  cmake_parse_arguments(ARG "" "FOLDER;TIMEOUT" "USES;OUTSIDE_PRIVATE;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FOLDER}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${PROJECT_BINARY_DIR}/include/tests")
  target_link_libraries(${name} PRIVATE moot_flags moot_test_support moot_outside::gtest)
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(${name} PRIVATE moot_${used})
  endforeach()
  foreach(package IN LISTS ARG_OUTSIDE_PRIVATE)
    target_link_libraries(${name} PRIVATE moot_outside::${package})
  endforeach()
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
