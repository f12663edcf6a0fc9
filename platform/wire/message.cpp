#include "platform/wire/message.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>

#include "core/types/check.h"
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

capnp::Data::Reader as_data(Bytes bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}

capnp::Text::Reader text(const std::string& value) {
  return {value.data(), value.size()};
}

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

// --- writing -------------------------------------------------------------------------------------

void put(schema::Message::Builder out, const Offer& in) {
  auto offer = out.initOffer();
  offer.setSequence(in.sequence);
  offer.setDate(in.date.count());
  offer.setSize(in.size);
  offer.setDigest(as_data(in.digest));
  offer.setSignature(text(in.signature));
}

void put(schema::Message::Builder out, const Want& in) {
  auto want = out.initWant();
  want.setSequence(in.sequence);
  want.setDigest(as_data(in.digest));
  want.setOffset(in.offset);
  want.setUntil(in.until);
}

void put(schema::Message::Builder out, const Chunk& in) {
  auto chunk = out.initChunk();
  chunk.setSequence(in.sequence);
  chunk.setDigest(as_data(in.digest));
  chunk.setOffset(in.offset);
  chunk.setBytes(as_data(in.bytes));
}

void put(schema::Message::Builder out, const Receipt& in) {
  auto receipt = out.initReceipt();
  receipt.setSequence(in.sequence);
  receipt.setText(text(in.text));
  receipt.setSignature(text(in.signature));
  receipt.setMore(in.more);
  auto list = receipt.initReturned(static_cast<unsigned>(in.returned.size()));
  for (unsigned n = 0; n < list.size(); ++n) {
    const Returned& item = in.returned[n];
    auto row = list[n];
    row.setEntry(item.entry);
    row.setKind(item.kind);
    row.setCode(item.code);
    row.setParticipant(item.id.participant.number());
    row.setDate(item.id.date.count());
    row.setReference(text(std::string(item.id.reference_text())));
  }
}

void put(schema::Message::Builder out, const Refusal& in) {
  auto refusal = out.initRefusal();
  refusal.setSequence(in.sequence);
  const bool about_batch = in.digest != Digest{};
  refusal.setDigest(about_batch ? as_data(in.digest) : capnp::Data::Reader());
  refusal.setCode(in.code);
  refusal.setRetry(in.retry);
  refusal.setDetail(text(in.detail));
}

void put(schema::Message::Builder out, const Held& in) {
  auto held = out.initHeld();
  held.setSequence(in.sequence);
  held.setDigest(as_data(in.digest));
  held.setMissing(in.missing);
}

void put(schema::Message::Builder out, const Heartbeat& in) {
  auto beat = out.initHeartbeat();
  beat.setLastReceipted(in.last_receipted);
  beat.setLastAdvice(in.last_advice);
  beat.setAt(in.at);
}

void put(schema::Message::Builder out, const AdviceRequest& in) {
  out.initAdviceRequest().setAfter(in.after);
}

void put(schema::Message::Builder out, const Advices& in) {
  auto list = out.initAdvices().initAdvices(static_cast<unsigned>(in.advices.size()));
  for (unsigned n = 0; n < list.size(); ++n) {
    const Advice& advice = in.advices[n];
    auto row = list[n];
    row.setNumber(advice.number);
    row.setHome(advice.home.number());
    row.setSequence(advice.sequence);
    row.setDate(advice.date.count());
    row.setIssued(advice.issued);
    row.setRedeemed(advice.redeemed);
    row.setExpired(advice.expired);
    row.setForfeited(advice.forfeited);
    row.setMoved(advice.moved);
    row.setRepaid(advice.repaid);
  }
}

void put(schema::TransactionId::Builder out, const TransactionId& in) {
  out.setParticipant(in.participant.number());
  out.setDate(in.date.count());
  out.setReference(text(std::string(in.reference_text())));
}

void put(capnp::List<schema::Slice>::Builder list, const std::vector<AskSlice>& slices) {
  for (unsigned n = 0; n < list.size(); ++n) {
    const AskSlice& slice = slices[n];
    auto row = list[n];
    row.setLot(slice.lot.packed());
    row.setEarnedMonth(slice.earned_month.count());
    row.setExpiresOn(slice.expires_on.count());
    row.setSource(static_cast<std::uint8_t>(slice.source));
    row.setRating(slice.rating);
    row.setOriginal(slice.original);
    row.setPoints(slice.points);
  }
}

void put(schema::Ask::Builder ask, const Ask& in) {
  ask.setKind(static_cast<std::uint8_t>(in.kind));
  ask.setForm(static_cast<std::uint8_t>(in.form));
  ask.setFinal(in.final);
  put(ask.initId(), in.id);
  if (!in.parent.none()) {
    put(ask.initParent(), in.parent);
  }
  ask.setMember(in.member.number());
  ask.setGiver(in.giver.number());
  ask.setPartner(in.partner.number());
  ask.setRate(in.rate);
  ask.setSeconds(in.seconds);
  ask.setPoints(in.points);
  ask.setUnits(in.units);
  ask.setAuthorisation(in.authorisation.packed());
  if (!in.slices.empty()) {
    put(ask.initSlices(static_cast<unsigned>(in.slices.size())), in.slices);
  }
  if (in.request != Digest{}) {
    ask.setRequest(as_data(in.request));
  }
  ask.setNumber(in.number);
}

