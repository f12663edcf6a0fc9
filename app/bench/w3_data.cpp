#include <filesystem>
#include <map>
#include <stdexcept>

#include "app/bench/store.h"
#include "app/bench/w3.h"
#include "app/generate/random.h"
#include "core/batch/seal.h"
#include "platform/crypto/sha256.h"
#include "platform/files/read.h"

namespace ph::bench {

namespace {

using generate::Random;

Digest digest_of(Bytes first, Bytes second) {
  return sha256(first, second);
}

std::string batch_path(const World& world, const std::string& directory, Participant sender,
                       BusinessDate date) {
  return directory + "/" + world.rules.code(sender) + "-" + date.text() + ".phb";
}

// A sender's day under way, and what it must remember from day to day.
struct Outbox {
  std::vector<Item> items{};
  std::vector<Slice> slices{};
  std::vector<std::pair<Item, std::vector<Slice>>> tomorrow{};
  Digest previous{};
  std::uint32_t sequence{0};
  std::uint32_t references{0};  // of ids of the day

  void add(Item item, const std::vector<Slice>& with) {
    item.entry = static_cast<std::uint32_t>(items.size() + 1);
    item.slice_count = static_cast<std::uint32_t>(with.size());
    items.push_back(item);
    slices.insert(slices.end(), with.begin(), with.end());
  }
};

class MonthMaker {
 public:
  MonthMaker(const World& world, const BenchOptions& options, const std::string& directory)
      : world_(world), rows_(options.rows), random_(options.seed), directory_(directory) {}

  void run() {
    const int days = last_day(kPeriod).civil().day;
    std::uint64_t made = 0;
    for (int day = 0; day < days; ++day) {
      date_ = first_day(kPeriod).plus_days(day);
      last_ = day + 1 == days;
      const std::uint64_t until =
          rows_ * static_cast<std::uint64_t>(day + 1) / static_cast<std::uint64_t>(days);
      for (; made < until; ++made) {
        transaction();
      }
      for (const auto* senders : {&world_.provinces, &world_.partners}) {
        for (const Participant sender : senders->all()) {
          seal_day(sender);
        }
      }
    }
  }

 private:
  // The reference as its maker would choose it: a province's entry number, a merchant's slip.
  TransactionId new_id(Participant starter, bool partner) {
    const std::uint32_t number = ++boxes_[starter].references;
    TransactionId id{.participant = starter, .date = date_};
    std::string text = std::to_string(number);
    if (partner) {
      text = "POS" + std::to_string(10 + number % 90) + "-" +
             std::string(8 - std::min<std::size_t>(text.size(), 8), '0') + text;
    }
    std::memcpy(id.reference.data(), text.data(), text.size());
    return id;
  }

