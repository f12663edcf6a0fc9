#include "platform/pdf/canvas.h"

#include <cairo-pdf.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ph::pdf {

namespace {

constexpr std::string_view kEllipsis = "…";
constexpr double kCornerRadius = 5;

double points(std::int64_t units, double size) {
  return static_cast<double>(units) * size / static_cast<double>(Fonts::kUnitsPerEm);
}

double start(double x, double width, Align align) {
  switch (align) {
    case Align::kLeft:
      return x;
    case Align::kCentre:
      return x - width / 2;
    case Align::kRight:
      return x - width;
  }
  return x;
}

void set_source(cairo_t* cr, Color color) {
  cairo_set_source_rgb(cr, color.red, color.green, color.blue);
}

void require(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) {
    throw std::runtime_error(std::string("cairo: ") + cairo_status_to_string(status));
  }
}

}  // namespace

Canvas::Canvas(Fonts& fonts, const Metadata& metadata)
    : fonts_(fonts),
      surface_(
          cairo_pdf_surface_create_for_stream(&Canvas::write, &output_, kPageWidth, kPageHeight)),
      context_(cairo_create(surface_.get())) {
  require(cairo_status(context_.get()));
  cairo_surface_t* surface = surface_.get();
  cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
  const auto set = [surface](cairo_pdf_metadata_t key, const std::string& value) {
    cairo_pdf_surface_set_metadata(surface, key, value.c_str());
  };
  set(CAIRO_PDF_METADATA_TITLE, metadata.title);
  set(CAIRO_PDF_METADATA_AUTHOR, metadata.author);
  set(CAIRO_PDF_METADATA_SUBJECT, metadata.subject);
  set(CAIRO_PDF_METADATA_CREATOR, "Pointhouse");
  set(CAIRO_PDF_METADATA_CREATE_DATE, metadata.created);
  // Outlines as they are: hints would hang on the size of a screen.
  const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), &cairo_font_options_destroy);
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context_.get(), options.get());
}

// Called from C: an exception waits in the output until finish().
cairo_status_t Canvas::write(void* output, const unsigned char* data, unsigned size) {
  auto* out = static_cast<Output*>(output);
  try {
    out->bytes.append(reinterpret_cast<const char*>(data), size);
  } catch (...) {
    out->failure = std::current_exception();
    return CAIRO_STATUS_WRITE_ERROR;
  }
  return CAIRO_STATUS_SUCCESS;
}

void Canvas::begin_page() {
  ++pages_;
}

void Canvas::end_page() {
  if (context_) cairo_show_page(context_.get());
}

