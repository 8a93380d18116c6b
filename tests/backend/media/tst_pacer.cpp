#include <QtTest>
#include <random>

#include "media/pacer.hpp"
#include "media/unwrap.hpp"

using namespace qd::media;

namespace {

constexpr Ticks second = ticks_per_second;

std::vector<Picture> pace(Pacer& pacer, const std::vector<Ticks>& times) {
    std::vector<Picture> out;
    for (const Ticks at : times) pacer.offer(at, out);
    return out;
}

std::vector<Ticks> starts(const std::vector<Picture>& pictures) {
    std::vector<Ticks> result;
    for (const Picture& picture : pictures)
        if (picture.begins_segment) result.push_back(picture.at);
    return result;
}

}  // namespace

class TestPacer : public QObject {
    Q_OBJECT
private slots:
    void ntsc_rate_begins_segments_at_the_first_frame_of_each_slot() {
        Pacer pacer(2 * second);
        std::vector<Ticks> times;
        for (int i = 0; i < 200; ++i) times.push_back(i * 3003);
        const auto out = pace(pacer, times);
        QCOMPARE(out.size(), times.size());
        // 60 frames last 2.002 s, and the grid does not drift with them.
        QVERIFY((starts(out) == std::vector<Ticks>{0, 60 * 3003, 120 * 3003, 180 * 3003}));
    }

    void uneven_times_are_kept() {
        Pacer pacer(2 * second);
        const std::vector<Ticks> times{0, 100, 9'000, 9'001, 40'000};
        const auto out = pace(pacer, times);
        for (std::size_t i = 0; i < times.size(); ++i) QCOMPARE(out[i].at, times[i]);
    }

    void the_first_picture_goes_out_at_zero_and_late_ones_not_at_all() {
        Pacer pacer(second);
        const auto out = pace(pacer, {500, 3'000, 2'000, 3'000, 6'000});
        QCOMPARE(out.size(), std::size_t(3));
        QCOMPARE(out[0].at, Ticks(0));
        QCOMPARE(out[2].at, Ticks(6'000));
    }

    void a_still_is_repeated_so_that_no_segment_outlasts_the_target() {
        Pacer pacer(second);
        const auto out = pace(pacer, {0, 5 * second + 100});
        QVERIFY((starts(out) ==
                 std::vector<Ticks>{0, second, 2 * second, 3 * second, 4 * second, 5 * second + 100}));
        QVERIFY(out[1].repeat && !out.back().repeat);
        std::vector<Picture> tail;
        pacer.extend(7 * second, tail);
        QVERIFY((starts(tail) == std::vector<Ticks>{6 * second}));
    }

    void groups_are_equal_parts_of_a_segment_and_last_a_second_at_most() {
        for (const auto& [segment_s, group_s] : std::vector<std::pair<double, double>>{
                 {1, 1}, {1.5, 0.75}, {2, 1}, {2.5, 2.5 / 3}, {4, 1}, {10, 1}}) {
            Pacer pacer(to_ticks(segment_s));
            std::vector<Ticks> times;
            for (int i = 0; i < 25 * 20; ++i) times.push_back(i * second / 25);
            std::vector<Ticks> groups;
            for (const Picture& picture : pace(pacer, times)) {
                QVERIFY(picture.begins_group || !picture.begins_segment);
                if (picture.begins_group) groups.push_back(picture.at);
            }
            QCOMPARE(groups.size(), std::size_t(std::ceil(20 / group_s - 1e-9)));
            for (std::size_t i = 0; i < groups.size(); ++i)
                QVERIFY(groups[i] + Grid::rounding >= to_ticks(double(i) * group_s) &&
                        groups[i] < to_ticks(double(i) * group_s) + second / 25);
        }
    }

    void faster_sources_lose_frames_evenly() {
        Pacer pacer(second, second / 60);
        std::vector<Ticks> times;
        for (int i = 0; i < 240; ++i) times.push_back(i * second / 120);
        const auto out = pace(pacer, times);
        QCOMPARE(out.size(), std::size_t(120));
        for (std::size_t i = 1; i < out.size(); ++i) QCOMPARE(out[i].at - out[i - 1].at, second / 60);
    }

    void millisecond_timestamps_do_not_confuse_the_cap() {
        Pacer pacer(second, second / 60);
        std::vector<Ticks> times;
        for (int i = 0; i < 240; ++i) times.push_back(std::llround(i * 1000.0 / 120) * 90);
        QCOMPARE(pace(pacer, times).size(), std::size_t(120));
    }

    void whatever_comes_segments_stay_in_bounds() {
        std::mt19937_64 random(3);
        for (int round = 0; round < 200; ++round) {
            const Ticks segment = second * Ticks(1 + random() % 6);
            Pacer pacer(segment, random() % 2 ? std::optional<Ticks>(second / 60) : std::nullopt);
            std::vector<Picture> out;
            Ticks at = 0;
            for (int i = 0; i < 300; ++i) {
                at += Ticks(random() % 20'000) - 2'000;
                if (random() % 50 == 0) at += Ticks(random() % (20 * second));
                pacer.offer(std::max<Ticks>(0, at), out);
            }
            const Ticks end = at + Ticks(random() % (10 * second)) + 1;
            pacer.extend(end, out);
            QVERIFY(out.front().begins_segment && out.front().at == 0);
            for (std::size_t i = 1; i < out.size(); ++i) QVERIFY(out[i].at > out[i - 1].at);
            auto begins = starts(out);
            begins.push_back(std::max(end, out.back().at));
            for (std::size_t i = 1; i < begins.size(); ++i)
                QVERIFY(begins[i] - begins[i - 1] <= segment + Pacer::longest_delay + Grid::rounding);
        }
    }

    void jumping_clocks_become_one() {
        Unwrap unwrap(true);
        QCOMPARE(unwrap(100.0, 0.04), 100.0);
        QCOMPARE(unwrap(100.04, 0.04), 100.04);
        QCOMPARE(unwrap(5.0, 0.04), 100.08);  // the recorder began anew
        QVERIFY(std::abs(unwrap(5.04, 0.04) - 100.12) < 1e-9);
        QVERIFY(std::abs(unwrap(std::nullopt, 0.04) - 100.16) < 1e-9);
        QVERIFY(std::abs(unwrap(8.0, 0.04) - 103.08) < 1e-9);  // a gap stays a gap
        QVERIFY(std::abs(unwrap(6.0, 0.04) - 103.12) < 1e-9);  // two seconds back: anew again
        Unwrap plain;
        plain(0.0, 0.04);
        QCOMPARE(plain(3'600.0, 0.04), 3'600.0);
    }
};

QTEST_GUILESS_MAIN(TestPacer)
#include "tst_pacer.moc"
