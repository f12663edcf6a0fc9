// What every store promises (platform/journal/journal.h), for each adapter alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include "core/journal/block.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/log.h"
#include "tests/contract/places.h"
#include "tests/support/postgres_fixture.h"

namespace ph {
namespace PH_FILE {

using Buffer = std::vector<std::byte>;
using Sequences = std::vector<std::uint64_t>;

// Bytes that differ from place to place, the same for the same seed.
Buffer noise(std::size_t size, std::uint32_t seed) {
  Buffer bytes(size);
  std::uint64_t state = seed * std::uint64_t{2'654'435'761} + 1;
  for (std::byte& b : bytes) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    b = static_cast<std::byte>(state >> 56U);
  }
  return bytes;
}

class JournalContract : public testing::TestWithParam<test::Adapter> {
 protected:
  void SetUp() override {
    std::string why;
    place_ = GetParam().make(why);
    if (!place_) {
      if (test::on_ci()) {
        FAIL() << why;
      }
      GTEST_SKIP() << "NOT RUN: " << why;
    }
    store_ = place_->open();
  }
  void reopen() {
    store_ = {};
    store_ = place_->open();
  }

  Journal& journal() { return *store_.journal; }
  void append(std::uint16_t shard, std::uint64_t sequence, std::string_view text) {
    journal().append(shard, sequence, as_bytes(text));
  }
  // "sequence=content " of what is visited, at most `most`.
  std::string read(std::uint16_t shard, std::uint64_t from, std::size_t most = 1'000) {
    std::string seen;
    std::size_t count = 0;
    journal().read(shard, from, [&](std::uint64_t sequence, Bytes block) {
      seen += std::to_string(sequence) + "=";
      for (const std::byte b : block) {
        seen.push_back(static_cast<char>(b));
      }
      seen += ' ';
      return ++count < most;
    });
    return seen;
  }

  // A snapshot handed out in parts of `part` bytes.
  void snapshot(std::uint16_t shard, std::uint64_t sequence, Bytes state,
                std::size_t part = 1'000) {
    store_.snapshots->put_pages(shard, sequence, [&](const SnapshotStore::Sink& sink) {
      for (Bytes rest = state; !rest.empty(); rest = rest.subspan(std::min(part, rest.size()))) {
        sink(rest.first(std::min(part, rest.size())));
      }
    });
  }
  Buffer loaded(std::uint16_t shard, std::uint64_t sequence) {
    Buffer state;
    store_.snapshots->load_pages(shard, sequence, [&state](Bytes part) {
      state.insert(state.end(), part.begin(), part.end());
    });
    return state;
  }

