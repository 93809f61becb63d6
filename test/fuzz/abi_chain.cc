#include "test/fuzz/abi_chain.h"

#include <cstdio>
#include <utility>

#include "abi/canon/value_codec.h"
#include "abi/link/define.h"
#include "abi/types/flat.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

namespace tenon::abi {
namespace {

constexpr char kInterface[] = "test:host/f";
constexpr char kGuestInterface[] = "test:guest/f";
constexpr uint32_t kResultArea = 16;

// Never frees. What is fresh is no zeros, so that bytes which nobody wrote are seen.
constexpr char kHeap[] = R"((module
  (type $$next (func $0))
  (memory (export "memory") $1 $2) $4
  (table (export "table") 1 funcref)
  (global $$top (export "top") (mut i32) (i32.const $3))
  (func (export "realloc") (param $$old i32) (param $$old_size i32) (param $$align i32)
      (param $$size i32) (result i32)
    (local $$at i32)
    $5
    (if (i32.le_u (local.get $$size) (local.get $$old_size)) (then (return (local.get $$old))))
    (local.set $$at
      (i32.and (i32.add (global.get $$top) (i32.sub (local.get $$align) (i32.const 1)))
               (i32.sub (i32.const 0) (local.get $$align))))
    (global.set $$top (i32.add (local.get $$at) (local.get $$size)))
    (loop $$grow
      (if (i32.gt_u (global.get $$top) (i32.mul (memory.size) (i32.const 65536)))
        (then (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))
              (br $$grow))))
    (memory.fill (local.get $$at) (i32.const 0xa5) (local.get $$size))
    (memory.copy (local.get $$at) (local.get $$old) (local.get $$old_size))
    (local.get $$at))))";

constexpr char kForwarder[] = R"((module
  (type $$next (func $0))
  (import "" "memory" (memory 0))
  (import "" "realloc" (func $$realloc (param i32 i32 i32 i32) (result i32)))
  (import "" "table" (table 1 funcref))
  (import "" "top" (global $$top (mut i32)))
  (import "" "drop" (func $$drop (param i32)))
  (import "" "next" (func $$next (type $$next)))
  (export "memory" (memory 0))
  (export "realloc" (func $$realloc))
  (elem (i32.const 0) func $$next)
  (func (export "run") $1 $2
    $3
    $4)
  $5))";

// "(keyword i32 i64)", or nothing.
template <typename List>
std::string Types(const char* keyword, const List& types) {
  std::string text;
  for (const vm::ValType type : types) absl::StrAppend(&text, " ", vm::ToString(type));
  return text.empty() ? "" : absl::StrCat("(", keyword, text, ")");
}
std::string Signature(const vm::FuncType& type) {
  return Types("param", type.params) + Types("result", type.results);
}

// abi: "canon lower" with the host as callee: the parameters out of the slots, the result into them
// or to where the last of them points.
bool LiftParams(CanonContext& cx, ValueCodec& codec, LayoutTable& layouts, const FuncType& type,
                const vm::Slot* slots, std::vector<Value>* out) {
  const Layout whole = layouts.Params(type);
  const bool spilled = whole.flat > kMaxFlatParams;
  const uint64_t address = vm::ReadSlot<uint32_t>(slots);
  if (spilled && !cx.CheckRange(address, whole.size, whole.align, "parameters out of bounds")) {
    return false;
  }
  out->resize(type.params.size());
  RecordLayout places;
  for (size_t i = 0; i < out->size(); ++i) {
    const ValType param = type.params[i].second;
    const uint32_t flat = places.flat_so_far();
    const uint32_t offset = places.Place(layouts.Get(param));
    if (!(spilled ? codec.Load(param, cx.At(address + offset), &(*out)[i])
                  : codec.Lift(param, slots + flat, &(*out)[i]))) {
      return false;
    }
  }
  return true;
}
bool LowerResult(CanonContext& cx, ValueCodec& codec, LayoutTable& layouts, const FuncType& type,
                 const Value& result, vm::Slot* slots) {
  if (!type.result.has_value()) return true;
  const Layout layout = layouts.Get(type.result);
  if (layout.flat <= kMaxFlatResults) return codec.Lower(type.result, result, slots);
  const uint32_t params = layouts.Params(type).flat;
  const uint64_t address = vm::ReadSlot<uint32_t>(slots + (params > kMaxFlatParams ? 1 : params));
  return cx.CheckRange(address, layout.size, layout.align, "result out of bounds") &&
         codec.Store(type.result, result, address);
}

