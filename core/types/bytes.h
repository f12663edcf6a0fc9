// Canonical bytes: little-endian integers, one after the other, for layouts that are digested or
// kept (docs/journal.md). A reader never passes its end; what it could not read is zero and makes
// it bad.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/types/digest.h"

namespace ph {

class ByteWriter {
 public:
  template <class T>
  void put(T value) {
    static_assert(std::is_integral_v<T>);
    append(&value, sizeof value);
  }
  // A struct whose bytes are its layout: no padding that isn't zero.
  template <class T>
  void put_record(const T& record) {
    static_assert(std::is_trivially_copyable_v<T>);
    append(&record, sizeof record);
  }
  void put(const Digest& digest) { append(digest.data(), digest.size()); }
  // Length as u32, then the bytes.
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    append(text.data(), text.size());
  }
  // Count as u64, then the records.
  template <class T>
  void put_all(const std::vector<T>& records) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(static_cast<std::uint64_t>(records.size()));
    append(records.data(), records.size() * sizeof(T));
  }
  void put_raw(Bytes bytes) { append(bytes.data(), bytes.size()); }
  // Zero bytes up to a multiple of `alignment`.
  void pad(std::size_t alignment) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
  }

  [[nodiscard]] Bytes bytes() const { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void append(const void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), first, first + size);
  }
  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  template <class T>
  [[nodiscard]] T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    copy(&value, sizeof value);
    return value;
  }
  [[nodiscard]] std::string get_text() {
    const auto size = get<std::uint32_t>();
    if (size > rest_.size()) {
      good_ = false;
      return {};
    }
    std::string text(size, '\0');
    copy(text.data(), size);
    return text;
  }
  template <class T>
  [[nodiscard]] std::vector<T> get_all() {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto count = get<std::uint64_t>();
    if (count > rest_.size() / sizeof(T)) {
      good_ = false;
      return {};
    }
    std::vector<T> records(count);
    copy(records.data(), count * sizeof(T));
    return records;
  }
  [[nodiscard]] Bytes get_raw(std::size_t size) {
    if (size > rest_.size()) {
      good_ = false;
      return {};
    }
    const Bytes part = rest_.first(size);
    rest_ = rest_.subspan(size);
    return part;
  }

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  // False once anything was asked for beyond the end.
  [[nodiscard]] bool good() const { return good_; }
  // All was read, and nothing beyond it.
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  void copy(void* to, std::size_t size) {
    if (size > rest_.size()) {
      good_ = false;
      rest_ = {};
      return;
    }
    if (size > 0) {
      std::memcpy(to, rest_.data(), size);
    }
    rest_ = rest_.subspan(size);
  }
  Bytes rest_;
  bool good_{true};
};

}  // namespace ph
