#include "flags/flag_set.hpp"

#include <QTest>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <map>
#include <new>

#include "core/random.hpp"
#include "flags/bucket.hpp"

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace qd;
using flags::ErrorCode;
using flags::Flag;
using flags::FlagSet;
using flags::Operator;
using flags::Reason;

namespace {

Flag rendition() {
    Flag flag;
    flag.key = "playback.max-rendition";
    flag.type = flags::Type::number;
    flag.variants = {{"all", 0.0}, {"hd", 720.0}, {"sd", 480.0}};
    flag.default_variant = "all";
    return flag;
}

Flag toggle(std::string key, bool on = true) {
    Flag flag;
    flag.key = std::move(key);
    flag.variants = {{"off", false}, {"on", true}};
    flag.default_variant = on ? "on" : "off";
    return flag;
}

Flag split(std::uint32_t sd, std::uint32_t all) {
    Flag flag = rendition();
    flag.targeting = {{{}, "", {{"sd", sd}, {"all", all}}}};
    return flag;
}

std::shared_ptr<const FlagSet> compile(std::vector<Flag> flags) {
    auto set = FlagSet::compile(std::move(flags));
    if (!set) qFatal("%s", set.error().message.c_str());
    return *set;
}

std::string refusal(std::vector<Flag> flags) {
    const auto set = FlagSet::compile(std::move(flags));
    return set ? "" : set.error().message;
}

}  // namespace

class TstFlagSet : public QObject {
    Q_OBJECT

private slots:
    void without_targeting_the_default_is_static() {
        const auto set = compile({rendition()});  // results refer to it
        const auto got = set->number("playback.max-rendition", {}, 1);
        QCOMPARE(got.value, 0.0);
        QVERIFY(got.variant == "all" && got.reason == Reason::is_static && !got.error);
    }

    void the_caller_s_fallback_stands_in_for_what_cannot_be_told() {
        const auto set = compile({split(1, 1)});
        const auto missing = set->text("no.such", {}, "mine");
        QVERIFY(missing.value == "mine" && missing.reason == Reason::error);
        QVERIFY(missing.error == ErrorCode::flag_not_found);
        QVERIFY(set->boolean("playback.max-rendition", {}, true).error == ErrorCode::type_mismatch);
        const auto nobody = set->number("playback.max-rendition", {}, 7);
        QVERIFY(nobody.value == 7 && nobody.error == ErrorCode::targeting_key_missing);
    }

    void the_first_rule_that_applies_decides() {
        Flag flag = rendition();
        flag.targeting = {{{{"plan", Operator::equals, {std::string("free")}}}, "sd", {}},
                          {{{"plan", Operator::in, {std::string("free"), std::string("basic")}}}, "hd", {}}};
        const auto set = compile({flag});
        const auto served = [&](std::string_view plan) {
            const flags::Attribute attributes[]{{"plan", plan}};
            return set->number(flag.key, {"", attributes}, 1);
        };
        QVERIFY(served("free").variant == "sd" && served("free").reason == Reason::targeting_match);
        QVERIFY(served("basic").variant == "hd");
        QVERIFY(served("gold").variant == "all" && served("gold").reason == Reason::fallback);
    }

    void conditions_compare_as_they_say() {
        struct Row {
            Operator op;
            flags::Value wanted;
            decltype(flags::Attribute::value) actual;
            bool holds;
        };
        const auto text = [](const char* t) { return flags::Value(std::string(t)); };
        const std::vector<Row> rows{
            {Operator::not_equals, text("a"), std::string_view("b"), true},
            {Operator::not_equals, text("a"), std::string_view("a"), false},
            {Operator::equals, 1.0, std::string_view("1"), false},
            {Operator::equals, true, true, true},
            {Operator::starts_with, text("ab"), std::string_view("abc"), true},
            {Operator::ends_with, text("bc"), std::string_view("abc"), true},
            {Operator::ends_with, text("ab"), std::string_view("abc"), false},
            {Operator::less, 2.0, 1.5, true},
            {Operator::greater_or_equal, 2.0, 2.0, true},
            {Operator::greater, 2.0, std::nan(""), false},
            {Operator::less, 2.0, std::string_view("1"), false},
            {Operator::semver_less, text("2.10.0"), std::string_view("2.9.1"), true},
            {Operator::semver_greater_or_equal, text("2.1.0"), std::string_view("2.1.0-rc.1"), false},
            {Operator::semver_equal, text("2"), std::string_view("v2.0.0"), true},
            {Operator::semver_less, text("2"), std::string_view("dev"), false},
        };
        for (const Row& row : rows) {
            Flag flag = toggle("f", false);
            flag.targeting = {{{{"x", row.op, {row.wanted}}}, "on", {}}};
            const flags::Attribute attributes[]{{"x", row.actual}};
            const auto set = compile({flag});
            QCOMPARE(set->boolean("f", {"", attributes}, false).value, row.holds);
            QVERIFY(!set->boolean("f", {}, false).value);  // without the attribute nothing holds
        }
    }

