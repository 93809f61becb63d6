// Keeps the set-up of std::cin, std::cout and their like, which is a third of a start that does
// nothing, out of the runner. Nothing in it uses them, but an Abseil header includes <iostream>, so
// that each file has an initialiser that asks libstdc++ for it: this answers. For static links
// only, where no library of the system sees it; the test cli/no-iostreams fails where a use of the
// streams has come in.
#include <ios>

std::ios_base::Init::Init() {}
std::ios_base::Init::~Init() {}
