// Resource handles between a host and three components: Main calls Middle and Owner, Middle calls
// Owner, all call the host. Each runs the steps that the bytes decide, one at a time: make, lend,
// take, give, drop, name what it was never given. Of every step handle_model.h says what the guest
// gets or why it traps, and which things of the host's are alive.
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/link/test_component.h"
#include "absl/strings/match.h"
#include "absl/strings/substitute.h"
#include "test/fuzz/generator/choices.h"
#include "test/fuzz/handle_model.h"

namespace tenon::abi {
namespace {

using K = TypeKind;
using Mode = HandleModel::Mode;
using Passed = HandleModel::Passed;
using ResourceOp = syntax::CanonResource::Op;

constexpr char kInterface[] = "test:host/f";
constexpr StoreLimits kLimits = {.handles = 12};
constexpr int kMaxCalls = 20;  // of the host's
constexpr size_t kMaxDepth = 6;
constexpr uint32_t kMaxSteps = 300;

// Instances. Those before call those after.
enum Who : uint32_t { kMain, kMiddle, kOwner, kInstances, kHost = HandleModel::kHost };
// Resource types: the host's, and Owner's with a destructor and without.
enum Resource : uint32_t { kThing, kDestroyed, kPlain, kResources };

struct Thing {
  explicit Thing(uint32_t v) : value(v) { ++alive; }
  ~Thing() { --alive; }
  uint32_t value;  // in the model, its representation
  static inline int alive = 0;
};
struct Foreign {};  // what the host calls kDestroyed

// Functions that everybody has, of handles of one resource type: they return a u32, or an own.
struct Function {
  const char* name;
  std::vector<Mode> params;
  bool makes = false;
};
const Function kFunctions[] = {
    {"use", {Mode::kBorrow}},
    {"take", {Mode::kOwn}},
    {"both", {Mode::kBorrow, Mode::kBorrow}},
    {"pair", {Mode::kBorrow, Mode::kOwn}},
    {"reverse", {Mode::kOwn, Mode::kBorrow}},
    {"make", {}, true},
};
const Function& kMake = kFunctions[5];

// What the host's functions return.
uint32_t Combine(const std::vector<uint32_t>& reps) {
  uint32_t sum = 0;
  for (const uint32_t rep : reps) sum = 31 * sum + rep;
  return sum;
}

// A step of a guest's.
struct Step {
  enum class Kind : uint8_t { kReturn, kEnterAgain, kNew, kRep, kDrop, kCall };
  Kind kind = Kind::kReturn;
  uint32_t type = 0;
  uint32_t provider = kHost;           // kCall
  const Function* function = nullptr;  // kCall

  size_t operand_count() const {
    if (kind == Kind::kCall) return function->params.size();
    return kind == Kind::kEnterAgain ? 0 : 1;
  }
  bool has_result() const { return kind != Kind::kReturn && kind != Kind::kDrop; }
};

// All that `who` can do. A guest knows them by their places.
std::vector<Step> StepsOf(uint32_t who) {
  using Kind = Step::Kind;
  std::vector<Step> steps = {{Kind::kReturn}, {Kind::kEnterAgain}};
  for (uint32_t type = 0; type < kResources; ++type) {
    steps.push_back({Kind::kDrop, type});
    if (who == kOwner && type != kThing) {
      steps.push_back({Kind::kNew, type});
      steps.push_back({Kind::kRep, type});
    }
    for (const Function& function : kFunctions) {
      for (uint32_t provider = who + 1; provider < kInstances; ++provider) {
        steps.push_back({Kind::kCall, type, provider, &function});
      }
      if (type == kThing) steps.push_back({Kind::kCall, type, kHost, &function});
    }
  }
  return steps;
}

// --- The component -------------------------------------------------------------------------------

// Control: begin(who, parameters), next(who, the last step's result) -> step, operand(i).
constexpr char kGuest[] = R"((module
  (import "" "begin" (func $$begin (param i32 i32 i32)))
  (import "" "next" (func $$next (param i32 i32) (result i32)))
  (import "" "operand" (func $$operand (param i32) (result i32)))
  (import "" "table" (table 1 funcref))
  $1
  (func $$steps (param i32 i32) (result i32) (local $$step i32) (local $$last i32)
    (call $$begin (i32.const $0) (local.get 0) (local.get 1))
    (loop $$again
      (local.set $$step (call $$next (i32.const $0) (local.get $$last)))
      (local.set $$last (i32.const 0))
      $2
      (br_if $$again (local.get $$step)))
    (call $$operand (i32.const 0)))
  (func (export "f0") (result i32) (call $$steps (i32.const 0) (i32.const 0)))
  (func (export "f1") (param i32) (result i32) (call $$steps (local.get 0) (i32.const 0)))
  (func (export "f2") (param i32 i32) (result i32) (call $$steps (local.get 0) (local.get 1)))
  (func $$destroy (param i32) (drop (call $$steps (local.get 0) (i32.const 0))))
  (elem (i32.const 0) func $$destroy)))";