vm::FuncType CoreType(const TypeTable& types, FuncTypeId type, CallContext context) {
  return FlattenFunc(types, type, context, false).core;
}

// A memory with its realloc.
CoreInstanceId Heap(ComponentBuilder& builder, FuncTypeId type, const ChainGuest& guest) {
  const TypeTable& types = builder.types();
  const uint32_t top =
      AlignTo(kResultArea + LayoutTable(&types, 4).Get(types.Get(type).result).size, 16);
  return builder.Core(absl::Substitute(kHeap, Signature(CoreType(types, type, CallContext::kLower)),
                                       top / 65536 + 1, guest.max_pages, top, guest.fields,
                                       guest.realloc));
}

// The call, its result in $result.
std::string CallNext(const TypeTable& types, FuncTypeId type) {
  const FlatFunc lower = FlattenFunc(types, type, CallContext::kLower, false);
  std::string call = "(call $next";
  for (size_t i = 0; i + lower.spills_result < lower.core.params.size(); ++i) {
    absl::StrAppend(&call, " (local.get ", i, ")");
  }
  if (lower.spills_result) {
    return absl::Substitute("$0 (i32.const $1)) (local.set $$result (i32.const $1))", call,
                            kResultArea);
  }
  return lower.core.results.empty() ? absl::StrCat(call, ")")
                                    : absl::StrCat("(local.set $result ", call, "))");
}

// What it exports, as a component instance of its own.
FuncRef Guest(ComponentBuilder& builder, FuncTypeId type, const ChainGuest& guest, FuncRef next) {
  const TypeTable& types = builder.types();
  const ComponentInstanceId owner = builder.Child();
  const CoreInstanceId heap = Heap(builder, type, guest);
  const vm::FuncType lift = CoreType(types, type, CallContext::kLift);
  const std::string result = Types("local $result", lift.results);
  const std::string post_return =
      guest.post_return.empty()
          ? ""
          : absl::StrCat("(func (export \"post\") ", Types("param", lift.results),
                         guest.post_return, ")");
  const CoreInstanceId core = builder.Core(
      absl::Substitute(kForwarder, Signature(CoreType(types, type, CallContext::kLower)),
                       Signature(lift), result,
                       absl::StrCat(guest.before, CallNext(types, type), guest.after),
                       result.empty() ? "" : "(local.get $result)", post_return),
      {builder.Item(heap, "memory"), builder.Item(heap, "realloc"), builder.Item(heap, "table"),
       builder.Item(heap, "top"), builder.Resource(owner, syntax::CanonResource::Op::kDrop, 0),
       builder.Lower(owner, next, type, heap, guest.encoding)});
  return builder.Lift(owner, core, "run", type, guest.encoding);
}

// The same type in another table.
ValType CopyType(const TypeTable& from, ValType type, TypeTable& to) {
  if (!type.has_value() || IsPrimitive(type.kind())) return type;
  TypeDef def = from.Get(type);
  for (ValType& part : def.types) part = CopyType(from, part, to);
  return *to.Intern(std::move(def));
}
FuncTypeId CopyType(const TypeTable& from, FuncType type, TypeTable& to) {
  for (auto& [label, param] : type.params) param = CopyType(from, param, to);
  type.result = CopyType(from, type.result, to);
  return *to.Intern(std::move(type));
}

template <typename T>
T OrDie(Result<T> made) {
  if (!made) std::fprintf(stderr, "%s\n", made.error().ToString().c_str());
  TENON_CHECK(made.has_value());
  return *std::move(made);
}

constexpr const ResourceType* kResources[] = {&kHostResource<AbiChain::Thing>};

}  // namespace

