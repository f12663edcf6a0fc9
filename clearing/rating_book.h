// The ratings that the clearing has opened (docs/wire.md, section 8): for which grading, month and
// provinces, whose scores have come, which thresholds were published; and the versions of the
// programme that say how. A deterministic state machine of commands that were journaled. One thread
// owns it.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/programme/programme.h"
#include "core/types/bytes.h"
#include "core/types/date.h"
#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/time.h"

namespace ph {

struct RatingKey {
  std::string grading{};
  Month month{};
  friend auto operator<=>(const RatingKey&, const RatingKey&) = default;
};

struct ProgrammeVersion {
  Digest blob{};
  BusinessDate effective{};
  std::shared_ptr<const Programme> programme{};  // never null
};

// A province's histogram, which lies in the store.
struct SentScores {
  std::uint32_t revision{};
  Digest blob{};
  std::uint64_t units{};  // by the histogram's header
  BusinessTime at{};
  std::string signature{};  // the province's, kind SCORES
};

struct Rating {
  std::vector<Participant> provinces{};  // ascending, one at least
  BusinessTime opened{};                 // last
  // Those of provinces that were taken out again, too: they don't count.
  std::map<Participant, SentScores> scores{};
  std::string thresholds{};  // platform/wire/thresholds.h; empty: not published
  std::string signature{};   // of the clearing

  [[nodiscard]] bool published() const { return !thresholds.empty(); }
  [[nodiscard]] bool counts(Participant province) const;
  // Provinces whose scores have not come.
  [[nodiscard]] std::vector<Participant> waiting() const;
};

// By what a month is rated: the version in force on its last day.
struct RatingRules {
  const ProgrammeVersion* version{};
  const programme::Grading* grading{};
  std::uint32_t scale{};  // of scores
};

class RatingBook {
 public:
  // Nothing was ever taken: a snapshot needs no section for it.
  [[nodiscard]] bool empty() const { return versions_.empty(); }
  [[nodiscard]] const std::vector<ProgrammeVersion>& versions() const { return versions_; }
  [[nodiscard]] const std::map<RatingKey, Rating>& ratings() const { return ratings_; }
  [[nodiscard]] const Rating* find(const RatingKey& key) const;
  // nullopt: no version in force, or none that has the clearing find this grading's thresholds.
  [[nodiscard]] std::optional<RatingRules> rules_of(const RatingKey& key) const;
  // The last month of all ratings: a version that holds in it can't come any more.
  [[nodiscard]] std::optional<Month> last_month() const;

  // What becomes of a histogram that a province has.
  enum class Place : std::uint8_t {
    kFree,            // it would be taken
    kSame,            // it was
    kNotOpen,         // no rating, or not of this province
    kOtherProgramme,  // than the one that is in force for the month
    kOther,           // another one was taken, of this revision or a later one
    kPublished,       // another one, and the thresholds are published
  };
  struct Found {
    RatingKey key{};
    Participant province{};
    Digest programme{};
    std::uint32_t revision{};
    Digest digest{};
  };
  [[nodiscard]] Place place_of(const Found& found) const;
  // The ratings whose scores are all there, and which aren't published.
  [[nodiscard]] std::vector<RatingKey> due() const;

  // Each is false when it can't be one of this state's; then nothing has changed.
  [[nodiscard]] bool take(ProgrammeVersion version);
  [[nodiscard]] bool open(const RatingKey& key, std::vector<Participant> provinces,
                          BusinessTime at);
  [[nodiscard]] bool take(const RatingKey& key, Participant province, SentScores scores);
  [[nodiscard]] bool publish(const RatingKey& key, std::string thresholds, std::string signature);

  // The state, packed (docs/journal.md, section 11).
  void save(ByteWriter& out) const;
  // What blobs say; each throws when it isn't there, or isn't what was kept.
  struct Reader {
    std::function<std::shared_ptr<const Programme>(const Digest&)> programme{};
    std::function<std::uint64_t(const RatingKey&, Participant, const Digest&, bool all)> units{};
  };
  // Into an empty book. False: it is none.
  [[nodiscard]] bool load(ByteReader& in, const Reader& reader);

 private:
  [[nodiscard]] bool load_rating(ByteReader& in, const Reader& reader);

  std::vector<ProgrammeVersion> versions_;  // ascending by `effective`
  std::map<RatingKey, Rating> ratings_;
};

}  // namespace ph