// Made before Owner, which needs the resource type, which needs the destructor.
constexpr char kDestructor[] = R"((module
  (type $destroy (func (param i32)))
  (table (export "table") 1 funcref)
  (func (export "destroy") (param i32)
    (call_indirect (type $destroy) (local.get 0) (i32.const 0)))))";

std::string CoreOf(uint32_t who) {
  std::string imports, steps;
  const std::vector<Step> all = StepsOf(who);
  for (size_t i = 1; i < all.size(); ++i) {
    std::string call = absl::StrCat("(call $step", i);
    absl::StrAppend(&imports, "(import \"\" \"", i, "\" (func $step", i);
    for (size_t operand = 0; operand < all[i].operand_count(); ++operand) {
      absl::StrAppend(&imports, " (param i32)");
      absl::StrAppend(&call, " (call $operand (i32.const ", operand, "))");
    }
    absl::StrAppend(&imports, all[i].has_result() ? " (result i32)))" : "))");
    absl::SubstituteAndAppend(
        &steps, "(if (i32.eq (local.get $$step) (i32.const $0)) (then $1))", i,
        all[i].has_result() ? absl::StrCat("(local.set $last ", call, "))") : call + ")");
  }
  return absl::Substitute(kGuest, who, imports, steps);
}

// Made once: the bytes decide nothing about it.
class Component {
 public:
  static const Component& Get() {
    static const Component& component = *new Component();
    return component;
  }

  // `linker` has the host's functions.
  std::unique_ptr<Instance> Instantiate(Store& store, const HostLinker& linker) const {
    auto instance = abi::Instantiate(store, built_, linker);
    if (!instance) std::fprintf(stderr, "%s\n", instance.error().ToString().c_str());
    TENON_CHECK(instance.has_value());
    return *std::move(instance);
  }
  static std::string Name(uint32_t who, uint32_t type, const Function& function) {
    return absl::StrCat(function.name, "-", type, "-", who);
  }

 private:
  Component() {
    builder_.ImportResource(kInterface, "thing");
    for (ComponentInstanceId& id : ids_) id = builder_.Child();
    for (uint32_t who = kInstances; who-- > 0;) {
      const CoreInstanceId destructor = builder_.Core(kDestructor);
      if (who == kOwner) {
        builder_.DefineResource(ids_[kOwner], builder_.Item(destructor, "destroy"));
        builder_.DefineResource(ids_[kOwner], std::nullopt);
      }
      cores_[who] = builder_.Core(CoreOf(who), Imports(who, builder_.Item(destructor, "table")));
    }
    builder_.Export("run", Lift(kMain, "f0", run_), run_);
    for (const uint32_t who : {kMiddle, kOwner}) {
      for (uint32_t type = 0; type < kResources; ++type) {
        for (const Function& function : kFunctions) Export(who, type, function);
      }
    }
    built_ = builder_.Build();
  }
  FuncTypeId Type(const Function& function, uint32_t type) {
    std::vector<ValType> params;
    for (const Mode mode : function.params) {
      params.push_back(builder_.Handle(mode == Mode::kOwn ? K::kOwn : K::kBorrow, type));
    }
    return builder_.FuncType(params, function.makes ? builder_.Handle(K::kOwn, type) : K::kU32);
  }
  FuncRef Lift(uint32_t who, const std::string& core_name, FuncTypeId type) {
    return builder_.Lift(ids_[who], cores_[who], core_name.c_str(), type);
  }
  FuncRef Provided(uint32_t provider, const Function& function, FuncTypeId type) {
    if (provider == kHost) return builder_.Import(kInterface, function.name, type);
    return Lift(provider, absl::StrCat("f", function.params.size()), type);
  }
  CoreItem LowerHost(uint32_t who, const char* name, std::vector<ValType> params, ValType result) {
    const FuncTypeId type = builder_.FuncType(std::move(params), result);
    return builder_.Lower(ids_[who], builder_.Import(kInterface, name, type), type);
  }

