// The files below proof/ and the manifest, to the byte, and that a changed byte of them is seen.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "app/manifest.h"
#include "app/proofs.h"
#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

const std::string kItems = std::string(kItemsHeader) +
                           "P01,P02,PHONE_CREDIT,1,P02/20070403/1,2000,,0\n"
                           "P01,P02,PHONE_CREDIT,1,P02/20070404/1,1000,,0\n"
                           "P02,P01,GIFT_COST,,P01/20070405/9,10,417,0\n";

std::map<std::string, std::string> files_of(const ProofInput& input) {
  std::map<std::string, std::string> files;
  EXPECT_EQ(write_proofs(input, [&](const std::string& path,
                                    std::string&& bytes) { files[path] = std::move(bytes); }),
            std::nullopt);
  return files;
}

ProofInput input_of(const PeriodTree& tree) {
  return {
      .tree = tree,
      .period = "2007-04",
      .cutoff = sha256(as_bytes("cutoff")),
      .participants = {"P01", "P02", "CLR"},
      .lines = {{"P01", "P02", "PHONE_CREDIT", "1", 0, 2}, {"P02", "P01", "GIFT_COST", "", 2, 1}},
      .total_fen = 2217,
      .previous_log = {}};
}

std::string changed_at(std::string text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 1);
  return text;
}

TEST(ProofFiles, AreWrittenToTheByte) {
  const PeriodTree tree(kItems);
  auto files = files_of(input_of(tree));
  const std::string root = hex(tree.root());
  const std::string cutoff = hex(sha256(as_bytes("cutoff")));
  const std::string fields = "2007-04,3," + root + "," + cutoff;
  const std::string entry = hex(leaf_hash(&sha256, as_bytes(fields)));
  const std::string left = hex(node_hash(&sha256, tree.tree().leaf(0), tree.tree().leaf(1)));
  EXPECT_EQ(files["proof/period.json"],
            R"({"version":1,"period":"2007-04","tree_size":3,"root":")" + root + R"(","cutoff":")" +
                cutoff + R"(","lines":2,"total_fen":2217,"log_size":1,"log_root":")" + entry +
                R"(","log_consistency":[]})" + "\n");
  EXPECT_EQ(files["proof/log.csv"],
            "period,tree_size,root,cutoff,entry\n" + fields + "," + entry + "\n");
  EXPECT_EQ(files["proof/P02.json"],
            R"({"version":1,"period":"2007-04","participant":"P02","tree_size":3,"root":")" + root +
                R"(","items":3,"lines":[{"debtor":"P01","creditor":"P02",)" +
                R"("reason":"PHONE_CREDIT","version":"1","first_leaf":0,"count":2,"proof":[")" +
                hex(tree.tree().leaf(2)) +
                R"("]},{"debtor":"P02","creditor":"P01","reason":"GIFT_COST","version":"",)" +
                R"("first_leaf":2,"count":1,"proof":[")" + left + R"("]}]})" + "\n");
  EXPECT_EQ(files["proof/P01.items.csv"], kItems);
  EXPECT_EQ(files["proof/CLR.items.csv"], kItemsHeader);
  EXPECT_EQ(files.size(), 8U);
}

TEST(ProofFiles, ATreeWithoutItemsHasTheEmptyRoot) {
  const PeriodTree tree(kItemsHeader);
  EXPECT_EQ(tree.size(), 0U);
  EXPECT_EQ(tree.root(), sha256({}));
  EXPECT_EQ(tree.lines(0, 0), "");
}

TEST(ProofFiles, LinesAreFoundInALargeTree) {
  std::string items(kItemsHeader);
  std::vector<std::size_t> starts;
  for (int i = 0; i < 500; ++i) {
    starts.push_back(items.size());
    items.append(std::string(static_cast<std::size_t>(i % 7), 'x')).append("\n");
  }
  starts.push_back(items.size());
  const PeriodTree tree(items);
  for (std::size_t first = 0; first <= 500; first += 13) {
    for (std::size_t count = 0; first + count <= 500; count += 17) {
      EXPECT_EQ(tree.lines(first, count),
                items.substr(starts[first], starts[first + count] - starts[first]));
    }
  }
}

TEST(ProofFiles, TheLogGoesOnAndOnlyOn) {
  const PeriodTree tree(kItems);
  ProofInput input = input_of(tree);
  const auto april = parse_log(files_of(input)["proof/log.csv"]);
  ASSERT_TRUE(april.ok());
  input.period = "2007-05";
  input.previous_log = *april;
  auto files = files_of(input);
  const auto may = parse_log(files["proof/log.csv"]);
  ASSERT_TRUE(may.ok());
  ASSERT_EQ(may->size(), 2U);
  const MerkleTree log = log_tree(*may);
  EXPECT_EQ(log.root(1), log_tree(*april).root());
  const auto proof = log.consistency_proof(1);
  ASSERT_EQ(proof.size(), 1U);
  EXPECT_NE(files["proof/period.json"].find("\"log_consistency\":[\"" + hex(proof[0]) + "\"]"),
            std::string::npos);
  const auto none = [](const std::string&, std::string&&) {};
  EXPECT_NE(write_proofs({tree, "2007-05", {}, {"P01", "P02"}, {}, 0, *may}, none), std::nullopt);
  EXPECT_NE(write_proofs({tree, "2007-03", {}, {"P01", "P02"}, {}, 0, *april}, none), std::nullopt);
}

TEST(ProofFiles, AChangedByteOfTheLogIsSeen) {
  const PeriodTree tree(kItems);
  const std::string log = files_of(input_of(tree))["proof/log.csv"];
  for (std::size_t i = 0; i < log.size(); ++i) {
    EXPECT_FALSE(parse_log(changed_at(log, i)).ok()) << i;
    const auto cut = parse_log(log.substr(0, i));
    EXPECT_TRUE(!cut.ok() || cut->empty()) << i;
  }
}

std::vector<ManifestRow> some_rows() {
  return {{ManifestRole::kOutput, "b.csv", sha256(as_bytes("b")), 1},
          {ManifestRole::kOutput, "a.csv", sha256(as_bytes("aa")), 2},
          {ManifestRole::kInput, input_identity("PROVINCE_DAY", "P01", "2007-04-05", 5),
           sha256(as_bytes("ccc")), 3}};
}

TEST(Manifest, IsWrittenToTheByteAndReadAgain) {
  const std::string rows = "role,name,sha256,bytes\ninput,PROVINCE_DAY/P01/2007-04-05/5," +
                           hex(sha256(as_bytes("ccc"))) + ",3\noutput,a.csv," +
                           hex(sha256(as_bytes("aa"))) + ",2\noutput,b.csv," +
                           hex(sha256(as_bytes("b"))) + ",1\n";
  const std::string text = manifest_text(some_rows());
  EXPECT_EQ(text, rows + "end,manifest.csv," + hex(sha256(as_bytes(rows))) + "," +
                      std::to_string(rows.size()) + "\n");
  const auto read = parse_manifest(text);
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(manifest_text(*read), text);
  EXPECT_TRUE(parse_manifest(manifest_text({})).ok());
}

TEST(Manifest, AChangedOrMissingByteIsSeen) {
  const std::string text = manifest_text(some_rows());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_manifest(changed_at(text, i)).ok()) << i;
    EXPECT_FALSE(parse_manifest(text.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(parse_manifest(text + "\n").ok());
}

}  // namespace PH_FILE
}  // namespace ph
