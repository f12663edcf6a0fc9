// Ratings at the clearing (docs/wire.md, section 8): the programme's versions, months that are
// opened, the provinces' scores, thresholds that are published once all of them are there.
#include <algorithm>
#include <utility>

#include "clearing/clearing.h"
#include "core/programme/level.h"
#include "core/programme/programme_version.h"
#include "core/types/check.h"
#include "platform/crypto/sha256.h"
#include "platform/sys/kill_points.h"
#include "platform/wire/thresholds.h"

namespace ph {

namespace {

using wire::ScoresState;

// A province signs with the key of a batch that it holds a receipt for; an older one than this is
// no sign that it still has that key.
constexpr std::uint32_t kSequencesBehindMax = 64;

std::string words_of(const RatingKey& key) {
  return key.grading + " of " + key.month.text();
}

ScoresVerdict wrong(std::string why) {
  return {.state = ScoresState::kWrong, .detail = std::move(why)};
}

Fault fault_of(const PreparedFile& file, const ProgrammeFault& fault) {
  return {.code = static_cast<FaultCode>(fault.code),
          .file = file.name,
          .line = fault.line,
          .column = fault.key,
          .value = fault.value,
          .expected = fault.expected};
}

}  // namespace

// --- the programme -------------------------------------------------------------------------------

IntakeAnswer Clearing::take_programme(const PreparedFile& file, BusinessTime now) {
  if (file.unread) {
    return wait_for("the rule book has to come first");
  }
  if (!file.good) {
    return {.verdict = IntakeVerdict::kRefused, .faults = file.faults};
  }
  const RatingBook& book = house_.rating_book();
  std::vector<const Programme*> before;
  for (const ProgrammeVersion& version : book.versions()) {
    if (version.blob == file.blob) {
      return copy_of_earlier("this version of the programme was taken before");
    }
    before.push_back(version.programme.get());
  }
  const programme::Head& head = file.programme->rows().head;
  if (!before.empty()) {
    IntakeAnswer refused{.verdict = IntakeVerdict::kRefused};
    for (const ProgrammeFault& fault : version_faults(before, *file.programme)) {
      refused.faults.push_back(fault_of(file, fault));
    }
    if (!refused.faults.empty()) {
      return refused;
    }
  }
  const auto rated = book.last_month();
  if (rated && head.effective <= last_day(*rated)) {
    IntakeAnswer answer =
        refuse(file, FaultCode::kIntakeProgrammePast, "programme.effective", head.effective.text(),
               "a day behind " + last_day(*rated).text() + ": " + rated->text() + " is rated");
    answer.faults.front().line = head.line;
    return answer;
  }
  const JournalCommand command =
      encode(ProgrammeKept{.blob = file.blob, .effective = head.effective}, now);
  journal(command);
  house_.apply(command);
  return accepted();
}

// --- opened --------------------------------------------------------------------------------------

std::optional<Obstacle> Clearing::rating_obstacle(const RatingKey& key,
                                                  const std::vector<Participant>& provinces,
                                                  BusinessTime now) const {
  const auto clearing = [this](std::string what, std::string what_now) {
    return Obstacle{
        .who = settings_.code, .what = std::move(what), .what_now = std::move(what_now)};
  };
  if (key.month >= now.date().month()) {
    return clearing(key.month.text() + " isn't over", "open its rating once it is");
  }
  if (!house_.rating_book().rules_of(key)) {
    return clearing("no programme in force on " + last_day(key.month).text() +
                        " has the clearing find thresholds of " + key.grading,
                    "drop the programme's file into the clearing's inbox, or name one of its "
                    "gradings with standards = \"CLEARING\"");
  }
  if (provinces.empty()) {
    return clearing("the rule book in force has no province", "name provinces that it has");
  }
  const Rating* before = house_.rating_book().find(key);
  if (before != nullptr && before->published() && before->provinces != provinces) {
    return clearing("the thresholds of " + words_of(key) + " are published and stay as they are",
                    "nothing: `pointhouse clearing rating status` shows them");
  }
  return std::nullopt;
}

RatingAnswer Clearing::open_rating(const RatingKey& key, const std::vector<std::string>& codes,
                                   BusinessTime now) {
  now_ = now;
  std::vector<Participant> provinces;
  for (const std::string& code : codes) {
    const Participant province = number_of(code);
    if (province.none() || !house_.rules().is_province(province)) {
      return {.obstacle = Obstacle{.who = code,
                                   .what = "the rule book in force has no such province",
                                   .what_now = "name provinces by their codes"}};
    }
    provinces.push_back(province);
  }
  if (codes.empty() && house_.has_rules()) {
    for (const ParticipantRow& row : house_.rules().participants()) {
      if (row.kind == ParticipantKind::kProvince) {
        provinces.push_back(row.participant);
      }
    }
  }
  std::ranges::sort(provinces);
  provinces.erase(std::unique(provinces.begin(), provinces.end()), provinces.end());
  if (auto obstacle = rating_obstacle(key, provinces, now)) {
    return {.obstacle = std::move(obstacle)};
  }
  const Rating* before = house_.rating_book().find(key);
  if (before != nullptr && before->provinces == provinces) {
    return {.opened = true, .again = true};
  }
  const JournalCommand command =
      encode(RatingOpened{.key = key, .provinces = std::move(provinces)}, now);
  journal(command);
  house_.apply(command);
  return {.opened = true};
}

// --- scores --------------------------------------------------------------------------------------

// By the key of a batch that was taken, and not long ago.
std::optional<ScoresVerdict> Clearing::scores_signature_fault(const std::string& code,
                                                              const wire::Scores& part) const {
  const SenderState* state = house_.sender(number_of(code));
  const std::uint32_t last = state == nullptr ? 0 : state->last();
  if (part.sequence == 0 || part.sequence > last || last - part.sequence > kSequencesBehindMax) {
    return wrong("it is signed by the key of sequence " + std::to_string(part.sequence) +
                 "; the last one taken from " + code + " is " + std::to_string(last));
  }
  const RegistryKey* key = registry_->at(code, part.sequence);
  const auto signature = parse_signature_line(part.signature);
  if (key == nullptr || !signature ||
      !verifies(*signature, key->key, wire::kScoresKind, part.digest)) {
    return wrong("its signature isn't that of " + code + " at sequence " +
                 std::to_string(part.sequence));
  }
  return std::nullopt;
}

// What can be said before all bytes are here; nullopt: they are wanted.
std::optional<ScoresVerdict> Clearing::scores_place(const std::string& code,
                                                    const wire::Scores& part) const {
  const RatingKey key{.grading = part.grading, .month = part.month};
  const RatingBook& book = house_.rating_book();
  switch (book.place_of({.key = key,
                         .province = number_of(code),
                         .programme = part.programme,
                         .revision = part.revision,
                         .digest = part.digest})) {
    case RatingBook::Place::kFree:
      break;
    case RatingBook::Place::kSame:
      return ScoresVerdict{.state = ScoresState::kTaken};
    case RatingBook::Place::kNotOpen:
      return ScoresVerdict{.state = ScoresState::kNotOpen,
                           .detail = "no rating " + words_of(key) + " is open for " + code};
    case RatingBook::Place::kOtherProgramme: {
      const auto rules = book.rules_of(key);
      return ScoresVerdict{.state = ScoresState::kOtherProgramme,
                           .detail = "the one in force in " + key.month.text() + " is " +
                                     (rules ? hex(rules->version->blob) : "none")};
    }
    case RatingBook::Place::kOther:
      return ScoresVerdict{.state = ScoresState::kOther,
                           .detail = "another one of this revision, or of a later one, was taken"};
    case RatingBook::Place::kPublished:
      return ScoresVerdict{.state = ScoresState::kOther, .detail = "the thresholds are published"};
  }
  if ((part.size - programme::kHistogramHeaderBytes) % programme::kHistogramEntryBytes != 0) {
    return wrong(std::string(word(programme::HistogramFault::kLength)));
  }
  return scores_signature_fault(code, part);
}

void Clearing::on_scores(const Peer& from, const wire::Scores& part) {
  auto known = scores_place(from.participant, part);
  const wire::ScoresTaken answer = known ? answer_to(part, std::move(*known))
                                         : scores_.on_part(from.participant, part, steady_ms_);
  live_.messages.emplace_back(from, wire::encode(answer));
}

// All bytes are here, and are those that were signed.
ScoresVerdict Clearing::take_scores(const std::string& code, const wire::Scores& part,
                                    BlobWriter& bytes) {
  const RatingKey key{.grading = part.grading, .month = part.month};
  const auto rules = house_.rating_book().rules_of(key);
  check(rules.has_value(), "the rules of a rating that is open");
  const Blob content = bytes.content();
  const auto file = programme::read_histogram(content.bytes());
  if (!file) {
    return wrong(std::string(word(file.error())));
  }
  const programme::HistogramHeader expected{.province = number_of(code),
                                            .grading = part.grading,
                                            .month = part.month,
                                            .scale = rules->scale,
                                            .programme = part.programme,
                                            .revision = part.revision};
  if (file->header != expected) {
    return wrong("its header is another one's: it has to be of " + code + ", " + words_of(key) +
                 ", revision " + std::to_string(part.revision) + ", scale " +
                 std::to_string(rules->scale) + ", programme " + hex(part.programme));
  }
  kill_point<"clearing_before_scores">();
  const JournalCommand command = encode(ScoresKept{.province = expected.province,
                                                   .key = key,
                                                   .revision = part.revision,
                                                   .blob = bytes.finish(),
                                                   .signature = part.signature},
                                        now_);
  journal(command);
  house_.apply(command);
  kill_point<"clearing_after_scores">();
  return {.state = ScoresState::kTaken};
}

// --- thresholds ----------------------------------------------------------------------------------

void Clearing::on_thresholds_request(const Peer& from, const wire::ThresholdsRequest& request) {
  const Rating* rating =
      house_.rating_book().find({.grading = request.grading, .month = request.month});
  wire::Thresholds answer{
      .grading = request.grading, .month = request.month, .state = wire::ThresholdsState::kNotOpen};
  if (rating != nullptr && rating->published()) {
    answer.state = wire::ThresholdsState::kPublished;
    answer.text = rating->thresholds;
    answer.signature = rating->signature;
  } else if (rating != nullptr) {
    answer.state = wire::ThresholdsState::kWaits;
    answer.waiting = rating->waiting();
  }
  live_.messages.emplace_back(from, wire::encode(answer));
}

std::string Clearing::thresholds_of(const RatingKey& key) const {
  const auto rules = house_.rating_book().rules_of(key);
  check(rules.has_value(), "the rules of a rating that is open");
  const programme::Histogram scores = house_.merged_scores(key);
  wire::ThresholdsText out{.clearing = settings_.code,
                           .grading = key.grading,
                           .month = key.month,
                           .programme = rules->version->blob,
                           .units = scores.units(),
                           .scale = rules->scale};
  for (const programme::CutFound& cut : programme::cuts_of(scores, *rules->grading, rules->scale)) {
    out.cuts.push_back({.level = rules->grading->levels.at(cut.level).name,
                        .percent = cut.percent,
                        .rank = cut.rank,
                        .score = cut.score,
                        .threshold = cut.threshold});
  }
  return wire::thresholds_text(out);
}

// The clearing's key of the rated month signs, as it does a period's outputs: the line itself says
// which one that is. Without it publication waits.
void Clearing::publish_thresholds() {
  for (const RatingKey& key : house_.rating_book().due()) {
    const SecretKey* signer = signing_.counting(*registry_, key.month);
    if (signer == nullptr) {
      continue;
    }
    kill_point<"clearing_before_thresholds">();
    const std::string text = thresholds_of(key);
    const JournalCommand command =
        encode(ThresholdsPublished{.key = key,
                                   .text = text,
                                   .signature = signature_line(signer->sign(
                                       wire::kThresholdsKind, sha256(as_bytes(text))))},
               now_);
    journal(command);
    house_.apply(command);
    kill_point<"clearing_after_thresholds">();
  }
}

std::optional<Obstacle> Clearing::rating_waits(const RatingKey& key) const {
  const Rating* rating = house_.rating_book().find(key);
  if (rating == nullptr || rating->published()) {
    return std::nullopt;
  }
  const std::vector<Participant> waiting = rating->waiting();
  if (waiting.empty()) {
    return Obstacle{.who = settings_.code,
                    .what = unsigned_month(key.month).value_or("it is published at the next turn"),
                    .what_now = "then it publishes the thresholds by itself"};
  }
  std::string codes;
  for (const Participant province : waiting) {
    codes += (codes.empty() ? "" : " ") + house_.rules().code(province);
  }
  return Obstacle{.who = codes,
                  .what = "no scores have come",
                  .what_now =
                      "its operator begins the run at its node once the month's bills are in; a "
                      "province that will never send is taken out: pointhouse clearing rating open "
                      "with the --provinces that remain"};
}

}  // namespace ph
