// Which frame belongs to which, and how far one side is shifted.

#include <QtTest>
#include <cmath>
#include <functional>
#include <random>

#include "compare/alignment.hpp"
#include "compare/offset.hpp"
#include "sample_pictures.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;

namespace {

std::vector<Pairing> run(Aligner& aligner, double fps_a, double fps_b, double seconds, double b_from = 0,
                         std::function<bool(Side, int)> there = {}) {
    std::vector<Pairing> all;
    int a = 0, b = 0;
    const int count_a = int(std::lround(fps_a * seconds)), count_b = int(std::lround(fps_b * seconds));
    const auto take = [&] {
        while (const auto next = aligner.next()) all.push_back(*next);
    };
    while (a < count_a || b < count_b) {
        const bool of_a = b >= count_b || (a < count_a && a / fps_a <= b / fps_b);
        int& i = of_a ? a : b;
        const Side side = of_a ? Side::a : Side::b;
        const double fps = of_a ? fps_a : fps_b;
        if (!there || there(side, i))
            aligner.push(side, {std::uint64_t(i), Seconds(i / fps + (of_a ? 0 : b_from)), Seconds(1 / fps)});
        ++i;
        take();
    }
    aligner.end(Side::a);
    aligner.end(Side::b);
    take();
    return all;
}
int count(const std::vector<Pairing>& all, PairKind kind) {
    return int(std::count_if(all.begin(), all.end(), [=](const Pairing& each) { return each.kind == kind; }));
}

}  // namespace

class TestAlignment : public QObject {
    Q_OBJECT
private slots:
    void equal_rates_pair_frame_by_frame() {
        Aligner aligner;
        const auto all = run(aligner, 25, 25, 4);
        QCOMPARE(count(all, PairKind::pair), 100);
        QCOMPARE(int(all.size()), 100);
        for (const Pairing& each : all) QCOMPARE(each.key.a, each.key.b);
    }

    void the_slower_sides_frames_find_the_nearest_of_the_faster() {
        for (const auto& [fps_a, fps_b] : {std::pair{25.0, 30.0},
                                           {30.0, 25.0},
                                           {25.0, 60.0},
                                           {60.0, 24.0},
                                           {25.0, 50.0},
                                           {23.976, 25.0},
                                           {29.97, 59.94}}) {
            Aligner aligner;
            const auto all = run(aligner, fps_a, fps_b, 6);
            QCOMPARE(aligner.slower(), fps_a <= fps_b ? Side::a : Side::b);
            const int expected = int(std::lround(std::min(fps_a, fps_b) * 6));
            QVERIFY2(count(all, PairKind::pair) >= expected - 1,
                     qPrintable(QString("%1 %2").arg(fps_a).arg(fps_b)));
            QCOMPARE(count(all, PairKind::missing), 0);
            for (const Pairing& each : all)
                if (each.kind == PairKind::pair)
                    QVERIFY(std::abs(double(each.key.a) / fps_a - double(each.key.b) / fps_b) <=
                            0.5 / std::max(fps_a, fps_b) + 1e-6);
        }
    }

    void an_offset_shifts_the_pairs_and_costs_no_missing_frames() {
        for (const int frames : {-12, -2, 1, 2, 25}) {
            Aligner aligner;
            aligner.set_offset(Seconds(frames / 25.0));
            const auto all = run(aligner, 25, 25, 4);
            QCOMPARE(count(all, PairKind::pair), 100 - std::abs(frames));
            QCOMPARE(count(all, PairKind::missing), 0);
            for (const Pairing& each : all)
                if (each.kind == PairKind::pair) QCOMPARE(int(each.key.b) - int(each.key.a), frames);
        }
        Aligner early;  // b's timeline begins half a frame late
        QCOMPARE(count(run(early, 25, 25, 4, 0.019), PairKind::pair), 100);
    }

    void holes_are_missing_on_the_side_that_has_them() {
        for (const Side lacks : sides)
            for (const auto& [fps_a, fps_b] : {std::pair{25.0, 25.0}, {25.0, 50.0}, {50.0, 25.0}}) {
                Aligner aligner(200);
                const double fps = lacks == Side::a ? fps_a : fps_b,
                             fps_other = lacks == Side::a ? fps_b : fps_a;
                const auto all = run(aligner, fps_a, fps_b, 6, 0, [&](Side side, int i) {
                    return side != lacks || i / fps < 2 || i / fps >= 4;
                });
                int missing = 0;
                for (const Pairing& each : all)
                    if (each.kind == PairKind::missing) {
                        QVERIFY(each.side == lacks);
                        QVERIFY(each.at.count() > 1.9 && each.at.count() < 4.1);
                        ++missing;
                    }
                QVERIFY2(std::abs(missing - 2 * fps_other) <= 3, qPrintable(QString::number(missing)));
                QVERIFY(std::abs(count(all, PairKind::pair) - 4 * std::min(fps_a, fps_b)) <= 2);
            }
    }

