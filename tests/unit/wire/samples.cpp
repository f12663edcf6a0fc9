#include "tests/unit/wire/samples.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ph::wire {

namespace {

Digest digest_of(int first) {
  Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::byte>(first + static_cast<int>(i));
  }
  return digest;
}

std::string signature_of(std::string_view kind) {
  return "POINTHOUSE-SIGNATURE,1," + std::string(kind) + ",0123456789abcdef," +
         std::string(128, 'a');
}

TransactionId id_of(int participant, BusinessDate date, std::string_view reference) {
  TransactionId id{Participant(static_cast<std::uint16_t>(participant)), date, {}};
  std::copy(reference.begin(), reference.end(), id.reference.begin());
  return id;
}

// A partner's capture, whose hold said whose points it is about.
Found found_capture(BusinessDate date) {
  return {.number = 3,
          .ask = Ask{.kind = AskKind::kCapture,
                     .form = Form::kMerchant,
                     .final = true,
                     .id = id_of(101, date, "C-1"),
                     .parent = id_of(101, date, "H-1"),
                     .partner = Participant(101),
                     .points = 2'500,
                     .number = 7},
          .answer = {.kind = AskKind::kCapture,
                     .id = id_of(101, date, "C-1"),
                     .definite = true,
                     .home = Participant(11),
                     .authorisation = EntryId(Participant(11), date, 3'500'000'000),
                     .at = 229'072'323,
                     .points = 2'500,
                     .left = 0,
                     .member = Member::make(Participant(11), 42),
                     .number = 9}};
}

std::vector<Sample> gateway_samples(BusinessDate date) {
  return {
      {"look_up", LookUp{.number = 18'446'744'073'709'551'615U, .id = id_of(65'535, date, "H-1")}},
      {"found", found_capture(date)},
      {"found_nothing", Found{.number = 4}},
      {"found_too_old", Found{.number = 4, .answer = {.code = 1}}},
      {"quote_request", QuoteRequest{.number = 5,
                                     .kind = AskKind::kExchangeIn,
                                     .partner = Participant(102),
                                     .date = date,
                                     .units = 100'000'000'000}},
      {"quote", Quote{.number = 5,
                      .points = 12'500,
                      .units = 1'000,
                      .rate = 2'147'483'647,
                      .num = 2,
                      .den = 25,
                      .block = 25,
                      .min = 100'000'000'000}},
      {"roster_request", RosterRequest{.after = Participant(1'124)}},
      {"roster", Roster{.after = Participant(99),
                        .rows = {{Participant(100), "CLR"}, {Participant(65'535), "SHOP12345678"}},
                        .more = true}},
  };
}

std::vector<Sample> day_file_samples(BusinessDate date) {
  return {
      {"day_file_part", DayFilePart{.number = 6,
                                    .partner = Participant(101),
                                    .date = date,
                                    .size = kDayFileBytesMax,
                                    .digest = digest_of(1),
                                    .signature = signature_of("DAY"),
                                    .offset = kDayFileBytesMax - 3,
                                    .bytes = {std::byte{'E'}, std::byte{'N'}, std::byte{'D'}}}},
      {"day_file_request",
       DayFileRequest{.number = 7, .partner = Participant(65'535), .date = date}},
      {"day_file", DayFile{.number = 7,
                           .state = DayFileState::kRefused,
                           .digest = digest_of(1),
                           .sequence = 999'999'999,
                           .rows = 3,
                           .why = "行 3",
                           .faults = {{.number = 412,
                                       .line = 4'000'000'000,
                                       .column = "member",
                                       .value = std::string(kFaultTextBytesMax, '9'),
                                       .expected = "a member number"}}}},
      {"day_file_wanted", DayFile{.number = 6,
                                  .state = DayFileState::kWanted,
                                  .digest = digest_of(1),
                                  .offset = kDayFileBytesMax - 3}},
      {"day_file_none", DayFile{.number = 8}},
  };
}

std::vector<Sample> rating_samples() {
  const std::string name = "abcdefghijklmnopqrstuv-9";
  const Month last(Month::kCount - 1);
  return {
      {"heartbeat_that_speaks", Heartbeat{5, 7, 229'072'323, 65'535}},
      {"scores", Scores{.grading = name,
                        .month = last,
                        .programme = digest_of(7),
                        .revision = 4'294'967'295,
                        .digest = digest_of(1),
                        .size = kScoresBytesMax,
                        .signature = signature_of("SCORES"),
                        .offset = kScoresBytesMax - 3,
                        .bytes = {std::byte{1}, std::byte{0}, std::byte{0}},
                        .sequence = kSequenceMax}},
      {"scores_taken", ScoresTaken{.grading = name,
                                   .month = last,
                                   .digest = digest_of(1),
                                   .offset = kScoresBytesMax,
                                   .state = ScoresState::kWanted,
                                   .detail = "星级"}},
      {"scores_busy", ScoresTaken{.grading = "a", .state = ScoresState::kBusy}},
      {"thresholds_request", ThresholdsRequest{.grading = name, .month = last}},
      {"thresholds", Thresholds{.grading = name,
                                .month = last,
                                .state = ThresholdsState::kPublished,
                                .text = std::string(kTextBytesMax, 't'),
                                .signature = signature_of("THRESHOLDS")}},
      {"thresholds_wait", Thresholds{.grading = "a",
                                     .state = ThresholdsState::kWaits,
                                     .waiting = {Participant(1), Participant(99)}}},
      {"thresholds_not_open", Thresholds{.grading = "a", .state = ThresholdsState::kNotOpen}},
  };
}

// A member leaves with a lot and a debt; and what is left of a refund's parent, once he has.
std::vector<Sample> move_samples(BusinessDate date) {
  const AskSlice lot{.lot = LotId(Participant(12), date, 7),
                     .earned_month = date.month(),
                     .expires_on = date.plus_days(600),
                     .source = Source::kPartner,
                     .rating = 1,
                     .original = 100'000'000'000,
                     .points = 99'999'999'999};
  AskSlice given_back = lot;
  given_back.points = -100'000'000'000;
  return {
      {"move", Ask{.kind = AskKind::kMove,
                   .id = id_of(12, date, "M-1"),
                   .member = Member::make(Participant(11), 42),
                   .giver = Participant(12)}},
      {"left", Answer{.kind = AskKind::kMove,
                      .id = id_of(12, date, "M-1"),
                      .definite = true,
                      .home = Participant(11),
                      .at = 229'072'323,
                      .points = 99'999'999'999,
                      .slices = {lot,
                                 {.lot = LotId(Participant(99), BusinessDate(), 0),
                                  .source = Source::kDebt,
                                  .points = 1}},
                      .standing = {std::byte{'P'}, std::byte{0}, std::byte{0xff}}}},
      {"moved", Answer{.kind = AskKind::kRefund,
                       .id = id_of(101, date, "R-1"),
                       .code = static_cast<std::uint8_t>(AskCode::kMoved),
                       .home = Participant(11),
                       .at = 229'072'323,
                       .slices = {given_back}}},
  };
}

}  // namespace

std::vector<Sample> samples() {
  const auto date = BusinessDate::of(2007, 4, 5);
  const Digest digest = digest_of(1);
  std::vector<std::byte> bytes;
  for (int i = 0; i < 41; ++i) {  // No multiple of a word.
    bytes.push_back(static_cast<std::byte>(255 - i));
  }
  std::vector<Sample> out{
      {"heartbeat", Heartbeat{5, 7, 229'072'323}},
      {"offer", Offer{5, date, 8'589'934'592, digest, signature_of("BATCH")}},
      {"want", Want{5, digest, 1'048'576, 9'437'184}},
      {"chunk", Chunk{5, digest, 1'048'576, bytes}},
      {"receipt", Receipt{5,
                          "RECEIPT,1,CLR,P01,5,2007-04-05," + hex(digest) +
                              ",2007-04-06T05:12:03+08:00,2," + hex(digest_of(64)),
                          signature_of("RECEIPT"),
                          {Returned{12, 16, 3, id_of(2, date, "A-1")},
                           Returned{4'000'000'000, 39, 14,
                                    id_of(65'535, date.plus_days(1), "abcdefghijklmnopqrstuvwX")}},
                          true}},
      {"refusal", Refusal{5, digest, 10, false, "行 3: 点数 (points) don't add up"}},
      {"held", Held{5, digest, 3}},
      {"advice_request", AdviceRequest{7}},
      {"advices",
       Advices{{Advice{8, Participant(2), 5, date, 100, -50, -7, 0, 1, 0},
                Advice{9, Participant(99), 999'999'999, date.plus_days(-1),
                       -4'000'000'000'000'000'000, 4'000'000'000'000'000'000, 0, -1, 0, 2}}}},
      {"ask", Ask{.kind = AskKind::kRefund,
                  .form = Form::kNone,
                  .id = id_of(101, date, "R-1"),
                  .parent = id_of(101, date.plus_days(-90), "C-77"),
                  .member = Member::make(Participant(11), 42),
                  .partner = Participant(101),
                  .points = 100'000'000'000,
                  .authorisation = EntryId(Participant(12), date.plus_days(-90), 3'500'000'007),
                  .slices = {{.lot = LotId(Participant(12), date.plus_days(-400), 7),
                              .earned_month = date.month(),
                              .expires_on = date.plus_days(600),
                              .source = Source::kPartner,
                              .rating = 1,
                              .original = 100'000'000'000,
                              .points = 99'999'999'999},
                             {.lot = LotId(Participant(99), BusinessDate(), 4'294'967'295),
                              .source = Source::kMigration,
                              .original = 1,
                              .points = 1}},
                  .request = digest_of(9)}},
      {"answer", Answer{.kind = AskKind::kHold,
                        .id = id_of(101, date, "abcdefghijklmnopqrstuvwX"),
                        .definite = true,
                        .home = Participant(11),
                        .authorisation = EntryId(Participant(11), date, 3'500'000'000),
                        .at = 229'072'323,
                        .ends = 229'073'223,
                        .points = 1'000,
                        .detail = "冻结"}},
  };
  for (std::vector<Sample> more :
       {gateway_samples(date), day_file_samples(date), move_samples(date), rating_samples()}) {
    std::ranges::move(more, std::back_inserter(out));
  }
  return out;
}

}  // namespace ph::wire
