# `cmake --install`: the public headers of all folders, the static libraries, and a CMake package whose
# tenon::runtime is everything that runs components, tenon::wasm the same for C. Included last, when all
# targets are known.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(tenon_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tenon)
foreach(top vm abi wasi)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${top}/include/tenon
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/vm/include/wasm.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)

# The runtime is many static libraries; an embedder sees one list of them, in link order.
function(tenon_collect_libraries target result)
  set(found ${${result}})
  get_target_property(dependencies ${target} INTERFACE_LINK_LIBRARIES)
  foreach(dependency IN LISTS dependencies)
    if(dependency MATCHES "^tenon_" AND TARGET ${dependency} AND NOT dependency IN_LIST found
        AND NOT dependency MATCHES "_options$|^tenon_absl$|^tenon_boost_context$|^tenon_crypto$")
      list(APPEND found ${dependency})
      tenon_collect_libraries(${dependency} found)
    endif()
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()
set(tenon_runtime tenon_wasi tenon_vm_capi)
tenon_collect_libraries(tenon_wasi tenon_runtime)
tenon_collect_libraries(tenon_vm_capi tenon_runtime)

set(tenon_runtime_files "")
foreach(library IN LISTS tenon_runtime)
  get_target_property(type ${library} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    install(TARGETS ${library} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/tenon COMPONENT sdk)
    list(APPEND tenon_runtime_files ${library})
  endif()
endforeach()
string(REPLACE ";" " " TENON_RUNTIME_LIBRARIES "${tenon_runtime_files}")
string(REPLACE ";" " " TENON_ABSL_MODULES_TEXT "${TENON_ABSL_MODULES}")
set(TENON_PACKAGE_SANITIZE ${TENON_SANITIZE})

# Not where find_package would take the build for an installed package: it looks beside what is in PATH.
set(tenon_package_made ${PROJECT_BINARY_DIR}/generated/package)
set(TENON_LIBRARY_DIR ${CMAKE_INSTALL_LIBDIR}/tenon)
configure_package_config_file(${PROJECT_SOURCE_DIR}/third_party/tenon-config.cmake.in
  ${tenon_package_made}/tenon-config.cmake INSTALL_DESTINATION ${tenon_package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR TENON_LIBRARY_DIR)
write_basic_package_version_file(${tenon_package_made}/tenon-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${tenon_package_made}/tenon-config.cmake
  ${tenon_package_made}/tenon-config-version.cmake
  DESTINATION ${tenon_package_dir} COMPONENT sdk)
install(TARGETS tenon RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runner)
install(TARGETS tenon-compile RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT compiler)
install(TARGETS tenon-wast RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT compiler OPTIONAL)

add_custom_target(tenon_sdk DEPENDS ${tenon_runtime_files})
