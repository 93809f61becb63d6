// The index spaces of a component definition, each with a type of its own. abi: "Index Spaces".
// Core spaces carry the prefix Core; a core index never converts to a component one.
#pragma once

#include "vm/base/index.h"

namespace tenon::abi {

using FuncIdx = Index<struct ComponentFuncIdxTag>;
using ValueIdx = Index<struct ComponentValueIdxTag>;
using TypeIdx = Index<struct ComponentTypeIdxTag>;
using InstanceIdx = Index<struct ComponentInstanceIdxTag>;
using ComponentIdx = Index<struct ComponentIdxTag>;

using CoreFuncIdx = Index<struct ComponentCoreFuncIdxTag>;
using CoreTableIdx = Index<struct ComponentCoreTableIdxTag>;
using CoreMemoryIdx = Index<struct ComponentCoreMemoryIdxTag>;
using CoreGlobalIdx = Index<struct ComponentCoreGlobalIdxTag>;
using CoreTagIdx = Index<struct ComponentCoreTagIdxTag>;
using CoreTypeIdx = Index<struct ComponentCoreTypeIdxTag>;
using CoreModuleIdx = Index<struct ComponentCoreModuleIdxTag>;
using CoreInstanceIdx = Index<struct ComponentCoreInstanceIdxTag>;

}  // namespace tenon::abi
