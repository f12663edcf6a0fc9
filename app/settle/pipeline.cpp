#include "app/settle/pipeline.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "clearing/cutoff_record.h"
#include "clearing/lot_fault.h"
#include "core/home/carried_out.h"
#include "node/day_poster.h"
#include "partners/day_batcher.h"
#include "platform/crypto/sha256.h"
#include "platform/files/write.h"

namespace ph {

namespace {

Digest digest_of(Bytes first, Bytes second) {
  return sha256(first, second);
}

// What a programme makes of a day's rows stands in the batch that its node sealed.
Fault members_fault(const DailyFile& file, std::uint32_t sequence, const RefusedRow& row) {
  return {.code = FaultCode::kSetProgramme,
          .file = file.file.name(),
          .line = row.line,
          .column = "kind",
          .value = std::string(row.kind),
          .expected = "the sealed batch of sequence " + std::to_string(sequence) + ", " +
                      file.header.date.text() +
                      ", and of every later day, in place of these files"};
}

}  // namespace

// One sender's work: its files, the state that makes batches of them, and what came of it.
struct Pipeline::Sender {
  Sender(Participant who, const RuleBook& rules, SenderBook& its_book)
      : participant(who), book(its_book), batcher(who, digest_of) {
    if (rules.is_province(who)) {
      poster.emplace(who, digest_of);
      poster->use_expiry(rules.expiry());
    }
  }

