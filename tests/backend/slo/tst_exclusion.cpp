#include <QtTest>

#include "core/random.hpp"
#include "slo/exclusion.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;

namespace {

constexpr std::int64_t begin = 1'700'000'040;  // a whole minute

core::WallTime at(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(begin + second));
}

Exclusion exclusion(std::int64_t from, std::int64_t to, std::vector<SloId> slos = {}) {
    return {ExclusionId("x"), at(from), at(to), std::move(slos), "maintenance", "ada", at(0)};
}

}  // namespace

class TestExclusion : public QObject {
    Q_OBJECT

private slots:
    void isWidenedToWholeMinutes() {
        const auto spans = excluded_spans({exclusion(61, 119)}, SloId("a"));
        QCOMPARE(spans, (std::vector<Span>{{begin + 60, begin + 120}}));
        QCOMPARE(excluded_spans({exclusion(60, 120)}, SloId("a")), spans);
    }

    void concernsItsObjectivesOnly() {
        const std::vector<Exclusion> some{exclusion(0, 60, {SloId("a")}), exclusion(600, 660)};
        QCOMPARE(excluded_spans(some, SloId("a")).size(), std::size_t(2));
        QCOMPARE(excluded_spans(some, SloId("b")).size(), std::size_t(1));
    }

    void theUnionIsDisjointAndCoversTheSame() {
        core::SeededRandom random(1);
        for (int i = 0; i < 500; ++i) {
            std::vector<Exclusion> all;
            for (std::uint64_t n = random.below(8); n > 0; --n) {
                const auto from = std::int64_t(random.below(100)) * 60;
                all.push_back(exclusion(from, from + 60 + std::int64_t(random.below(30)) * 60));
            }
            const auto spans = excluded_spans(all, SloId("a"));
            const auto edges = excluded_edges(all, SloId("a"));
            QCOMPARE(edges.size(), 2 * all.size());
            for (const Span& span : spans)
                QVERIFY(std::ranges::count(edges, span.from_s) > 0 &&
                        std::ranges::count(edges, span.to_s) > 0);
            for (std::size_t k = 1; k < spans.size(); ++k) QVERIFY(spans[k - 1].to_s < spans[k].from_s);
            for (std::int64_t second = 0; second < 9000; second += 30) {
                const bool in_one = std::ranges::any_of(all, [&](const Exclusion& each) {
                    return each.from <= at(second) && at(second) < each.to;
                });
                const bool in_union = std::ranges::any_of(
                    spans, [&](const Span& span) { return span.contains(begin + second); });
                QCOMPARE(in_union, in_one);
            }
        }
    }

    void whatMakesNoSenseIsNamed() {
        const std::vector<Objective> objectives{test::availability()};
        const auto said = [&](const Exclusion& given) {
            const auto fits = check(given, objectives);
            return fits ? std::string() : fits.error().message;
        };
        QCOMPARE(said(exclusion(0, 60, {objectives[0].id})), std::string());
        QVERIFY(said(exclusion(60, 60)).starts_with("from"));
        QVERIFY(said(exclusion(0, 100 * 86'400)).starts_with("to"));
        QVERIFY(said(exclusion(0, 60, {SloId("else")})).find("'else'") != std::string::npos);
        Exclusion silent = exclusion(0, 60);
        silent.reason.clear();
        QVERIFY(said(silent).starts_with("reason"));
        silent.reason = std::string(501, 'x');
        QVERIFY(said(silent).starts_with("reason"));
    }
};

QTEST_GUILESS_MAIN(TestExclusion)
#include "tst_exclusion.moc"
