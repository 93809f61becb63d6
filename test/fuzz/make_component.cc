// Text of WIT, then perhaps a zero byte and choices: for each world a core module that fits it is
// made, and a component of that, which must be valid and fit the world. By the choices it has
// another mangling, imports from an adapter, lacks something or has it otherwise, and is damaged:
// then there is a component or an error, and of valid modules a valid component.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"
#include "test/fuzz/generator/choices.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"
#include "wit/abi/core_names.h"
#include "wit/component/componentize.h"
#include "wit/component/core_module.h"
#include "wit/component/targets.h"
#include "wit/resolve/resolve.h"

namespace tenon::wit {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kMaxWorlds = 3;
constexpr size_t kMaxItems = 200;  // of a world's core imports or exports: what is large is slow
constexpr char kAdapter[] = "old";
constexpr StringEncoding kEncodings[] = {StringEncoding::kUtf8, StringEncoding::kUtf16,
                                         StringEncoding::kLatin1Utf16};

bool IsValidModule(const Bytes& bytes) {
  vm::TypeStore types;
  auto module = vm::DecodeModule(bytes, vm::Features::All());
  return module && vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), &types,
                                      vm::Features::All(), vm::BodyValidation::kEager);
}

Status Validate(Bytes bytes) {
  vm::TypeStore types;
  const vm::Features features = vm::Features::All();
  TENON_ASSIGN_OR_RETURN(auto component, abi::DecodeComponent(std::move(bytes)));
  TENON_RETURN_IF_ERROR(abi::ValidateComponent(
      std::move(component), &types, abi::CoreLoader(&types, features, vm::BodyValidation::kEager),
      features));
  return {};
}

// True, or beyond a limit.
template <typename T>
bool Holds(const Result<T>& result, const char* what) {
  if (result || result.error().kind() == ErrorKind::kLimit) return true;
  std::fprintf(stderr, "%s: %s\n", what, result.error().ToString().c_str());
  return false;
}

// Core modules of a world, as text.
class CoreWriter {
 public:
  CoreWriter(const Packages& packages, WorldIdx world, vm::Choices& choices)
      : choices_(choices),
        shapes_(packages),
        mangling_(choices.OneIn(2) ? Mangling::kStandard32 : Mangling::kLegacy),
        imports_(CoreImports(packages, shapes_, world, mangling_)),
        exports_(CoreExports(packages, shapes_, world, mangling_)) {}

  bool is_small() const { return imports_.size() <= kMaxItems && exports_.size() <= kMaxItems; }
  // Whether nothing was left out or changed.
  bool is_whole() const { return is_whole_; }

  // The first `count` imports are the adapter's to call.
  std::string Main(size_t count) {
    std::string fields;
    for (size_t i = 0; i < imports_.size(); ++i) {
      if (i < count) {
        absl::SubstituteAndAppend(&fields, "(import \"$0\" \"f$1\" (func $2))", kAdapter, i,
                                  Spell(imports_[i].type));
      } else if (!Skip()) {
        absl::StrAppend(&fields, Import(imports_[i]));
      }
    }
    for (const CoreItem& item : exports_) {
      if (!Skip()) absl::StrAppend(&fields, Export(item));
    }
    return absl::StrCat("(module ", fields, ")");
  }

  // Of its functions each calls one of the world's imports.
  std::string Adapter(size_t count) {
    std::string imports = "(import \"env\" \"memory\" (memory 0))";
    std::string functions =
        "(global $__stack_pointer (mut i32) (i32.const 0))"
        "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) unreachable)";
    for (size_t i = 0; i < count; ++i) {
      absl::StrAppend(&imports, Import(imports_[i]));
      std::string call;
      for (size_t j = 0; j < imports_[i].type.params.size(); ++j) {
        absl::StrAppend(&call, "(local.get ", j, ")");
      }
      absl::SubstituteAndAppend(
          &functions,
          "(func (export \"f$0\") $1 (drop (global.get $$__stack_pointer)) $2 (call $0))", i,
          Spell(imports_[i].type), call);
    }
    return absl::StrCat("(module ", imports, functions, ")");
  }

