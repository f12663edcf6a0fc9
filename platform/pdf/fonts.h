// The two fonts of every document, and text turned into glyphs: the same on any machine, whatever
// its locale.
#pragma once

#include <cairo.h>
#include <hb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace ph::pdf {

enum class Weight : std::uint8_t { kRegular = 0, kBold = 1 };

// Words are kerned; figures are not, so that all digits are equally wide and stand in columns.
enum class Setting : std::uint8_t { kWords = 0, kFigures = 1 };

// A line of text as glyphs. Positions are font units (1/1000 of the size) from the line's start.
struct Shaped {
  struct Glyph {
    std::uint32_t index{};
    std::int64_t x{};
    std::int64_t y{};
  };
  std::vector<Glyph> glyphs{};
  std::vector<cairo_text_cluster_t> clusters{};
  std::int64_t width{};
};

// Noto Sans CJK SC, regular and bold: found by fontconfig, shaped by HarfBuzz from the font's own
// units with a fixed language. Throws std::runtime_error when the fonts are not installed, since
// any other font would give other bytes. Not for two threads at once.
class Fonts {
 public:
  static constexpr std::int64_t kUnitsPerEm = 1000;

  Fonts();
  [[nodiscard]] Shaped shape(std::string_view text, Weight weight, Setting setting);
  [[nodiscard]] cairo_font_face_t* face(Weight weight) const;

 private:
  struct Free {
    void operator()(cairo_font_face_t* face) const { cairo_font_face_destroy(face); }
    void operator()(hb_font_t* font) const { hb_font_destroy(font); }
    void operator()(hb_buffer_t* buffer) const { hb_buffer_destroy(buffer); }
  };
  struct Font {
    std::unique_ptr<cairo_font_face_t, Free> face{};
    std::unique_ptr<hb_font_t, Free> shaper{};
  };

  static Font load(Weight weight);

  std::array<Font, 2> fonts_{};
  std::unique_ptr<hb_buffer_t, Free> buffer_{};
};

}  // namespace ph::pdf
