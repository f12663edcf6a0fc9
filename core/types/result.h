// A value or a refusal. Refusals are expected outcomes with stable codes; they are not exceptions.
#pragma once

#include <utility>
#include <variant>

#include "core/types/check.h"

namespace ph {

template <class E>
struct Fail {
  E error;
};
template <class E>
Fail(E) -> Fail<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT
  Result(Fail<E> fail) : state_(std::in_place_index<1>, std::move(fail.error)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const T& value() const& {
    check(ok(), "value of a result that is one");
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] T&& value() && {
    check(ok(), "value of a result that is one");
    return std::move(*std::get_if<0>(&state_));
  }
  [[nodiscard]] const E& error() const {
    check(!ok(), "error of a result that has one");
    return *std::get_if<1>(&state_);
  }
  const T& operator*() const& { return value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

}  // namespace ph