  Participant participant;
  SenderBook& book;
  const DailyFile* opening{nullptr};
  std::vector<DailyFile>* files{nullptr};
  std::size_t next{0};
  std::optional<DayPoster> poster{};
  DayBatcher batcher;
  std::vector<OwnedBatch> batches{};  // the books point into them
  Digest last_digest{};
  std::uint32_t last_sequence{0};
  std::vector<ReturnedLine> returned{};
  std::vector<UsedFile> used{};
  std::vector<Fault> faults{};
};

struct Pipeline::Shared {
  std::mutex mutex;
  Progress progress;
};

Pipeline::Pipeline(InputSet inputs, unsigned threads, std::string seal_directory,
                   std::function<void(const Progress&)> report)
    : inputs_(std::move(inputs)),
      threads_(std::max(threads, 1U)),
      seal_directory_(std::move(seal_directory)),
      report_(std::move(report)),
      calendar_(inputs_.calendar_years),
      settlement_(*inputs_.rules),
      shared_(std::make_unique<Shared>()) {
  for (const SenderBook* book : settlement_.books()) {
    auto sender =
        std::make_unique<Sender>(book->sender(), rules(), settlement_.book(book->sender()));
    const auto files = inputs_.daily.find(book->sender());
    sender->files = files == inputs_.daily.end() ? nullptr : &files->second;
    const auto opening = inputs_.openings.find(book->sender());
    sender->opening = opening == inputs_.openings.end() ? nullptr : &opening->second;
    senders_.push_back(std::move(sender));
  }
}

Pipeline::~Pipeline() = default;

std::uint32_t Pipeline::last_sequence(Participant sender, Month period) const {
  const auto files = inputs_.daily.find(sender);
  std::vector<BatchPlace> places;
  if (files != inputs_.daily.end()) {
    for (const DailyFile& file : files->second) {
      places.push_back({.sequence = file.header.sequence, .date = file.header.date});
    }
  }
  return last_gapless(places, period);
}

// The record of the input, or for the period asked for, if there is none, one made from what is
// there.
std::optional<Cutoff> Pipeline::cutoff_for(Month period, bool last, std::vector<Fault>& faults) {
  const auto fault = [&faults](FaultCode code, std::string value, std::string expected) {
    faults.push_back({.code = code, .value = std::move(value), .expected = std::move(expected)});
    return std::nullopt;
  };
  const auto dates = calendar_.dates_of(period);
  if (!dates) {
    return fault(FaultCode::kSetMissing, "CALENDAR",
                 "calendars up to working day 15 after " + period.text());
  }
  const auto calendar = inputs_.calendar_digests.find(dates->close.civil().year);
  Cutoff cutoff{.period = period,
                .close = dates->close,
                .rulebook = inputs_.rules_digest,
                .calendar = calendar->second};
  for (const auto& [province, digest] : inputs_.opening_digests) {
    cutoff.openings.push_back({.province = province, .digest = digest});
  }
  for (const auto& sender : senders_) {
    cutoff.senders.push_back(
        {.sender = sender->participant, .sequence = last_sequence(sender->participant, period)});
  }
  const auto given = inputs_.cutoffs.find(period);
  if (given == inputs_.cutoffs.end()) {
    if (!last) {
      return fault(FaultCode::kSetMissing, "CUTOFF of " + period.text(),
                   "the cut-off record that the settlement of " + period.text() + " wrote");
    }
    return cutoff;
  }
  if (!cites_inputs_of(given->second, cutoff, last)) {
    return fault(FaultCode::kSetCutoff, "CUTOFF of " + period.text(),
                 "the close, rule book, calendar and opening files that it cites");
  }
  return given->second;
}

// Do the batches taken have the digests that the record cites?
bool Pipeline::check_cutoff(const Cutoff& given, std::vector<Fault>& faults) const {
  std::vector<CutoffSender> found;
  for (const auto& sender : senders_) {
    found.push_back({.sender = sender->participant,
                     .sequence = sender->last_sequence,
                     .batch = sender->last_digest});
  }
  const std::vector<CutoffMismatch> wrong = mismatches(given, found);
  for (const CutoffMismatch& mismatch : wrong) {
    faults.push_back({.code = FaultCode::kSetCutoff,
                      .value = rules().code(mismatch.cited.sender) + ", sequence " +
                               std::to_string(mismatch.cited.sequence),
                      .expected = "in the cut-off record of " + given.period.text() +
                                  ": the last batch there is up to it, sequence " +
                                  std::to_string(mismatch.found.sequence) + ", digest " +
                                  hex(mismatch.found.batch)});
  }
  return wrong.empty();
}

void Pipeline::take_file(Sender& sender, const DailyFile& file) {
  const RuleBook& book = rules();
  std::optional<OwnedBatch> owned;
  std::optional<BatchView> view;
  if (file.header.type == FileType::kProvinceDay) {
    if (const auto day = read_day(file.file, book, sender.faults)) {
      if (const auto row = first_member_row(*day)) {
        sender.faults.push_back(members_fault(file, day->sequence, *row));
        return;
      }
      PostedDay posted = sender.poster->post_day(*day);
      for (const ReturnedRow& row : posted.returned) {
        sender.returned.push_back({.by_clearing = false,
                                   .sender = sender.participant,
                                   .sequence = day->sequence,
                                   .entry = row.serial,
                                   .kind = word(row.kind),
                                   .id = row.id,
                                   .code = row.code});
      }
      owned = std::move(posted.batch);
    }
  } else if (file.header.type == FileType::kPartnerDay) {
    if (auto day = read_partner_day(file.file, book, sender.faults)) {
      owned = sender.batcher.batch(day->date, day->sequence, std::move(day->items));
    }
  } else if (file.header.binary) {
    view = read_batch_binary(file.file, book, sender.faults);
  } else {
    owned = read_batch_csv(file.file, book, sender.faults);
  }
  if (owned) {
    view = owned->view();
  }
  if (!view) {
    return;
  }
  if (view->header.previous != sender.last_digest) {
    sender.faults.push_back({.code = FaultCode::kSetChain,
                             .file = file.file.name(),
                             .value = hex(view->header.previous),
                             .expected = "the digest of sequence " +
                                         std::to_string(sender.last_sequence) + ", " +
                                         hex(sender.last_digest)});
    return;
  }
  if (owned && !seal_directory_.empty()) {
    write_binary(*owned, seal_directory_ + "/" + book.code(sender.participant) + "-" +
                             view->header.date.text() + ".phb");
  }
  if (const auto fault = sender.book.take(*view, book, Part::kOpen).fault) {
    sender.faults.push_back(fault_of(*fault, book));
    sender.faults.back().file = file.file.name();
    return;
  }
  sender.last_digest = view->digest;
  sender.last_sequence = view->header.sequence;
  if (owned) {
    sender.batches.push_back(std::move(*owned));
  }
  sender.used.push_back(used_file(file.file, file.header, book));
  const std::scoped_lock lock(shared_->mutex);
  ++shared_->progress.files_done;
  if (report_) {
    report_(shared_->progress);
  }
}

// The province's state on the first day, once.
void Pipeline::open_sender(Sender& sender) {
  if (sender.opening == nullptr) {
    return;
  }
  const auto opening = read_opening(sender.opening->file, rules(), sender.faults);
  sender.opening = nullptr;
  if (!opening) {
    return;
  }
  sender.book.open(*opening);
  const bool posts =
      sender.files == nullptr || std::ranges::any_of(*sender.files, [](const DailyFile& file) {
        return file.header.type == FileType::kProvinceDay;
      });
  if (sender.poster && posts) {
    sender.poster->open(*opening);
  }
}

void Pipeline::take_files(Sender& sender, std::uint32_t last) {
  open_sender(sender);
  while (sender.files != nullptr && sender.next < sender.files->size() && sender.faults.empty()) {
    const DailyFile& file = (*sender.files)[sender.next];
    if (file.header.sequence > last || file.header.sequence != sender.last_sequence + 1) {
      return;
    }
    take_file(sender, file);
    ++sender.next;
  }
}

// Takes every sender's files up to the cut-off; false if any has a fault.
bool Pipeline::take_period(const Cutoff& cutoff, std::vector<Fault>& faults) {
  std::vector<std::thread> workers;
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t n = next++; n < senders_.size(); n = next++) {
        take_files(*senders_[n], cutoff.sequence_of(senders_[n]->participant));
      }
    } catch (...) {
      const std::scoped_lock lock(shared_->mutex);
      failure = std::current_exception();
    }
  };
  for (unsigned n = 1; n < threads_; ++n) {
    workers.emplace_back(work);
  }
  work();
  for (std::thread& worker : workers) {
    worker.join();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  bool good = true;
  for (const auto& sender : senders_) {
    good = good && sender->faults.empty();
    faults.insert(faults.end(), sender->faults.begin(), sender->faults.end());
  }
  return good;
}

