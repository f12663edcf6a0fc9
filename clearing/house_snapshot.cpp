// The clearing's state as bytes, and back (docs/journal.md, section 11). Of batches and files there
// stand the addresses: they are opened again. What was damaged or made up gives no state.
#include <array>
#include <span>

#include "clearing/house.h"
#include "core/batch/seal.h"
#include "core/close/snapshot.h"
#include "platform/journal/headed_loader.h"

namespace ph {

namespace {

constexpr std::array<char, 4> kMagic{'P', 'H', 'S', '1'};
// The second has a section for what partners ask live, the third behind it one for who has moved;
// the fourth behind both one for ratings; each is written once there is something.
constexpr std::uint16_t kLayout = 1;
constexpr std::uint16_t kLayoutLive = 2;
constexpr std::uint16_t kLayoutMoved = 3;
constexpr std::uint16_t kLayoutRated = 4;

template <class Map>
std::uint32_t count_of(const Map& map) {
  return static_cast<std::uint32_t>(map.size());
}

void put_batch(const TakenBatch& batch, ByteWriter& out) {
  const JournalCommand command = encode(batch.taken, batch.at);
  out.put(static_cast<std::uint32_t>(command.payload.size()));
  out.put_raw(command.payload);
  out.put(batch.at.seconds());
  out.put(batch.size);
  out.put_all(batch.returned);
}

// False: it is none.
bool get_batch(ByteReader& in, TakenBatch& batch) {
  const auto size = in.get<std::uint32_t>();
  const Bytes payload = in.get_raw(size);
  const JournalCommand command{.kind = static_cast<std::uint16_t>(ClearingCommand::kBatch),
                               .payload = {payload.begin(), payload.end()}};
  batch.at = BusinessTime(in.get<std::int64_t>());
  batch.size = in.get<std::uint64_t>();
  batch.returned = in.get_all<ReturnedItem>();
  return in.good() && decode(command, batch.taken);
}

}  // namespace

// --- saved ---------------------------------------------------------------------------------------

void ClearingHouse::save_files(ByteWriter& out) const {
  out.put(static_cast<std::uint8_t>(rules_ ? 1 : 0));
  out.put(rules_blob_);
  out.put(count_of(calendar_blobs_));
  for (const auto& [year, blob] : calendar_blobs_) {
    out.put(blob);
  }
  out.put(count_of(openings_));
  for (const auto& [province, opened] : openings_) {
    out.put(province.number());
    out.put(opened.blob);
    out.put(opened.size);
    out.put(opened.date.count());
  }
}

void ClearingHouse::save_periods(ByteWriter& out) const {
  out.put(static_cast<std::uint8_t>(open_period_ ? 1 : 0));
  out.put(open_period_.value_or(Month()).count());
  out.put(count_of(closed_));
  for (const auto& [month, cutoff] : closed_) {
    out.put(month.count());
    out.put(cutoff);
  }
}

void ClearingHouse::save_senders(ByteWriter& out) const {
  out.put(count_of(senders_));
  for (const auto& [participant, sender] : senders_) {
    out.put(participant.number());
    out.put(sender.last());
    for (const TakenBatch& batch : sender.batches) {
      put_batch(batch, out);
    }
  }
}

void ClearingHouse::save_advices(ByteWriter& out) const {
  out.put(count_of(advices_));
  for (const auto& [issuer, advices] : advices_) {
    out.put(issuer.number());
    out.put(count_of(advices));
    for (const wire::Advice& advice : advices) {
      out.put(advice.home.number());
      out.put(advice.date.count());
      out.put(advice.sequence);
      for (const std::int64_t sum : {advice.issued, advice.redeemed, advice.expired,
                                     advice.forfeited, advice.moved, advice.repaid}) {
        out.put(sum);
      }
    }
  }
}

void ClearingHouse::save(const std::function<void(Bytes)>& sink) const {
  ByteWriter head;
  head.put_record(kMagic);
  const bool rated = !ratings_.empty();
  const bool moved = rated || directory_.size() > 0;
  const bool live = moved || switch_.size() > 0;
  head.put(rated ? kLayoutRated : moved ? kLayoutMoved : live ? kLayoutLive : kLayout);
  head.put(std::uint16_t{0});
  for (const auto part :
       {&ClearingHouse::save_files, &ClearingHouse::save_periods, &ClearingHouse::save_senders,
        &ClearingHouse::save_advices, &ClearingHouse::save_switch, &ClearingHouse::save_directory,
        &ClearingHouse::save_ratings}) {
    if ((part == &ClearingHouse::save_switch && !live) ||
        (part == &ClearingHouse::save_directory && !moved) ||
        (part == &ClearingHouse::save_ratings && !rated)) {
      continue;
    }
    ByteWriter section;
    (this->*part)(section);
    head.put(static_cast<std::uint64_t>(section.bytes().size()));
    head.put_raw(section.bytes());
  }
  const auto size = static_cast<std::uint64_t>(head.bytes().size());
  sink(std::as_bytes(std::span(&size, 1)));
  sink(head.bytes());
  if (settlement_) {
    settlement_->save(sink);
  }
}

// --- loaded --------------------------------------------------------------------------------------

// The rule book first: it tells how the others are read. The opening files' lots are in the books.
bool ClearingHouse::load_files(ByteReader in) {
  const bool has_rules = in.get<std::uint8_t>() != 0;
  const auto rules = in.get<Digest>();
  if (has_rules) {
    take_rules(rules);
  }
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    const auto blob = in.get<Digest>();
    if (in.good()) {
      take_calendar(blob);
    }
  }
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    const Participant province(in.get<std::uint16_t>());
    OpenedProvince& opened = openings_[province];
    opened.blob = in.get<Digest>();
    opened.size = in.get<std::uint64_t>();
    opened.date = BusinessDate(in.get<std::uint16_t>());
    // Its lots are in the books and it isn't read again, but a close cites it: who finds only then
    // that it lacks has promised too much. Its length has to do, it may be large.
    if (in.good() && blob_of(opened.blob, "opening file", false).bytes().size() != opened.size) {
      return false;
    }
  }
  return in.done();
}

