// A function of any type called through two components that lie (abi_chain.h): in what realloc
// returns, in pointers, lengths, discriminants and handles, in what they write over what they were
// given, and in calls that they may not make. A call returns or traps, and what reaches the host
// are values of the types, handles of things that exist, and no more bytes than a call may hand it.
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"
#include "test/fuzz/abi_chain.h"
#include "test/fuzz/generator/component_values.h"

namespace tenon::abi {
namespace {

constexpr int kMaxCalls = 3;
constexpr uint32_t kMaxStatements = 4;
constexpr StoreLimits kLimits = {.core = {.total_memory_bytes = uint64_t{8} << 20},
                                 .handles = 100,
                                 .host_objects = 100'000,
                                 .call_bytes = 1 << 16};
constexpr StringEncoding kEncodings[] = {StringEncoding::kUtf8, StringEncoding::kUtf16,
                                         StringEncoding::kLatin1Utf16};

// Core text of guests, decided by the bytes.
class Liar {
 public:
  Liar(vm::Choices& choices, const AbiChain& chain, FuncTypeId type)
      : choices_(choices),
        type_(chain.types().Get(type)),
        lift_(chain.CoreType(type, CallContext::kLift)),
        next_(chain.CoreType(type, CallContext::kLower)) {}

  ChainGuest Make() {
    ChainGuest guest;
    guest.encoding = choices_.Of(kEncodings);
    guest.max_pages = 1 + choices_.Below(4);
    guest.fields = "(global $calls (mut i32) (i32.const 0))";
    if (choices_.OneIn(2)) guest.fields += Data();
    if (choices_.OneIn(2)) guest.realloc = Realloc();
    guest.before = Statements(/*with_params=*/true);
    guest.after = DropBorrows() + Statements(/*with_params=*/false);
    if (!lift_.results.empty() && choices_.OneIn(4)) {
      absl::StrAppend(&guest.after, "(local.set $result ", Number(lift_.results[0]), ")");
    }
    if (choices_.OneIn(4)) {
      guest.post_return =
          choices_.OneIn(4) ? Call("call $next") : Statements(/*with_params=*/false) + "(nop)";
    }
    return guest;
  }

 private:
  uint64_t Integer() {
    static constexpr uint64_t kLandmarks[] = {0,          1,          16,         0xd800,
                                              0xffff,     0x10000,    0x10fff8,   0xfffffff,
                                              0x10000000, 0x1fffffff, 0x20000001, 0x7fffffff,
                                              0x80000000, 0x80000001, 0xfffffffc, 0xffffffff};
    switch (choices_.Below(4)) {
      case 0: return choices_.Bits(1);
      case 1: return choices_.Of(kLandmarks);
      case 2: return 8 * choices_.Bits(2);
      default: return choices_.Bits(8);
    }
  }
  std::string Number(vm::ValType type) {
    if (type == vm::ValType::kI32) return I32();
    if (type == vm::ValType::kI64) return absl::StrFormat("(i64.const %#x)", Integer());
    return type == vm::ValType::kF32
               ? absl::StrFormat("(f32.reinterpret_i32 (i32.const %#x))", Integer() & 0xffffffff)
               : absl::StrFormat("(f64.reinterpret_i64 (i64.const %#x))", Integer());
  }
  std::string I32() { return absl::StrFormat("(i32.const %#x)", Integer() & 0xffffffff); }
  // Of something that was given out lately, as a rule.
  std::string Address() {
    if (choices_.OneIn(4)) return I32();
    return absl::StrCat("(i32.sub (global.get $top) (i32.const ", choices_.Bits(1), "))");
  }
  // In the first page, since most of a guest's lies are told after its own writes.
  std::string OwnAddress() { return absl::StrCat("(i32.and (i32.const 0x7fff) ", Address(), ")"); }

  std::string Data() {
    std::string text = absl::StrCat("(data (i32.const ", choices_.Below(256), ") \"");
    for (uint32_t i = choices_.Below(200); i > 0; --i) {
      absl::StrAppendFormat(&text, "\\%02x", choices_.Bits(1));
    }
    return text + "\")";
  }

  // `callee` with arguments of any kind, results dropped.
  std::string Call(const char* callee) {
    std::string text;
    for (const vm::ValType param : next_.params) text += Number(param);
    absl::StrAppend(&text, "(", callee, ")");
    for (size_t i = 0; i < next_.results.size(); ++i) text += "(drop)";
    return text;
  }

  // From one call on, or at one.
  std::string Realloc() {
    static constexpr const char* kWhen[] = {"(i32.const 1)", "i32.eq", "i32.gt_u"};
    const std::string what =
        choices_.OneIn(4) ? Call("call_indirect (type $next) (i32.const 0)") : ReallocResult();
    const char* const when = choices_.Of(kWhen);
    return absl::Substitute(
        "(global.set $$calls (i32.add (global.get $$calls) (i32.const 1))) (if $0 (then $1))",
        when == kWhen[0]
            ? when
            : absl::Substitute("($0 (global.get $$calls) (i32.const $1))", when, choices_.Below(8)),
        what);
  }
  std::string ReallocResult() {
    switch (choices_.Below(6)) {
      case 0: return absl::StrCat("(return ", Address(), ")");
      case 1: return absl::StrCat("(return ", I32(), ")");
      case 2: return "(return (local.get $old))";
      case 3: return absl::StrCat("(global.set $top ", OwnAddress(), ")");
      case 4: return absl::StrCat(Write(), "(return ", Address(), ")");
      default: return Write();
    }
  }

