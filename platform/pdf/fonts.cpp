#include "platform/pdf/fonts.h"

#include <cairo-ft.h>
#include <pango/pangocairo.h>

#include <limits>
#include <stdexcept>

#include "core/types/check.h"

namespace ph::pdf {

namespace {

constexpr const char* kFamily = "Noto Sans CJK SC";
constexpr std::size_t kTextBytesMax = 4096;

// A style that is neither bold nor oblique, so that outlines stay as they are. cairo 1.16 then
// embeds the outlines of the glyphs used. Without it, it cuts the font's own CFF table, and loses
// count of the hints in subroutines that glyphs share: all 900 KB of subroutines are embedded, at
// best.
constexpr unsigned kNoStyleButOutlines = 4;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
  void operator()(PangoFontDescription* description) const {
    pango_font_description_free(description);
  }
};
template <class T>
using Handle = std::unique_ptr<T, Unref>;

// The font found must be the one asked for: fontconfig always answers with something.
bool is_asked_for(PangoFont* font, PangoWeight weight) {
  const Handle<PangoFontDescription> got(pango_font_describe(font));
  const char* family = pango_font_description_get_family(got.get());
  return family != nullptr && std::string_view(family) == kFamily &&
         pango_font_description_get_weight(got.get()) == weight;
}

}  // namespace

Fonts::Fonts() : buffer_(hb_buffer_create()) {
  fonts_[0] = load(Weight::kRegular);
  fonts_[1] = load(Weight::kBold);
}

Fonts::Font Fonts::load(Weight weight) {
  const PangoWeight asked = weight == Weight::kBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL;
  const Handle<PangoFontMap> map(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
  if (!map) throw std::runtime_error("pango has no FreeType fonts");
  const Handle<PangoContext> context(pango_font_map_create_context(map.get()));
  const Handle<PangoFontDescription> description(pango_font_description_new());
  pango_font_description_set_family_static(description.get(), kFamily);
  pango_font_description_set_weight(description.get(), asked);
  pango_font_description_set_absolute_size(description.get(), 10.0 * PANGO_SCALE);
  const Handle<PangoFont> found(pango_context_load_font(context.get(), description.get()));
  if (!found || !is_asked_for(found.get(), asked)) {
    throw std::runtime_error(std::string("font not installed: ") + kFamily +
                             " (package fonts-noto-cjk)");
  }
  // Only the font file comes from pango: its sizes and hints hang on the user's configuration.
  cairo_scaled_font_t* scaled =
      pango_cairo_font_get_scaled_font(reinterpret_cast<PangoCairoFont*>(found.get()));
  if (scaled == nullptr) throw std::runtime_error(std::string("font cannot be read: ") + kFamily);
  Font font;
  font.face.reset(cairo_font_face_reference(cairo_scaled_font_get_font_face(scaled)));
  cairo_ft_font_face_unset_synthesize(font.face.get(),
                                      CAIRO_FT_SYNTHESIZE_BOLD | CAIRO_FT_SYNTHESIZE_OBLIQUE);
  cairo_ft_font_face_set_synthesize(font.face.get(), kNoStyleButOutlines);
  hb_face_t* units = hb_font_get_face(pango_font_get_hb_font(found.get()));
  check(hb_face_get_upem(units) == kUnitsPerEm, "the font has 1000 units per em");
  font.shaper.reset(hb_font_create(units));
  return font;
}

cairo_font_face_t* Fonts::face(Weight weight) const {
  return fonts_[static_cast<std::size_t>(weight)].face.get();
}

Shaped Fonts::shape(std::string_view text, Weight weight, Setting setting) {
  check(text.size() <= kTextBytesMax, "a line of text within its bound");
  hb_buffer_t* buffer = buffer_.get();
  hb_buffer_clear_contents(buffer);
  const int size = static_cast<int>(text.size());
  hb_buffer_add_utf8(buffer, text.data(), size, 0, size);
  hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
  hb_buffer_set_script(buffer, HB_SCRIPT_HAN);
  hb_buffer_set_language(buffer, hb_language_from_string("zh-hans", -1));
  constexpr unsigned kEnd = std::numeric_limits<unsigned>::max();
  const hb_feature_t plain[] = {{HB_TAG('l', 'i', 'g', 'a'), 0, 0, kEnd},
                                {HB_TAG('k', 'e', 'r', 'n'), 0, 0, kEnd}};
  const unsigned features = setting == Setting::kFigures ? 2 : 1;
  hb_shape(fonts_[static_cast<std::size_t>(weight)].shaper.get(), buffer, plain, features);

  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
  const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer, &count);
  Shaped out;
  out.glyphs.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    out.glyphs.push_back({infos[i].codepoint, out.width + positions[i].x_offset,
                          -std::int64_t{positions[i].y_offset}});
    out.width += positions[i].x_advance;
    const bool ends = i + 1 == count || infos[i + 1].cluster != infos[i].cluster;
    if (i == 0 || infos[i].cluster != infos[i - 1].cluster) out.clusters.push_back({0, 0});
    ++out.clusters.back().num_glyphs;
    if (ends) {
      const unsigned next = i + 1 == count ? static_cast<unsigned>(size) : infos[i + 1].cluster;
      out.clusters.back().num_bytes = static_cast<int>(next - infos[i].cluster);
    }
  }
  return out;
}

}  // namespace ph::pdf
