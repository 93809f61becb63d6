// `tenon wast`: runs scripts and reports a line a file and a total.
// A file passes when each directive did and as many were executed as an independent scan counts.
#pragma once

#include <string>
#include <vector>

#include "cli/wast/runner.h"

namespace tenon::cli {

struct WastOptions {
  bool json = false;  // one object a file and one for the total, a line each
  ScriptOptions script;
  std::vector<std::string> paths;  // files; folders stand for all *.wast below, sorted
};

// Results go to standard output, failures to standard error. 0 when all passed, else 1.
int RunWastCommand(const WastOptions& options);

}  // namespace tenon::cli