    void an_early_end_is_missing_and_a_cut_is_not() {
        for (const bool cut : {false, true}) {
            Aligner aligner;
            for (int i = 0; i < 100; ++i) {
                aligner.push(Side::a, {std::uint64_t(i), Seconds(i / 25.0), Seconds(0.04)});
                if (i < 50) aligner.push(Side::b, {std::uint64_t(i), Seconds(i / 25.0), Seconds(0.04)});
            }
            if (cut)
                aligner.abandon(Side::b);
            else
                aligner.end(Side::b);
            int missing = 0, spare = 0;
            while (const auto next = aligner.next()) {
                missing += next->kind == PairKind::missing ? 1 : 0;
                spare += next->kind == PairKind::spare ? 1 : 0;
            }
            QCOMPARE(missing, cut ? 0 : 49);  // one may be left over
            QCOMPARE(spare, cut ? 50 : 1);
        }
    }

    void live_sides_begin_where_the_later_one_begins() {
        Aligner aligner;
        const auto all =
            run(aligner, 25, 25, 4, 0, [](Side side, int i) { return side == Side::a || i >= 30; });
        QCOMPARE(count(all, PairKind::pair), 70);
        QCOMPARE(count(all, PairKind::missing), 0);
        Aligner strict;  // … unless it is known where both should
        strict.begin_at(Seconds(0));
        const auto other =
            run(strict, 25, 25, 4, 0, [](Side side, int i) { return side == Side::a || i >= 30; });
        QCOMPARE(count(other, PairKind::missing), 30);
    }

    void a_side_that_never_comes_costs_no_memory() {
        Aligner aligner(64);
        std::size_t most = 0;
        for (int i = 0; i < 10'000; ++i) {
            aligner.push(Side::a, {std::uint64_t(i), Seconds(i / 25.0), Seconds(0.04)});
            while (aligner.next()) {
            }
            most = std::max(most, aligner.waiting(Side::a));
        }
        QVERIFY(most <= 65);
    }

    void offsets_are_read_from_frame_codes() {
        for (const int frames : {-40, 0, 2, 300}) {
            OffsetFinder finder;
            std::optional<Offset> found;
            for (int i = 0; i < 10 && !found; ++i) {
                finder.add(Side::a, {Seconds(i / 25.0), Seconds(0.04), std::uint32_t(i + 1000)}, {});
                finder.add(Side::b, {Seconds(i / 25.0), Seconds(0.04), std::uint32_t(i + 1000 - frames)}, {});
                found = finder.found();
            }
            QVERIFY(found && found->method == OffsetMethod::frame_code);
            QCOMPARE(found->frames(), frames);
        }
        QCOMPARE(
            QString::fromStdString(Offset{Seconds(0.08), OffsetMethod::frame_code, Seconds(0.04)}.text()),
            QString("offset +2 frames (by frame code)"));
        QCOMPARE(QString::fromStdString(Offset{Seconds(-0.04), OffsetMethod::none, Seconds(0.04)}.text()),
                 QString("offset -1 frame"));
    }

