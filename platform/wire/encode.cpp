#include <capnp/message.h>

#include <algorithm>
#include <cstring>

#include "core/types/check.h"
#include "platform/wire/message.h"
#include "platform/wire/values.h"
#include "schema/wire.capnp.h"

namespace ph::wire {

namespace {

capnp::Data::Reader as_data(Bytes bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}

capnp::Text::Reader text(const std::string& value) {
  return {value.data(), value.size()};
}

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
  beat.setSpeaks(in.speaks);
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
  if (!in.standing.empty()) {
    answer.setStanding(as_data(in.standing));
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
  } else if (in.answer.code != 0) {
    found.initAnswer().setCode(in.answer.code);
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

void put(schema::Message::Builder out, const DayFilePart& in) {
  auto part = out.initDayFilePart();
  part.setNumber(in.number);
  part.setPartner(in.partner.number());
  part.setDate(in.date.count());
  part.setSize(in.size);
  part.setDigest(as_data(in.digest));
  part.setSignature(text(in.signature));
  part.setOffset(in.offset);
  part.setBytes(as_data(in.bytes));
}

void put(schema::Message::Builder out, const DayFileRequest& in) {
  auto request = out.initDayFileRequest();
  request.setNumber(in.number);
  request.setPartner(in.partner.number());
  request.setDate(in.date.count());
}

void put(schema::Message::Builder out, const DayFile& in) {
  auto day = out.initDayFile();
  day.setNumber(in.number);
  day.setState(static_cast<std::uint8_t>(in.state));
  if (in.digest != Digest{}) {
    day.setDigest(as_data(in.digest));
  }
  day.setSequence(in.sequence);
  day.setOffset(in.offset);
  day.setRows(in.rows);
  day.setWhy(text(in.why));
  auto list = day.initFaults(static_cast<unsigned>(in.faults.size()));
  for (unsigned n = 0; n < list.size(); ++n) {
    const DayFileFault& fault = in.faults[n];
    auto row = list[n];
    row.setNumber(fault.number);
    row.setLine(fault.line);
    row.setColumn(text(fault.column));
    row.setValue(text(fault.value));
    row.setExpected(text(fault.expected));
  }
}

void put(schema::Message::Builder out, const Scores& in) {
  auto scores = out.initScores();
  scores.setGrading(text(in.grading));
  scores.setMonth(in.month.count());
  scores.setProgramme(as_data(in.programme));
  scores.setRevision(in.revision);
  scores.setDigest(as_data(in.digest));
  scores.setSize(in.size);
  scores.setSignature(text(in.signature));
  scores.setOffset(in.offset);
  scores.setBytes(as_data(in.bytes));
  scores.setSequence(in.sequence);
}

void put(schema::Message::Builder out, const ScoresTaken& in) {
  auto taken = out.initScoresTaken();
  taken.setGrading(text(in.grading));
  taken.setMonth(in.month.count());
  taken.setDigest(as_data(in.digest));
  taken.setOffset(in.offset);
  taken.setState(static_cast<std::uint8_t>(in.state));
  taken.setDetail(text(in.detail));
}

void put(schema::Message::Builder out, const ThresholdsRequest& in) {
  auto request = out.initThresholdsRequest();
  request.setGrading(text(in.grading));
  request.setMonth(in.month.count());
}

void put(schema::Message::Builder out, const Thresholds& in) {
  auto thresholds = out.initThresholds();
  thresholds.setGrading(text(in.grading));
  thresholds.setMonth(in.month.count());
  thresholds.setState(static_cast<std::uint8_t>(in.state));
  thresholds.setText(text(in.text));
  thresholds.setSignature(text(in.signature));
  auto list = thresholds.initWaiting(static_cast<unsigned>(in.waiting.size()));
  for (unsigned n = 0; n < list.size(); ++n) {
    list.set(n, in.waiting[n].number());
  }
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
  if (const auto* taken = std::get_if<ScoresTaken>(&message)) {
    ScoresTaken clean = *taken;
    clean.detail = clean_text(taken->detail);
    return encode_checked(clean);
  }
  if (const auto* day = std::get_if<DayFile>(&message)) {
    DayFile clean = *day;
    clean.why = clean_text(day->why);
    for (DayFileFault& fault : clean.faults) {
      for (std::string* part : {&fault.column, &fault.value, &fault.expected}) {
        *part = clean_text(*part, kFaultTextBytesMax);
      }
    }
    return encode_checked(clean);
  }
  return encode_checked(message);
}

}  // namespace ph::wire
