// Pages of A4 drawn into a PDF in memory: text by its baseline, rules, fills. Points (1/72 inch)
// from the upper left corner. A canvas can also draw nothing and only count pages.
#pragma once

#include <cairo.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "platform/pdf/fonts.h"

namespace ph::pdf {

struct Color {
  double red{};
  double green{};
  double blue{};
};

inline constexpr Color kInk{0.09, 0.11, 0.15};
inline constexpr Color kGrey{0.42, 0.45, 0.50};
inline constexpr Color kRuleLight{0.86, 0.87, 0.89};
inline constexpr Color kRuleDark{0.40, 0.43, 0.48};
inline constexpr Color kTint{0.955, 0.962, 0.968};
inline constexpr Color kTintStrong{0.905, 0.922, 0.932};
inline constexpr Color kAccent{0.05, 0.29, 0.38};
inline constexpr Color kIn{0.07, 0.42, 0.37};
inline constexpr Color kInBand{0.62, 0.81, 0.77};
inline constexpr Color kOut{0.66, 0.36, 0.05};
inline constexpr Color kOutBand{0.95, 0.81, 0.62};
inline constexpr Color kNegative{0.72, 0.10, 0.12};
inline constexpr Color kNegativeBand{0.97, 0.87, 0.86};

struct Style {
  double size{};
  Weight weight{Weight::kRegular};
  Color color{kInk};
  Setting setting{Setting::kWords};
};

enum class Align : std::uint8_t { kLeft, kCentre, kRight };

inline constexpr double kPageWidth = 595.276;
inline constexpr double kPageHeight = 841.89;

struct Metadata {
  std::string title{};
  std::string author{};
  std::string subject{};
  std::string created{};  // `2007-05-10T00:00:00+08:00`
};

class Canvas {
 public:
  // Counts pages; nothing is drawn.
  explicit Canvas(Fonts& fonts) : fonts_(fonts) {}
  Canvas(Fonts& fonts, const Metadata& metadata);
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  void begin_page();
  void end_page();
  [[nodiscard]] int pages() const { return pages_; }

  // A place the reader can jump to: the top of what follows, at `y` of this page.
  void bookmark(std::string_view title, double y);

  [[nodiscard]] double width(std::string_view text, const Style& style);
  // Draws the text as it is; returns the width taken (0 when nothing is drawn).
  double text(double x, double baseline, std::string_view text, const Style& style,
              Align align = Align::kLeft);
  // Draws it within `room`: smaller where needed, down to `least` of the size; then with an
  // ellipsis.
  double fitted(double x, double baseline, double room, std::string_view text, const Style& style,
                Align align = Align::kLeft, double least = 0.75);

  void line(double x0, double y0, double x1, double y1, double width, Color color);
  void fill(double x, double y, double width, double height, Color color);
  void rounded(double x, double y, double width, double height, Color fill, Color border);

  // For drawing that this class has no word for; null when only counting.
  [[nodiscard]] cairo_t* context() const { return context_.get(); }

  // The finished document. Throws std::runtime_error when cairo could not make it.
  [[nodiscard]] std::string finish();

 private:
  struct Free {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  struct Output {
    std::string bytes{};
    std::exception_ptr failure{};
  };

  static cairo_status_t write(void* output, const unsigned char* data, unsigned size);
  void show(double x, double baseline, std::string_view text, const Shaped& shaped,
            const Style& style);
  std::string shortened(std::string_view text, const Shaped& shaped, const Style& style,
                        double room);

  Fonts& fonts_;
  Output output_{};  // Before the surface: it is written to until the surface is gone.
  std::unique_ptr<cairo_surface_t, Free> surface_{};
  std::unique_ptr<cairo_t, Free> context_{};
  int pages_{0};
};

}  // namespace ph::pdf
