// An owned descriptor, of whatever kind: vm/sys/file.h is for those that are read as files. What is
// done with it are the system's calls themselves.
#pragma once

#include <unistd.h>

#include <utility>

namespace tenon::cli {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}  // -1: none
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }

  int number() const { return number_; }
  int Release() { return std::exchange(number_, -1); }  // to another owner
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

}  // namespace tenon::cli
