# Compiler settings, and the two functions every folder declares its targets with.

add_library(tenon_options INTERFACE)
target_include_directories(tenon_options INTERFACE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/vm/include ${PROJECT_SOURCE_DIR}/abi/include ${PROJECT_SOURCE_DIR}/wasi/include)
target_compile_options(tenon_options INTERFACE -Wall -Wextra -Werror -Wno-unused-parameter
  -Wno-missing-field-initializers -fno-math-errno -ffp-contract=off -fno-strict-aliasing)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # These report out-parameters that a failed call leaves alone, empty containers that are moved, copies
  # into trivially copyable types that have initialisers, and overflows that GCC 12 imagines in
  # std::vector's insert.
  target_compile_options(tenon_options INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized
    -Wno-class-memaccess -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(tenon_options INTERFACE -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong
    -fstack-clash-protection -ftrivial-auto-var-init=zero -fcf-protection=full
    -ffunction-sections -fdata-sections)
  target_link_options(tenon_options INTERFACE -Wl,-z,relro,-z,now -Wl,--gc-sections)
endif()
# Objects that are good for both: the static runner is optimised as a whole, everything else links as
# usual, embedders included.
if(TENON_STATIC)
  target_compile_options(tenon_options INTERFACE -flto=thin -ffat-lto-objects)
endif()
if(TENON_SANITIZE)
  target_compile_options(tenon_options INTERFACE -fsanitize=address,undefined
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tenon_options INTERFACE -fsanitize=address,undefined)
endif()
if(TENON_SANITIZE_THREAD)
  target_compile_options(tenon_options INTERFACE -fsanitize=thread)
  target_link_options(tenon_options INTERFACE -fsanitize=thread)
endif()
if(TENON_FUZZ)
  target_compile_options(tenon_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
# The tail dispatch (vm/interp/dispatch.h) needs calls that are sure to be jumps.
if(NOT TENON_LOOP_DISPATCH)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS -Werror)
  check_cxx_source_compiles("
    __attribute__((preserve_none)) void Next(int n) {
      if (n != 0) [[clang::musttail]] return Next(n - 1);
    }
    int main() { Next(1); }" TENON_HAS_MUSTTAIL)
  unset(CMAKE_REQUIRED_FLAGS)
  if(NOT TENON_HAS_MUSTTAIL)
    set(TENON_LOOP_DISPATCH ON)
  endif()
endif()
if(TENON_LOOP_DISPATCH)
  target_compile_definitions(tenon_options INTERFACE TENON_LOOP_DISPATCH=1)
endif()
target_link_libraries(tenon_options INTERFACE tenon_absl)

# What we ship has neither exceptions nor RTTI: errors are values, and embedders that build without
# either link it. Tests have both.
add_library(tenon_core_options INTERFACE)
target_compile_options(tenon_core_options INTERFACE -fno-exceptions -fno-rtti)
if(TENON_STATIC)
  include(cli/startup/profile.cmake)
  target_compile_options(tenon_core_options INTERFACE ${tenon_profile_options})
  # An Abseil header includes <iostream>, for which every file would register a destructor: a hundredth
  # of a short run. What of ours is static is never destroyed (`*new T`).
  target_compile_options(tenon_core_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fc++-static-destructors=thread-local>)
endif()
target_link_libraries(tenon_core_options INTERFACE tenon_options)

# tenon_prefer_size(sources...): what no run of a guest waits for is compiled for size. It is half of the runner.
function(tenon_prefer_size)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -Os)
  endif()
endfunction()

# tenon_library(name SOURCES... DEPS targets...): a static library of one layer. TENON_PREFER_SIZE is set in folders
# all of whose sources are as tenon_prefer_size says.
function(tenon_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    if(TENON_PREFER_SIZE)
      tenon_prefer_size(${ARG_SOURCES})
    endif()
    set(scope PUBLIC)
    target_link_libraries(${name} PRIVATE tenon_core_options)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${name} ${scope} ${ARG_DEPS} tenon_absl)
endfunction()

# tenon_test(name SOURCES... DEPS targets...): one GoogleTest program, run by ctest under its name.
function(tenon_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} tenon_options GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