    void codes_that_count_differently_or_wildly_are_not_believed() {
        OffsetFinder rates;  // 25 and 50 new pictures a second: not the same count
        for (int i = 0; i < 30; ++i) {
            rates.add(Side::a, {Seconds(i / 25.0), Seconds(0.04), std::uint32_t(i)}, sketch(plain(i).view));
            rates.add(Side::b, {Seconds(i / 50.0), Seconds(0.02), std::uint32_t(i)}, sketch(plain(i).view));
        }
        QVERIFY(!rates.found());
        std::mt19937 random(3);
        OffsetFinder wild;
        for (int i = 0; i < 30; ++i)
            for (const Side side : sides)
                wild.add(side, {Seconds(i / 25.0), Seconds(0.04), std::uint32_t(random() % 100'000)}, {});
        const auto found = wild.found();
        QVERIFY(!found || found->method != OffsetMethod::frame_code);
    }

    void offsets_are_found_by_the_pictures() {
        for (const auto& [fps_a, fps_b] : {std::pair{25.0, 25.0}, {25.0, 50.0}, {30.0, 25.0}})
            for (const int frames : {-9, -1, 0, 3, 12}) {
                const double each = 1 / std::min(fps_a, fps_b);
                OffsetFinder finder;
                const auto content = [](double at) {
                    return picture(64, 36, [at](int x, int y) {
                        return 120 + 80 * std::sin(x * 0.12 + 9 * at + at * at) * std::cos(y * 0.17 - 4 * at);
                    });
                };
                for (int i = 0; i < int(3 * fps_a); ++i)
                    finder.add(Side::a, {Seconds(i / fps_a), Seconds(1 / fps_a), {}},
                               sketch(noisy(content(i / fps_a), 3).view));
                for (int i = 0; i < int(3 * fps_b); ++i)
                    finder.add(Side::b, {Seconds(i / fps_b), Seconds(1 / fps_b), {}},
                               sketch(noisy(content(i / fps_b - frames * each), 3, 9).view));
                const auto found = finder.found();
                QVERIFY(found.has_value());
                QCOMPARE(found->frames(), frames);
            }
    }

    void a_side_that_goes_black_keeps_its_offset() {
        for (const int frames : {0, 4}) {
            OffsetFinder finder;
            for (int i = 0; i < 60; ++i) {
                finder.add(Side::a, {Seconds(i / 25.0), Seconds(0.04), {}}, sketch(scene(i).view));
                finder.add(Side::b, {Seconds(i / 25.0), Seconds(0.04), {}},
                           sketch(i > 25 ? plain(16).view : scene(i - frames).view));
            }
            const auto found = finder.found();
            QVERIFY(found.has_value());
            QCOMPARE(found->frames(), frames);
        }
        OffsetFinder never_alike;
        for (int i = 0; i < 60; ++i) {
            never_alike.add(Side::a, {Seconds(i / 25.0), Seconds(0.04), {}}, sketch(scene(i).view));
            never_alike.add(Side::b, {Seconds(i / 25.0), Seconds(0.04), {}}, sketch(plain(100 + i).view));
        }
        QVERIFY(never_alike.found() && never_alike.found()->method == OffsetMethod::none);
    }

    void a_still_picture_has_no_offset() {
        OffsetFinder finder;
        QVERIFY(!finder.found());
        for (int i = 0; i < 80; ++i)
            for (const Side side : sides)
                finder.add(side, {Seconds(i / 25.0), Seconds(0.04), {}},
                           sketch(noisy(scene(1), 4, unsigned(i)).view));
        const auto found = finder.found();
        QVERIFY(found.has_value());
        QCOMPARE(found->frames(), 0);
        OffsetFinder nothing;
        nothing.end(Side::b);
        nothing.end(Side::a);
        QVERIFY(nothing.found(Seconds(3)) && nothing.found(Seconds(3))->b_minus_a == Seconds(3));
    }

    void dates_tell_the_offset_within_reason() {
        const core::WallTime noon{std::chrono::hours(12)};
        QCOMPARE(offset_by_date_time(Seconds(4), noon, Seconds(10), noon)->count(), 6.0);
        QCOMPARE(offset_by_date_time(Seconds(4), noon, Seconds(4), noon + std::chrono::seconds(2))->count(),
                 -2.0);
        QVERIFY(!offset_by_date_time(Seconds(4), noon, Seconds(4), noon + std::chrono::hours(2)));
    }

    void live_windows_are_matched_by_date_else_by_number() {
        const core::WallTime noon{std::chrono::hours(12)};
        QVERIFY(!offset_of_live({}, {{1, {}}}, Seconds(2)));
        const PulledSegments a{{10, {Seconds(0), {}}}, {11, {Seconds(2), {}}}, {12, {Seconds(4), {}}}};
        const PulledSegments later{{12, {Seconds(0), {}}}, {13, {Seconds(2), {}}}};
        QCOMPARE(offset_of_live(a, later, Seconds(2))->b_minus_a, Seconds(-4));
        const PulledSegments apart{{15, {Seconds(0), {}}}};
        const auto counted = offset_of_live(a, apart, Seconds(2));
        QVERIFY(counted->b_minus_a == Seconds(-10) && counted->method == OffsetMethod::sequence);
        // Numbers of its own: the dates know better.
        const PulledSegments dated_a{{10, {Seconds(0), noon}}};
        const PulledSegments dated_b{{7010, {Seconds(0), noon + std::chrono::seconds(4)}}};
        const auto dated = offset_of_live(dated_a, dated_b, Seconds(2));
        QVERIFY(dated->b_minus_a == Seconds(-4) && dated->method == OffsetMethod::date_time);
    }
};

QTEST_GUILESS_MAIN(TestAlignment)
#include "tst_alignment.moc"
