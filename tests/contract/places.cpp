#include "tests/contract/places.h"

#include "platform/journal/memory.h"
#include "tests/support/scratch.h"

namespace ph::test {

namespace {

class MemoryPlace final : public Place {
 public:
  Storage open() override {
    disk_.crash();  // What returned is there, however the process before ended.
    return open_memory_storage(disk_);
  }
  std::unique_ptr<Storage> rival() override {
    return std::make_unique<Storage>(open_memory_storage(disk_));
  }

 private:
  MemoryDisk disk_;
};

class LmdbPlace final : public Place {
 public:
  Storage open() override { return open_storage("lmdb:" + (scratch_ / "store"), ""); }
  std::unique_ptr<Storage> rival() override { return nullptr; }

 private:
  Scratch scratch_;
};

template <class T>
Adapter plain(const std::string& name) {
  return {.name = name, .make = [](std::string&) { return std::make_unique<T>(); }};
}

}  // namespace

const std::vector<Adapter>& adapters() {
  static const std::vector<Adapter> all{plain<MemoryPlace>("memory"), plain<LmdbPlace>("lmdb")};
  return all;
}

}  // namespace ph::test
