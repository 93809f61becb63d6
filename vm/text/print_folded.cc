// Folded instructions: a tree of the body is made, then walked. core: #text-foldedinstr
//
// Every instruction stands behind its operands in the binary and before them in the text. A node
// takes the nodes just before it as operands while it needs them and they give values; what it
// does not take stands before it as an instruction of its own, so the order of execution is kept
// whatever the arities are.
#include "absl/strings/str_cat.h"
#include "vm/text/fold_arity.h"
#include "vm/text/print_body.h"

namespace tenon::vm {
namespace {

// kClause is a catch or catch_all. Parts of an if or try stand in parentheses of their own.
enum class NodeKind : uint8_t { kPlain, kBlock, kIf, kTry, kThen, kElse, kDo, kClause, kDelegate };

// Parts that the construct's label is in scope in.
constexpr bool IsScopedPart(NodeKind kind) {
  return kind == NodeKind::kThen || kind == NodeKind::kElse || kind == NodeKind::kDo ||
         kind == NodeKind::kClause;
}

struct Node {
  NodeKind kind = NodeKind::kPlain;
  bool is_leaf = true;
  uint32_t offset = 0;  // of the instruction
  uint32_t block = 0;   // of kBlock, kIf and kTry: how many opened before
  uint32_t results = 0;
  uint32_t first = 0;  // the first child; 0: none
  uint32_t next = 0;   // the next sibling
};

class FoldedBody {
 public:
  FoldedBody(PrintedBody& body, absl::Span<const TypeIdx> func_types, TypeIdx func_type,
             TextOutput* out)
      : body_(body), func_types_(func_types), func_type_(func_type), out_(*out) {}

  void Print(size_t depth) {
    Build();
    body_.context.labels = &labels_;
    Open(0, depth);
    while (!open_.empty()) Step();
    body_.context.labels = nullptr;
  }

 private:
  // A block being read: its node, its part that is filled (itself if it has no parts), and where
  // in pending_ its content begins.
  struct Block {
    uint32_t node;
    uint32_t part;
    size_t base;
  };
  // A node being printed: the child that comes next.
  struct Cursor {
    uint32_t node;
    uint32_t child;
    size_t depth;  // of its children
    bool is_inline;
  };

  uint32_t Add(NodeKind kind, uint32_t offset) {
    nodes_.push_back({.kind = kind, .offset = offset});
    return static_cast<uint32_t>(nodes_.size() - 1);
  }

  // Makes what is pending from `base` on the last children of `parent`.
  void Adopt(uint32_t parent, size_t base) {
    uint32_t* link = &nodes_[parent].first;
    while (*link != 0) link = &nodes_[*link].next;
    for (size_t i = base; i < pending_.size(); ++i) {
      *link = pending_[i];
      link = &nodes_[pending_[i]].next;
      nodes_[parent].is_leaf = false;
    }
    pending_.resize(base);
  }

  // Takes operands for `node` from what is pending in the innermost block.
  void AdoptOperands(uint32_t node, uint32_t count) {
    size_t base = pending_.size();
    while (count > 0 && base > blocks_.back().base) {
      const uint32_t results = nodes_[pending_[base - 1]].results;
      if (results == 0 || results > count) break;
      count -= results;
      --base;
    }
    Adopt(node, base);
  }

  void Build() {
    ByteReader reader = body_.Reader();
    Instruction instruction;
    blocks_.push_back({Add(NodeKind::kBlock, 0), 0, 0});
    for (uint32_t block = 0; !blocks_.empty() && body_.Read(reader, &instruction);) {
      if (ContinuesConstruct(instruction.op)) {
        Continue(instruction);
      } else {
        AddInstruction(instruction, &block);
      }
    }
  }

  void Continue(const Instruction& instruction) {
    const Block block = blocks_.back();
    Adopt(block.part, block.base);
    switch (instruction.op) {
      case Opcode::Else: blocks_.back().part = AddPart(block.node, NodeKind::kElse, 0); return;
      case Opcode::Delegate: AddPart(block.node, NodeKind::kDelegate, instruction.offset); break;
      case Opcode::End: break;
      default:
        blocks_.back().part = AddPart(block.node, NodeKind::kClause, instruction.offset);
        return;
    }
    if (blocks_.size() > 1) pending_.push_back(block.node);
    blocks_.pop_back();
  }

