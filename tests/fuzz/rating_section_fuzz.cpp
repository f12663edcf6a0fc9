// The section for ratings of the clearing's snapshot: what it takes, it gives back to the byte; and
// every rating of it can be looked at, due or not.
#include "clearing/rating_book.h"
#include "platform/files/read_programme.h"
#include "tests/fuzz/support.h"

namespace ph::fuzz {
namespace {

constexpr std::string_view kSources[] = {"CONSUMPTION", "TENURE", "LEVEL",   "AWARD",
                                         "FIXED_LINE",  "SP",     "PARTNER", "EXCHANGE_IN"};

std::shared_ptr<const Programme> stars() {
  std::string text =
      "[programme]\nformat = 1\ncode = \"s\"\ntitle = \"S\"\nversion = 1\neffective = "
      "\"2016-01-01\"\nmaker = \"A\"\nchecker = \"B\"\n";
  for (const std::string_view source : kSources) {
    text += "[[source]]\nsource = \"" + std::string(source) + "\"\nrating = true\n";
  }
  text +=
      "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n[[grading]]\nname = "
      "\"star\"\ntitle = \"S\"\nlevels = [\"no\", \"one\", \"two\"]\nbasis = "
      "\"SPEND_SCORE\"\nrun = \"CLEARING\"\neffective = \"NEXT_MONTH\"\nstandards = "
      "\"CLEARING\"\n[[cut]]\ngrading = \"star\"\nlevel = \"two\"\npercent = 5\n[effective]\n"
      "order = [\"two\", \"one\", \"no\"]\n";
  std::vector<Fault> faults;
  auto made = read_programme(InputFile("s.toml", as_bytes(text)), faults);
  need(made.has_value());
  return std::make_shared<const Programme>(std::move(*made));
}

}  // namespace
}  // namespace ph::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ph;
  static const std::shared_ptr<const Programme> kStars = fuzz::stars();
  const Bytes input = fuzz::input(data, size);
  RatingBook book;
  ByteReader in(input);
  const bool loaded = book.load(
      in, {.programme = [](const Digest&) { return kStars; },
           .units = [](const RatingKey&, Participant, const Digest&, bool) { return 7ULL; }});
  if (!loaded) {
    return 0;
  }
  ByteWriter out;
  book.save(out);
  const Bytes bytes = out.bytes();
  fuzz::need(bytes.size() <= input.size() && std::equal(bytes.begin(), bytes.end(), input.begin()));
  for (const auto& [key, rating] : book.ratings()) {
    fuzz::need(book.rules_of(key).has_value());
    fuzz::need(!rating.published() || rating.waiting().empty());
    (void)book.place_of({.key = key, .province = rating.provinces.front()});
  }
  (void)book.due();
  return 0;
}
