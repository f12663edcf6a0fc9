// The pages of one statement: where the next part goes, the running head and foot, and shared
// words.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/statement/statement.h"
#include "platform/pdf/canvas.h"
#include "platform/pdf/labels.h"

namespace ph::pdf {

// Code -> Chinese name, English name.
using Names = std::map<std::string, std::pair<std::string, std::string>>;

inline constexpr double kLeft = 36;
inline constexpr double kRight = kPageWidth - 36;
inline constexpr double kContentWidth = kRight - kLeft;
inline constexpr double kFirstTop = 40;
inline constexpr double kTop = 62;      // Below the running head.
inline constexpr double kBottom = 796;  // Above the running foot.

// Chinese, then its English in grey behind it on the same line.
struct PairStyle {
  double size{};
  Weight weight{Weight::kRegular};
  Color color{kInk};
  double english{0.85};  // of the size
};

class Sheet {
 public:
  // `pages` is what the foot says of the whole document.
  Sheet(Canvas& canvas, const Statement& statement, const Names& names, int pages);

  [[nodiscard]] Canvas& canvas() { return canvas_; }
  [[nodiscard]] const Statement& statement() const { return statement_; }

  // The participant's names; empty ones when the map has none.
  [[nodiscard]] Label name_of(const std::string& code) const;

  // Where the next part starts, and what is left of the page below it.
  [[nodiscard]] double y() const { return y_; }
  [[nodiscard]] double room() const { return kBottom - y_; }
  void down(double height) { y_ += height; }
  // Ends the page, starts the next one with its running head.
  void next_page();
  // Starts a new page unless `height` is left.
  void need(double height);
  void finish();

  // Returns the width taken, from its outer edge. Too long a pair is fitted into `room`.
  double pair(double x, double baseline, double room, const Label& label, const PairStyle& style,
              Align align = Align::kLeft);
  // The title of a part, with a bookmark. Moves down.
  void part(const Label& title, const Label& note = {});

 private:
  void start_page();
  void foot();

  Canvas& canvas_;
  const Statement& statement_;
  const Names& names_;
  int pages_;
  double y_{kFirstTop};
};

}  // namespace ph::pdf