void put(schema::Answer::Builder answer, const Answer& in) {
  answer.setKind(static_cast<std::uint8_t>(in.kind));
  put(answer.initId(), in.id);
  answer.setDefinite(in.definite);
  answer.setCode(in.code);
  answer.setHome(in.home.number());
  answer.setAuthorisation(in.authorisation.packed());
  answer.setAt(in.at);
  answer.setEnds(in.ends);
  answer.setPoints(in.points);
  answer.setDetail(text(in.detail));
  answer.setLeft(in.left);
  answer.setMember(in.member.number());
  answer.setNumber(in.number);
  if (!in.slices.empty()) {
    put(answer.initSlices(static_cast<unsigned>(in.slices.size())), in.slices);
  }
}

void put(schema::Message::Builder out, const Ask& in) {
  put(out.initAsk(), in);
}

void put(schema::Message::Builder out, const Answer& in) {
  put(out.initAnswer(), in);
}

void put(schema::Message::Builder out, const LookUp& in) {
  auto look_up = out.initLookUp();
  look_up.setNumber(in.number);
  put(look_up.initId(), in.id);
}

void put(schema::Message::Builder out, const Found& in) {
  auto found = out.initFound();
  found.setNumber(in.number);
  if (in.ask) {
    put(found.initAsk(), *in.ask);
    put(found.initAnswer(), in.answer);
  }
}

void put(schema::Message::Builder out, const QuoteRequest& in) {
  auto request = out.initQuoteRequest();
  request.setNumber(in.number);
  request.setKind(static_cast<std::uint8_t>(in.kind));
  request.setPartner(in.partner.number());
  request.setDate(in.date.count());
  request.setPoints(in.points);
  request.setUnits(in.units);
  request.setFen(in.fen);
}

void put(schema::Message::Builder out, const Quote& in) {
  auto quote = out.initQuote();
  quote.setNumber(in.number);
  quote.setCode(static_cast<std::uint8_t>(in.code));
  quote.setPoints(in.points);
  quote.setUnits(in.units);
  quote.setFen(in.fen);
  quote.setRate(in.rate);
  quote.setNum(in.num);
  quote.setDen(in.den);
  quote.setBlock(in.block);
  quote.setMin(in.min);
}

void put(schema::Message::Builder out, const RosterRequest& in) {
  out.initRosterRequest().setAfter(in.after.number());
}

void put(schema::Message::Builder out, const Roster& in) {
  auto roster = out.initRoster();
  roster.setAfter(in.after.number());
  roster.setMore(in.more);
  auto list = roster.initParticipants(static_cast<unsigned>(in.rows.size()));
  for (unsigned n = 0; n < list.size(); ++n) {
    list[n].setNumber(in.rows[n].participant.number());
    list[n].setCode(text(in.rows[n].code));
  }
}

// --- reading -------------------------------------------------------------------------------------

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
  const capnp::Data::Reader bytes = in.getBytes();
  if (bytes.size() > kChunkBytesMax) {
    throw BadField{DecodeFault::kLimit};
  }
  const auto* first = reinterpret_cast<const std::byte*>(bytes.begin());
  return {.sequence = in.getSequence(),
          .digest = digest_of(in.getDigest()),
          .offset = in.getOffset(),
          .bytes = {first, first + bytes.size()}};
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
  return {
      .last_receipted = in.getLastReceipted(), .last_advice = in.getLastAdvice(), .at = in.getAt()};
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
          .slices = read(in.getSlices(), kSlicesPerMoveMax)};
}

Found read(schema::Found::Reader in) {
  Found out{.number = in.getNumber()};
  if (in.hasAsk()) {
    out.ask = read(in.getAsk());
    out.answer = read(in.getAnswer());
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
  }
  throw BadField{DecodeFault::kMalformed};  // A later version's member.
}

std::vector<std::byte> encode_checked(const Message& message) {
  check(check_values(message) == DecodeFault::kNone, "a message that its peer can read");
  // Built where it stays, so that a chunk is copied once: one segment, behind its table of a word.
  std::vector<std::byte> out((1 + bytes_enough(message) / sizeof(capnp::word)) *
                             sizeof(capnp::word));
  auto* first = reinterpret_cast<capnp::word*>(out.data());
  capnp::FlatMessageBuilder builder(kj::arrayPtr(first + 1, first + out.size() / sizeof *first));
  auto root = builder.initRoot<schema::Message>();
  root.setVersion(kWireVersion);
  std::visit([&root](const auto& body) { put(root, body); }, message);
  const auto segments = builder.getSegmentsForOutput();
  check(segments.size() == 1, "a message lies in the segment that was made for it");
  const auto words = static_cast<std::uint32_t>(segments[0].size());
  const std::uint32_t table[2] = {0, words};  // Segments less one; words of the first.
  std::memcpy(out.data(), table, sizeof table);
  out.resize((1 + std::size_t{words}) * sizeof(capnp::word));
  return out;
}

}  // namespace

std::vector<std::byte> encode(const Message& message) {
  if (const auto* refusal = std::get_if<Refusal>(&message)) {
    Refusal clean = *refusal;
    clean.detail = clean_text(refusal->detail);
    return encode_checked(clean);
  }
  if (const auto* answer = std::get_if<Answer>(&message)) {
    Answer clean = *answer;
    clean.detail = clean_text(answer->detail);
    return encode_checked(clean);
  }
  if (const auto* found = std::get_if<Found>(&message)) {
    Found clean = *found;
    clean.answer.detail = clean_text(found->answer.detail);
    return encode_checked(clean);
  }
  return encode_checked(message);
}

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
