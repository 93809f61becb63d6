// The modules and components that scripts hold, one after the other, for tests that go over all of
// them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "cli/wast/script.h"
#include "test/text/files.h"

namespace tenon {

// Up to the first fatal failure, which tells where the module stands.
inline void ForEachScriptModule(const std::vector<std::string>& scripts,
                                absl::FunctionRef<void(cli::ScriptModule&)> visit) {
  for (const std::string& path : scripts) {
    SCOPED_TRACE(path);
    const std::vector<uint8_t> text = Contents(path);
    cli::Script script =
        cli::ParseScript({reinterpret_cast<const char*>(text.data()), text.size()});
    for (cli::Directive& directive : script.directives) {
      if (!directive.module) continue;
      SCOPED_TRACE(directive.line);
      visit(*directive.module);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace tenon
