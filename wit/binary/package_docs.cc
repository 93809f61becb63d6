#include "wit/binary/package_docs.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "wit/abi/core_names.h"

namespace tenon::wit {
namespace {

constexpr size_t kMaxDepth = 16;  // of what the section says: a world's interface's type's items

// Objects and texts; nothing else in the section means anything.
struct Node {
  std::string text;
  std::map<std::string, Node, std::less<>> members;
};

// Makes nodes of what a parser finds.
class NodeMaker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, NodeMaker> {
 public:
  bool Default() { return !stack_.empty(); }
  bool StartObject() {
    Node* const parent = stack_.empty() ? nullptr : stack_.back();
    const bool is_known = parent != nullptr && stack_.size() < kMaxDepth;
    stack_.push_back(stack_.empty() ? &root_ : is_known ? &parent->members[key_] : nullptr);
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return Pop(); }
  bool StartArray() {
    if (stack_.empty()) return false;
    stack_.push_back(nullptr);
    return true;
  }
  bool EndArray(rapidjson::SizeType) { return Pop(); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    key_.assign(text, size);
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (stack_.empty()) return false;
    if (stack_.back() != nullptr) stack_.back()->members[key_].text.assign(text, size);
    return true;
  }

  Node& root() { return root_; }

 private:
  bool Pop() {
    stack_.pop_back();
    return true;
  }

  Node root_;
  std::vector<Node*> stack_;  // null: of what is passed over
  std::string key_;
};

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteText(const std::string& text, Writer& writer) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

// Nodes that are made of a package are a few deep.
void WriteMembers(const Node& node, Writer& writer) {
  writer.StartObject();
  for (const auto& [key, member] : node.members) {
    WriteText(key, writer);
    member.members.empty() ? WriteText(member.text, writer) : WriteMembers(member, writer);
  }
  writer.EndObject();
}

// Two directions, one walk: to a member of a node, or from one. Empty texts are left out, and so
// are objects without members.
struct ToNodes {
  void Text(Node& object, const char* key, const std::string& text) const {
    if (!text.empty()) object.members[key].text = text;
  }
  void Child(Node& object, const std::string& key, absl::FunctionRef<void(Node&)> visit) const {
    Node child;
    visit(child);
    if (!child.members.empty()) object.members[key] = std::move(child);
  }
};

struct FromNodes {
  void Text(Node& object, const char* key, std::string& text) const {
    const auto found = object.members.find(key);
    if (found != object.members.end()) text = found->second.text;
  }
  // A text in place of an object is its documentation.
  void Child(Node& object, const std::string& key, absl::FunctionRef<void(Node&)> visit) const {
    const auto found = object.members.find(key);
    if (found == object.members.end()) return;
    Node& child = found->second;
    if (!child.text.empty()) child.members["docs"].text = std::move(child.text);
    visit(child);
  }
};

// `P` is Packages, const where it is written.
template <typename Direction, typename P>
class DocsWalk {
 public:
  DocsWalk(P& packages, Direction direction) : packages_(packages), direction_(direction) {}

  void VisitPackage(Node& root, PackageIdx index) {
    auto& package = packages_.packages[index.value()];
    direction_.Text(root, "docs", package.docs);
    direction_.Child(root, "worlds", [&](Node& worlds) {
      for (const WorldIdx world : package.worlds) {
        auto& each = packages_.worlds[world.value()];
        direction_.Child(worlds, each.name, [&](Node& value) { VisitWorld(value, each); });
      }
    });
    direction_.Child(root, "interfaces", [&](Node& interfaces) {
      for (const InterfaceIdx interface : package.interfaces) {
        auto& each = packages_.interfaces[interface.value()];
        direction_.Child(interfaces, each.name, [&](Node& value) { VisitInterface(value, each); });
      }
    });
  }

 private:
  template <typename A>
  void VisitGates(Node& object, A& about) {
    direction_.Child(object, "stable", [&](Node& gate) {
      direction_.Text(gate, "since", about.since);
      if (about.feature.empty()) direction_.Text(gate, "deprecated", about.deprecated);
    });
    direction_.Child(object, "unstable", [&](Node& gate) {
      direction_.Text(gate, "feature", about.feature);
      if (about.since.empty()) direction_.Text(gate, "deprecated", about.deprecated);
    });
  }

  template <typename A>
  void VisitAbout(Node& object, A& about) {
    direction_.Text(object, "docs", about.docs);
    direction_.Child(object, "stability", [&](Node& gates) { VisitGates(gates, about); });
  }

  template <typename Fields>
  void VisitFields(Node& object, Fields& fields) {
    direction_.Child(object, "items", [&](Node& items) {
      for (auto& field : fields) direction_.Text(items, field.name.c_str(), field.docs);
    });
  }