  void AddInstruction(const Instruction& instruction, uint32_t* block) {
    const FoldArity arity = ArityOf(instruction, body_.context.module, func_types_, func_type_);
    const bool is_if = instruction.op == Opcode::If;
    const bool is_try = instruction.op == Opcode::Try;
    const bool is_block = OpensBlock(instruction.op);
    const uint32_t node = Add(is_if      ? NodeKind::kIf
                              : is_try   ? NodeKind::kTry
                              : is_block ? NodeKind::kBlock
                                         : NodeKind::kPlain,
                              instruction.offset);
    nodes_[node].results = arity.results;
    AdoptOperands(node, arity.operands);
    if (!is_block) return pending_.push_back(node);
    nodes_[node].block = (*block)++;
    uint32_t part = node;
    if (is_if) part = AddPart(node, NodeKind::kThen, 0);
    if (is_try) part = AddPart(node, NodeKind::kDo, 0);
    blocks_.push_back({node, part, pending_.size()});
  }

  // Behind the operands of an `if`, and the parts there are.
  uint32_t AddPart(uint32_t node, NodeKind kind, uint32_t offset) {
    const uint32_t part = Add(kind, offset);
    pending_.push_back(part);
    Adopt(node, pending_.size() - 1);
    return part;
  }

  // Few operands that have none themselves stand in the line.
  bool IsInline(const Node& node) const {
    constexpr int kMost = 3;
    if (node.kind != NodeKind::kPlain) return false;
    int count = 0;
    for (uint32_t child = node.first; child != 0; child = nodes_[child].next) {
      if (!nodes_[child].is_leaf || nodes_[child].kind != NodeKind::kPlain) return false;
      if (++count > kMost) return false;
    }
    return true;
  }

  // The body itself is node 0 and has no parentheses. Depths are those of children.
  void Open(uint32_t index, size_t depth) {
    const Node& node = nodes_[index];
    std::string& text = out_.text();
    if (index != 0) {
      switch (node.kind) {
        case NodeKind::kThen: text += "(then"; break;
        case NodeKind::kElse: text += "(else"; break;
        case NodeKind::kDo: text += "(do"; break;
        default: OpenInstruction(node, &text);
      }
    }
    const bool is_scope = node.kind == NodeKind::kBlock && index != 0;
    if (is_scope) labels_.Push(body_.LabelName(node.block));
    open_.push_back({index, node.first, depth, IsInline(node)});
  }

  void OpenInstruction(const Node& node, std::string* text) {
    const uint32_t end = body_.code.offset + body_.code.size;
    ByteReader reader(body_.context.module.Bytes({node.offset, end - node.offset}), node.offset);
    Instruction instruction;
    body_.Read(reader, &instruction);
    const size_t before = text->size();
    body_.AppendInstruction(instruction, node.block, text);
    // The hint stands before the parenthesis.
    const bool has_hint = (*text)[before] == '(';
    text->insert(has_hint ? text->find(')', before) + 2 : before, 1, '(');
  }

  void Step() {
    Cursor& top = open_.back();
    const Node& node = nodes_[top.node];
    if (top.child == 0) {
      const bool is_scope = node.kind == NodeKind::kBlock && top.node != 0;
      if (is_scope || IsScopedPart(node.kind)) labels_.Pop();
      if (top.node != 0) out_.text() += ')';
      open_.pop_back();
      return;
    }
    const uint32_t child = top.child;
    top.child = nodes_[child].next;
    const size_t depth = top.depth;
    if (top.is_inline) {
      out_.text() += ' ';
    } else {
      out_.NewLine(depth);
    }
    // The label is not in scope in a condition or a `delegate`.
    if (IsScopedPart(nodes_[child].kind)) labels_.Push(body_.LabelName(node.block));
    Open(child, depth + 1);
  }

  PrintedBody& body_;
  absl::Span<const TypeIdx> func_types_;
  const TypeIdx func_type_;
  TextOutput& out_;
  std::vector<Node> nodes_;
  std::vector<Block> blocks_;
  std::vector<uint32_t> pending_;  // nodes that have no parent yet
  std::vector<Cursor> open_;
  LabelScope labels_;
};

}  // namespace

void PrintFolded(PrintedBody& body, absl::Span<const TypeIdx> func_types, TypeIdx func_type,
                 size_t depth, TextOutput* out) {
  FoldedBody(body, func_types, func_type, out).Print(depth);
}

}  // namespace tenon::vm
