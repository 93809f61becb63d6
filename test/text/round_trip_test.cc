// What is printed parses to the same module, flat and folded: every module of the official scripts,
// and every core module of every guest. Binaries are compared in their shortest form, which is what
// text can say.
#include <gtest/gtest.h>

#include "abi/binary/decode.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "test/text/scripts.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/syntax/instruction_writer.h"
#include "vm/syntax/scan_bodies.h"
#include "vm/text/parser.h"
#include "vm/text/printer.h"

namespace tenon {
namespace {

// A copy whose code is written anew, as the parser writes it, and whose names are left out: those
// of things that are not there are lost in a text.
class Rewriter {
 public:
  explicit Rewriter(const vm::Module& module) : out_(module) {
    const auto bytes = module.Bytes();
    out_.bytes.assign(bytes.begin(), bytes.end());
    out_.shared = {};
  }

  vm::Module Rewrite() {
    for (vm::FunctionBody& body : out_.bodies) Rewrite(&body.code, /*has_locals=*/true);
    for (vm::Global& global : out_.globals) Rewrite(&global.init);
    for (vm::Table& table : out_.tables) {
      if (table.init) Rewrite(&*table.init);
    }
    for (vm::ElemSegment& segment : out_.elems) {
      if (segment.mode == vm::ElemSegment::Mode::kActive) Rewrite(&segment.table_offset);
      for (vm::ByteRange& expr : segment.exprs) Rewrite(&expr);
    }
    for (vm::DataSegment& segment : out_.datas) {
      if (segment.active) Rewrite(&segment.memory_offset);
    }
    if (!needs_data_count_) out_.data_count.reset();
    std::erase_if(out_.customs, [](const auto& custom) { return custom.name == "name"; });
    return std::move(out_);
  }

 private:
  void Rewrite(vm::ByteRange* range, bool has_locals = false) {
    std::vector<uint8_t> code;
    vm::InstructionWriter writer(&code);
    ByteReader reader(out_.Bytes(*range));
    if (has_locals) {
      std::vector<vm::ValType> locals;
      ASSERT_TRUE(vm::ReadLocals(reader, features_, [&](uint32_t count, vm::ValType type) {
        locals.insert(locals.end(), count, type);
      }));
      writer.WriteLocals(locals);
    }
    ByteReader scan = reader;
    ASSERT_TRUE(vm::SkipExpression(scan, features_, &scratch_, &needs_data_count_));
    vm::Instruction instruction;
    while (!reader.at_end()) {
      ASSERT_TRUE(vm::ReadInstruction(reader, features_, &scratch_, &instruction));
      writer.Write(instruction);
    }
    *range = {static_cast<uint32_t>(out_.bytes.size()), static_cast<uint32_t>(code.size())};
    out_.bytes.insert(out_.bytes.end(), code.begin(), code.end());
  }

  vm::Module out_;
  const vm::Features features_ = vm::Features::All();
  vm::ImmediateScratch scratch_;
  bool needs_data_count_ = false;
};

std::vector<uint8_t> ShortestForm(const vm::Module& module) {
  return vm::EncodeModule(Rewriter(module).Rewrite());
}

std::string Printed(const vm::Module& module, bool fold) {
  std::string text;
  const Status status =
      vm::PrintModule(module, {.fold = fold}, [&](absl::string_view piece) -> Status {
        absl::StrAppend(&text, piece);
        return {};
      });
  EXPECT_TRUE(status) << status.error().ToString();
  return text;
}

// The part of a text that an error is about.
std::string Around(const std::string& text, const Error& error) {
  const size_t at = error.where() ? error.where()->offset : 0;
  return text.substr(at < 200 ? 0 : at - 200, 300);
}

// What parses from the module's text, in bytes; flat and folded texts are of the same module.
std::vector<uint8_t> ThroughText(const vm::Module& module) {
  std::vector<uint8_t> bytes[2];
  for (const bool fold : {false, true}) {
    const std::string text = Printed(module, fold);
    const auto parsed = vm::ParseModule(text);
    EXPECT_TRUE(parsed) << parsed.error().ToString() << "\n" << Around(text, parsed.error());
    if (parsed) bytes[fold] = vm::EncodeModule(*parsed);
  }
  EXPECT_EQ(bytes[false], bytes[true]) << "flat and folded";
  return bytes[false];
}

// False when something failed.
bool Check(const vm::Module& module) {
  const std::vector<uint8_t> bytes = ThroughText(module);
  const auto decoded = vm::DecodeModule(bytes, vm::Features::All());
  EXPECT_TRUE(decoded) << decoded.error().ToString();
  if (!decoded) return false;
  EXPECT_TRUE(ShortestForm(module) == ShortestForm(*decoded)) << Printed(module, false);
  // Now names too.
  EXPECT_TRUE(ThroughText(*decoded) == bytes) << "a second time";
  return !testing::Test::HasFailure();
}

TEST(TextRoundTripTest, ModulesOfTheOfficialScripts) {
  const std::vector<std::string> scripts = FilesBelow(TENON_SUITES "/core", ".wast");
  if (scripts.empty()) GTEST_SKIP() << "no suites in " << TENON_SUITES;
  size_t modules = 0;
  ForEachScriptModule(scripts, [&](cli::ScriptModule& source) {
    const auto module = cli::ReadScriptModule(source, vm::Features::All());
    bool needs_data_count = false;
    // A malformed body is found when it is walked, and is nothing to print.
    if (!module || !vm::ScanBodies(*module, vm::Features::All(), &needs_data_count)) return;
    if (needs_data_count && !module->data_count) return;
    ++modules;
    ASSERT_TRUE(Check(*module));
    if (source.form == cli::ScriptModule::Form::kText) {
      ASSERT_TRUE(ThroughText(*module) == vm::EncodeModule(*module)) << Printed(*module, false);
    }
  });
  EXPECT_GT(modules, 5'000u);
}

// Nesting is bounded by the decoder.
void CheckComponent(const abi::syntax::RootComponent& root, const abi::syntax::Component& component,
                    size_t* modules) {
  for (const abi::syntax::Definition& definition : component.definitions) {
    if (const auto* nested = std::get_if<const abi::syntax::Component*>(&definition.def)) {
      CheckComponent(root, **nested, modules);
    }
    const auto* core = std::get_if<abi::syntax::CoreModule>(&definition.def);
    if (core == nullptr) continue;
    const auto module =
        vm::DecodeModule(abi::syntax::Bytes(root, core->bytes), vm::Features::All());
    ASSERT_TRUE(module) << module.error().ToString();
    ASSERT_TRUE(Check(*module));
    ++*modules;
  }
}

TEST(TextRoundTripTest, CoreModulesOfTheGuests) {
  const std::vector<std::string> guests = FilesBelow(TENON_GUESTS_DIR, ".wasm");
  if (guests.empty()) GTEST_SKIP() << "no guests";
  size_t components = 0;
  size_t modules = 0;
  for (const std::string& path : guests) {
    SCOPED_TRACE(path);
    std::vector<uint8_t> bytes = Contents(path);
    if (!abi::IsComponent(bytes)) continue;  // the component has it too
    ++components;
    const auto component = abi::DecodeComponent(std::move(bytes));
    ASSERT_TRUE(component) << component.error().ToString();
    CheckComponent(**component, **component, &modules);
  }
  EXPECT_GT(modules, components);
}

}  // namespace
}  // namespace tenon