  std::vector<CoreItem> Imports(uint32_t who, CoreItem table) {
    std::vector<CoreItem> imports = {LowerHost(who, "begin", {K::kU32, K::kU32, K::kU32}, {}),
                                     LowerHost(who, "next", {K::kU32, K::kU32}, K::kU32),
                                     LowerHost(who, "operand", {K::kU32}, K::kU32), table};
    const std::vector<Step> steps = StepsOf(who);
    for (size_t i = 1; i < steps.size(); ++i) imports.push_back(Import(who, steps[i]));
    return imports;
  }
  CoreItem Import(uint32_t who, const Step& step) {
    switch (step.kind) {
      case Step::Kind::kNew: return builder_.Resource(ids_[who], ResourceOp::kNew, step.type);
      case Step::Kind::kRep: return builder_.Resource(ids_[who], ResourceOp::kRep, step.type);
      case Step::Kind::kDrop: return builder_.Resource(ids_[who], ResourceOp::kDrop, step.type);
      case Step::Kind::kCall: {
        const FuncTypeId type = Type(*step.function, step.type);
        return builder_.Lower(ids_[who], Provided(step.provider, *step.function, type), type);
      }
      default: return LowerHost(who, "enter-again", {}, K::kU32);
    }
  }
  void Export(uint32_t who, uint32_t type, const Function& function) {
    names_.push_back(std::make_unique<std::string>(Name(who, type, function)));
    const FuncTypeId func_type = Type(function, type);
    builder_.Export(names_.back()->c_str(), Provided(who, function, func_type), func_type);
  }

  ComponentBuilder builder_;
  ComponentInstanceId ids_[kInstances];
  CoreInstanceId cores_[kInstances];
  const FuncTypeId run_ = builder_.FuncType({}, K::kU32);
  std::vector<std::unique_ptr<std::string>> names_;  // exports have views of them
  std::shared_ptr<const CompiledComponent> built_;
};

// --- The machine ---------------------------------------------------------------------------------

bool IsReason(const std::vector<HandleModel::Trap>& expected, const vm::Trap& trap) {
  static constexpr const char* kTexts[] = {"unknown handle index",
                                           "used with the wrong type",
                                           "cannot remove owned resource while borrowed",
                                           "cannot lift own resource from a borrow",
                                           "borrow handles still remain",
                                           "handle table is full"};
  for (const HandleModel::Trap reason : expected) {
    if (absl::StrContains(trap.detail, kTexts[static_cast<size_t>(reason)])) return true;
  }
  return false;
}

// What the model does not know of a call under way.
struct Frame {
  uint32_t who = 0;
  std::vector<uint32_t> params;   // as the callee gets them
  std::optional<uint32_t> makes;  // returns an own of this resource type
  bool is_destructor = false;     // returns nothing
  bool has_begun = false;
  uint32_t last = 0;  // result of the last step
};

// What a step comes to.
struct Outcome {
  HandleModel model;
  std::optional<Frame> entered;
  bool returned = false;
  uint32_t result = 0;
  int alive = 0;  // things more
};

class Machine {
 public:
  explicit Machine(absl::Span<const uint8_t> bytes) : choices_(bytes) {
    AddHost();
    instance_ = Component::Get().Instantiate(store_, linker_);
  }

  void Run() {
    for (int i = 0; i < kMaxCalls && !expected_trap_ && !(choices_.empty() && i > 0); ++i) {
      switch (choices_.Below(6)) {
        case 1: CallExport<Own<Thing>, Borrow<Thing>>(kThing, things_); break;
        case 2: CallExport<GuestOwn<Foreign>, GuestBorrow<Foreign>>(kDestroyed, foreign_); break;
        case 3: DropForeign(); break;
        default:
          Enter(kMain, kMake, {}, std::nullopt);
          (void)Expect(instance_->Func<uint32_t()>("", "run")->Call());
      }
    }
  }

