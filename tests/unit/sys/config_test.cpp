// Settings are declared once; every fault of a file is told with its line and what would be right.
#include "platform/sys/config.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace ph {
namespace PH_FILE {

enum class Colour : std::uint8_t { kRed, kGreen };

struct Settings {
  std::string province{};
  std::uint16_t port{};
  std::filesystem::path data{};
  bool quick{};
  std::vector<std::string> peers{};
  std::int64_t cut_off{};
  Colour colour{};
  std::string url{};
  std::int32_t low{};
};

class Config : public testing::Test {
 protected:
  Config() {
    schema_.section("node", "Who this process is.");
    schema_
        .parsed("province", "", "a province, P01 to P31", "Its code.",
                [this](const std::string& text) {
                  settings_.province = text;
                  return text.size() == 3 && text[0] == 'P';
                })
        .required()
        .example("P01");
    schema_.path("data", &settings_.data, "data", "Where everything is kept.");
    schema_.section("uplink", "The way to the clearing.");
    schema_.integer("port", &settings_.port, 9'101, 1, 65'535, "The clearing's port.");
    schema_.boolean("quick", &settings_.quick, false, "Without a rest.");
    schema_.texts("peers", &settings_.peers, {"a", "b"}, "Who else there is.").examples({"c"});
    schema_.time_of_day("cut_off", &settings_.cut_off, 2 * 3'600, "When the day is sealed.");
    schema_.section("uplink.more", "More of it.");
    schema_.choice("colour", &settings_.colour, {{"red", Colour::kRed}, {"green", Colour::kGreen}},
                   Colour::kGreen, "Of it.");
    schema_.text("url", &settings_.url, "", "A server.").secret();
    schema_.integer("low", &settings_.low, 0, -5, 5, "A small number.");
  }

  std::vector<std::string> faults(const std::string& text) {
    std::vector<std::string> lines;
    for (const ConfigFault& fault : schema_.load_text(text, "node.toml", "/srv/p01")) {
      lines.push_back(fault.text());
    }
    return lines;
  }

  Settings settings_;
  ConfigSchema schema_{"A test of settings."};
};

using Lines = std::vector<std::string>;

TEST_F(Config, TakesWhatTheFileSays) {
  EXPECT_EQ(faults("[node]\nprovince = \"P07\"\ndata = \"../d\"\n"
                   "[uplink]\nport = 65_535\nquick = true\npeers = [\"x\"]\ncut_off = \"23:59\"\n"
                   "[uplink.more]\ncolour = \"red\"\nlow = -5\n"),
            Lines{});
  EXPECT_EQ(settings_.province, "P07");
  EXPECT_EQ(settings_.data, "/srv/d");
  EXPECT_EQ(settings_.port, 65'535);
  EXPECT_TRUE(settings_.quick);
  EXPECT_EQ(settings_.peers, Lines{"x"});
  EXPECT_EQ(settings_.cut_off, 23 * 3'600 + 59 * 60);
  EXPECT_EQ(settings_.colour, Colour::kRed);
  EXPECT_EQ(settings_.low, -5);
}

TEST_F(Config, HasItsDefaultsAndComesBackToThem) {
  EXPECT_EQ(faults("[node]\nprovince = \"P07\"\n[uplink]\nport = 5\nquick = true\n"), Lines{});
  EXPECT_EQ(settings_.port, 5);
  EXPECT_EQ(faults("[node]\nprovince = \"P07\"\n"), Lines{});
  EXPECT_EQ(settings_.port, 9'101);
  EXPECT_EQ(settings_.data, "/srv/p01/data");
  EXPECT_FALSE(settings_.quick);
  EXPECT_EQ(settings_.peers, (Lines{"a", "b"}));
  EXPECT_EQ(settings_.cut_off, 7'200);
  EXPECT_EQ(settings_.colour, Colour::kGreen);
}

TEST_F(Config, TakesATimeWithoutQuotesToo) {
  EXPECT_EQ(faults("[node]\nprovince = \"P07\"\n[uplink]\ncut_off = 18:30:00\n"), Lines{});
  EXPECT_EQ(settings_.cut_off, 18 * 3'600 + 30 * 60);
}

TEST_F(Config, TellsEveryFaultAtOnceInTheOrderOfTheFile) {
  const Lines found = faults(
      "[uplink]\n"
      "port = 0\n"
      "quick = \"yes\"\n"
      "peers = [\"a\", 1]\n"
      "cut_off = \"24:00\"\n"
      "prot = 5\n"
      "[uplink.more]\n"
      "colour = \"blue\"\n"
      "low = 5.5\n"
      "[server]\n"
      "name = \"x\"\n");
  const Lines expected{
      "node.toml: node.province: expected a province, P01 to P31; it lacks and has no default",
      "node.toml:2: uplink.port = 0: expected an integer from 1 to 65535",
      "node.toml:3: uplink.quick = 'yes': expected true or false",
      "node.toml:4: uplink.peers = [ 'a', 1 ]: expected a list of texts, as [\"a\", \"b\"]",
      "node.toml:5: uplink.cut_off = '24:00': expected a time of day, as \"18:30\"",
      "node.toml:6: uplink.prot = 5: expected one of the keys of this section: port, quick, peers, "
      "cut_off",
      "node.toml:8: uplink.more.colour = 'blue': expected one of [\"red\", \"green\"]",
      "node.toml:9: uplink.more.low = 5.5: expected an integer from -5 to 5",
      "node.toml:10: [server]: expected one of [node], [uplink], [uplink.more]"};
  EXPECT_EQ(found, expected);
}

TEST_F(Config, RefusesWhatIsNoToml) {
  const Lines twice = faults("[node]\nprovince = \"P01\"\nprovince = \"P02\"\n");
  ASSERT_EQ(twice.size(), 1U);
  EXPECT_TRUE(twice[0].starts_with("node.toml:3: expected TOML: ")) << twice[0];
  EXPECT_EQ(faults("province").size(), 1U);
  EXPECT_EQ(faults(std::string("[node]\nprovince = \"P\0x\"", 23)).size(), 1U);
}

TEST_F(Config, RefusesKeysOutsideASectionAndListsOfSections) {
  EXPECT_EQ(faults("port = 1\n[node]\nprovince = \"P01\"\n"),
            Lines{"node.toml:1: port = 1: expected options within a section: [node], [uplink], "
                  "[uplink.more]"});
  EXPECT_EQ(faults("[node]\nprovince = \"P01\"\n[[uplink]]\nport = 1\n").size(), 1U);
  EXPECT_EQ(faults("[node]\nprovince = [\"P01\"]\n").size(), 1U);
  EXPECT_EQ(faults("[node]\nprovince = { code = \"P01\" }\n").size(), 2U);
}

TEST_F(Config, HoldsRulesBetweenOptionsOnceEachIsRight) {
  schema_.rule("uplink.port", [this] {
    return settings_.quick && settings_.port < 1'024 ? "1024 or more, as quick is set" : "";
  });
  EXPECT_EQ(faults("[node]\nprovince = \"P01\"\n[uplink]\nquick = true\nport = 80\n"),
            Lines{"node.toml:5: uplink.port = 80: expected 1024 or more, as quick is set"});
  EXPECT_EQ(faults("[node]\nprovince = \"P01\"\n[uplink]\nport = 80\n"), Lines{});
}

TEST_F(Config, ShowsItsEffectiveValuesWithoutPasswords) {
  EXPECT_EQ(faults("[node]\nprovince = \"P07\"\n[uplink.more]\n"
                   "url = \"postgresql://ph:geheim@db/ph?password=geheim&x=1\"\n"),
            Lines{});
  EXPECT_EQ(settings_.url, "postgresql://ph:geheim@db/ph?password=geheim&x=1");
  EXPECT_EQ(schema_.effective(),
            "[node]\n"
            "province = \"P07\"  # line 2\n"
            "data = \"/srv/p01/data\"  # default\n"
            "\n[uplink]\n"
            "port = 9101  # default\n"
            "quick = false  # default\n"
            "peers = [\"a\", \"b\"]  # default\n"
            "cut_off = \"02:00\"  # default\n"
            "\n[uplink.more]\n"
            "colour = \"green\"  # default\n"
            "url = \"postgresql://ph:(hidden)@db/ph?password=(hidden)&x=1\"  # line 4\n"
            "low = 0  # default\n");
  const Lines wrong = faults("[node]\nprovince = \"P07\"\n[uplink.more]\nurl = [\"geheim\"]\n");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0].find("geheim"), std::string::npos) << wrong[0];
}

TEST_F(Config, ReadsItsOwnExampleAndItsOwnEffectiveValues) {
  const std::string example = schema_.example();
  EXPECT_NE(example.find("# Its code. Required: a province, P01 to P31.\nprovince = \"P01\"\n"),
            std::string::npos)
      << example;
  EXPECT_NE(example.find("#port = 9101\n"), std::string::npos);
  EXPECT_EQ(faults(example), Lines{});
  EXPECT_EQ(settings_.province, "P01");
  std::string uncommented;  // Every default, as if somebody had taken the # away.
  for (std::size_t i = 0; i < example.size(); ++i) {
    const bool sign = example[i] == '#' && (i == 0 || example[i - 1] == '\n');
    if (!sign || example[i + 1] == ' ') uncommented += example[i];
  }
  EXPECT_EQ(faults(uncommented), Lines{}) << uncommented;
  EXPECT_EQ(settings_.data, "/srv/p01/data");
  EXPECT_EQ(settings_.peers, Lines{"c"});
  EXPECT_EQ(faults(schema_.effective()), Lines{});
}

TEST_F(Config, ReadsAFileAndItsFolder) {
  std::string name = (std::filesystem::temp_directory_path() / "ph-config-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder = name;
  EXPECT_THROW((void)schema_.load(folder / "node.toml"), std::system_error);
  EXPECT_THROW((void)schema_.load(folder), std::system_error);
  std::ofstream(folder / "node.toml") << "[node]\nprovince = \"P01\"\n";
  EXPECT_TRUE(schema_.load(folder / "node.toml").empty());
  EXPECT_EQ(settings_.data, folder / "data");
  std::ofstream(folder / "large.toml") << std::string(kConfigBytesMax + 1, '#');
  EXPECT_EQ(schema_.load(folder / "large.toml").size(), 1U);
  std::filesystem::remove_all(folder);
}

TEST(ConfigText, IsQuotedAsTomlWantsIt) {
  EXPECT_EQ(toml_text("a \"b\" \\ \n"), "\"a \\\"b\\\" \\\\ \\u000a\"");
  EXPECT_EQ(without_password("postgresql://a@h/d"), "postgresql://a@h/d");
  EXPECT_EQ(without_password("postgresql://a:p@ss@h/d"), "postgresql://a:(hidden)@h/d");
  EXPECT_EQ(without_password("plain"), "(hidden)");
}

TEST(ConfigText, APasswordIsHiddenWhereverItStandsInAUrl) {
  EXPECT_EQ(without_password("postgresql://a:p/s?s#@x@h/d"), "postgresql://a:(hidden)@h/d");
  EXPECT_EQ(without_password("postgresql://a:12/ss@h:1/d"), "postgresql://a:(hidden)@h:1/d");
  EXPECT_EQ(without_password("postgresql://a@b:p@h/d"), "postgresql://a@b:(hidden)@h/d");
  EXPECT_EQ(without_password("postgresql:///d?password=p&sslpassword=q&PASSWORD=r"),
            "postgresql:///d?password=(hidden)&sslpassword=(hidden)&PASSWORD=(hidden)");
  for (const char* none : {"postgresql://h:5432/d?passfile=/etc/p", "postgresql://a@h:5,i:6/d",
                           "postgresql:///d?user=a@b&host=/run"}) {
    EXPECT_EQ(without_password(none), none);
  }
}

}  // namespace PH_FILE
}  // namespace ph
