#include "platform/journal/lmdb_check.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "platform/journal/posix.h"

namespace ph {

namespace {

// The file's format, as LMDB 0.9 has written it since its data version 1.
constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
constexpr std::uint16_t kBranch = 1;
constexpr std::uint16_t kLeaf = 2;
constexpr std::uint16_t kOverflow = 4;
constexpr std::uint16_t kMeta = 8;
constexpr std::uint16_t kBigData = 1;  // of a node: its value lies in overflow pages
constexpr std::uint16_t kSubData = 2;  // its value is a database
constexpr std::uint16_t kIntegerKey = 8;
constexpr std::uint16_t kDepthMax = 32;
constexpr std::uint64_t kMapBytesMax = std::uint64_t{1} << 45U;

struct PageHeader {
  std::uint64_t number{};
  std::uint16_t pad{};
  std::uint16_t flags{};
  std::uint16_t lower{};  // for overflow pages, both are their count
  std::uint16_t upper{};
};
static_assert(sizeof(PageHeader) == 16);

struct Database {
  std::uint32_t pad{};  // of the first of a meta page: the size of a page
  std::uint16_t flags{};
  std::uint16_t depth{};
  std::uint64_t branch_pages{};
  std::uint64_t leaf_pages{};
  std::uint64_t overflow_pages{};
  std::uint64_t entries{};
  std::uint64_t root{};
};
static_assert(sizeof(Database) == 48);

struct Meta {
  std::uint32_t magic{};
  std::uint32_t version{};
  std::uint64_t address{};
  std::uint64_t map_size{};
  Database free;
  Database main;
  std::uint64_t last_page{};
  std::uint64_t transaction{};
};
static_assert(sizeof(Meta) == 136);

struct NodeHeader {
  std::uint16_t low{};
  std::uint16_t high{};
  std::uint16_t flags{};
  std::uint16_t key_size{};
};
static_assert(sizeof(NodeHeader) == 8);

template <class T>
T read_at(Bytes bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

class Checker {
 public:
  Checker(const std::string& path, Bytes file) : path_(path), file_(file) {}

  void check() {
    const Meta meta = newest_meta();
    page_size_ = meta.free.pad;
    pages_ = file_.size() / page_size_;
    last_page_ = meta.last_page;
    if (meta.map_size > kMapBytesMax || last_page_ > kMapBytesMax / page_size_) {
      fail("its newest commit claims a size that can't be");
    }
    seen_.assign(pages_, false);
    check_database(meta.main, false);
    for (const Database& database : std::vector(std::move(subs_))) {
      check_database(database, false);
    }
    check_database(meta.free, true);  // Last: a free page is one that nothing else leads to.
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Damaged(path_ + ": " + what +
                  ". It is not what was written: keep the file, and bring the directory back from "
                  "a copy, a standby or the archive");
  }
  [[noreturn]] void fail(std::uint64_t page, const std::string& what) const {
    fail("page " + std::to_string(page) + " " + what);
  }

  Meta newest_meta() {
    Meta newest;
    std::uint32_t size = 4096;  // The second lies a page behind the first.
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}}) {
      const std::size_t at = index * size;
      if (file_.size() < at + sizeof(PageHeader) + sizeof(Meta)) {
        fail("it is cut off at " + std::to_string(file_.size()) + " bytes");
      }
      const auto header = read_at<PageHeader>(file_, at);
      const auto meta = read_at<Meta>(file_, at + sizeof header);
      const std::uint32_t page = meta.free.pad;
      if (header.number != index || header.flags != kMeta || meta.magic != kMagic) {
        fail(index, "does not begin as a file of LMDB does");
      }
      if (meta.version != kVersion) {
        fail(index, "has version " + std::to_string(meta.version) + " of LMDB's files");
      }
      if (page < 512 || page > 65'536 || (page & (page - 1)) != 0 || (index == 1 && page != size)) {
        fail(index, "has pages of " + std::to_string(page) + " bytes");
      }
      // Commits take the two in turn: without this a garbled number would bring the one before
      // back.
      const std::uint64_t before = newest.transaction;
      if (meta.transaction % 2 != index ||
          (index == 1 && meta.transaction + 1 != before && meta.transaction != before + 1)) {
        fail(index, "is of commit " + std::to_string(meta.transaction) + ", which can't be");
      }
      size = page;
      if (index == 0 || meta.transaction > newest.transaction) {
        newest = meta;
      }
    }
    return newest;
  }

  // The page's bytes, which nothing else may lead to.
  Bytes take_page(std::uint64_t number, std::uint64_t count = 1) {
    if (number < 2 || number > last_page_) {
      fail(number, "is cited, but can't be: the last is " + std::to_string(last_page_));
    }
    if (number >= pages_ || count > pages_ - number) {
      fail(number, "is cut off: the file has " + std::to_string(file_.size()) + " bytes");
    }
    for (std::uint64_t n = number; n < number + count; ++n) {
      if (seen_[n]) {
        fail(n, "is cited twice");
      }
      seen_[n] = true;
    }
    return file_.subspan(number * page_size_, count * page_size_);
  }

  void check_database(const Database& database, bool integers) {
    tally_ = {};
    integers_ = integers;
    previous_.reset();
    if (database.flags != (integers ? kIntegerKey : 0)) {
      fail("a database is of another kind than was made");
    }
    if (database.root == kNoPage) {
      if (database.depth != 0 || database.entries != 0) {
        fail("a database has entries but no pages");
      }
      return;
    }
    if (database.depth == 0 || database.depth > kDepthMax) {
      fail("a database has a depth of " + std::to_string(database.depth));
    }
    check_tree(database.root, database.depth);
    if (tally_.branch_pages != database.branch_pages || tally_.leaf_pages != database.leaf_pages ||
        tally_.overflow_pages != database.overflow_pages || tally_.entries != database.entries) {
      fail("the database at page " + std::to_string(database.root) + " has " +
           std::to_string(tally_.entries) + " entries, not " + std::to_string(database.entries));
    }
  }

