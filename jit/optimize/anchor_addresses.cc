#include "jit/optimize/anchor_addresses.h"

#include <optional>
#include <vector>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DepthFirstIterator.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/PatternMatch.h"
#include "vm/runtime/memory_region.h"

namespace tenon::jit {
namespace {

using llvm::PatternMatch::m_AddLike;
using llvm::PatternMatch::m_APInt;
using llvm::PatternMatch::m_Value;
using llvm::PatternMatch::match;

// base + zext(variable + constant) + offset, as FunctionLowering::AddressOf builds it.
struct GuestAddress {
  llvm::Value* base;      // of the memory
  llvm::Value* variable;  // 32 bits
  int64_t constant;       // of 32 bits, signed
  uint64_t offset;        // static
  llvm::Value* extended;  // zext(variable + constant)
};

std::optional<GuestAddress> AddressOf(const llvm::Instruction& access) {
  const auto* pointer = llvm::dyn_cast_or_null<llvm::GEPOperator>(llvm::getPointerOperand(&access));
  if (pointer == nullptr || !pointer->getSourceElementType()->isIntegerTy(8)) return std::nullopt;
  GuestAddress address{};
  if (const auto* offset = llvm::dyn_cast<llvm::ConstantInt>(pointer->getOperand(1))) {
    address.offset = offset->getZExtValue();
    pointer = llvm::dyn_cast<llvm::GEPOperator>(pointer->getPointerOperand());
    if (pointer == nullptr || !pointer->getSourceElementType()->isIntegerTy(8)) return std::nullopt;
  }
  const auto* extension = llvm::dyn_cast<llvm::ZExtInst>(pointer->getOperand(1));
  if (extension == nullptr || !extension->getSrcTy()->isIntegerTy(32)) return std::nullopt;
  address.base = const_cast<llvm::Value*>(pointer->getPointerOperand());
  address.extended = const_cast<llvm::ZExtInst*>(extension);
  address.variable = extension->getOperand(0);
  llvm::Value* inner = nullptr;
  const llvm::APInt* constant = nullptr;
  while (match(address.variable, m_AddLike(m_Value(inner), m_APInt(constant)))) {
    address.variable = inner;
    address.constant = static_cast<int32_t>(address.constant + constant->getSExtValue());
  }
  return address;
}

// What is known at a place: accesses made on every way to it, by memory and variable.
class Anchors {
 public:
  explicit Anchors(const llvm::DominatorTree& tree) : tree_(tree) {}

  // An access that dominates `access` and whose address is near; else `access` becomes one.
  const GuestAddress* FindOrAdd(const llvm::Instruction& access, const GuestAddress& address) {
    std::vector<Anchor>& anchors = anchors_[{address.base, address.variable}];
    for (const Anchor& anchor : anchors) {
      if (IsNear(anchor.address, address) && tree_.dominates(anchor.access, &access)) {
        return &anchor.address;
      }
    }
    if (anchors.size() < kMaxAnchors) anchors.push_back({&access, address});
    return nullptr;
  }

 private:
  struct Anchor {
    const llvm::Instruction* access;
    GuestAddress address;
  };

  static constexpr size_t kMaxAnchors = 8;  // of one variable: more are searched in vain

  // An address below the anchor's may be in front of the memory, where a static offset would bring
  // it back in.
  static bool IsNear(const GuestAddress& anchor, const GuestAddress& address) {
    constexpr auto kMargin = static_cast<int64_t>(vm::kMemoryMarginBytes);
    const int64_t distance = address.constant - anchor.constant;
    return distance < kMargin && (distance >= 0 || (distance > -kMargin && address.offset == 0));
  }

  const llvm::DominatorTree& tree_;
  llvm::DenseMap<std::pair<llvm::Value*, llvm::Value*>, std::vector<Anchor>> anchors_;
};

void Rebase(llvm::Instruction& access, const GuestAddress& address, const GuestAddress& anchor) {
  llvm::IRBuilder<> ir(&access);
  const auto distance = static_cast<uint64_t>(address.constant - anchor.constant) + address.offset;
  llvm::Value* at = ir.CreatePtrAdd(address.base, anchor.extended);
  if (distance != 0) at = ir.CreatePtrAdd(at, ir.getInt64(distance));
  access.setOperand(llvm::isa<llvm::StoreInst>(access) ? 1 : 0, at);
}

// Empty where there is none.
llvm::StringRef TagOf(const llvm::Instruction& access) {
  const llvm::MDNode* tag = access.getMetadata(llvm::LLVMContext::MD_tbaa);
  if (tag == nullptr || tag->getNumOperands() == 0) return {};
  const auto* type = llvm::dyn_cast<llvm::MDNode>(tag->getOperand(0));
  const auto* name =
      type == nullptr ? nullptr : llvm::dyn_cast<llvm::MDString>(type->getOperand(0));
  return name == nullptr ? llvm::StringRef() : name->getString();
}

}  // namespace

bool IsGuardedAccess(const llvm::Instruction& access) { return TagOf(access) == kGuardedAccess; }

bool IsMemoryAccess(const llvm::Instruction& access) {
  const llvm::StringRef tag = TagOf(access);
  return tag == kGuardedAccess || tag == kMemoryAccess;
}

llvm::PreservedAnalyses AnchorAddresses::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager& analyses) {
  const auto& tree = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  Anchors anchors(tree);
  bool is_changed = false;
  for (const llvm::DomTreeNode* node : llvm::depth_first(tree.getRootNode())) {
    for (llvm::Instruction& instruction : *node->getBlock()) {
      const bool is_access =
          llvm::isa<llvm::LoadInst>(instruction) || llvm::isa<llvm::StoreInst>(instruction);
      if (!is_access || instruction.isVolatile() || !IsGuardedAccess(instruction)) continue;
      const std::optional<GuestAddress> address = AddressOf(instruction);
      if (!address) continue;
      const GuestAddress* anchor = anchors.FindOrAdd(instruction, *address);
      if (anchor == nullptr || anchor->extended == address->extended) continue;
      Rebase(instruction, *address, *anchor);
      is_changed = true;
    }
  }
  if (!is_changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses kept;
  kept.preserveSet<llvm::CFGAnalyses>();
  return kept;
}

}  // namespace tenon::jit