  std::string Statements(bool with_params) {
    std::string text;
    if (choices_.OneIn(2)) return text;
    for (uint32_t i = choices_.Below(kMaxStatements); i > 0; --i) {
      const bool on_params = with_params && !lift_.params.empty() && choices_.OneIn(2);
      text += on_params ? SetParam() : choices_.OneIn(8) ? Act() : Write();
    }
    return text;
  }
  std::string SetParam() {
    const uint32_t i = choices_.Below(lift_.params.size());
    const vm::ValType type = lift_.params[i];
    const std::string number = Number(type);
    if (type != vm::ValType::kI32 || choices_.OneIn(2)) {
      return absl::Substitute("(local.set $0 $1)", i, number);
    }
    return absl::Substitute("(local.set $0 (i32.add (local.get $0) (i32.const $1)))", i,
                            static_cast<int32_t>(choices_.Bits(1)) - 128);
  }
  std::string Write() {
    static constexpr const char* kStores[] = {"i32.store8", "i32.store16", "i32.store"};
    const std::string address = OwnAddress();
    if (choices_.OneIn(4)) {
      return absl::Substitute("(memory.fill $0 (i32.const $1) (i32.const $2))", address,
                              choices_.Bits(1), choices_.Below(300));
    }
    return absl::StrCat("(", choices_.Of(kStores), " ", address, I32(), ")");
  }
  std::string Act() {
    switch (choices_.Below(4)) {
      case 0: return "(drop (memory.grow (i32.const 1)))";
      case 1: return absl::StrCat("(call $drop (i32.const ", 1 + choices_.Below(3), "))");
      case 2: return absl::StrCat("(global.set $top ", OwnAddress(), ")");
      default: return absl::StrCat("(drop (call $realloc ", I32(), I32(), I32(), I32(), "))");
    }
  }

  // Without which a guest that was lent something can only trap.
  std::string DropBorrows() {
    if (lift_.params.size() == 1 && type_.params.size() != 1) return "";  // they are in memory
    std::string text;
    for (size_t i = 0; i < type_.params.size() && i < lift_.params.size(); ++i) {
      if (type_.params[i].second.kind() != TypeKind::kBorrow) break;
      if (!choices_.OneIn(8)) absl::StrAppend(&text, "(call $drop (local.get ", i, "))");
    }
    return text;
  }

  vm::Choices& choices_;
  const FuncType& type_;
  const vm::FuncType lift_;
  const vm::FuncType next_;
};

class Hostile {
 public:
  explicit Hostile(absl::Span<const uint8_t> bytes)
      : chain_(kLimits), choices_(bytes), values_(choices_, chain_.types()) {
    values_.AddHandles(AbiChain::kThing, [this] { return NewThing(); });
  }

  void Run() {
    const std::vector<ValType> params = values_.Params();
    const FuncTypeId type = chain_.FuncType(params, values_.Result(params));
    type_ = &chain_.types().Get(type);
    Liar liar(choices_, chain_, type);
    const ChainGuest a = liar.Make();
    const ChainGuest b = liar.Make();
    chain_.Link(type, a, b, /*apart=*/choices_.OneIn(2), [this](std::vector<Value> got) {
      held_ = 0;
      for (size_t i = 0; i < got.size(); ++i) Receive(type_->params[i].second, got[i]);
      return Result();
    });
    for (int call = 0; call < kMaxCalls; ++call) {
      if (!Call()) break;
    }
  }

 private:
  uint32_t NewThing() {
    const std::optional<uint32_t> rep =
        chain_.store().resources().Add(kThingType, new AbiChain::Thing());
    TENON_CHECK(rep.has_value());
    return *rep;
  }
  Value Result() { return type_->result.has_value() ? values_.Of(type_->result) : Value(); }

  bool Call() {
    std::vector<Value> arguments;
    for (const auto& [label, param] : type_->params) arguments.push_back(values_.Of(param));
    const std::expected<Value, vm::Trap> got = chain_.Call(arguments);
    if (got) {
      held_ = 0;
      if (type_->result.has_value()) Receive(type_->result, *got);
      return true;
    }
    // Who has trapped is entered no more.
    const std::expected<Value, vm::Trap> again = chain_.Call(arguments);
    TENON_CHECK(!again && again.error().kind == vm::TrapKind::kCannotEnterInstance);
    return false;
  }

  void Receive(ValType type, const Value& value) {
    TENON_CHECK(Fits(chain_.types(), type, value));
    Look(type, value);
  }
  void Look(ValType type, const Value& value) {
    held_ += value.text.size() + value.items.size() * sizeof(Value);
    TENON_CHECK(held_ <= kLimits.call_bytes);
    if (IsPrimitive(type.kind())) return;
    if (type.kind() == TypeKind::kOwn || type.kind() == TypeKind::kBorrow) {
      const auto rep = static_cast<uint32_t>(value.bits);
      TENON_CHECK(chain_.store().resources().Get(kThingType, rep) != nullptr);
      if (type.kind() == TypeKind::kOwn) chain_.store().resources().Destroy(kThingType, rep);
      return;
    }
    const TypeDef& def = chain_.types().Get(type);
    for (size_t i = 0; i < value.items.size(); ++i) {
      Look(IsProduct(def.kind) ? PartAt(def, static_cast<uint32_t>(i))
           : IsList(def.kind)  ? def.types[0]
                               : CasePayload(def, static_cast<uint32_t>(value.bits)),
           value.items[i]);
    }
  }

  static constexpr const ResourceType* kThingType = &kHostResource<AbiChain::Thing>;

  AbiChain chain_;
  vm::Choices choices_;
  ComponentValues values_;
  const FuncType* type_ = nullptr;
  uint64_t held_ = 0;  // bytes of the values that came with a call
};

}  // namespace
}  // namespace tenon::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::abi::Hostile({data, size}).Run();
  return 0;
}
