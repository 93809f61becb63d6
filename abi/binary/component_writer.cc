#include "abi/binary/component_writer.h"

namespace tenon::abi {

uint32_t ComponentWriter::Append(ListedKind kind, const Bytes& definition, Sort sort) {
  scope_.Append(kind, definition);
  return Count(sort);
}

TypeIdx ComponentWriter::Add(const syntax::TypeDef& type) {
  Bytes bytes;
  AppendTypeDef(type, &bytes);
  return TypeIdx(Append(ListedKind::kType, bytes, Sort::kType));
}

TypeIdx ComponentWriter::AddScopeType(uint8_t code, ComponentWriter& type) {
  Bytes bytes = {code};
  AppendBytes(type.Finish(), &bytes);
  return TypeIdx(Append(ListedKind::kType, bytes, Sort::kType));
}

uint32_t ComponentWriter::Add(const syntax::Alias& alias) {
  Bytes bytes;
  AppendAlias(alias, &bytes);
  return Append(ListedKind::kAlias, bytes, alias.sort);
}

uint32_t ComponentWriter::Add(const syntax::Import& import) {
  Bytes bytes;
  AppendExternName(import.name, &bytes);
  AppendExternType(import.type, &bytes);
  return Append(ListedKind::kImport, bytes, import.type.sort);
}

uint32_t ComponentWriter::Add(const syntax::Export& item) {
  Bytes bytes;
  AppendExternName(item.name, &bytes);
  AppendSortIndex(item.item, &bytes);
  bytes.push_back(item.type != nullptr);
  if (item.type != nullptr) AppendExternType(*item.type, &bytes);
  return Append(ListedKind::kExport, bytes, item.item.sort);
}

uint32_t ComponentWriter::Add(const syntax::ExportDecl& item) {
  Bytes bytes;
  AppendExternName(item.name, &bytes);
  AppendExternType(item.type, &bytes);
  return Append(ListedKind::kExport, bytes, item.type.sort);
}

CoreTypeIdx ComponentWriter::Add(const syntax::CoreFuncType& type) {
  Bytes bytes;
  AppendCoreFuncType(type, &bytes);
  return CoreTypeIdx(Append(ListedKind::kCoreType, bytes, Sort::kCoreType));
}

CoreTypeIdx ComponentWriter::AddCoreModuleType(const Bytes& declarators) {
  Bytes bytes = {0x50};
  AppendBytes(declarators, &bytes);
  return CoreTypeIdx(Append(ListedKind::kCoreType, bytes, Sort::kCoreType));
}

CoreModuleIdx ComponentWriter::AddCoreModule(absl::Span<const uint8_t> module) {
  scope_.AppendSection(kCoreModuleSection, module);
  return CoreModuleIdx(Count(Sort::kCoreModule));
}

ComponentIdx ComponentWriter::AddComponent(absl::Span<const uint8_t> component) {
  scope_.AppendSection(kComponentSection, component);
  return ComponentIdx(Count(Sort::kComponent));
}

CoreInstanceIdx ComponentWriter::Add(const syntax::CoreInstance& instance) {
  Bytes bytes;
  AppendCoreInstance(instance, &bytes);
  return CoreInstanceIdx(Append(ListedKind::kCoreInstance, bytes, Sort::kCoreInstance));
}

InstanceIdx ComponentWriter::Add(const syntax::Instance& instance) {
  Bytes bytes;
  AppendInstance(instance, &bytes);
  return InstanceIdx(Append(ListedKind::kInstance, bytes, Sort::kInstance));
}

uint32_t ComponentWriter::Add(const syntax::Canon& canon) {
  Bytes bytes;
  AppendCanon(canon, &bytes);
  const bool is_lift = std::holds_alternative<syntax::CanonLift>(canon);
  return Append(ListedKind::kCanon, bytes, is_lift ? Sort::kFunc : Sort::kCoreFunc);
}

void ComponentWriter::AddCustom(absl::string_view name, absl::Span<const uint8_t> content) {
  Bytes bytes;
  AppendName(name, &bytes);
  AppendBytes(content, &bytes);
  scope_.AppendSection(kCustomSection, bytes);
}

void ComponentWriter::SetName(SortIndex item, absl::string_view name) {
  names_[static_cast<int>(item.sort)].push_back({item.index, std::string(name)});
}

Bytes ComponentWriter::Finish(absl::string_view name) {
  ScopeNames names;
  for (int i = 0; i < kSortCount; ++i) names[i] = names_[i];
  return scope_.Finish(name, names);
}

}  // namespace tenon::abi
