#include "tests/contract/places.h"

#include "platform/journal/memory.h"
#include "tests/support/postgres_server.h"
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

// One server for all tests of this process, a database for each.
class PostgresPlace final : public Place {
 public:
  Storage open() override { return open_storage(url_, scratch_ / "first"); }
  std::unique_ptr<Storage> rival() override {
    return std::make_unique<Storage>(open_storage(url_, scratch_ / "second"));
  }

 private:
  static PostgresServer& server() {
    static PostgresServer one;
    return one;
  }

  Scratch scratch_;
  std::string url_ = server().url(server().make_database());
};

std::unique_ptr<Place> postgres_place(std::string& why) {
  why = PostgresServer::lacking();
  return why.empty() ? std::make_unique<PostgresPlace>() : nullptr;
}

template <class T>
Adapter plain(const std::string& name) {
  return {.name = name, .make = [](std::string&) { return std::make_unique<T>(); }};
}

}  // namespace

const std::vector<Adapter>& adapters() {
  static const std::vector<Adapter> all{plain<MemoryPlace>("memory"),
                                        plain<LmdbPlace>("lmdb"),
                                        {.name = "postgresql", .make = postgres_place}};
  return all;
}

}  // namespace ph::test
