// Requests are read from any pieces of bytes; what could be read in two ways is refused.
#include "platform/http/request_reader.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ph::http {
namespace PH_FILE {

using namespace std::string_literals;
using Step = RequestReader::Step;
constexpr std::size_t kHeaderMax = 8'192;

// Everything that comes out of bytes: `METHOD target body|` each, then what is left.
std::string read_all(std::string_view bytes, std::size_t piece, std::uint64_t body_max = 100) {
  RequestReader reader(kHeaderMax);
  std::string out;
  while (true) {
    switch (reader.next()) {
      case Step::kHead:
        if (!reader.allow_body(body_max)) return out + "413";
        break;
      case Step::kDone:
        out += reader.head().method + " " + reader.head().target + " " + reader.take_body() + "|";
        reader.start();
        break;
      case Step::kBad:
        return out + std::to_string(reader.fault_status());
      case Step::kNeedMore:
        if (bytes.empty()) return out + (reader.begun() ? "more" : "");
        reader.add(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        break;
    }
  }
}

std::string read(std::string_view bytes, std::uint64_t body_max = 100) {
  const std::string whole = read_all(bytes, bytes.size() + 1, body_max);
  for (const std::size_t piece : {1U, 2U, 7U}) {
    EXPECT_EQ(read_all(bytes, piece, body_max), whole) << "in pieces of " << piece;
  }
  return whole;
}

const std::string kHost = "Host: x\r\n";

TEST(HttpRequestReader, ReadsOneAfterTheOther) {
  EXPECT_EQ(read("GET /a HTTP/1.1\r\n" + kHost + "\r\n" + "POST /b?c=d HTTP/1.1\r\n" + kHost +
                 "Content-Length: 5\r\n\r\nhello" + "GET /c HTTP/1.0\r\n\r\n"),
            "GET /a |POST /b?c=d hello|GET /c |");
  EXPECT_EQ(read("\r\n\r\nGET /a HTTP/1.1\r\n" + kHost + "\r\n\r\n"), "GET /a |");
}

// Beast 1.74 ends the process at "0\r\n" with the rest in pieces; nothing of it reaches it.
TEST(HttpRequestReader, WantsALengthInsteadOfChunks) {
  const std::string head = "POST /a HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read(head + "5\r\nhello\r\n0\r\n\r\nGET /b HTTP/1.1\r\n" + kHost + "\r\n"), "411");
  EXPECT_EQ(read(head + "0\r\n\r\n"), "411");
}

TEST(HttpRequestReader, BoundsTheBody) {
  const std::string head = "POST /a HTTP/1.1\r\n" + kHost;
  EXPECT_EQ(read(head + "Content-Length: 5\r\n\r\nhello", 5), "POST /a hello|");
  EXPECT_EQ(read(head + "Content-Length: 6\r\n\r\nhello!", 5), "413");
  EXPECT_EQ(read(head + "Content-Length: 18446744073709551615\r\n\r\n", 5), "413");
}

TEST(HttpRequestReader, BoundsTheHeader) {
  const std::string line = "GET /a HTTP/1.1\r\n" + kHost + "X: ";
  const std::size_t rest = kHeaderMax - line.size() - 4;
  EXPECT_EQ(read_all(line + std::string(rest, 'x') + "\r\n\r\n", 1'000), "GET /a |");
  EXPECT_EQ(read_all(line + std::string(rest + 1, 'x') + "\r\n\r\n", 1'000), "431");
  EXPECT_EQ(read_all(std::string(20'000, 'x'), 1'000), "431");
  EXPECT_EQ(read_all("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n", 1'000), "431");
  std::string many = "GET /a HTTP/1.1\r\n" + kHost;
  for (int i = 0; i < 2'000; ++i)
    many += "A: b\r\n";
  EXPECT_EQ(read_all(many + "\r\n", 1'000), "431");
}

TEST(HttpRequestReader, RefusesWhatCouldBeReadInTwoWays) {
  const auto with = [](const std::string& fields) {
    return read("POST /a HTTP/1.1\r\n" + kHost + fields + "\r\nGET /smuggled HTTP/1.1\r\n");
  };
  for (const std::string bad :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 6\r\n",
        "Content-Length: -1\r\n", "Content-Length: +5\r\n", "Content-Length: 0x5\r\n",
        "Content-Length: 99999999999999999999\r\n", "Content-Length:\r\n", "Content-Length : 5\r\n",
        "Host: y\r\n", " folded: x\r\n", "X: a\r\n\tb\r\n", "No colon\r\n", "X: \x01\r\n",
        "X: a\nY: b\r\n"}) {
    EXPECT_EQ(with(bad), "400") << bad;
  }
  for (const std::string bad : {"identity", "chunked, identity", "xchunked", ""}) {
    EXPECT_EQ(with("Transfer-Encoding: " + bad + "\r\n"), "411") << bad;
  }
  EXPECT_EQ(read("POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), "411");
  EXPECT_EQ(read(std::string("GET /a HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 36)), "400");
}

TEST(HttpRequestReader, RefusesWhatIsNoHttp) {
  for (const std::string bad :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET /a\r\n\r\n", "G{T /a HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n", "GET /a HTTP/1.1\r\n\r\n"}) {
    EXPECT_EQ(read(bad), "400") << bad;
  }
  for (const std::string bad :
       {"GET /a HTTP/2.0\r\n\r\n", "GET /a HTTP/0.9\r\n\r\n", "GET /a HTTX/1.1\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"}) {
    EXPECT_EQ(read(bad), "505") << bad;
  }
  EXPECT_EQ(read("GET /a HTTP/1.1\r\n" + kHost + "Expect: x\r\n\r\n"), "417");
}

TEST(HttpRequestReader, KnowsWhoWaitsToBeAskedForTheBody) {
  RequestReader reader(kHeaderMax);
  reader.add("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n");
  ASSERT_EQ(reader.next(), Step::kHead);
  EXPECT_TRUE(reader.head().expects_continue);
  EXPECT_TRUE(reader.head().keep_alive);
  EXPECT_EQ(reader.head().content_length, 1U);
}

TEST(HttpResponseReader, ReadsAnswersInPieces) {
  const std::string answer =
      "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc";
  ResponseReader reader(100);
  for (std::size_t i = 0; i + 1 < answer.size(); ++i)
    ASSERT_FALSE(reader.add(answer.substr(i, 1)));
  ASSERT_TRUE(reader.add("c"));
  const ReadResponse read = reader.take();
  EXPECT_EQ(read.status, 404);
  EXPECT_EQ(read.content_type, "text/plain");
  EXPECT_EQ(read.body, "abc");
}

TEST(HttpResponseReader, RefusesHalfAnAnswerAndALargeOne) {
  ResponseReader half(100);
  EXPECT_FALSE(half.add("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"));
  EXPECT_THROW(half.end(), std::runtime_error);
  ResponseReader none(100);
  EXPECT_THROW(none.end(), std::runtime_error);
  ResponseReader large(100);
  EXPECT_THROW((void)large.add("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"),
               std::runtime_error);
  ResponseReader other(100);
  EXPECT_THROW((void)other.add("SSH-2.0-OpenSSH_9.2\r\n\r\n"), std::runtime_error);
  ResponseReader open(100);
  EXPECT_FALSE(open.add("HTTP/1.1 200 OK\r\n\r\nall"));
  open.end();
  EXPECT_EQ(open.take().body, "all");
}

TEST(HttpRequestReader, RefusesWhatTwoReadersCouldReadInTwoWays) {
  const std::string start = "POST /a HTTP/1.1\r\n" + kHost;
  for (const std::string& fields : std::vector<std::string>{
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: -1\r\n",
           "Content-Length:\r\n 5\r\n",
           "Content-Length : 5\r\n",
           "A: b\r\n c\r\n",
           "A: b\r\n\tc\r\n",
           "A: b\nContent-Length: 5\r\n",
           "A: b\rContent-Length: 5\r\n",
           "A\0: b\r\n"s,
           "Host: y\r\n",
       }) {
    EXPECT_EQ(read(start + fields + "\r\nhello"), "400") << fields;
  }
  // Nothing but line feeds: it isn't waited for what never comes.
  EXPECT_EQ(read("GET /a HTTP/1.1\nHost: x\n\n"), "400");
  EXPECT_EQ(read("POST /a HTTP/1.1\r\n" + kHost + "Transfer-Encoding: xchunked\r\n\r\n"), "411");
}

TEST(HttpRequestReader, GivesFieldsBySmallNamesAndJoinsThoseThatComeTwice) {
  RequestReader reader(kHeaderMax);
  reader.add("GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nSignature: sig1=:x:\r\na:  2 \r\n\r\n");
  ASSERT_EQ(reader.next(), Step::kHead);
  EXPECT_EQ(reader.head().fields.at("a"), "1, 2");
  EXPECT_EQ(reader.head().fields.at("signature"), "sig1=:x:");
  EXPECT_EQ(reader.head().fields.size(), 3U);
}

TEST(HttpRequestReader, CountsFields) {
  const auto with = [](int fields) {
    std::string text = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 1; i < fields; ++i)
      text += "A" + std::to_string(i) + ": b\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(read(with(64)), "GET / |");
  EXPECT_EQ(read(with(65)), "431");
}

TEST(HttpRequestReader, GivesABodyInPartsAsItComes) {
  RequestReader reader(kHeaderMax);
  reader.add("POST /a HTTP/1.1\r\n" + kHost + "Content-Length: 10\r\n\r\nhel");
  ASSERT_EQ(reader.next(), Step::kHead);
  EXPECT_EQ(reader.next(), Step::kNeedMore);
  EXPECT_EQ(reader.take_part(), "hel");
  EXPECT_EQ(reader.take_part(), "");
  reader.add("lo wo");
  EXPECT_EQ(reader.next(), Step::kNeedMore);
  EXPECT_EQ(reader.take_part(), "lo wo");
  reader.add("rlGET /b HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_EQ(reader.next(), Step::kDone);
  EXPECT_EQ(reader.take_part(), "rl");
  reader.start();
  ASSERT_EQ(reader.next(), Step::kHead);
  EXPECT_EQ(reader.head().target, "/b");
}

}  // namespace PH_FILE
}  // namespace ph::http