    void a_kill_switch_serves_its_variant_and_else_the_caller_s_default() {
        Flag flag = split(1, 1);
        flag.enabled = false;
        const auto plain_set = compile({flag});
        const auto plain = plain_set->number(flag.key, {"s", {}}, 1080);
        QVERIFY(plain.value == 1080 && plain.reason == Reason::disabled && !plain.error);
        flag.kill_variant = "hd";
        const auto killed_set = compile({flag});
        const auto killed = killed_set->number(flag.key, {"s", {}}, 1080);
        QVERIFY(killed.value == 720 && killed.variant == "hd" && killed.reason == Reason::disabled);
    }

    void a_prerequisite_that_is_not_met_leaves_the_default() {
        Flag flag = toggle("a", false);
        flag.prerequisites = {{"b", {"on"}}};
        flag.targeting = {{{}, "on", {}}};
        QVERIFY(compile({flag, toggle("b", true)})->boolean("a", {}, false).value);
        QVERIFY(!compile({flag, toggle("b", false)})->boolean("a", {}, true).value);
        Flag off = toggle("b", true);
        off.enabled = false;
        QVERIFY(!compile({flag, off})->boolean("a", {}, true).value);
    }

    void prerequisites_end_somewhere() {
        const auto chain = [](std::size_t length, bool closed) {
            std::vector<Flag> made;
            for (std::size_t i = 0; i < length; ++i) {
                made.push_back(toggle(fmt::format("f{}", i)));
                if (i + 1 < length || closed)
                    made.back().prerequisites = {{fmt::format("f{}", (i + 1) % length), {"on"}}};
            }
            return made;
        };
        QVERIFY(refusal(chain(1, true)).find("circle") != std::string::npos);
        QVERIFY(refusal(chain(3, true)).find("circle") != std::string::npos);
        QCOMPARE(refusal(chain(5, false)), std::string());
        QVERIFY(refusal(chain(6, false)).find("deeper") != std::string::npos);
        Flag flag = toggle("a");
        flag.prerequisites = {{"gone", {"on"}}};
        QVERIFY(refusal({flag}).find("'gone' does not exist") != std::string::npos);
    }

    void what_does_not_fit_is_refused_by_name() {
        QVERIFY(refusal({toggle("a"), toggle("a")}).find("two of this key") != std::string::npos);
        Flag flag = rendition();
        flag.variants[0].value = true;
        QVERIFY(refusal({flag}).find("not of one type") != std::string::npos);
        flag = split(0, 0);
        QVERIFY(refusal({flag}).find("all 0") != std::string::npos);
        flag = rendition();
        flag.targeting = {{{{"v", Operator::semver_less, {std::string("soon")}}}, "sd", {}}};
        QVERIFY(refusal({flag}).find("no semantic version") != std::string::npos);
    }

    void the_hash_is_murmur3() {
        QCOMPARE(flags::murmur3_32(""), 0u);
        QCOMPARE(flags::murmur3_32("hello"), 0x248bfa47u);
        QCOMPARE(flags::murmur3_32("hello, world"), 0x149bbb7fu);
        QCOMPARE(flags::murmur3_32("The quick brown fox ", "jumps over the lazy dog"), 0x2e4ff723u);
    }

    void a_larger_share_only_adds() {
        core::SeededRandom random(5);
        std::vector<std::string> sessions;
        for (int i = 0; i < 2'000; ++i) sessions.push_back(random.hex(12));
        std::map<std::string, bool> had;
        for (std::uint32_t weight = 0; weight <= 100; weight += 5) {
            const auto set = compile({split(weight, 100 - weight)});
            int served = 0;
            for (const std::string& session : sessions) {
                const auto got = set->number("playback.max-rendition", {session, {}}, 1);
                QVERIFY(got.reason == Reason::split);
                const bool has = got.variant == "sd";
                QVERIFY(has || !had[session]);
                had[session] = has;
                served += has;
            }
            // Five standard deviations of a fair draw.
            const double share = weight / 100.0;
            const double expected = 2'000 * share;
            QVERIFY(std::abs(served - expected) <= 5 * std::sqrt(2'000 * share * (1 - share)) + 1e-9);
        }
    }

    void evaluation_allocates_nothing() {
        Flag flag = split(10, 90);
        flag.targeting.insert(flag.targeting.begin(),
                              {{{"version", Operator::semver_less, {std::string("2.0.0")}}}, "hd", {}});
        flag.prerequisites = {{"master.switch-of-renditions", {"on"}}};
        const auto set = compile({flag, toggle("master.switch-of-renditions")});
        const flags::Attribute attributes[]{{"version", std::string_view("2.1.0-rc.1")}};
        const flags::EvaluationContext context{"a-session-of-more-than-thirty-two-characters", attributes};
        const long before = allocations;
        for (int i = 0; i < 100; ++i) {
            static_cast<void>(set->number(flag.key, context, 0));
            static_cast<void>(set->boolean("master.switch-of-renditions", context, false));
            static_cast<void>(set->text("no.such.flag.anywhere.in.this.set", context, "mine"));
        }
        QCOMPARE(allocations.load() - before, 0L);
    }
};

QTEST_GUILESS_MAIN(TstFlagSet)
#include "tst_flag_set.moc"