 private:
  void AddHost() {
    using OwnThing = Own<Thing>;
    using BorrowThing = Borrow<Thing>;
    HostInterface& host = linker_.Interface(kInterface);
    host.Resource<Thing>("thing");
    host.Func("begin", [this](uint32_t who, uint32_t a, uint32_t b) { Begin(who, a, b); });
    host.Func("next", [this](uint32_t who, uint32_t last) { return Next(who, last); });
    host.Func("operand", [this](uint32_t i) { return operands_[i]; });
    host.Func("enter-again", [this] {
      const auto outcome = instance_->Func<uint32_t()>("", "run")->Call();
      TENON_CHECK(!outcome && outcome.error().kind == vm::TrapKind::kCannotEnterInstance);
      return uint32_t{0};
    });
    host.Func("use", [](BorrowThing a) { return Combine({a->value}); });
    host.Func("take", [](OwnThing a) { return Combine({a->value}); });
    host.Func("both", [](BorrowThing a, BorrowThing b) { return Combine({a->value, b->value}); });
    host.Func("pair", [](BorrowThing a, OwnThing b) { return Combine({a->value, b->value}); });
    host.Func("reverse", [](OwnThing a, BorrowThing b) { return Combine({a->value, b->value}); });
    host.Func("make", [this] { return MakeOwn<Thing>(things_made_++); });
  }

  // --- Calls of the host's

  // Of a function of Middle's or Owner's, with what the host holds.
  template <typename OwnType, typename BorrowType>
  void CallExport(uint32_t type, std::vector<OwnType>& held) {
    const uint32_t who = kMiddle + choices_.Below(2);
    const std::string make = Component::Name(who, type, kMake);
    if (held.empty() || choices_.OneIn(3)) {
      Enter(who, kMake, {}, type);
      auto made = instance_->Func<OwnType()>("", make)->Call();
      if (!Expect(made)) return;
      TENON_CHECK(Rep(*made) == result_);
      held.push_back(*std::move(made));
      return;
    }
    OwnType& first = held[choices_.Below(held.size())];
    const Function& function = kFunctions[choices_.Below(3)];
    const std::string name = Component::Name(who, type, function);
    std::vector<Passed> params;
    for (const Mode mode : function.params) params.push_back({mode, type, Rep(first)});
    Enter(who, function, params, std::nullopt);
    if (params.size() == 2) {
      auto call = instance_->Func<uint32_t(BorrowType, BorrowType)>("", name);
      (void)Expect(call->Call(Lend(first), Lend(first)));
    } else if (params[0].mode == Mode::kBorrow) {
      (void)Expect(instance_->Func<uint32_t(BorrowType)>("", name)->Call(Lend(first)));
    } else {
      OwnType given = std::move(first);
      std::swap(first, held.back());
      held.pop_back();
      (void)Expect(instance_->Func<uint32_t(OwnType)>("", name)->Call(std::move(given)));
    }
  }
  void DropForeign() {
    if (foreign_.empty()) return;
    model_.Begin(kHost, kOwner, {});
    frames_.push_back({.who = kOwner, .params = {foreign_.back().rep()}, .is_destructor = true});
    GuestOwn<Foreign> given = std::move(foreign_.back());
    foreign_.pop_back();
    (void)Expect(Drop(store_, std::move(given)));
  }

  static uint32_t Rep(const Own<Thing>& own) { return own->value; }
  static uint32_t Rep(const GuestOwn<Foreign>& own) { return own.rep(); }
  static Borrow<Thing> Lend(const Own<Thing>& own) { return Borrow<Thing>(own.get()); }
  static GuestBorrow<Foreign> Lend(const GuestOwn<Foreign>& own) { return own; }

