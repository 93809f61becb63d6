# Writes build_id.cc: SHA-256 over names and contents of the sources that have a part in compiled
# files, and over what else makes them: LLVM's version, the kind of build.
# cmake -DROOT=... -DSETTINGS=... -DOUTPUT=... -P build_id.cmake
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/vm/* ${ROOT}/abi/* ${ROOT}/jit/*)
list(FILTER sources INCLUDE REGEX "\\.(h|cc|c|def|inc|S|txt|cmake)$")
list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
list(SORT sources)
set(listing "${SETTINGS}\n")
foreach(source IN LISTS sources)
  file(SHA256 ${ROOT}/${source} digest)
  string(APPEND listing "${digest} ${source}\n")
endforeach()
string(SHA256 id "${listing}")
string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${id}")
file(WRITE ${OUTPUT} "// Written by vm/artifact/build_id.cmake.
#include \"vm/artifact/format.h\"

namespace tenon::vm::artifact {

absl::string_view BuildId() { return {\"${bytes}\", 32}; }

}  // namespace tenon::vm::artifact
")
