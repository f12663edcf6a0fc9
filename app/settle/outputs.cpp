#include "app/settle/outputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <exception>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "app/manifest.h"
#include "core/statement/tables.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"
#include "platform/pdf/statement_pdf.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

// A new file that is written piece by piece, and digested on the way.
class NewFile {
 public:
  explicit NewFile(fs::path path) : path_(std::move(path)) {
    fs::create_directories(path_.parent_path());
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file_ < 0) {
      fail("cannot create");
    }
  }
  ~NewFile() {
    if (file_ >= 0) {
      ::close(file_);
    }
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void append(std::string_view bytes) {
    digest_.update(as_bytes(bytes));
    size_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        fail("cannot write");
      }
      bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
  }
  // Durable on return.
  void finish() {
    if (::fdatasync(file_) != 0) {
      fail("cannot make durable");
    }
    if (::close(std::exchange(file_, -1)) != 0) {
      fail("cannot close");
    }
  }
  [[nodiscard]] Digest digest() { return digest_.finish(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw std::system_error(errno, std::generic_category(),
                            std::string(what) + " " + path_.string());
  }

  fs::path path_;
  int file_{-1};
  Sha256Stream digest_;
  std::uint64_t size_{0};
};

// Takes the files of a settlement as they are made, from any thread, and notes their digests.
class Writer {
 public:
  explicit Writer(fs::path directory) : directory_(std::move(directory)) {}

  void put(const std::string& path, std::string_view bytes) {
    NewFile file(directory_ / path);
    file.append(bytes);
    note(path, file);
  }
  // Signatures aren't in the manifest.
  void put_unlisted(const std::string& path, std::string_view bytes) const {
    NewFile file(directory_ / path);
    file.append(bytes);
    file.finish();
  }
  [[nodiscard]] NewFile start(const std::string& path) const { return NewFile(directory_ / path); }
  void note(const std::string& path, NewFile& file) {
    file.finish();
    const std::scoped_lock lock(mutex_);
    rows_.push_back({.role = ManifestRole::kOutput,
                     .name = path,
                     .digest = file.digest(),
                     .bytes = file.size()});
  }
  [[nodiscard]] std::vector<ManifestRow> rows() const { return rows_; }

 private:
  fs::path directory_;
  std::mutex mutex_;
  std::vector<ManifestRow> rows_;
};

