// A province's node in its embedded form: day files in, sealed batches out. It owns the home's
// state and the chain of digests; one thread owns a poster.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/batch/seal.h"
#include "core/home/day.h"
#include "core/home/home.h"

namespace ph {

struct PostedDay {
  OwnedBatch batch;
  std::vector<ReturnedRow> returned{};
  std::vector<LeftRow> left{};
};

class DayPoster {
 public:
  DayPoster(Participant province, Sha256 sha256) : home_(province), sha256_(sha256) {}
  // A home that was saved; `previous` is the digest of its last batch.
  DayPoster(Home home, Sha256 sha256, const Digest& previous)
      : home_(std::move(home)), sha256_(sha256), previous_(previous) {}

  void use_expiry(const ExpiryRules& rules) { home_.use_expiry(rules); }
  void open(const Opening& opening) { home_.open(opening); }
  // The same, row by row.
  void open_member(Member member) { home_.open_member(member); }
  void open_lot(const OpeningLot& row) { home_.open_lot(row); }
  void open_debt(const OpeningDebt& row) { home_.open_debt(row); }

  void use_codes(PartnerCodes codes) { home_.use_codes(std::move(codes)); }
  void use_node(NodeSources node) { home_.use_node(std::move(node)); }
  void use_last_day(BusinessDate day) { home_.use_last_day(day); }
  void take_programme(const Digest& blob, std::shared_ptr<const Programme> programme) {
    home_.take_programme(blob, std::move(programme));
  }

  // A day in slices. Files in the order of their sequence; a file lives until the day is sealed.
  void begin(const DayFile& file);
  // The same in two steps, for live events between them.
  void open_day(BusinessDate date, std::uint32_t sequence) { home_.open_day(date, sequence); }
  void bring(const DayFile& file);
  // core/home/home.h
  LiveAnswer take_live(const LiveCommand& command, BusinessTime at) {
    return home_.take_live(command, at);
  }
  LiveAnswer take_member(const MemberRequest& request, BusinessTime at) {
    return home_.take_member(request, at);
  }
  void end_live_holds(BusinessTime at) { home_.end_live_holds(at); }
  // Carries out at most `rows` further rows: true while something remains (core/home/home.h).
  [[nodiscard]] bool post(std::size_t rows);
  // When nothing remains.
  [[nodiscard]] PostedDay seal();
  // All at once.
  [[nodiscard]] PostedDay post_day(const DayFile& file);

  // Runs over all members (core/home/run_work.h).
  void begin_run(const RunKey& key, BusinessDate on, bool by_account) {
    home_.begin_run(key, on, by_account);
  }
  void take_run_steps(std::uint32_t steps) { home_.take_run_steps(steps); }
  void publish_run(std::uint32_t number) { home_.publish_run(number); }
  void drop_run(std::uint32_t number) { home_.drop_run(number); }
  [[nodiscard]] bool take_thresholds(std::uint32_t number,
                                     const std::vector<FoundThreshold>& found) {
    return home_.take_thresholds(number, found);
  }

  // For questions, between slices too.
  [[nodiscard]] const Home& home() const { return home_; }

 private:
  Home home_;
  Sha256 sha256_;
  Digest previous_{};
  const DayFile* file_{nullptr};  // of the day that has begun
};

}  // namespace ph
