// What there is to know of a failure beyond its message, as data in the words of WIT: for people,
// as Lines(), and for programs. What does not apply is empty. Error::diagnosis() has one where
// types or names of components do not fit, and of whatever is wrong inside a component.
#pragma once

#include <string>
#include <vector>

namespace tenon {

struct Diagnosis {
  struct List {
    std::string title;  // "exports of codec"
    std::vector<std::string> items;
  };

  std::string code;  // for programs, never renamed: "missing-function", "type-mismatch", ...
  std::vector<std::string> path;  // from the outside in: `import "a:b/c"`, `function "f"`, `result`
  std::string expected;           // what differs at the end of the path, on both sides
  std::string found;
  std::string package;  // that declares the item: "wasi:io@0.2.12"
  std::string since;    // the package's version that brought the item, where that is known
  std::string nearest;  // the name that comes closest to one that is missing
  std::string hint;     // what to do
  std::vector<List> lists;

  // The lines that stand below an error's first one, without indentation or newlines.
  std::vector<std::string> Lines() const;
};

}  // namespace tenon