  std::vector<Slice> slices_for(Participant home, std::int64_t points) {
    std::vector<Slice> slices;
    const std::uint32_t count = points > 1 && random_.one_in(4) ? 2 : 1;
    for (std::uint32_t n = 0; n < count; ++n) {
      const std::int64_t part = n + 1 == count ? points : points / 3 + 1;
      points -= part;
      const auto earned =
          BusinessDate::of(2024, 1, 1).plus_days(static_cast<int>(random_.below(600)));
      const Participant issuer = random_.one_in(20) ? world_.provinces.pick(random_) : home;
      slices.push_back({.lot = LotId(issuer, earned, random_.between(1, 3'000'000)),
                        .earned_month = earned.month(),
                        .expires_on = BusinessDate::of(2027, 10, 1),
                        .source = Source::kConsumption,
                        .rating = 1,
                        .account = Account::kRedeemed,
                        .original = part + random_.below(2'000),
                        .delta = -part});
    }
    return slices;
  }

  // Two items under one id: the home's REDEEM, and its answer by a province or a merchant.
  void transaction() {
    const Participant home = world_.provinces.pick(random_);
    const bool partner = random_.below(10) < 6;
    Participant giver = (partner ? world_.merchants : world_.provinces).pick(random_);
    while (giver == home) {
      giver = world_.provinces.pick(random_);
    }
    Item redeem{.kind = Kind::kRedeem, .counterparty = giver};
    redeem.form = partner             ? Form::kMerchant
                  : random_.one_in(3) ? Form::kOwnProduct
                                      : Form::kPhoneCredit;
    redeem.partner = partner ? giver : Participant();
    redeem.member = Member::make(home, random_.between(1, 60'000'000));
    redeem.id = new_id(giver, partner);
    redeem.points = random_.between(100, 20'000);
    redeem.authorisation = EntryId(home, date_, ++codes_[home.number()]);
    Item answer = redeem;
    answer.kind = partner ? Kind::kPartnerRedemption : Kind::kDelivery;
    answer.counterparty = partner ? Participant() : home;
    answer.form = partner ? Form::kNone : redeem.form;
    const std::uint32_t luck = random_.below(kShareOf);
    if (luck < kFaulty) {
      spoil(luck % 4, redeem, answer);
    }
    const std::vector<Slice> slices = slices_for(home, redeem.points);
    const bool late = !last_ && luck >= kFaulty && luck < kFaulty + kLate;
    if (!redeem.id.none()) {
      send(boxes_[home], redeem, slices, late && luck % 2 == 0);
    }
    if (!answer.id.none()) {
      send(boxes_[giver], answer, {}, late && luck % 2 == 1);
    }
  }

  // One of four faults; a side without id is not sent.
  void spoil(std::uint32_t how, Item& redeem, Item& answer) {
    if (how == 0) {
      redeem.id = {};
    } else if (how == 1) {
      answer.id = {};
    } else if (how == 2) {
      answer.points += random_.between(1, 100);
    } else {
      answer.authorisation =
          random_.one_in(2) ? EntryId() : EntryId(answer.authorisation.packed() ^ (1U << 20));
    }
  }

  static void send(Outbox& box, const Item& item, const std::vector<Slice>& slices, bool late) {
    if (late) {
      box.tomorrow.emplace_back(item, slices);
    } else {
      box.add(item, slices);
    }
  }

  void seal_day(Participant sender) {
    Outbox& box = boxes_[sender];
    const OwnedBatch batch = seal(
        {.sender = sender, .date = date_, .sequence = ++box.sequence, .previous = box.previous}, {},
        std::move(box.items), std::move(box.slices), digest_of);
    box.previous = batch.view().digest;
    FileWriter file(batch_path(world_, directory_, sender, date_));
    file.write(batch.bytes().data(), batch.bytes().size());
    file.close();
    box.items.clear();
    box.slices.clear();
    for (const auto& [item, slices] : box.tomorrow) {
      box.add(item, slices);
    }
    box.tomorrow.clear();
    box.references = 0;
  }

  const World& world_;
  std::uint64_t rows_;
  Random random_;
  std::string directory_;
  BusinessDate date_{};
  bool last_{false};
  std::map<Participant, Outbox> boxes_;
  std::map<std::uint16_t, std::uint32_t> codes_;  // given by a home
};

StoredSender load_sender(const World& world, const std::string& directory, Participant sender,
                         StoredMonth& month) {
  StoredSender stored{.sender = sender};
  std::vector<Fault> faults;
  for (BusinessDate date = first_day(kPeriod); date <= last_day(kPeriod);
       date = date.plus_days(1)) {
    auto file = InputFile::open(batch_path(world, directory, sender, date), faults);
    auto view = file ? read_batch_binary(*file, world.rules, faults) : std::nullopt;
    if (!view) {
      throw std::runtime_error(directory + ": " + (faults.empty() ? "" : faults.front().file) +
                               " is not the benchmark's; remove the directory");
    }
    for (const Item& item : view->items) {
      ++(is_home_item(item) ? month.home_items : month.other_items);
    }
    month.bytes += file->bytes().size();
    stored.batches.push_back(*view);
    month.files.push_back(std::move(*file));
  }
  return stored;
}

void append_number(FileWriter& file, std::int64_t number, char end = ',') {
  file.number(number);
  file.write(&end, 1);
}

std::int64_t date_number(BusinessDate date) {
  const YearMonthDay day = date.civil();
  return day.year * 10'000 + day.month * 100 + day.day;
}

}  // namespace

void prepare_w3(const World& world, const BenchOptions& options, const std::string& directory) {
  MonthMaker(world, options, directory).run();
}

StoredMonth load_w3(const World& world, const std::string& directory) {
  StoredMonth month;
  for (const Participant province : world.provinces.all()) {
    month.provinces.push_back(load_sender(world, directory, province, month));
  }
  for (const Participant partner : world.partners.all()) {
    month.partners.push_back(load_sender(world, directory, partner, month));
  }
  return month;
}

std::string exceptions_text(const std::vector<MatchException>& exceptions) {
  std::string out;
  for (const MatchException& exception : exceptions) {
    const TransactionId& id = exception.id;
    out += std::to_string(id.participant.number());
    out += '/';
    out += std::to_string(date_number(id.date));
    out += '/';
    out += id.reference_text();
    out += ',';
    out += word(exception.reason);
    out += '\n';
  }
  return out;
}

void export_w3(const StoredMonth& month, const std::string& directory) {
  FileWriter home(directory + "/home.csv");
  FileWriter other(directory + "/other.csv");
  for (const auto* senders : {&month.provinces, &month.partners}) {
    for (const StoredSender& stored : *senders) {
      for (const BatchView& batch : stored.batches) {
        for (const Item& item : batch.items) {
          FileWriter& file = is_home_item(item) ? home : other;
          append_number(file, item.id.participant.number());
          append_number(file, date_number(item.id.date));
          file.text(item.id.reference_text());
          file.text(",");
          append_number(file, stored.sender.number());
          append_number(file, item.counterparty.number());
          append_number(file, static_cast<int>(item.form));
          append_number(file, static_cast<std::int64_t>(item.member.number()));
          append_number(file, item.points);
          append_number(file, static_cast<std::int64_t>(item.authorisation.packed()), '\n');
        }
      }
    }
  }
  home.close();
  other.close();
}

}  // namespace ph::bench
