#!/usr/bin/env python3
"""Tests the layering check with planted violations."""

import pathlib
import tempfile
import unittest

import check


class Planted(unittest.TestCase):
    def of_text(self, path, text):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory, path)
            file.parent.mkdir(parents=True)
            file.write_text(text)
            return list(check.violations(pathlib.Path(directory)))

    def violations(self, path, line):
        return self.of_text(path, f"// a file\n// of the tests\n{line}\n")

    def assert_forbidden(self, path, line):
        self.assertEqual(len(self.violations(path, line)), 1, f"{path}: {line}")

    def assert_allowed(self, path, line):
        self.assertEqual(self.violations(path, line), [], f"{path}: {line}")

    def test_upward_includes_are_forbidden(self):
        self.assert_forbidden("vm/base/x.h", '#include "vm/syntax/opcode.h"')
        self.assert_forbidden("vm/syntax/x.h", '#include "vm/valid/walker.h"')
        self.assert_forbidden("vm/runtime/memory/x.cc", '#include "vm/interp/frame.h"')
        self.assert_forbidden("vm/interp/x.cc", '#  include "abi/canon/lift.h"')
        self.assert_forbidden("abi/link/x.cc", '#include "wasi/cli/exit.h"')
        self.assert_forbidden("abi/text/x.cc", '#include "wit/syntax/ast.h"')
        self.assert_forbidden("abi/valid/x.cc", '#include "abi/runtime/handle.h"')
        self.assert_forbidden("wit/x.cc", '#include "abi/link/linker.h"')
        self.assert_forbidden("wasi/x.cc", '#include "cli/run.h"')

    def test_siblings_are_forbidden(self):
        self.assert_forbidden("vm/text/x.cc", '#include "vm/binary/decoder.h"')
        self.assert_forbidden("vm/artifact/x.cc", '#include "vm/interp/code.h"')
        self.assert_forbidden("vm/sys/x.cc", '#include "vm/sem/trap.h"')
        self.assert_forbidden("vm/syntax/x.cc", '#include "vm/sys/mapping.h"')

    def test_llvm_is_for_the_compiler_alone(self):
        self.assert_forbidden("cli/x.cc", "#include <llvm/IR/Module.h>")
        self.assert_forbidden("test/x.cc", '#include "llvm/IR/Module.h"')
        self.assert_allowed("jit/x.cc", "#include <llvm/IR/Module.h>")

    def test_brackets_do_not_hide_an_include(self):
        self.assert_forbidden("vm/base/x.cc", "#include <vm/interp/frame.h>")

    def test_paths_are_rooted_at_the_repository(self):
        self.assert_forbidden("vm/base/x.cc", '#include "x.h"')
        self.assert_forbidden("vm/base/x.cc", '#include "../sem/trap.h"')
        self.assert_forbidden("vm/base/x.cc", '#include "test/support/y.h"')

    def test_the_operating_system_is_for_few(self):
        self.assert_forbidden("vm/runtime/x.cc", "#include <sys/mman.h>")
        self.assert_forbidden("wasi/x.cc", "#include <fcntl.h>")
        self.assert_forbidden("cli/wast/x.cc", "#include <unistd.h>")
        self.assert_allowed("vm/sys/x.cc", "#include <sys/mman.h>")
        self.assert_allowed("wasi/os/x.cc", "#include <fcntl.h>")
        self.assert_allowed("wasi/io/x_test.cc", "#include <unistd.h>")
        self.assert_allowed("test/x.cc", "#include <unistd.h>")

    def test_a_header_opens_with_what_it_is(self):
        for lines, is_allowed in ((1, False), (2, True), (6, True), (7, False)):
            text = "// what\n" * lines + "#pragma once\n"
            self.assertEqual(self.of_text("vm/base/x.h", text) == [], is_allowed, lines)
        self.assertEqual(self.of_text("test/x.h", "/* What\n * it is. */\n#ifndef X\n"), [])
        self.assertEqual(len(self.of_text("test/x.h", "/* What. */\n#ifndef X\n")), 1)

    def test_downward_includes_are_allowed(self):
        self.assert_allowed("vm/base/x.cc", '#include "vm/base/status.h"')
        self.assert_allowed("vm/base/x.cc", "#include <vector>")
        self.assert_allowed("vm/base/x.h", '#include "absl/types/span.h"')
        self.assert_allowed("vm/interp/handlers/x.cc", '#include "vm/runtime/memory/memory.h"')
        self.assert_allowed("vm/valid/x.cc", '#include "vm/syntax/types.h"')
        self.assert_allowed("abi/runtime/async/x.cc", '#include "vm/sys/stack.h"')
        self.assert_allowed("wasi/io/x.cc", '#include "abi/link/linker.h"')
        self.assert_allowed("cli/x.cc", '#include "wasi/ctx/grants.h"')
        self.assert_allowed("vm/valid/x_test.cc", '#include "test/support/wat.h"')


if __name__ == "__main__":
    unittest.main()