bool ClearingHouse::load_periods(ByteReader in) {
  const bool has_open = in.get<std::uint8_t>() != 0;
  const Month open(in.get<std::uint16_t>());
  if (has_open) {
    open_period_ = open;
  }
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    const Month month(in.get<std::uint16_t>());
    closed_[month] = in.get<Digest>();
    if (in.good()) {
      static_cast<void>(blob_of(closed_[month], "cut-off record"));
    }
  }
  return in.done();
}

bool ClearingHouse::load_senders(ByteReader in) {
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    const Participant participant(in.get<std::uint16_t>());
    SenderState& sender = senders_[participant];
    for (auto batches = in.get<std::uint32_t>(); batches > 0; --batches) {
      TakenBatch batch;
      if (!get_batch(in, batch) || batch.taken.sender != participant ||
          batch.taken.sequence != sender.last() + 1) {
        return false;
      }
      Blob blob = taken_blob(batch.taken);
      if (blob.bytes().size() != batch.size) {
        return false;
      }
      sender.batches.push_back(std::move(batch));
      sender.blobs.push_back(std::move(blob));
    }
  }
  return in.done();
}

bool ClearingHouse::load_advices(ByteReader in) {
  for (auto left = in.get<std::uint32_t>(); left > 0 && in.good(); --left) {
    std::vector<wire::Advice>& list = advices_[Participant(in.get<std::uint16_t>())];
    for (auto advices = in.get<std::uint32_t>(); advices > 0 && in.good(); --advices) {
      wire::Advice& advice = list.emplace_back();
      advice.number = list.size();
      advice.home = Participant(in.get<std::uint16_t>());
      advice.date = BusinessDate(in.get<std::uint16_t>());
      advice.sequence = in.get<std::uint32_t>();
      for (std::int64_t* sum : {&advice.issued, &advice.redeemed, &advice.expired,
                                &advice.forfeited, &advice.moved, &advice.repaid}) {
        *sum = in.get<std::int64_t>();
      }
    }
  }
  return in.done();
}

bool ClearingHouse::load_head(Bytes head) {
  ByteReader in(head);
  const bool magic = in.get<std::array<char, 4>>() == kMagic;
  const auto layout = in.get<std::uint16_t>();
  if (!magic || layout < kLayout || layout > kLayoutRated || in.get<std::uint16_t>() != 0) {
    return false;
  }
  for (const auto part :
       {&ClearingHouse::load_files, &ClearingHouse::load_periods, &ClearingHouse::load_senders,
        &ClearingHouse::load_advices, &ClearingHouse::load_switch, &ClearingHouse::load_directory,
        &ClearingHouse::load_ratings}) {
    if ((part == &ClearingHouse::load_switch && layout < kLayoutLive) ||
        (part == &ClearingHouse::load_directory && layout < kLayoutMoved) ||
        (part == &ClearingHouse::load_ratings && layout < kLayoutRated)) {
      continue;
    }
    const auto size = in.get<std::uint64_t>();
    const Bytes section = in.get_raw(size);
    if (!in.good() || !(this->*part)(ByteReader(section))) {
      return false;
    }
  }
  if (layout < kLayoutMoved) {
    note_moves_of_batches();
  }
  return in.done();
}

// An earlier release kept no directory, and all moves came by file then.
void ClearingHouse::note_moves_of_batches() {
  for (const auto& [participant, sender] : senders_) {
    for (const Blob& blob : sender.blobs) {
      note_moves(view_of(blob.bytes()));
    }
  }
}

std::optional<BatchView> ClearingHouse::open_batch(Participant participant, std::uint32_t sequence,
                                                   const Digest& digest) const {
  const SenderState* state = sender(participant);
  if (state == nullptr || sequence == 0 || sequence > state->last() ||
      state->batches[sequence - 1].taken.batch != digest) {
    return std::nullopt;
  }
  return view_of(state->blobs[sequence - 1].bytes());
}

class ClearingHouse::Loader final : public HeadedLoader {
 public:
  explicit Loader(ClearingHouse& house) : house_(house) {}

 private:
  [[nodiscard]] bool load_head(Bytes head) override {
    if (!house_.load_head(head)) {
      return false;
    }
    if (house_.settlement_) {
      books_.emplace(*house_.settlement_,
                     [this](Participant sender, std::uint32_t sequence, const Digest& digest) {
                       return house_.open_batch(sender, sequence, digest);
                     });
    }
    return true;
  }
  [[nodiscard]] bool load_part(Bytes part) override { return books_ && books_->take(part).empty(); }
  [[nodiscard]] bool load_rest() override { return !books_ || books_->finish(); }

  ClearingHouse& house_;
  std::optional<SettlementLoader> books_;
};

std::unique_ptr<StateLoader> ClearingHouse::loader() {
  *this = ClearingHouse(*blobs_, std::move(on_closed_));
  return std::make_unique<Loader>(*this);
}

}  // namespace ph