  void Enter(uint32_t who, const Function& function, const std::vector<Passed>& params,
             std::optional<uint32_t> makes) {
    frames_.push_back({.who = who, .params = model_.Begin(kHost, who, params), .makes = makes});
    if (!model_.trap().empty()) expected_trap_ = model_.trap();
  }
  // True when the call returned, as it should.
  template <typename Result>
  bool Expect(const Result& outcome) {
    if (outcome.has_value() == expected_trap_.has_value() ||
        (!outcome && !IsReason(*expected_trap_, outcome.error()))) {
      std::fprintf(stderr, "the call %s\n",
                   outcome ? "returned" : outcome.error().Message().c_str());
      TENON_CHECK(false);
    }
    if (!outcome) return false;
    TENON_CHECK(frames_.empty() && model_.calls().empty());
    if constexpr (requires { *outcome == uint32_t{0}; }) TENON_CHECK(*outcome == result_);
    return true;
  }

  // --- Calls of guests

  void Begin(uint32_t who, uint32_t a, uint32_t b) {
    TENON_CHECK(!expected_trap_);
    Frame& frame = frames_.back();
    TENON_CHECK(frame.who == who && !frame.has_begun);
    frame.has_begun = true;
    const auto param = [&](size_t i) { return i < frame.params.size() ? frame.params[i] : 0; };
    TENON_CHECK(a == param(0) && b == param(1));
  }

  uint32_t Next(uint32_t who, uint32_t last) {
    TENON_CHECK(!expected_trap_);
    const Frame& frame = frames_.back();
    TENON_CHECK(frame.who == who && frame.has_begun && frame.last == last);
    TENON_CHECK(Thing::alive == alive_);
    const std::vector<Step> steps = StepsOf(who);
    const size_t chosen = Choose(steps);
    Commit(Try(steps[chosen]));
    return static_cast<uint32_t>(chosen);
  }

  // A step that does not trap, as a rule; the operands are set.
  size_t Choose(const std::vector<Step>& steps) {
    for (int attempt = 0; attempt < 4 && ++steps_ < kMaxSteps && !choices_.empty(); ++attempt) {
      const size_t i = choices_.Below(steps.size());
      if (steps[i].kind == Step::Kind::kCall && frames_.size() >= kMaxDepth) continue;
      ChooseOperands(steps[i]);
      if (Try(steps[i]).model.trap().empty() || choices_.OneIn(32)) return i;
    }
    return ChooseEnd(steps);
  }
  // One that brings the call nearer to its end.
  size_t ChooseEnd(const std::vector<Step>& steps) {
    const auto find = [&](auto matches) {
      size_t i = 0;
      while (!matches(steps[i])) ++i;
      return i;
    };
    const std::optional<uint32_t> makes = frames_.back().makes;
    operands_ = {};
    std::optional<uint32_t> made;
    const auto table = model_.Table(frames_.back().who);
    for (uint32_t index = 0; index < table.size(); ++index) {
      const std::optional<HandleModel::Handle>& handle = table[index];
      if (!handle) continue;
      if (!handle->own && handle->call == model_.calls().size() - 1) {
        operands_[0] = index;
        return find([&](const Step& step) {
          return step.kind == Step::Kind::kDrop && step.type == handle->type;
        });
      }
      if (handle->own && handle->type == makes && handle->lends == 0) made = index;
    }
    if (made || !makes) {
      operands_[0] = made.value_or(0);
      return 0;
    }
    return find([&](const Step& step) {
      return step.type == *makes && (step.kind == Step::Kind::kNew || step.function == &kMake);
    });
  }

  void ChooseOperands(const Step& step) {
    operands_ = {};
    const bool returns_own = step.kind == Step::Kind::kReturn && frames_.back().makes;
    for (size_t i = 0; i < step.operand_count(); ++i) {
      switch (step.kind) {
        case Step::Kind::kNew: operands_[i] = static_cast<uint32_t>(choices_.Bits(1)); break;
        case Step::Kind::kReturn:
          operands_[i] = returns_own ? ChooseIndex(*frames_.back().makes, Mode::kOwn)
                                     : static_cast<uint32_t>(choices_.Bits(1));
          break;
        case Step::Kind::kCall:
          operands_[i] = ChooseIndex(step.type, step.function->params[i]);
          break;
        default: operands_[i] = ChooseIndex(step.type, Mode::kBorrow);
      }
    }
  }
  // Of a handle that will do, as a rule.
  uint32_t ChooseIndex(uint32_t type, Mode mode) {
    std::vector<uint32_t> fitting;
    const auto table = model_.Table(frames_.back().who);
    for (uint32_t index = 0; index < table.size(); ++index) {
      const std::optional<HandleModel::Handle>& handle = table[index];
      if (handle && handle->type == type && (handle->own || mode == Mode::kBorrow)) {
        fitting.push_back(index);
      }
    }
    if (!fitting.empty() && !choices_.OneIn(16)) return choices_.Of(fitting);
    return choices_.OneIn(4) ? ~uint32_t{0} >> choices_.Below(32)
                             : choices_.Below(table.size() + 1);
  }

