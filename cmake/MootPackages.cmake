# The outside libraries, each behind one name, so that docs/dependencies.md and this file tell the same story.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)

function(moot_outside name)
  add_library(moot_outside_${name} INTERFACE)
  add_library(moot_outside::${name} ALIAS moot_outside_${name})
  if(ARGN)
    target_link_libraries(moot_outside_${name} INTERFACE ${ARGN})
  endif()
endfunction()

foreach(module sodium:libsodium lmdb:lmdb simdjson:simdjson spdlog:spdlog systemd:libsystemd qrencode:libqrencode)
  string(REPLACE ":" ";" pair "${module}")
  list(GET pair 0 name)
  list(GET pair 1 package)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET "${package}")
  moot_outside(${name} PkgConfig::${name})
endforeach()

moot_outside(crypto OpenSSL::Crypto)
moot_outside(expected)   # header only: tl/expected.hpp
moot_outside(json)       # header only: nlohmann/json.hpp
moot_outside(tomlplusplus)
moot_outside(cli11)

# Cap'n Proto 0.9 under C++20 with clang-16 needs two operators that its own headers leave out (see the file).
pkg_check_modules(capnp REQUIRED IMPORTED_TARGET capnp)
moot_outside(capnp PkgConfig::capnp)
target_compile_options(moot_outside_capnp INTERFACE
  "SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/capnp_under_cxx20.hpp")

# Asio and Beast 1.81 are headers alone; Boost.System is header-only too.
find_path(BOOST_181_INCLUDE boost/asio.hpp REQUIRED)
moot_outside(asio Threads::Threads)
target_include_directories(moot_outside_asio SYSTEM INTERFACE "${BOOST_181_INCLUDE}")
target_compile_definitions(moot_outside_asio INTERFACE BOOST_ASIO_NO_DEPRECATED)

if(MOOT_TESTS)
  find_package(GTest REQUIRED)
  moot_outside(gtest GTest::gtest GTest::gtest_main)
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
  moot_outside(rapidcheck ${RAPIDCHECK_LIBRARY})
endif()