  template <typename T>
  void VisitType(Node& object, T& type) {
    VisitAbout(object, type.about);
    if (auto* record = std::get_if<Record>(&type.what)) VisitFields(object, record->fields);
    if (auto* variant = std::get_if<Variant>(&type.what)) VisitFields(object, variant->cases);
    if (auto* flags = std::get_if<Flags>(&type.what)) VisitFields(object, flags->flags);
    if (auto* cases = std::get_if<Enum>(&type.what)) VisitFields(object, cases->cases);
  }

  template <typename I>
  void VisitInterface(Node& object, I& interface) {
    VisitAbout(object, interface.about);
    direction_.Child(object, "funcs", [&](Node& functions) {
      for (auto& function : interface.functions) {
        direction_.Child(functions, ComponentName(packages_, function),
                         [&](Node& value) { VisitAbout(value, function.about); });
      }
    });
    direction_.Child(object, "types", [&](Node& types) {
      for (const TypeIdx index : interface.types) {
        auto& type = packages_.types[index.value()];
        direction_.Child(types, type.name, [&](Node& value) { VisitType(value, type); });
      }
    });
  }

  // Items of one side, by where they stand in the world's object.
  struct ItemKeys {
    const char* functions;
    const char* interfaces;  // that have no name of their own
    const char* gates;       // of interfaces that have one
  };

  template <typename W, typename Items>
  void VisitItems(Node& object, W& world, Items& items, const ItemKeys& keys) {
    const WorldNames names(packages_, world);
    direction_.Child(object, keys.functions, [&](Node& functions) {
      for (auto& item : items) {
        auto* function = std::get_if<Function>(&item.what);
        if (function == nullptr) continue;
        direction_.Child(functions, names.NameOf(item, *function), [&](Node& value) {
          VisitAbout(value, function->about);
          Adopt(item.about, function->about);
        });
      }
    });
    direction_.Child(object, keys.interfaces, [&](Node& interfaces) {
      for (auto& item : items) {
        const auto* index = std::get_if<InterfaceIdx>(&item.what);
        if (index == nullptr || !packages_[*index].name.empty()) continue;
        auto& interface = packages_.interfaces[index->value()];
        direction_.Child(interfaces, item.name, [&](Node& value) {
          VisitInterface(value, interface);
          Adopt(item.about, interface.about);
        });
      }
    });
    direction_.Child(object, keys.gates, [&](Node& gates) {
      for (auto& item : items) {
        const auto* index = std::get_if<InterfaceIdx>(&item.what);
        if (index == nullptr || packages_[*index].name.empty()) continue;
        direction_.Child(gates, ComponentName(packages_, item),
                         [&](Node& value) { VisitGates(value, item.about); });
      }
    });
  }

  template <typename W>
  void VisitWorld(Node& object, W& world) {
    VisitAbout(object, world.about);
    VisitItems(object, world, world.imports, {"funcs", "interfaces", "interface_import_stability"});
    VisitItems(object, world, world.exports,
               {"func_exports", "interface_exports", "interface_export_stability"});
    direction_.Child(object, "types", [&](Node& types) {
      for (auto& item : world.imports) {
        const auto* index = std::get_if<TypeIdx>(&item.what);
        if (index == nullptr) continue;
        auto& type = packages_.types[index->value()];
        direction_.Child(types, item.name, [&](Node& value) {
          VisitType(value, type);
          Adopt(item.about, type.about);
        });
      }
    });
  }

  // What an item says is also said of what it is.
  static void Adopt(const About&, const About&) {}
  static void Adopt(About& item, const About& what) { item = what; }

  P& packages_;
  Direction direction_;
};

}  // namespace

std::vector<uint8_t> EncodePackageDocs(const Packages& packages, PackageIdx package) {
  Node root;
  DocsWalk(packages, ToNodes()).VisitPackage(root, package);
  if (root.members.empty()) return {};
  rapidjson::StringBuffer text;
  Writer writer(text);
  WriteMembers(root, writer);
  std::vector<uint8_t> content = {1};  // the version
  content.insert(content.end(), text.GetString(), text.GetString() + text.GetSize());
  return content;
}

Status ApplyPackageDocs(absl::Span<const uint8_t> content, PackageIdx package, Packages& packages) {
  if (content.empty() || content[0] > 1) {
    return Fail(ErrorKind::kMalformed, "its package-docs is not of version 0 or 1");
  }
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  NodeMaker maker;
  rapidjson::MemoryStream stream(reinterpret_cast<const char*>(content.data()) + 1,
                                 content.size() - 1);
  if (!rapidjson::Reader().Parse<kFlags>(stream, maker)) {
    return Fail(ErrorKind::kMalformed, "its package-docs holds no JSON object");
  }
  DocsWalk(packages, FromNodes()).VisitPackage(maker.root(), package);
  return {};
}

}  // namespace tenon::wit