// Runs jobs on several threads; the first exception is thrown again when all have ended.
void run_jobs(const std::vector<std::function<void()>>& jobs, unsigned threads) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t n = next++; n < jobs.size(); n = next++) {
      try {
        jobs[n]();
      } catch (...) {
        const std::scoped_lock lock(mutex);
        failure = std::current_exception();
      }
    }
  };
  std::vector<std::thread> workers;
  for (unsigned n = 1; n < threads; ++n) {
    workers.emplace_back(work);
  }
  work();
  for (std::thread& worker : workers) {
    worker.join();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

// All homes' closing lots in their order, by far the largest table: the next homes' are made while
// one home's are written.
void write_closing_lots(const std::vector<const SenderBook*>& books, const RuleBook& rules,
                        const Names& names, unsigned threads, Writer& writer) {
  NewFile file = writer.start("closing-lots.csv");
  file.append(closing_lots_head());
  std::deque<std::future<std::string>> ahead;
  const auto write_first = [&] {
    file.append(ahead.front().get());
    ahead.pop_front();
  };
  for (const SenderBook* book : books) {
    if (rules.is_province(book->sender())) {
      ahead.push_back(
          std::async(std::launch::async, [book, &names] { return closing_lots_of(*book, names); }));
    }
    if (ahead.size() > threads) {
      write_first();
    }
  }
  while (!ahead.empty()) {
    write_first();
  }
  writer.note("closing-lots.csv", file);
}

std::vector<ProofLine> proof_lines(const SettledPeriod& period, const RuleBook& rules,
                                   const Names& names) {
  std::vector<ProofLine> lines;
  for (const Line& line : period.result.lines) {
    lines.push_back({.debtor = names.code(line.debtor),
                     .creditor = names.code(line.creditor),
                     .reason = reason_of(line, rules, names),
                     .version = version_text(line.version, line.second),
                     .first_leaf = line.first_leaf,
                     .count = line.items});
  }
  return lines;
}

std::int64_t total_fen(const std::vector<Line>& lines) {
  std::int64_t sum = 0;
  for (const Line& line : lines) {
    sum += line.fen;
  }
  return sum;
}

class Outputs {
 public:
  Outputs(const SettledPeriod& period, const std::vector<const SenderBook*>& books,
          const RuleBook& rules, const OutputOptions& options, const fs::path& directory)
      : period_(period),
        books_(books),
        rules_(rules),
        options_(options),
        names_(rules),
        writer_(directory) {}

  WrittenSettlement write() {
    // Beside all the rest: it needs nothing of it.
    auto lots = std::async(std::launch::async, [this] {
      write_closing_lots(books_, rules_, names_, options_.threads, writer_);
    });
    const std::string cutoff = cutoff_csv(period_.cutoff, names_);
    const Digest cutoff_digest = sha256(as_bytes(cutoff));
    const std::string items = items_csv(period_.result, rules_, names_);
    const PeriodTree tree(items);
    WrittenSettlement written{.tree_size = tree.size(), .root = tree.root()};
    written.statements = statements_of(period_.result, books_, rules_, names_);
    for (Statement& statement : written.statements) {
      statement.tree_size = tree.size();
      statement.root = tree.root();
      statement.cutoff = cutoff_digest;
    }
    writer_.put("cutoff.csv", cutoff);
    write_tables(items, written.statements);
    const auto refused = write_proofs({.tree = tree,
                                       .period = period_.result.period.text(),
                                       .cutoff = cutoff_digest,
                                       .participants = participant_codes(),
                                       .lines = proof_lines(period_, rules_, names_),
                                       .total_fen = total_fen(period_.result.lines),
                                       .previous_log = options_.previous_log},
                                      [this](const std::string& path, std::string&& bytes) {
                                        sign(path, bytes);
                                        writer_.put(path, bytes);
                                      });
    if (refused) {
      throw std::runtime_error(*refused);
    }
    lots.get();
    write_manifest(written);
    return written;
  }

 private:
  [[nodiscard]] std::vector<std::string> participant_codes() const {
    std::vector<std::string> codes;
    for (const ParticipantRow& row : rules_.participants()) {
      codes.push_back(row.code);
    }
    return codes;
  }

  void write_tables(const std::string& items, const std::vector<Statement>& statements) {
    const PeriodResult& result = period_.result;
    std::map<std::string, std::pair<std::string, std::string>> both_names;
    for (const ParticipantRow& row : rules_.participants()) {
      both_names[row.code] = {row.name_zh, row.name_en};
    }
    std::vector<std::function<void()>> jobs;
    jobs.emplace_back([&] { writer_.put("items.csv", items); });
    jobs.emplace_back([&] {
      writer_.put("lines.csv", lines_csv(result, rules_, names_));
      writer_.put("matrix.csv", matrix_csv(result, names_));
      writer_.put("positions.csv", positions_csv(result, names_));
      writer_.put("ledger.csv", ledger_csv(result, rules_, names_));
      writer_.put("suspense.csv", suspense_csv(result, names_));
      writer_.put("returned.csv", returned_csv(period_.returned, names_));
      writer_.put("rollforward.csv", rollforward_csv(books_, rules_, names_));
      writer_.put("quarters.csv", quarters_csv(books_, rules_, names_));
      writer_.put("closing-debts.csv", closing_debts_csv(books_, names_));
    });
    for (unsigned t = 0; t < options_.threads; ++t) {
      jobs.emplace_back([&, t] {
        StatementPrinter printer;  // Fonts are loaded once for all of a thread's statements.
        for (std::size_t n = t; n < statements.size(); n += options_.threads) {
          const std::string path = "statements/" + statements[n].participant;
          writer_.put(path + ".json", statement_json(statements[n]));
          writer_.put(path + ".csv", statement_csv(statements[n]));
          if (options_.pdf) {
            writer_.put(path + ".pdf", printer.print(statements[n], both_names));
          }
        }
      });
    }
    run_jobs(jobs, options_.threads);
  }

  void sign(const std::string& path, std::string_view bytes) {
    if (options_.key != nullptr && path == "proof/period.json") {
      writer_.put_unlisted(path + ".sig", options_.key->sign(kPeriodKind, sha256(as_bytes(bytes))));
    }
  }

  void write_manifest(WrittenSettlement& written) {
    std::vector<ManifestRow> rows = writer_.rows();
    for (const ManifestRow& row : rows) {
      written.bytes += row.bytes;
    }
    written.files = rows.size() + 1;
    for (const UsedFile& used : period_.used) {
      rows.push_back({.role = ManifestRole::kInput,
                      .name = used.identity,
                      .digest = used.digest,
                      .bytes = used.bytes});
    }
    const std::string manifest = manifest_text(std::move(rows));
    const std::string name(kManifestName);
    writer_.put_unlisted(name, manifest);
    if (options_.key != nullptr) {
      writer_.put_unlisted(name + ".sig",
                           options_.key->sign(kManifestKind, sha256(as_bytes(manifest))));
    }
  }

  const SettledPeriod& period_;
  const std::vector<const SenderBook*>& books_;
  const RuleBook& rules_;
  const OutputOptions& options_;
  Names names_;
  Writer writer_;
};

}  // namespace

std::string output_directory_fault(const std::string& directory, bool force) {
  std::error_code error;
  if (!fs::exists(directory, error)) {
    return {};
  }
  if (!fs::is_directory(directory, error)) {
    return directory + " is not a directory: name one that does not exist";
  }
  if (fs::is_empty(directory, error)) {
    return {};
  }
  const bool settlement = fs::exists(fs::path(directory) / kManifestName, error);
  if (!settlement) {
    return directory + " is not empty and holds no settlement: name another directory";
  }
  if (!force) {
    return directory + " holds a settlement already: name another directory, or say --force to " +
           "replace it";
  }
  return {};
}

WrittenSettlement write_settlement(const SettledPeriod& period,
                                   const std::vector<const SenderBook*>& books,
                                   const RuleBook& rules, const OutputOptions& options) {
  fs::path target = fs::path(options.directory);
  if (!target.has_filename()) {
    target = target.parent_path();
  }
  fs::path part = target;
  part += ".part";
  fs::remove_all(part);
  fs::create_directories(part);
  WrittenSettlement written = Outputs(period, books, rules, options, part).write();
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(part)) {
    if (entry.is_directory()) {
      sync_directory(entry.path());
    }
  }
  sync_directory(part);
  fs::remove_all(target);
  fs::rename(part, target);
  sync_directory(target.has_parent_path() ? target.parent_path() : fs::path("."));
  return written;
}

}  // namespace ph
