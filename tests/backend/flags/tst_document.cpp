#include "flags/document.hpp"

#include <QTest>
#include <random>

#include "flags/flag_set.hpp"

using namespace qd;
using flags::Flag;

namespace {

constexpr const char* example = R"(revision: 7
flags:
  playback.max-rendition:
    description: Saves traffic
    variants: {all: 0, sd: 480}
    defaultVariant: all
    killVariant: sd
    prerequisites: [{flag: master, variants: ["on"]}]
    targeting:
      - when: [{attribute: version, semverLess: "2.1.0"}]
        variant: sd
      - split: [{variant: sd, weight: 10}, {variant: all, weight: 90}]
  master:
    state: DISABLED
    variants: {"on": true, "off": false}
    defaultVariant: "on"
)";

std::string mistake(std::string text) {
    const auto read = flags::read_document(text);
    return read ? "" : read.error().message;
}

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    flags::Document document() {
        flags::Document made{below(1'000'000), {}};
        for (std::size_t i = 0, count = below(6); i < count; ++i) made.flags.push_back(flag(i));
        return made;
    }

    std::size_t below(std::size_t end) { return random_() % end; }

private:
    flags::Value value(flags::Type type) {
        const char* texts[]{"", "true", "1e3", "null", "~", "a: b", "\"quoted\"", "Zürich\n\t#x", "\x01"};
        if (type == flags::Type::boolean) return below(2) == 0;
        if (type == flags::Type::number) return (double(below(2'000'000)) - 1e6) / 7;
        return std::string(texts[below(std::size(texts))]);
    }

    flags::Condition condition() {
        flags::Condition made{"x", flags::Operator(below(14)), {}};
        if (made.op <= flags::Operator::in)
            made.values = {value(flags::Type(below(3)))};
        else if (made.op <= flags::Operator::ends_with)
            made.values = {value(flags::Type::string)};
        else if (made.op <= flags::Operator::greater_or_equal)
            made.values = {value(flags::Type::number)};
        else
            made.values = {std::string("1.2.3-rc.1")};
        if (made.op == flags::Operator::in) made.values.push_back(value(flags::Type::string));
        return made;
    }

    Flag flag(std::size_t index) {
        Flag made;
        made.key = fmt::format("flag-{}", index);
        made.description = std::get<std::string>(value(flags::Type::string));
        made.type = flags::Type(below(3));
        made.variants = {{"a", value(made.type)}, {"b", value(made.type)}, {"true", value(made.type)}};
        made.default_variant = made.variants[below(3)].name;
        if (below(2) == 0) made.kill_variant = "true";
        made.enabled = below(2) == 0;
        if (index > 0 && below(2) == 0) made.prerequisites = {{"flag-0", {"a", "b"}}};
        for (std::size_t i = 0, count = below(4); i < count; ++i) {
            flags::Rule& rule = made.targeting.emplace_back();
            for (std::size_t j = 0, conditions = below(3); j < conditions; ++j)
                rule.when.push_back(condition());
            if (below(2) == 0)
                rule.variant = "b";
            else
                rule.split = {{"true", std::uint32_t(below(100))}, {"a", 1}};
        }
        return made;
    }

    std::mt19937 random_;
};

}  // namespace

class TstDocument : public QObject {
    Q_OBJECT

private slots:
    void a_document_says_what_it_means() {
        const auto read = flags::read_document(example);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->revision, std::uint64_t(7));
        QCOMPARE(read->flags.size(), std::size_t(2));
        QVERIFY(!read->flags[0].enabled);
        const Flag& flag = read->flags[1];
        QVERIFY(flag.type == flags::Type::number && flag.kill_variant == "sd" && flag.enabled);
        QVERIFY(flag.targeting[0].when[0].values[0] == flags::Value(std::string("2.1.0")));
        QVERIFY((flag.targeting[1].split == std::vector<flags::Share>{{"sd", 10}, {"all", 90}}));
        QVERIFY(flags::FlagSet::compile(read->flags));
    }

    void what_is_written_reads_back_the_same() {
        for (unsigned seed = 0; seed < 300; ++seed) {
            const flags::Document document = Generator(seed).document();
            const std::string written = flags::write_document(document);
            const auto read = flags::read_document(written);
            QVERIFY2(read, read ? "" : (read.error().message + "\n" + written).c_str());
            QVERIFY2(*read == document, written.c_str());
            QVERIFY(flags::FlagSet::compile(read->flags));
        }
    }

    void mistakes_are_told_by_line() {
        QCOMPARE(mistake("flags:\n  a:\n    state: on\n"),
                 std::string("line 3: state is ENABLED or DISABLED"));
        QCOMPARE(mistake("flags:\n  a:\n    variant: {}\n"),
                 std::string("line 3: a flag has no field 'variant'"));
        QCOMPARE(mistake("flags:\n  a: {variants: {x: 1}, defaultVariant: y}\n"),
                 std::string("line 2: flag 'a': the default variant 'y' is none of the flag's"));
        QCOMPARE(mistake("flags:\n  a: {variants: {x: 1}, defaultVariant: x}\n  a: {}\n"),
                 std::string("line 3: 'a' is there twice"));
        QVERIFY(mistake("flags: [\n").starts_with("line "));
        QVERIFY(mistake("").find("no map") != std::string::npos);
        QVERIFY(mistake("revision: 1\n").find("no field 'flags'") != std::string::npos);
        QVERIFY(mistake(std::string(flags::largest_document + 1, ' ')).find("longer") != std::string::npos);
    }

    void no_damage_does_more_than_be_refused() {
        Generator random(1);
        for (int i = 0; i < 2'000; ++i) {
            std::string text = example;
            for (std::size_t hits = 1 + random.below(4); hits > 0; --hits) {
                const std::size_t at = random.below(text.size());
                if (random.below(2) == 0)
                    text.erase(at, 1 + random.below(20));
                else
                    text[at] = char(random.below(256));
                if (text.empty()) break;
            }
            const auto read = flags::read_document(text);
            if (read)
                for (const Flag& flag : read->flags) QVERIFY(flags::check(flag));
            else
                QVERIFY(read.error().message.starts_with("line "));
        }
    }
};

QTEST_GUILESS_MAIN(TstDocument)
#include "tst_document.moc"