  void check_tree(std::uint64_t number, std::uint16_t depth) {
    const Bytes page = take_page(number);
    const auto header = read_at<PageHeader>(page, 0);
    if (header.number != number || header.flags != (depth > 1 ? kBranch : kLeaf)) {
      fail(number, "is another page than it should be");
    }
    if (header.lower < sizeof header || header.lower > header.upper || header.upper > page.size() ||
        header.lower % 2 != 0) {
      fail(number, "has bounds that can't be");
    }
    const std::size_t nodes = (header.lower - sizeof header) / 2;
    (depth > 1 ? tally_.branch_pages : tally_.leaf_pages) += 1;
    for (std::size_t n = 0; n < nodes; ++n) {
      const auto at = read_at<std::uint16_t>(page, sizeof header + n * 2);
      if (at < header.upper || at + sizeof(NodeHeader) > page.size()) {
        fail(number, "has an entry outside its bounds");
      }
      const Bytes rest = page.subspan(at);
      const auto node = read_at<NodeHeader>(rest, 0);
      if (sizeof node + node.key_size > rest.size()) {
        fail(number, "has a key outside its bounds");
      }
      if (depth > 1) {
        check_tree(std::uint64_t{node.low} | std::uint64_t{node.high} << 16U |
                       std::uint64_t{node.flags} << 32U,
                   static_cast<std::uint16_t>(depth - 1));
      } else {
        check_leaf_node(number, node, rest.subspan(sizeof node));
      }
    }
    if (nodes == 0) {
      fail(number, "is empty");
    }
  }

  void check_leaf_node(std::uint64_t number, const NodeHeader& node, Bytes rest) {
    const Bytes key = rest.first(node.key_size);
    const std::uint64_t size = std::uint64_t{node.low} | std::uint64_t{node.high} << 16U;
    const bool big = node.flags == kBigData;
    rest = rest.subspan(node.key_size);
    check_order(number, key);
    ++tally_.entries;
    if (rest.size() < (big ? sizeof(std::uint64_t) : size)) {
      fail(number, "has a value outside its bounds");
    }
    if (big) {
      check_overflow(read_at<std::uint64_t>(rest, 0), size);
    } else if (node.flags == kSubData) {
      if (size != sizeof(Database)) {
        fail(number, "has a database that is none");
      }
      subs_.push_back(read_at<Database>(rest, 0));
    } else if (node.flags != 0) {
      fail(number, "has an entry of a kind that can't be");
    }
    if (integers_) {
      check_free_list(number, big, size, rest);
    }
  }

  void check_order(std::uint64_t number, Bytes key) {
    if (integers_ && key.size() != sizeof(std::uint64_t)) {
      fail(number, "has a key that is no number");
    }
    const auto ascends = [this](Bytes before, Bytes after) {
      return integers_ ? read_at<std::uint64_t>(before, 0) < read_at<std::uint64_t>(after, 0)
                       : std::ranges::lexicographical_compare(before, after);
    };
    if (previous_ && !ascends(*previous_, key)) {
      fail(number, "has keys out of order");
    }
    previous_ = key;
  }

  void check_overflow(std::uint64_t number, std::uint64_t size) {
    const std::uint64_t count = (sizeof(PageHeader) - 1 + size) / page_size_ + 1;
    const Bytes pages = take_page(number, count);
    const auto header = read_at<PageHeader>(pages, 0);
    const std::uint64_t its_count = std::uint64_t{header.lower} | std::uint64_t{header.upper}
                                                                      << 16U;
    if (header.number != number || header.flags != kOverflow || its_count != count) {
      fail(number, "is another page than it should be");
    }
    tally_.overflow_pages += count;
  }

  // Pages to be written anew: a count, then numbers that fall.
  void check_free_list(std::uint64_t number, bool big, std::uint64_t size, Bytes value) {
    if (big) {
      value = file_.subspan(read_at<std::uint64_t>(value, 0) * page_size_ + sizeof(PageHeader));
    }
    constexpr std::uint64_t kWord = sizeof(std::uint64_t);
    const std::uint64_t count = size < kWord ? kNoPage : read_at<std::uint64_t>(value, 0);
    if (count > size / kWord - 1) {
      fail(number, "has a list of free pages that is none");
    }
    std::uint64_t before = kNoPage;
    for (std::uint64_t n = 1; n <= count; ++n) {
      const auto page = read_at<std::uint64_t>(value, n * kWord);
      if (page < 2 || page > last_page_ || page >= before || (page < pages_ && seen_[page])) {
        fail(number, "has a free page that can't be one");
      }
      before = page;
    }
  }

  const std::string& path_;
  Bytes file_;
  std::uint64_t page_size_{};
  std::uint64_t pages_{};  // whole ones in the file
  std::uint64_t last_page_{};
  std::vector<bool> seen_;
  std::vector<Database> subs_;
  Database tally_;
  bool integers_{};
  std::optional<Bytes> previous_;
};

}  // namespace

void check_lmdb_file(const std::string& path) {
  if (!exists(path)) {
    throw Damaged(path + " is missing: bring the directory back from a copy");
  }
  const FileHandle file(path, O_RDONLY);
  const MappedFile mapped(file);
  Checker(path, mapped.bytes()).check();
}

}  // namespace ph