  Outcome Try(const Step& step) const {
    const uint32_t who = frames_.back().who;
    Outcome out{.model = model_};
    switch (step.kind) {
      case Step::Kind::kReturn: {
        const Frame& frame = frames_.back();
        out.returned = true;
        out.result = operands_[0];
        const uint32_t given = out.model.End(
            frame.makes ? std::optional<Passed>({Mode::kOwn, *frame.makes, out.result})
                        : std::nullopt);
        if (frame.makes) out.result = given;
        if (frame.is_destructor) out.result = 0;
        break;
      }
      case Step::Kind::kEnterAgain: break;
      case Step::Kind::kNew: out.result = out.model.New(who, step.type, operands_[0]); break;
      case Step::Kind::kRep: out.result = out.model.Rep(who, step.type, operands_[0]); break;
      case Step::Kind::kDrop: TryDrop(step, &out); break;
      case Step::Kind::kCall: TryCall(step, &out); break;
    }
    return out;
  }
  void TryDrop(const Step& step, Outcome* out) const {
    const uint32_t who = frames_.back().who;
    const HandleModel::Handle handle = out->model.Drop(who, step.type, operands_[0]);
    if (!handle.own) return;
    if (step.type == kThing) out->alive = -1;
    if (step.type != kDestroyed) return;
    out->model.Begin(who, kOwner, {});
    out->entered = {.who = kOwner, .params = {handle.rep}, .is_destructor = true};
  }
  void TryCall(const Step& step, Outcome* out) const {
    const uint32_t who = frames_.back().who;
    std::vector<Passed> params;
    for (size_t i = 0; i < step.operand_count(); ++i) {
      params.push_back({step.function->params[i], step.type, operands_[i]});
    }
    if (step.provider != kHost) {
      out->entered = {.who = step.provider, .params = out->model.Begin(who, step.provider, params)};
      if (step.function->makes) out->entered->makes = step.type;
    } else if (step.function->makes) {
      out->result = out->model.New(who, kThing, things_made_);
      out->alive = 1;
    } else {
      out->result = Combine(out->model.CallHost(who, params));
      for (const Passed& param : params) out->alive -= param.mode == Mode::kOwn;
    }
  }
  void Commit(Outcome out) {
    model_ = std::move(out.model);
    alive_ += out.alive;
    if (!model_.trap().empty()) {
      expected_trap_ = model_.trap();
    } else if (out.entered) {
      frames_.push_back(*std::move(out.entered));
    } else {
      if (out.returned) frames_.pop_back();
      (frames_.empty() ? result_ : frames_.back().last) = out.result;
    }
  }

  vm::Choices choices_;
  Store store_{&TestEngine(), kLimits};
  HostLinker linker_;
  std::unique_ptr<Instance> instance_;

  HandleModel model_{kInstances, {kHost, kOwner, kOwner}, kLimits.handles};
  std::vector<Frame> frames_;  // as many as the model has calls
  std::optional<std::vector<HandleModel::Trap>> expected_trap_;
  std::array<uint32_t, 2> operands_ = {};
  uint32_t steps_ = 0;
  uint32_t result_ = 0;  // of the host's call
  uint32_t things_made_ = 0;
  int alive_ = 0;
  std::vector<Own<Thing>> things_;  // that the host holds
  std::vector<GuestOwn<Foreign>> foreign_;
};

}  // namespace
}  // namespace tenon::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::abi::Machine(absl::MakeSpan(data, size)).Run();
  TENON_CHECK(tenon::abi::Thing::alive == 0);
  return 0;
}