  std::unique_ptr<test::Place> place_;
  Storage store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, JournalContract, testing::ValuesIn(test::adapters()),
                         [](const auto& one) { return one.param.name; });

// --- blocks
// ---------------------------------------------------------------------------------------

TEST_P(JournalContract, ANewPlaceIsEmpty) {
  EXPECT_EQ(journal().last(1), 0U);
  EXPECT_EQ(journal().first(1), 1U);
  EXPECT_EQ(read(1, 1), "");
  EXPECT_EQ(store_.snapshots->list(1), Sequences{});
  EXPECT_FALSE(store_.blobs->get(sha256(as_bytes("nothing")), true));
}

TEST_P(JournalContract, BlocksAreReadInTheirOrder) {
  append(1, 1, "one");
  append(1, 2, "two");
  append(1, 3, "three");
  EXPECT_EQ(journal().last(1), 3U);
  EXPECT_EQ(journal().first(1), 1U);
  EXPECT_EQ(read(1, 1), "1=one 2=two 3=three ");
  EXPECT_EQ(read(1, 2), "2=two 3=three ");
  EXPECT_EQ(read(1, 4), "");
  EXPECT_EQ(read(1, 1, 2), "1=one 2=two ");
}

TEST_P(JournalContract, ManyBlocksKeepTheirOrder) {
  std::string expected;
  for (std::uint64_t n = 1; n <= 300; ++n) {
    append(7, n, "x" + std::to_string(n));
    expected += std::to_string(n) + "=x" + std::to_string(n) + " ";
  }
  EXPECT_EQ(read(7, 1), expected);
  reopen();
  EXPECT_EQ(read(7, 1), expected);
}

TEST_P(JournalContract, ShardsAreApart) {
  for (const std::uint16_t shard : std::vector<std::uint16_t>{2, 0, 65'535, 1}) {
    append(shard, 1, "first of " + std::to_string(shard));
  }
  append(1, 2, "second");
  append(0, 2, "second");
  EXPECT_EQ(read(0, 1), "1=first of 0 2=second ");
  EXPECT_EQ(read(1, 1), "1=first of 1 2=second ");
  EXPECT_EQ(read(2, 1), "1=first of 2 ");
  EXPECT_EQ(read(65'535, 1), "1=first of 65535 ");
  EXPECT_EQ(journal().last(0), 2U);
  EXPECT_EQ(journal().last(2), 1U);
  EXPECT_EQ(journal().last(3), 0U);
  EXPECT_EQ(journal().last(65'535), 1U);
  journal().drop(1, 2);
  EXPECT_EQ(journal().first(1), 2U);
  EXPECT_EQ(journal().first(0), 1U);
}

TEST_P(JournalContract, AGapIsRefused) {
  EXPECT_THROW(append(1, 2, "two"), std::logic_error);
  EXPECT_THROW(append(1, 0, "zero"), std::logic_error);
  append(1, 1, "one");
  EXPECT_THROW(append(1, 3, "three"), std::logic_error);
  append(1, 2, "two");
  EXPECT_EQ(read(1, 1), "1=one 2=two ");
}

TEST_P(JournalContract, ATakenSequenceIsFenced) {
  append(1, 1, "one");
  append(1, 2, "two");
  EXPECT_THROW(append(1, 2, "two"), Fenced);
  reopen();
  EXPECT_THROW(append(1, 1, "other"), Fenced);
  reopen();
  EXPECT_EQ(read(1, 1), "1=one 2=two ");
}

TEST_P(JournalContract, BlocksOfAllSizesComeBack) {
  std::uint64_t sequence = 0;
  const Sequences sizes{1, 2, 1'999, 2'000, 2'040, 4'080, 4'096, 70'000, kBlockBytesMax};
  for (const std::uint64_t size : sizes) {
    ++sequence;
    journal().append(1, sequence, noise(size, static_cast<std::uint32_t>(sequence)));
  }
  EXPECT_THROW(journal().append(1, sequence + 1, {}), std::logic_error);
  EXPECT_THROW(journal().append(1, sequence + 1, Buffer(kBlockBytesMax + 1)), std::logic_error);
  reopen();
  std::size_t count = 0;
  journal().read(1, 1, [&](std::uint64_t at, Bytes block) {
    EXPECT_TRUE(std::ranges::equal(block, noise(sizes[at - 1], static_cast<std::uint32_t>(at))))
        << "block " << at;
    return ++count > 0;
  });
  EXPECT_EQ(count, sizes.size());
}

TEST_P(JournalContract, WhatReturnedIsThereAfterAnotherStart) {
  append(1, 1, "one");
  reopen();
  append(1, 2, "two");
  reopen();
  EXPECT_EQ(read(1, 1), "1=one 2=two ");
  EXPECT_EQ(journal().last(1), 2U);
}

TEST_P(JournalContract, DroppedBlocksAreGoneAndTheRestStays) {
  for (std::uint64_t n = 1; n <= 6; ++n) {
    append(1, n, std::to_string(n));
  }
  journal().drop(1, 1);
  EXPECT_EQ(journal().first(1), 1U);
  journal().drop(1, 4);
  EXPECT_EQ(journal().first(1), 4U);
  EXPECT_EQ(journal().last(1), 6U);
  EXPECT_EQ(read(1, 1), "");  // Until one is missing.
  EXPECT_EQ(read(1, 4), "4=4 5=5 6=6 ");
  journal().drop(1, 3);  // They are gone already.
  EXPECT_EQ(journal().first(1), 4U);
  reopen();
  EXPECT_EQ(journal().first(1), 4U);
  append(1, 7, "7");
  EXPECT_THROW(append(1, 2, "again"), Fenced);
}

TEST_P(JournalContract, TheLastBlockStays) {
  append(1, 1, "one");
  append(1, 2, "two");
  EXPECT_THROW(journal().drop(1, 3), std::logic_error);
  journal().drop(1, 2);
  EXPECT_EQ(journal().first(1), 2U);
  EXPECT_EQ(journal().last(1), 2U);
  reopen();
  EXPECT_EQ(read(1, 2), "2=two ");
  append(1, 3, "three");
  EXPECT_THROW(journal().drop(9, 1), std::logic_error);  // A shard without blocks.
}

TEST_P(JournalContract, TheOldWriterIsFencedOff) {
  append(1, 1, "one");
  const auto rival = place_->rival();
  if (!rival) {
    EXPECT_THROW((void)place_->open(), std::runtime_error);  // Kept out at the door.
    append(1, 2, "two");
    return;
  }
  EXPECT_EQ(rival->journal->last(1), 1U);
  rival->journal->append(1, 2, as_bytes("the rival's"));
  EXPECT_THROW(append(1, 2, "mine"), Fenced);
  rival->journal->append(1, 3, as_bytes("and more"));
  reopen();
  EXPECT_EQ(read(1, 1), "1=one 2=the rival's 3=and more ");
  append(1, 4, "mine again");
}

// It slept while another took over, and the block that would have stopped it is archived.
TEST_P(JournalContract, AWriterThatSleptIsFencedOffWhenItsSequenceWasDropped) {
  append(1, 1, "one");
  const auto rival = place_->rival();
  if (!rival) {
    return;
  }
  EXPECT_EQ(rival->journal->last(1), 1U);
  for (std::uint64_t n = 2; n <= 10; ++n) {
    rival->journal->append(1, n, as_bytes("the rival's"));
  }
  rival->journal->drop(1, 9);
  EXPECT_THROW(append(1, 2, "mine"), Fenced);
  EXPECT_EQ(rival->journal->first(1), 9U);
}

TEST_P(JournalContract, AReaderFollowsAWriter) {
  const auto rival = place_->rival();
  if (!rival) {
    return;
  }
  append(1, 1, "one");
  EXPECT_EQ(rival->journal->last(1), 1U);
  append(1, 2, "two");
  append(1, 3, "three");
  Sequences seen;
  rival->journal->read(1, 2, [&seen](std::uint64_t sequence, Bytes) {
    seen.push_back(sequence);
    return true;
  });
  EXPECT_EQ(seen, (Sequences{2, 3}));
  EXPECT_EQ(rival->journal->last(1), 3U);
}

TEST_P(JournalContract, CommandsComeBackThroughTheLog) {
  const auto nothing = [](const JournalCommand&, std::uint64_t) {};
  CommandLog log(journal(), 1, &sha256);
  log.replay(0, {}, nothing);
  for (std::uint16_t kind = 1; kind <= 20; ++kind) {
    const JournalCommand command{
        .kind = kind, .at = BusinessTime(kind), .payload = noise(kind * 500U, kind)};
    log.append(std::vector(kind % 3 + 1U, command));
  }
  const Digest chain = log.chain();
  reopen();
  CommandLog again(journal(), 1, &sha256);
  std::size_t commands = 0;
  again.replay(0, {}, [&](const JournalCommand& command, std::uint64_t sequence) {
    EXPECT_EQ(command.kind, sequence);
    EXPECT_EQ(command.payload, noise(sequence * 500U, static_cast<std::uint32_t>(sequence)));
    ++commands;
  });
  EXPECT_EQ(commands, 41U);
  EXPECT_EQ(again.chain(), chain);
  EXPECT_EQ(again.last(), 20U);
}

// --- blobs
// ----------------------------------------------------------------------------------------

TEST_P(JournalContract, ABlobLiesUnderItsDigest) {
  const Digest address = store_.blobs->put(as_bytes("a blob"));
  EXPECT_EQ(address, sha256(as_bytes("a blob")));
  reopen();
  for (const bool verify : {false, true}) {
    const auto blob = store_.blobs->get(address, verify);
    ASSERT_TRUE(blob);
    EXPECT_TRUE(std::ranges::equal(blob->bytes(), as_bytes("a blob")));
    const auto source = store_.blobs->open(address, verify);
    ASSERT_TRUE(source);
    EXPECT_EQ(source->size(), 6U);
    std::vector<std::byte> part(4);
    source->read(2, part);
    EXPECT_TRUE(std::ranges::equal(part, as_bytes("blob")));
    EXPECT_THROW(source->read(3, part), std::system_error);
    EXPECT_FALSE(store_.blobs->open(sha256(as_bytes("nothing")), verify));
  }
}

TEST_P(JournalContract, ABlobMayBeEmpty) {
  const Digest address = store_.blobs->put({});
  EXPECT_EQ(address, sha256({}));
  reopen();
  const auto blob = store_.blobs->get(address, true);
  ASSERT_TRUE(blob);
  EXPECT_TRUE(blob->bytes().empty());
}

TEST_P(JournalContract, TheSameBlobAgainIsFine) {
  const Digest address = store_.blobs->put(as_bytes("twice"));
  EXPECT_EQ(store_.blobs->put(as_bytes("twice")), address);
  reopen();
  EXPECT_EQ(store_.blobs->put(as_bytes("twice")), address);
  EXPECT_TRUE(store_.blobs->get(address, true));
}

TEST_P(JournalContract, ALargeBlobComesInParts) {
  const Buffer bytes = noise((std::size_t{20} << 20U) + 12'345, 5);
  const auto writer = store_.blobs->create();
  std::size_t part = 1;
  for (Bytes rest = bytes; !rest.empty(); part = part * 3 % 5'000'011) {
    const Bytes next = rest.first(std::min(part, rest.size()));
    writer->write(next);
    rest = rest.subspan(next.size());
  }
  EXPECT_EQ(writer->size(), bytes.size());
  const Digest address = writer->finish();
  EXPECT_EQ(address, sha256(bytes));
  reopen();
  const auto blob = store_.blobs->get(address, true);
  ASSERT_TRUE(blob);
  EXPECT_TRUE(std::ranges::equal(blob->bytes(), bytes));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(blob->bytes().data()) % 8, 0U);
}

TEST_P(JournalContract, AnUnfinishedBlobIsNowhere) {
  {
    const auto writer = store_.blobs->create();
    writer->write(as_bytes("never finished"));
    EXPECT_FALSE(store_.blobs->get(sha256(as_bytes("never finished")), true));
  }
  EXPECT_FALSE(store_.blobs->get(sha256(as_bytes("never finished")), true));
  reopen();
  EXPECT_FALSE(store_.blobs->get(sha256(as_bytes("never finished")), true));
}

TEST_P(JournalContract, ABlobCanBeLookedAtBeforeItIsKept) {
  const Buffer bytes = noise(200'000, 9);
  std::optional<Blob> content;
  for (const bool wanted : {false, true}) {
    const auto writer = store_.blobs->create();
    writer->write(Bytes(bytes).first(150'000));
    writer->write(Bytes(bytes).subspan(150'000));
    content = writer->content();
    EXPECT_TRUE(std::ranges::equal(writer->content().bytes(), content->bytes()));
    EXPECT_THROW(writer->write(as_bytes("y")), std::logic_error);
    EXPECT_FALSE(store_.blobs->get(sha256(bytes), true)) << "nobody has said that it is wanted";
    if (wanted) {
      EXPECT_EQ(writer->finish(), sha256(bytes));
    }
  }
  EXPECT_TRUE(std::ranges::equal(content->bytes(), bytes));
  reopen();
  const auto blob = store_.blobs->get(sha256(bytes), true);
  ASSERT_TRUE(blob);
  EXPECT_TRUE(std::ranges::equal(blob->bytes(), bytes));
}

TEST_P(JournalContract, AFinishedBlobTakesNoMore) {
  const auto writer = store_.blobs->create();
  writer->write(as_bytes("x"));
  (void)writer->finish();
  EXPECT_THROW(writer->write(as_bytes("y")), std::logic_error);
  EXPECT_THROW((void)writer->finish(), std::logic_error);
}

TEST_P(JournalContract, ABlobOutlivesTheStoreThatGaveIt) {
  const Digest address = store_.blobs->put(as_bytes("kept alive"));
  const auto blob = store_.blobs->get(address, true);
  store_ = {};
  EXPECT_TRUE(std::ranges::equal(blob->bytes(), as_bytes("kept alive")));
}

TEST_P(JournalContract, AnyThreadMayUseTheBlobs) {
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t, &good] {
      for (std::uint32_t n = 0; n < 10; ++n) {
        const Buffer bytes = noise(10'000, t * 7 + n);  // Some are the same as another thread's.
        const Digest address = store_.blobs->put(bytes);
        const auto blob = store_.blobs->get(address, true);
        good[t] += blob && std::ranges::equal(blob->bytes(), bytes) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(good, std::vector<int>(4, 10));
}

// --- snapshots
// ------------------------------------------------------------------------------------

TEST_P(JournalContract, ASnapshotComesBackWhole) {
  const Sequences sizes{0, 1, 999, (1U << 20U) - 1, 1U << 20U, (1U << 20U) + 1, 5'000'000};
  std::uint64_t sequence = 10;
  for (const std::uint64_t size : sizes) {
    const Buffer state = noise(size, static_cast<std::uint32_t>(sequence));
    snapshot(1, sequence, state, size > 100'000 ? 77'777 : 1'000);
    EXPECT_EQ(loaded(1, sequence), state) << size << " bytes";
    ++sequence;
  }
  reopen();
  EXPECT_EQ(store_.snapshots->list(1), (Sequences{16, 15}));
  EXPECT_EQ(loaded(1, 16), noise(5'000'000, 16));
  EXPECT_EQ(loaded(1, 15), noise((1U << 20U) + 1, 15));
}

TEST_P(JournalContract, TheNewestTwoSnapshotsAreKept) {
  for (const std::uint64_t sequence : Sequences{3, 8, 20}) {
    snapshot(1, sequence, noise(100, static_cast<std::uint32_t>(sequence)));
  }
  snapshot(2, 1, noise(100, 1));
  EXPECT_EQ(store_.snapshots->list(1), (Sequences{20, 8}));
  EXPECT_EQ(store_.snapshots->list(2), (Sequences{1}));
  EXPECT_THROW((void)loaded(1, 3), Damaged);
  EXPECT_EQ(loaded(1, 8), noise(100, 8));
}

TEST_P(JournalContract, ASnapshotThatDoesNotEndIsAbsent) {
  snapshot(1, 5, noise(100, 5));
  const auto fill = [](const SnapshotStore::Sink& sink) {
    sink(noise(40U << 20U, 1));
    throw std::runtime_error("the state could not be read");
  };
  EXPECT_THROW(store_.snapshots->put_pages(1, 9, fill), std::runtime_error);
  EXPECT_EQ(store_.snapshots->list(1), Sequences{5});
  EXPECT_THROW((void)loaded(1, 9), Damaged);
  EXPECT_THROW(store_.snapshots->put_pages(1, 5, fill), std::runtime_error);
  EXPECT_EQ(loaded(1, 5), noise(100, 5));  // What was complete stays.
  reopen();
  EXPECT_EQ(store_.snapshots->list(1), Sequences{5});
  snapshot(1, 9, noise(100, 9));
  EXPECT_EQ(store_.snapshots->list(1), (Sequences{9, 5}));
}

TEST_P(JournalContract, ASnapshotPutAgainIsReplaced) {
  snapshot(1, 5, noise(3'000'000, 5));
  snapshot(1, 5, noise(200, 6));
  EXPECT_EQ(store_.snapshots->list(1), Sequences{5});
  EXPECT_EQ(loaded(1, 5), noise(200, 6));
}

TEST_P(JournalContract, ASnapshotThatIsNotThereIsDamage) {
  EXPECT_THROW((void)loaded(1, 1), Damaged);
}

TEST(StorageUrl, AnUnknownOneIsRefused) {
  EXPECT_THROW((void)open_storage("sqlite:x", ""), std::invalid_argument);
  EXPECT_THROW((void)open_storage("lmdb:", ""), std::invalid_argument);
  EXPECT_THROW((void)open_storage("", ""), std::invalid_argument);
  EXPECT_THROW((void)open_snapshots("x"), std::invalid_argument);
}

}  // namespace PH_FILE
}  // namespace ph