  size_t AdapterCount() {
    return imports_.empty() || !choices_.OneIn(4) ? 0 : 1 + choices_.Below(imports_.size());
  }

 private:
  bool Skip() { return choices_.OneIn(32) && Change(); }
  bool Change() {
    is_whole_ = false;
    return true;
  }
  std::string Type(vm::FuncType type) {
    if (choices_.OneIn(64) && Change()) type.params.push_back(vm::ValType::kI32);
    return Spell(type);
  }
  std::string Import(const CoreItem& item) {
    return absl::Substitute("(import \"$0\" \"$1\" (func $2))", item.module, item.name,
                            Type(item.type));
  }
  std::string Export(const CoreItem& item) {
    return item.role == CoreRole::kMemory
               ? absl::Substitute("(memory (export \"$0\") 1)", item.name)
               : absl::Substitute("(func (export \"$0\") $1 unreachable)", item.name,
                                  Type(item.type));
  }

  vm::Choices& choices_;
  const Shapes shapes_;
  const Mangling mangling_;
  const std::vector<CoreItem> imports_, exports_;
  bool is_whole_ = true;
};

// Some of its bytes changed, as often as not none.
bool Damage(vm::Choices& choices, Bytes& bytes) {
  const uint32_t count = choices.OneIn(2) ? 1 + choices.Below(4) : 0;
  for (uint32_t i = 0; i < count; ++i) {
    bytes[choices.Bits(3) % bytes.size()] = static_cast<uint8_t>(choices.Bits(1));
  }
  return count > 0;
}

void MakeOne(const Packages& packages, WorldIdx world, vm::Choices& choices) {
  CoreWriter writer(packages, world, choices);
  if (!writer.is_small()) return;
  const size_t count = writer.AdapterCount();
  const StringEncoding encoding = choices.Of(kEncodings);
  const auto embed = [&](const std::string& text) {
    auto module = EmbedWorld(BinaryOf(text), packages, world, encoding);
    TENON_CHECK(module.has_value());
    return *std::move(module);
  };
  CoreInput main{"", embed(writer.Main(count))};
  std::vector<CoreInput> adapters;
  if (count > 0) adapters.push_back({kAdapter, embed(writer.Adapter(count))});
  bool is_damaged = Damage(choices, main.bytes);
  for (CoreInput& adapter : adapters) is_damaged |= Damage(choices, adapter.bytes);
  bool are_valid = IsValidModule(main.bytes);
  for (const CoreInput& adapter : adapters) are_valid &= IsValidModule(adapter.bytes);

  const auto made = MakeComponent(std::move(main), std::move(adapters));
  const bool is_plain = writer.is_whole() && !is_damaged;
  TENON_CHECK(!is_plain || are_valid);
  if (!made) {
    TENON_CHECK(!made.error().message().empty());
    TENON_CHECK(!is_plain || Holds(made, "new"));
    return;
  }
  const Status valid = Validate(*made);
  TENON_CHECK(!are_valid || Holds(valid, "the component"));
  if (!is_plain || !valid) return;
  TENON_CHECK(Holds(Validate(MakeTargetsQuestion(packages, world, *made).component), "targets"));
}

void Run(absl::string_view input) {
  const size_t zero = std::min(input.find('\0'), input.size());
  const std::string text(input.substr(0, zero));
  input.remove_prefix(std::min(zero + 1, input.size()));
  vm::Choices choices({reinterpret_cast<const uint8_t*>(input.data()), input.size()});
  const std::vector<SourceGroup> groups = {{{{"x", text}}, true}};
  const auto packages = Resolve(groups, {.all = true});
  if (!packages) return;
  for (uint32_t i = 0; i < packages->worlds.size() && i < kMaxWorlds; ++i) {
    MakeOne(*packages, WorldIdx(i), choices);
  }
}

}  // namespace
}  // namespace tenon::wit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::wit::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
