# How each dependency is found. Every one is a Debian package (see install-deps); none is vendored.
find_package(PkgConfig REQUIRED)
find_package(GTest REQUIRED)
find_package(Boost REQUIRED)  # headers; Boost.Context is linked by name
find_path(TENON_RAPIDJSON NAMES rapidjson/writer.h REQUIRED)  # headers, where the compiler looks
find_library(TENON_BOOST_CONTEXT_SHARED NAMES boost_context REQUIRED)
find_library(TENON_BOOST_CONTEXT_STATIC NAMES libboost_context.a REQUIRED)

# Debian's absl CMake package names shared libraries only, so -static fails with it: use pkg-config.
set(TENON_ABSL_MODULES absl_strings absl_str_format absl_span absl_flat_hash_map absl_flat_hash_set
    absl_inlined_vector absl_memory)
pkg_check_modules(ABSL REQUIRED ${TENON_ABSL_MODULES})

add_library(tenon_absl INTERFACE)
if(TENON_STATIC)
  target_link_libraries(tenon_absl INTERFACE ${ABSL_STATIC_LDFLAGS})
else()
  target_link_libraries(tenon_absl INTERFACE ${ABSL_LDFLAGS})
endif()

add_library(tenon_boost_context INTERFACE)
if(TENON_STATIC)
  target_link_libraries(tenon_boost_context INTERFACE ${TENON_BOOST_CONTEXT_STATIC})
else()
  target_link_libraries(tenon_boost_context INTERFACE ${TENON_BOOST_CONTEXT_SHARED})
endif()

# SHA-256 alone: linked statically, it is 24 KB of libcrypto.
find_path(TENON_OPENSSL NAMES openssl/sha.h REQUIRED)
find_library(TENON_CRYPTO_STATIC NAMES libcrypto.a REQUIRED)
add_library(tenon_crypto INTERFACE)
target_link_libraries(tenon_crypto INTERFACE ${TENON_CRYPTO_STATIC})

# LLVM and its linker, for jit alone. LLVM's own clang makes the bitcode that it reads.
find_package(LLVM 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22)
find_package(LLD REQUIRED CONFIG HINTS ${LLVM_INSTALL_PREFIX})
find_program(TENON_LLVM_CLANG NAMES clang++ HINTS ${LLVM_TOOLS_BINARY_DIR} NO_DEFAULT_PATH REQUIRED)
add_library(tenon_llvm INTERFACE)
target_include_directories(tenon_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_link_libraries(tenon_llvm INTERFACE lldELF lldCommon LLVM)