std::optional<SettledPeriod> Pipeline::run(Month period, std::vector<Fault>& faults) {
  for (const auto& [sender, files] : inputs_.daily) {
    shared_->progress.files += files.size();
  }
  if (period < inputs_.first_period) {
    faults.push_back({.code = FaultCode::kSetOpening,
                      .value = period.text(),
                      .expected = "a period from the first on, " + inputs_.first_period.text()});
    return std::nullopt;
  }
  SettledPeriod out;
  for (Month month = inputs_.first_period;; month = month.next()) {
    const bool last = month == period;
    auto cutoff = cutoff_for(month, last, faults);
    if (!cutoff || !take_period(*cutoff, faults)) {
      return std::nullopt;
    }
    const bool given = inputs_.cutoffs.contains(month);
    if (!given) {
      for (std::size_t n = 0; n < senders_.size(); ++n) {
        cutoff->senders[n].sequence = senders_[n]->last_sequence;
        cutoff->senders[n].batch = senders_[n]->last_digest;
      }
    } else if (!check_cutoff(*cutoff, faults)) {
      return std::nullopt;
    }
    out.result = settlement_.close(month, *calendar_.dates_of(month));
    out.cutoff = std::move(*cutoff);
    if (last) {
      break;
    }
    for (const auto& sender : senders_) {
      sender->returned.clear();
    }
    settlement_.next_period();
  }
  out.used = inputs_.used;
  for (const auto& [month, used] : inputs_.used_cutoffs) {
    if (month <= period) {
      out.used.push_back(used);
    }
  }
  for (const auto& sender : senders_) {
    out.returned.insert(out.returned.end(), sender->returned.begin(), sender->returned.end());
    for (const ReturnedItem& item : sender->book.returned()) {
      out.returned.push_back(
          {.by_clearing = true,
           .sender = sender->participant,
           .sequence = item.sequence,
           .entry = item.entry,
           .kind = item.action == Action::kWithdraw ? "WITHDRAW" : word(item.kind),
           .id = item.id,
           .code = item.code});
    }
    out.used.insert(out.used.end(), sender->used.begin(), sender->used.end());
  }
  return out;
}

}  // namespace ph
