#include "core/close/snapshot.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <span>
#include <tuple>

#include "core/netting/totals.h"

namespace ph {

namespace {

constexpr std::array<char, 4> kMagic{'P', 'H', 'C', '1'};
constexpr std::uint16_t kLayout = 1;
// Of lots that have passed from number to number; nothing else is written of them.
constexpr std::uint16_t kLayoutFormer = 2;
constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kSectionMax = std::uint64_t{1} << 40U;

// A settled transaction of the last close: a record of its home's book, and how many of the legs.
struct SettledRow {
  Participant home{};
  std::uint16_t zero{};
  std::uint32_t record{};
  std::uint32_t legs{};
};
struct CarriedRow {
  std::int64_t fen{};
  Participant participant{};
  std::array<std::uint8_t, 6> zero{};
};
static_assert(sizeof(SettledRow) == 12 && sizeof(CarriedRow) == 16);

void put_section(ByteWriter& section, const std::function<void(Bytes)>& sink) {
  section.pad(kLengthBytes);
  const std::uint64_t length = section.bytes().size();
  sink(std::as_bytes(std::span(&length, 1)));
  sink(section.bytes());
}

PackedLeg packed(const Leg& leg) {
  PackedLeg out = pack(leg, Month());
  out.prior = 0;
  return out;
}

Leg unpacked(const PackedLeg& leg, const TransactionId& id) {
  return {.debtor = leg.debtor,
          .creditor = leg.creditor,
          .reason = leg.reason,
          .partner = leg.partner,
          .version = leg.version,
          .second = leg.second,
          .id = id,
          .quantity = leg.quantity,
          .fen = leg.fen};
}

}  // namespace

void Settlement::save(const std::function<void(Bytes)>& sink) const {
  const bool former =
      std::ranges::any_of(books_, [](const auto& book) { return book->ledger().has_former(); });
  ByteWriter header;
  header.put_record(kMagic);
  header.put(former ? kLayoutFormer : kLayout);
  header.put(std::uint16_t{0});
  header.put(static_cast<std::uint32_t>(books_.size()));
  put_section(header, sink);
  for (const auto& book : books_) {
    ByteWriter section;
    book->save(section, former);
    put_section(section, sink);
  }
  ByteWriter rest;
  rest.put(static_cast<std::uint64_t>(before_ ? 1 : 0));
  std::vector<SettledRow> settled;
  std::vector<PackedLeg> legs;
  if (before_) {
    for (const SettledTransaction& one : before_->settled) {
      settled.push_back({.home = one.home, .record = one.record, .legs = one.leg_count});
      for (const Leg& leg : std::span(before_->legs).subspan(one.first_leg, one.leg_count)) {
        legs.push_back(packed(leg));
      }
    }
  }
  rest.put_all(settled);
  rest.put_all(legs);
  std::vector<CarriedRow> carried;
  for (const auto& [participant, fen] : carried_) {
    carried.push_back({.fen = fen, .participant = participant});
  }
  rest.put_all(carried);
  put_section(rest, sink);
}

Bytes SettlementLoader::take(Bytes part) {
  while (!bad_ && !done_ && !part.empty()) {
    gather(part, kLengthBytes);
    if (gathered_.size() < kLengthBytes) {
      break;
    }
    std::uint64_t length = 0;
    std::memcpy(&length, gathered_.data(), kLengthBytes);
    if (length == 0 || length > kSectionMax) {
      bad_ = true;
      break;
    }
    gather(part, kLengthBytes + length);
    if (gathered_.size() == kLengthBytes + length) {
      take_section(Bytes(gathered_).subspan(kLengthBytes));
      gathered_.clear();
    }
  }
  return bad_ ? Bytes() : part;
}

// Of the part what is missing up to `size`.
void SettlementLoader::gather(Bytes& part, std::size_t size) {
  const std::size_t missing = size - std::min(size, gathered_.size());
  const Bytes more = part.first(std::min(part.size(), missing));
  gathered_.insert(gathered_.end(), more.begin(), more.end());
  part = part.subspan(more.size());
}

void SettlementLoader::take_section(Bytes section) {
  if (!header_) {
    bad_ = !take_header(section);
    header_ = true;
  } else if (books_left_ > 0) {
    --books_left_;
    bad_ = !take_book(section);
  } else {
    bad_ = !take_rest(section);
    done_ = true;
  }
}

bool SettlementLoader::take_header(Bytes section) {
  ByteReader in(section);
  const bool magic = in.get<std::array<char, 4>>() == kMagic;
  const auto layout = in.get<std::uint16_t>();
  former_ = layout == kLayoutFormer;
  const bool right = magic && (layout == kLayout || former_) && in.get<std::uint16_t>() == 0;
  books_left_ = in.get<std::uint32_t>();
  return right && in.good();
}

SenderBook* SettlementLoader::find_book(Participant sender) const {
  const auto book =
      std::ranges::find(into_.books_, sender, [](const auto& one) { return one->sender(); });
  return book == into_.books_.end() ? nullptr : book->get();
}

bool SettlementLoader::take_book(Bytes section) {
  const Participant sender(ByteReader(section).get<std::uint16_t>());
  SenderBook* book = find_book(sender);
  if (sender <= last_sender_ || book == nullptr) {
    return false;
  }
  last_sender_ = sender;
  ByteReader in(section);
  return book->load(in, open_, former_) && in.left() < kLengthBytes;
}

bool SettlementLoader::take_rest(Bytes section) {
  ByteReader in(section);
  const auto closed = in.get<std::uint64_t>();
  Judgement before;
  const std::vector<SettledRow> settled = in.get_all<SettledRow>();
  const std::vector<PackedLeg> legs = in.get_all<PackedLeg>();
  for (const SettledRow& row : settled) {
    const SenderBook* book = find_book(row.home);
    if (book == nullptr || row.record >= book->records().size() ||
        row.legs > legs.size() - before.legs.size()) {
      return false;
    }
    const Item& item = *book->records()[row.record].item;
    before.settled.push_back({.id = item.id,
                              .kind = item.kind,
                              .home = row.home,
                              .first_leg = before.legs.size(),
                              .leg_count = row.legs,
                              .record = row.record});
    for (std::uint32_t n = 0; n < row.legs; ++n) {
      before.legs.push_back(unpacked(legs[before.legs.size()], item.id));
    }
  }
  for (const CarriedRow& row : in.get_all<CarriedRow>()) {
    into_.carried_[row.participant] = row.fen;
  }
  const bool sorted = std::ranges::is_sorted(
      before.settled, {}, [](const auto& one) { return std::tuple(one.id, one.kind, one.home); });
  const bool any_former = std::ranges::any_of(
      into_.books_, [](const auto& book) { return book->ledger().has_former(); });
  const bool whole =
      any_former == former_ && before.legs.size() == legs.size() && closed <= 1 && in.good();
  if (closed == 1) {
    into_.before_ = std::move(before);
  }
  return sorted && whole && in.left() < kLengthBytes;
}

}  // namespace ph