void Canvas::bookmark(std::string_view title, double y) {
  if (!surface_) return;
  const std::string place =
      "page=" + std::to_string(pages_) + " pos=[0 " + std::to_string(static_cast<int>(y)) + "]";
  cairo_pdf_surface_add_outline(surface_.get(), CAIRO_PDF_OUTLINE_ROOT, std::string(title).c_str(),
                                place.c_str(), CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

double Canvas::width(std::string_view text, const Style& style) {
  return points(fonts_.shape(text, style.weight, style.setting).width, style.size);
}

void Canvas::show(double x, double baseline, std::string_view text, const Shaped& shaped,
                  const Style& style) {
  cairo_t* cr = context_.get();
  std::vector<cairo_glyph_t> glyphs;
  glyphs.reserve(shaped.glyphs.size());
  for (const Shaped::Glyph& glyph : shaped.glyphs) {
    glyphs.push_back(
        {glyph.index, x + points(glyph.x, style.size), baseline + points(glyph.y, style.size)});
  }
  cairo_set_font_face(cr, fonts_.face(style.weight));
  cairo_set_font_size(cr, style.size);
  set_source(cr, style.color);
  cairo_show_text_glyphs(cr, text.data(), static_cast<int>(text.size()), glyphs.data(),
                         static_cast<int>(glyphs.size()), shaped.clusters.data(),
                         static_cast<int>(shaped.clusters.size()),
                         static_cast<cairo_text_cluster_flags_t>(0));
}

double Canvas::text(double x, double baseline, std::string_view text, const Style& style,
                    Align align) {
  if (!context_ || text.empty()) return 0;
  const Shaped shaped = fonts_.shape(text, style.weight, style.setting);
  const double taken = points(shaped.width, style.size);
  show(start(x, taken, align), baseline, text, shaped, style);
  return taken;
}

std::string Canvas::shortened(std::string_view text, const Shaped& shaped, const Style& style,
                              double room) {
  const double left = room - width(kEllipsis, style);
  std::size_t bytes = 0;
  std::size_t glyph = 0;
  for (const cairo_text_cluster_t& cluster : shaped.clusters) {
    glyph += static_cast<std::size_t>(cluster.num_glyphs);
    const std::int64_t end = glyph < shaped.glyphs.size() ? shaped.glyphs[glyph].x : shaped.width;
    if (points(end, style.size) > left) break;
    bytes += static_cast<std::size_t>(cluster.num_bytes);
  }
  while (bytes > 0 && text[bytes - 1] == ' ')
    --bytes;
  return std::string(text.substr(0, bytes)).append(kEllipsis);
}

double Canvas::fitted(double x, double baseline, double room, std::string_view text,
                      const Style& style, Align align, double least) {
  if (!context_ || text.empty()) return 0;
  const Shaped shaped = fonts_.shape(text, style.weight, style.setting);
  Style smaller = style;
  const double wanted = points(shaped.width, style.size);
  if (wanted > room) smaller.size = style.size * std::max(least, room / wanted);
  const double taken = points(shaped.width, smaller.size);
  if (taken <= room + 0.01) {
    show(start(x, taken, align), baseline, text, shaped, smaller);
    return taken;
  }
  return this->text(x, baseline, shortened(text, shaped, smaller, room), smaller, align);
}

void Canvas::line(double x0, double y0, double x1, double y1, double width, Color color) {
  cairo_t* cr = context_.get();
  if (cr == nullptr) return;
  set_source(cr, color);
  cairo_set_line_width(cr, width);
  cairo_move_to(cr, x0, y0);
  cairo_line_to(cr, x1, y1);
  cairo_stroke(cr);
}

void Canvas::fill(double x, double y, double width, double height, Color color) {
  cairo_t* cr = context_.get();
  if (cr == nullptr) return;
  set_source(cr, color);
  cairo_rectangle(cr, x, y, width, height);
  cairo_fill(cr);
}

void Canvas::rounded(double x, double y, double width, double height, Color fill, Color border) {
  cairo_t* cr = context_.get();
  if (cr == nullptr) return;
  constexpr double kHandle = kCornerRadius * 0.4477;  // Bezier control points of a quarter circle.
  const double r = kCornerRadius;
  const double right = x + width;
  const double bottom = y + height;
  cairo_move_to(cr, x + r, y);
  cairo_line_to(cr, right - r, y);
  cairo_curve_to(cr, right - kHandle, y, right, y + kHandle, right, y + r);
  cairo_line_to(cr, right, bottom - r);
  cairo_curve_to(cr, right, bottom - kHandle, right - kHandle, bottom, right - r, bottom);
  cairo_line_to(cr, x + r, bottom);
  cairo_curve_to(cr, x + kHandle, bottom, x, bottom - kHandle, x, bottom - r);
  cairo_line_to(cr, x, y + r);
  cairo_curve_to(cr, x, y + kHandle, x + kHandle, y, x + r, y);
  cairo_close_path(cr);
  set_source(cr, fill);
  cairo_fill_preserve(cr);
  set_source(cr, border);
  cairo_set_line_width(cr, 0.7);
  cairo_stroke(cr);
}

std::string Canvas::finish() {
  if (!surface_) return {};
  const cairo_status_t drawn = cairo_status(context_.get());
  context_.reset();
  cairo_surface_finish(surface_.get());
  const cairo_status_t written = cairo_surface_status(surface_.get());
  surface_.reset();
  if (output_.failure) std::rethrow_exception(output_.failure);
  require(drawn);
  require(written);
  return std::move(output_.bytes);
}

}  // namespace ph::pdf
