#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>

#include "platform/wire/message.h"
#include "platform/wire/values.h"
#include "schema/wire.capnp.h"

namespace ph::wire {

namespace {

// The traversal limit counts every read, and each field is read once: a pointer that is followed
// again counts again, so a few bytes can't be made to look like many.
constexpr std::uint64_t kTraversalWords = kMessageBytesMax / sizeof(capnp::word);
constexpr std::size_t kDigestBytes = 32;

// Thrown inside decode alone: what it says becomes a DecodeFault there.
struct BadField {
  DecodeFault fault;
};

Digest digest_of(capnp::Data::Reader in) {
  if (in.size() != kDigestBytes) {
    throw BadField{DecodeFault::kMalformed};
  }
  Digest out{};
  std::memcpy(out.data(), in.begin(), in.size());
  return out;
}

std::string text_of(capnp::Text::Reader in) {
  if (in.size() > kTextBytesMax) {
    throw BadField{DecodeFault::kLimit};
  }
  return {in.begin(), in.size()};
}

std::vector<std::byte> bytes_within(capnp::Data::Reader in, std::size_t most) {
  if (in.size() > most) {
    throw BadField{DecodeFault::kLimit};
  }
  const auto* first = reinterpret_cast<const std::byte*>(in.begin());
  return {first, first + in.size()};
}

Offer read(schema::Offer::Reader in) {
  return {.sequence = in.getSequence(),
          .date = BusinessDate(in.getDate()),
          .size = in.getSize(),
          .digest = digest_of(in.getDigest()),
          .signature = text_of(in.getSignature())};
}

Want read(schema::Want::Reader in) {
  return {.sequence = in.getSequence(),
          .digest = digest_of(in.getDigest()),
          .offset = in.getOffset(),
          .until = in.getUntil()};
}

Chunk read(schema::Chunk::Reader in) {
  return {.sequence = in.getSequence(),
          .digest = digest_of(in.getDigest()),
          .offset = in.getOffset(),
          .bytes = bytes_within(in.getBytes(), kChunkBytesMax)};
}

// Of a struct with an id's three fields.
template <class Reader>
TransactionId id_of(Reader in) {
  TransactionId out{.participant = Participant(in.getParticipant()),
                    .date = BusinessDate(in.getDate())};
  const capnp::Text::Reader reference = in.getReference();
  // Checked here: in the padded form, zero bytes at its end wouldn't be seen.
  if (reference.size() > 0 && !valid_reference({reference.begin(), reference.size()})) {
    throw BadField{DecodeFault::kMalformed};
  }
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}

Returned read(schema::Returned::Reader in) {
  return {.entry = in.getEntry(), .kind = in.getKind(), .code = in.getCode(), .id = id_of(in)};
}

Receipt read(schema::Receipt::Reader in) {
  Receipt out{.sequence = in.getSequence(),
              .text = text_of(in.getText()),
              .signature = text_of(in.getSignature()),
              .more = in.getMore()};
  const auto list = in.getReturned();
  if (list.size() > kReturnedPerReceiptMax) {
    throw BadField{DecodeFault::kLimit};
  }
  for (const auto row : list) {
    out.returned.push_back(read(row));
  }
  return out;
}

Refusal read(schema::Refusal::Reader in) {
  const capnp::Data::Reader digest = in.getDigest();
  return {.sequence = in.getSequence(),
          .digest = digest.size() == 0 ? Digest{} : digest_of(digest),
          .code = in.getCode(),
          .retry = in.getRetry(),
          .detail = text_of(in.getDetail())};
}

Held read(schema::Held::Reader in) {
  return {.sequence = in.getSequence(),
          .digest = digest_of(in.getDigest()),
          .missing = in.getMissing()};
}

Heartbeat read(schema::Heartbeat::Reader in) {
  return {.last_receipted = in.getLastReceipted(),
          .last_advice = in.getLastAdvice(),
          .at = in.getAt(),
          .speaks = in.getSpeaks()};
}

Advice read(schema::Advice::Reader in) {
  return {.number = in.getNumber(),
          .home = Participant(in.getHome()),
          .sequence = in.getSequence(),
          .date = BusinessDate(in.getDate()),
          .issued = in.getIssued(),
          .redeemed = in.getRedeemed(),
          .expired = in.getExpired(),
          .forfeited = in.getForfeited(),
          .moved = in.getMoved(),
          .repaid = in.getRepaid()};
}

Advices read(schema::Advices::Reader in) {
  Advices out;
  const auto list = in.getAdvices();
  if (list.size() > kAdvicesPerMessageMax) {
    throw BadField{DecodeFault::kLimit};
  }
  for (const auto row : list) {
    out.advices.push_back(read(row));
  }
  return out;
}

std::vector<AskSlice> read(capnp::List<schema::Slice>::Reader list, std::size_t most) {
  if (list.size() > most) {
    throw BadField{DecodeFault::kLimit};
  }
  std::vector<AskSlice> out;
  for (const auto row : list) {
    out.push_back({.lot = LotId(row.getLot()),
                   .earned_month = Month(row.getEarnedMonth()),
                   .expires_on = BusinessDate(row.getExpiresOn()),
                   .source = static_cast<Source>(row.getSource()),
                   .rating = row.getRating(),
                   .original = row.getOriginal(),
                   .points = row.getPoints()});
  }
  return out;
}

Ask read(schema::Ask::Reader in) {
  const capnp::Data::Reader request = in.getRequest();
  return {.kind = static_cast<AskKind>(in.getKind()),
          .form = static_cast<Form>(in.getForm()),
          .final = in.getFinal(),
          .id = id_of(in.getId()),
          .parent = id_of(in.getParent()),
          .member = Member(in.getMember()),
          .giver = Participant(in.getGiver()),
          .partner = Participant(in.getPartner()),
          .rate = in.getRate(),
          .seconds = in.getSeconds(),
          .points = in.getPoints(),
          .units = in.getUnits(),
          .authorisation = EntryId(in.getAuthorisation()),
          .slices = read(in.getSlices(), kSlicesPerAskMax),
          .request = request.size() == 0 ? Digest{} : digest_of(request),
          .number = in.getNumber()};
}

Answer read(schema::Answer::Reader in) {
  return {.kind = static_cast<AskKind>(in.getKind()),
          .id = id_of(in.getId()),
          .definite = in.getDefinite(),
          .code = in.getCode(),
          .home = Participant(in.getHome()),
          .authorisation = EntryId(in.getAuthorisation()),
          .at = in.getAt(),
          .ends = in.getEnds(),
          .points = in.getPoints(),
          .detail = text_of(in.getDetail()),
          .left = in.getLeft(),
          .member = Member(in.getMember()),
          .number = in.getNumber(),
          .slices = read(in.getSlices(), kSlicesPerMoveMax),
          .standing = bytes_within(in.getStanding(), kStandingBytesMax)};
}

Found read(schema::Found::Reader in) {
  Found out{.number = in.getNumber()};
  if (in.hasAsk()) {
    out.ask = read(in.getAsk());
    out.answer = read(in.getAnswer());
  } else {
    out.answer.code = in.getAnswer().getCode();
  }
  return out;
}

QuoteRequest read(schema::QuoteRequest::Reader in) {
  return {.number = in.getNumber(),
          .kind = static_cast<AskKind>(in.getKind()),
          .partner = Participant(in.getPartner()),
          .date = BusinessDate(in.getDate()),
          .points = in.getPoints(),
          .units = in.getUnits(),
          .fen = in.getFen()};
}

Quote read(schema::Quote::Reader in) {
  return {.number = in.getNumber(),
          .code = static_cast<AskCode>(in.getCode()),
          .points = in.getPoints(),
          .units = in.getUnits(),
          .fen = in.getFen(),
          .rate = in.getRate(),
          .num = in.getNum(),
          .den = in.getDen(),
          .block = in.getBlock(),
          .min = in.getMin()};
}

Roster read(schema::Roster::Reader in) {
  Roster out{.after = Participant(in.getAfter()), .more = in.getMore()};
  const auto list = in.getParticipants();
  if (list.size() > kRosterMax) {
    throw BadField{DecodeFault::kLimit};
  }
  for (const auto row : list) {
    out.rows.push_back(
        {.participant = Participant(row.getNumber()), .code = text_of(row.getCode())});
  }
  return out;
}

DayFilePart read(schema::DayFilePart::Reader in) {
  return {.number = in.getNumber(),
          .partner = Participant(in.getPartner()),
          .date = BusinessDate(in.getDate()),
          .size = in.getSize(),
          .digest = digest_of(in.getDigest()),
          .signature = text_of(in.getSignature()),
          .offset = in.getOffset(),
          .bytes = bytes_within(in.getBytes(), kChunkBytesMax)};
}

DayFileRequest read(schema::DayFileRequest::Reader in) {
  return {.number = in.getNumber(),
          .partner = Participant(in.getPartner()),
          .date = BusinessDate(in.getDate())};
}

DayFile read(schema::DayFile::Reader in) {
  const capnp::Data::Reader digest = in.getDigest();
  DayFile out{.number = in.getNumber(),
              .state = static_cast<DayFileState>(in.getState()),
              .digest = digest.size() == 0 ? Digest{} : digest_of(digest),
              .sequence = in.getSequence(),
              .offset = in.getOffset(),
              .rows = in.getRows(),
              .why = text_of(in.getWhy())};
  const auto list = in.getFaults();
  if (list.size() > kFaultsPerDayFileMax) {
    throw BadField{DecodeFault::kLimit};
  }
  for (const auto row : list) {
    out.faults.push_back({.number = row.getNumber(),
                          .line = row.getLine(),
                          .column = text_of(row.getColumn()),
                          .value = text_of(row.getValue()),
                          .expected = text_of(row.getExpected())});
  }
  return out;
}

Scores read(schema::Scores::Reader in) {
  return {.grading = text_of(in.getGrading()),
          .month = Month(in.getMonth()),
          .programme = digest_of(in.getProgramme()),
          .revision = in.getRevision(),
          .digest = digest_of(in.getDigest()),
          .size = in.getSize(),
          .signature = text_of(in.getSignature()),
          .offset = in.getOffset(),
          .bytes = bytes_within(in.getBytes(), kChunkBytesMax),
          .sequence = in.getSequence()};
}

ScoresTaken read(schema::ScoresTaken::Reader in) {
  return {.grading = text_of(in.getGrading()),
          .month = Month(in.getMonth()),
          .digest = digest_of(in.getDigest()),
          .offset = in.getOffset(),
          .state = static_cast<ScoresState>(in.getState()),
          .detail = text_of(in.getDetail())};
}

ThresholdsRequest read(schema::ThresholdsRequest::Reader in) {
  return {.grading = text_of(in.getGrading()), .month = Month(in.getMonth())};
}

Thresholds read(schema::Thresholds::Reader in) {
  Thresholds out{.grading = text_of(in.getGrading()),
                 .month = Month(in.getMonth()),
                 .state = static_cast<ThresholdsState>(in.getState()),
                 .text = text_of(in.getText()),
                 .signature = text_of(in.getSignature())};
  const auto list = in.getWaiting();
  if (list.size() > kProvinceNumberMax) {
    throw BadField{DecodeFault::kLimit};
  }
  for (const std::uint16_t number : list) {
    out.waiting.emplace_back(number);
  }
  return out;
}

Message read_union(schema::Message::Reader in) {
  switch (in.which()) {
    case schema::Message::HEARTBEAT:
      return read(in.getHeartbeat());
    case schema::Message::OFFER:
      return read(in.getOffer());
    case schema::Message::WANT:
      return read(in.getWant());
    case schema::Message::CHUNK:
      return read(in.getChunk());
    case schema::Message::RECEIPT:
      return read(in.getReceipt());
    case schema::Message::REFUSAL:
      return read(in.getRefusal());
    case schema::Message::HELD:
      return read(in.getHeld());
    case schema::Message::ADVICE_REQUEST:
      return AdviceRequest{.after = in.getAdviceRequest().getAfter()};
    case schema::Message::ADVICES:
      return read(in.getAdvices());
    case schema::Message::ASK:
      return read(in.getAsk());
    case schema::Message::ANSWER:
      return read(in.getAnswer());
    case schema::Message::LOOK_UP:
      return LookUp{.number = in.getLookUp().getNumber(), .id = id_of(in.getLookUp().getId())};
    case schema::Message::FOUND:
      return read(in.getFound());
    case schema::Message::QUOTE_REQUEST:
      return read(in.getQuoteRequest());
    case schema::Message::QUOTE:
      return read(in.getQuote());
    case schema::Message::ROSTER_REQUEST:
      return RosterRequest{.after = Participant(in.getRosterRequest().getAfter())};
    case schema::Message::ROSTER:
      return read(in.getRoster());
    case schema::Message::DAY_FILE_PART:
      return read(in.getDayFilePart());
    case schema::Message::DAY_FILE_REQUEST:
      return read(in.getDayFileRequest());
    case schema::Message::DAY_FILE:
      return read(in.getDayFile());
    case schema::Message::SCORES:
      return read(in.getScores());
    case schema::Message::SCORES_TAKEN:
      return read(in.getScoresTaken());
    case schema::Message::THRESHOLDS_REQUEST:
      return read(in.getThresholdsRequest());
    case schema::Message::THRESHOLDS:
      return read(in.getThresholds());
  }
  throw BadField{DecodeFault::kMalformed};  // A later version's member.
}

}  // namespace

DecodeFault decode(Bytes bytes, Message& message) {
  if (bytes.size() > kMessageBytesMax) {
    return DecodeFault::kTooLarge;
  }
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) {
    return DecodeFault::kMalformed;
  }
  kj::Array<capnp::word> words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(static_cast<void*>(words.begin()), bytes.data(), bytes.size());
  try {
    capnp::ReaderOptions options;
    options.traversalLimitInWords = kTraversalWords;
    options.nestingLimit = kNestingMax;
    capnp::FlatArrayMessageReader reader(words, options);
    if (reader.getEnd() != words.end()) {
      return DecodeFault::kMalformed;
    }
    const auto root = reader.getRoot<schema::Message>();
    if (root.getVersion() != kWireVersion) {
      return DecodeFault::kVersion;
    }
    message = read_union(root);
    return check_values(message);
  } catch (const BadField& bad) {
    return bad.fault;
  } catch (const kj::Exception&) {
    return DecodeFault::kMalformed;  // Lengths, pointers or limits that can't be.
  }
}

}  // namespace ph::wire