AbiChain::AbiChain(StoreLimits limits)
    : engine_(vm::InterpreterTier()),
      store_(&engine_, limits),
      builder_(&engine_),
      types_(&builder_.types()) {
  builder_.ImportResource(kInterface, "thing");
  linker_.Interface(kInterface).Resource<Thing>("thing");
}

vm::FuncType AbiChain::CoreType(FuncTypeId type, CallContext context) const {
  return abi::CoreType(*types_, type, context);
}

void AbiChain::Link(FuncTypeId type, const ChainGuest& a, const ChainGuest& b, bool apart,
                    std::function<Value(std::vector<Value>)> host) {
  type_ = &types_->Get(type);
  host_ = std::move(host);
  HostFunc func;
  func.name = "f";
  func.call = &AbiChain::CallHost;
  func.shape = FuncShape(*type_);
  linker_.Interface(kInterface).table().AddFunc(func, {std::shared_ptr<void>(), this});
  const FuncRef last =
      apart ? LinkApart(type, b) : Guest(builder_, type, b, builder_.Import(kInterface, "f", type));
  builder_.Export("run", Guest(builder_, type, a, last), type);
  instance_ = OrDie(builder_.Instantiate(store_, linker_));
}

// B as a component of its own, whose types are in a table of their own.
FuncRef AbiChain::LinkApart(FuncTypeId type, const ChainGuest& b) {
  ComponentBuilder builder(&engine_);
  builder.ImportResource(kInterface, "thing");
  const FuncTypeId own_type = CopyType(*types_, types_->Get(type), builder.types());
  const FuncRef run = Guest(builder, own_type, b, builder.Import(kInterface, "f", own_type));
  const InstanceTypeId interface = *builder.types().Add(InstanceType{});
  builder.plan().exports.push_back(
      {kGuestInterface, interface, PlanInstanceExport{{{"run", own_type, run}}}});
  std::shared_ptr<const Instance> instance = OrDie(builder.Instantiate(store_, linker_));
  TENON_CHECK(DefineInterface(linker_, kGuestInterface, instance, kGuestInterface).has_value());
  return builder_.Import(kGuestInterface, "run", type);
}

std::expected<Value, vm::Trap> AbiChain::Call(absl::Span<const Value> arguments) {
  return instance_->UntypedFunc("", "run")->Call(arguments);
}

bool AbiChain::CallHost(const void* self, CanonContext& cx, vm::Slot* slots) {
  const auto& chain = *static_cast<const AbiChain*>(self);
  ValueCodec codec(&cx, chain.types_, kResources);
  LayoutTable layouts(chain.types_, 4);
  std::vector<Value> params;
  if (!LiftParams(cx, codec, layouts, *chain.type_, slots, &params)) return false;
  const Value result = chain.host_(std::move(params));
  return LowerResult(cx, codec, layouts, *chain.type_, result, slots);
}

const canon::TypeShape* AbiChain::Shape(ValType type) {
  if (!type.has_value()) return nullptr;
  canon::TypeShape shape{.kind = type.kind()};
  if (!IsPrimitive(type.kind())) {
    std::vector<const canon::TypeShape*> parts;
    for (const ValType part : types_->Get(type).types) parts.push_back(Shape(part));
    lists_of_shapes_.push_back(std::move(parts));
    shape.parts = lists_of_shapes_.back().data();
    shape.part_count = lists_of_shapes_.back().size();
    shape.resource = kResources[0];
    shape.length = types_->Get(type).length;
  }
  shapes_.push_back(shape);
  return &shapes_.back();
}

canon::FuncShape* AbiChain::FuncShape(const abi::FuncType& type) {
  std::vector<const canon::TypeShape*> params;
  for (const auto& [label, param] : type.params) params.push_back(Shape(param));
  lists_of_shapes_.push_back(std::move(params));
  shape_ = {lists_of_shapes_.back().data(), lists_of_shapes_.back().size(), Shape(type.result)};
  return &shape_;
}

}  // namespace tenon::abi
