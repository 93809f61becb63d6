# Optimises what the static runner is made of by how often a short run takes each branch: see ./make.
# Sets tenon_profile_options, the compile options of shipped code.

option(TENON_PROFILE_GENERATE "Build a runner that writes a profile of its branches (cli/startup/make)"
  OFF)

# Names of file-local functions hold the file's name, not its folder: that of the build may vary.
set(tenon_profile_options "SHELL:-mllvm -static-func-full-module-prefix=false")
if(TENON_PROFILE_GENERATE)
  list(APPEND tenon_profile_options -fprofile-generate "SHELL:-mllvm -disable-vp")
  add_link_options(-fprofile-generate)
else()
  find_program(TENON_LLVM_PROFDATA NAMES llvm-profdata-22 REQUIRED)
  set(text ${CMAKE_CURRENT_LIST_DIR}/branches.profile)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${text})
  # Named by its contents, so that another profile is another command line, and compiles again.
  file(SHA256 ${text} hash)
  set(indexed branches-${hash}.profdata)
  if(NOT EXISTS ${PROJECT_BINARY_DIR}/${indexed})
    execute_process(COMMAND ${TENON_LLVM_PROFDATA} merge -o ${indexed} ${text}
      WORKING_DIRECTORY ${PROJECT_BINARY_DIR} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  # Ninja compiles in the build's folder. No path there: caches of compilations know this line again.
  # A function that changed since has no profile: that is no reason for a warning.
  list(APPEND tenon_profile_options -fprofile-use=${indexed} -Wno-profile-instr-unprofiled
    -Wno-profile-instr-out-of-date -Wno-backend-plugin)
endif()
