// Small differences that last: found where they are, told apart, and not found in the noise of two encodings.

#include <QtTest>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <tuple>

#include "compare/comparison.hpp"
#include "compare/lasting_text.hpp"
#include "sample_pictures.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;

namespace {

constexpr int wide = 320, high = 180;
using Colour = std::array<double, planes>;
using Edit = std::function<Colour(int x, int y, const Colour&)>;

constexpr int margin = 2;  // beyond the edges, for what is moved
constexpr double rate = 16;

/// A scene in colour that moves with its number; sines are looked up, for there are many pictures.
class Scene {
public:
    explicit Scene(int phase) : phase_(phase) {
        for (int x = -margin; x < wide + margin; ++x) {
            across_[at(x)] = 50 * std::sin((x + 3 * phase) * 0.09);
            cb_[at(x)] = 128 + 30 * std::sin(x * 0.03 + 0.02 * phase);
        }
        for (int y = -margin; y < high + margin; ++y) {
            down_[at(y)] = std::cos((y - 2 * phase) * 0.13);
            cr_[at(y)] = 128 + 30 * std::cos(y * 0.05 - 0.03 * phase);
        }
    }
    Colour operator()(int x, int y) const {
        const int board = ((x + phase_ + 230) / 23 + (y + 170) / 17) % 2;
        return {90 + 0.2 * x + across_[at(x)] * down_[at(y)] + 25 * board, cb_[at(x)], cr_[at(y)]};
    }

private:
    static std::size_t at(int coordinate) { return std::size_t(coordinate + margin); }

    int phase_;
    std::array<double, wide + 2 * margin> across_{}, cb_{}, down_{}, cr_{};
};

/// A moving scene in colour (4:4:4), as an encoder with noise of its own leaves it.
Luma made(int phase, unsigned seed, int noise, const Edit& edit) {
    std::minstd_rand random(seed);
    const Scene scene_at(phase);
    std::array<std::vector<std::uint8_t>, planes> samples;
    for (auto& plane : samples) plane.reserve(std::size_t(wide * high));
    for (int y = 0; y < high; ++y)
        for (int x = 0; x < wide; ++x) {
            Colour colour = scene_at(x, y);
            if (edit) colour = edit(x, y, colour);
            auto drawn = unsigned(random());
            for (std::size_t plane = 0; plane < planes; ++plane, drawn >>= 10) {
                const int off = int((drawn & 1023) * unsigned(2 * noise + 1) >> 10) - noise;
                samples[plane].push_back(std::uint8_t(std::clamp(int(colour[plane] + 0.5) + off, 0, 255)));
            }
        }
    Luma result = make_luma(wide, high, std::move(samples[0]));
    std::vector<std::shared_ptr<const void>> owners{result.owner};
    for (std::size_t i = 0; i < result.chroma.size(); ++i) {
        const Luma chroma = make_luma(wide, high, std::move(samples[i + 1]));
        result.chroma[i] = chroma.view;
        owners.push_back(chroma.owner);
    }
    result.owner = std::make_shared<const std::vector<std::shared_ptr<const void>>>(std::move(owners));
    return result;
}

Luma encoded(int phase, unsigned seed, int noise, const Edit& edit = {}) {
    if (edit) return made(phase, seed, noise, edit);
    static std::map<std::tuple<int, unsigned, int>, Luma> known;  // most tests begin from the same
    Luma& luma = known[{phase, seed, noise}];
    if (luma.empty()) luma = made(phase, seed, noise, edit);
    return luma;
}

/// Two encodings, 16 pairs a second; b's pictures from `from` to `to` are edited.
LastingDetector watched(const Edit& edit, int from = 0, int to = 16, int pairs = 16, int noise = 5) {
    LastingDetector detector;
    for (int i = 0; i < pairs; ++i) {
        const Luma a = encoded(i, unsigned(2 * i + 1), noise);
        const Luma b = encoded(i, unsigned(2 * i + 2), noise, i >= from && i < to ? edit : Edit{});
        detector.add(Seconds(i / rate), Seconds(1 / rate), tile_means(a, b), true);
    }
    return detector;
}
bool inside(int x, int y, double left, double top, double right, double bottom) {
    return x >= left * wide && x < right * wide && y >= top * high && y < bottom * high;
}
QString text(const LastingDifference& difference) {
    return QString::fromStdString(describe(difference, "stable", "canary"));
}
bool near(double value, double expected, double within) {
    if (std::abs(value - expected) <= within) return true;
    qWarning("%f is not %f", value, expected);
    return false;
}

}  // namespace

class TestLasting : public QObject {
    Q_OBJECT
private slots:
    void the_noise_of_two_encodings_is_no_difference() {
        for (const int noise : {0, 5, 20}) {
            const LastingDetector detector = watched({}, 0, 0, 32, noise);
            QVERIFY2(detector.found().empty(),
                     detector.found().empty() ? "" : qPrintable(text(detector.found().front())));
            QVERIFY(near(detector.looked_for().count(), 2, 0.01));
        }
    }

    void a_faint_mark_is_found_where_and_when_it_is() {
        const LastingDetector detector = watched(
            [](int x, int y, Colour colour) {
                if (inside(x, y, 0.75, 0.65, 0.9, 0.9)) colour[0] += 14;
                return colour;
            },
            16, 38, 48);
        QCOMPARE(detector.found().size(), std::size_t(1));
        const LastingDifference& mark = detector.found().front();
        QVERIFY(mark.kind == LastingKind::mark);
        QVERIFY(near(mark.from.count(), 1, 0.3) && near(mark.to.count(), 2.375, 0.3));
        QVERIFY(near(mark.levels[0], 14, 2));
        QVERIFY(mark.area.left > 0.65 && mark.area.right < 1 && mark.area.top > 0.5);
        QVERIFY(mark.area.share > 0.01 && mark.area.share < 0.12);
        QVERIFY2(text(mark).startsWith("canary is 14 levels brighter in the lower right ("),
                 qPrintable(text(mark)));
    }

    void what_does_not_last_is_left_to_the_scores() {
        const Edit flash = [](int x, int y, Colour colour) {
            if (inside(x, y, 0.1, 0.1, 0.3, 0.3)) colour[0] += 14;
            return colour;
        };
        QVERIFY(watched(flash, 10, 16, 32).found().empty());
        QCOMPARE(watched(flash, 9, 25, 32).found().size(), std::size_t(1));  // a second is always seen
    }

    void another_content_of_the_same_mean_is_seen_by_its_structure() {
        const LastingDetector detector = watched([](int x, int y, Colour colour) {
            if (inside(x, y, 0.1, 0.1, 0.3, 0.35)) colour[0] = 128 + ((x / 8 + y / 8) % 2 == 0 ? 30 : -30);
            return colour;
        });
        QCOMPARE(detector.found().size(), std::size_t(1));
        QVERIFY(detector.found().front().structure);
        QVERIFY2(text(detector.found().front()).startsWith("canary shows something else in the upper left"),
                 qPrintable(text(detector.found().front())));
    }

    void a_change_of_all_colours_is_told_by_its_cause_data() {
        QTest::addColumn<int>("cause");
        QTest::addColumn<double>("amount");
        QTest::newRow("brightness") << int(ColourCause::brightness) << 3.0;
        QTest::newRow("contrast") << int(ColourCause::contrast) << 1.1;
        QTest::newRow("saturation") << int(ColourCause::saturation) << 0.9;
        QTest::newRow("range expanded") << int(ColourCause::range_expanded) << 0.0;
        QTest::newRow("range squeezed") << int(ColourCause::range_squeezed) << 0.0;
        QTest::newRow("BT.601 to BT.709") << int(ColourCause::matrix_601_709) << 0.0;
        QTest::newRow("BT.709 to BT.601") << int(ColourCause::matrix_709_601) << 0.0;
        QTest::newRow("Cr") << int(ColourCause::other) << 0.0;
    }
    void a_change_of_all_colours_is_told_by_its_cause() {
        QFETCH(int, cause);
        QFETCH(double, amount);
        const LastingDetector detector = watched([&](int, int, Colour colour) -> Colour {
            switch (ColourCause(cause)) {
                case ColourCause::brightness:
                    return {colour[0] + amount, colour[1], colour[2]};
                case ColourCause::contrast:
                    return {128 + (colour[0] - 128) * amount, colour[1], colour[2]};
                case ColourCause::saturation:
                    return {colour[0], 128 + (colour[1] - 128) * amount, 128 + (colour[2] - 128) * amount};
                case ColourCause::range_expanded:
                    return {(colour[0] - 16) * 255 / 219, 128 + (colour[1] - 128) * 255 / 224,
                            128 + (colour[2] - 128) * 255 / 224};
                case ColourCause::range_squeezed:
                    return {16 + colour[0] * 219 / 255, 128 + (colour[1] - 128) * 224 / 255,
                            128 + (colour[2] - 128) * 224 / 255};
                case ColourCause::matrix_601_709:
                    return converted(colour, ColourMatrix::bt601, ColourMatrix::bt709);
                case ColourCause::matrix_709_601:
                    return converted(colour, ColourMatrix::bt709, ColourMatrix::bt601);
                default:
                    return {colour[0], colour[1], colour[2] + 4};
            }
        });
        QCOMPARE(detector.found().size(), std::size_t(1));
        const LastingDifference& tint = detector.found().front();
        QVERIFY(tint.kind == LastingKind::tint);
        QCOMPARE(int(tint.cause), cause);
        if (amount != 0) QVERIFY(near(tint.amount, amount, amount * 0.05));
        QVERIFY2(text(tint).contains("everywhere"), qPrintable(text(tint)));
    }

    void a_mark_is_told_apart_from_a_tint() {
        const LastingDetector detector = watched([](int x, int y, Colour colour) {
            colour[2] += 4;
            if (inside(x, y, 0.05, 0.7, 0.2, 0.9)) colour[0] += 40;
            return colour;
        });
        QCOMPARE(detector.found().size(), std::size_t(2));
        QVERIFY(detector.found()[0].kind == LastingKind::tint);
        QVERIFY(detector.found()[1].kind == LastingKind::mark);
    }

    void a_moved_picture_is_measured() {
        LastingDetector luma, chroma;
        for (int i = 0; i < 24; ++i) {
            const Scene moved_scene(i);
            const Luma a = encoded(i, unsigned(2 * i + 1), 4);
            const Luma moved =
                encoded(i, unsigned(2 * i + 2), 4,
                        [&moved_scene](int x, int y, const Colour&) { return moved_scene(x - 1, y + 1); });
            luma.add(Seconds(i / rate), Seconds(1 / rate), tile_means(a, moved), true);
            const Luma colours =
                encoded(i, unsigned(2 * i + 2), 4, [&moved_scene](int x, int y, const Colour& colour) {
                    const Colour beside = moved_scene(x - 2, y);
                    return Colour{colour[0], beside[1], beside[2]};
                });
            chroma.add(Seconds(i / rate), Seconds(1 / rate), tile_means(a, colours), true);
        }
        const auto shift = [](const LastingDetector& detector) {
            const auto at =
                std::find_if(detector.found().begin(), detector.found().end(),
                             [](const LastingDifference& d) { return d.kind == LastingKind::shift; });
            return at == detector.found().end() ? LastingDifference{} : *at;
        };
        QVERIFY(!shift(luma).chroma_only && near(shift(luma).right, 1, 0.3) &&
                near(shift(luma).down, -1, 0.3));
        QVERIFY2(text(shift(luma)).contains("px to the right and"), qPrintable(text(shift(luma))));
        QVERIFY(shift(chroma).chroma_only && near(shift(chroma).right, 2, 0.4));
    }

    void pictures_of_other_moments_are_compared_by_their_means_alone() {
        const auto found = [](bool same_moment) {
            LastingDetector detector;
            for (int i = 0; i < 24; ++i) {
                const Scene moved_scene(i);
                const Luma a = encoded(i, unsigned(2 * i + 1), 4);
                const Luma b =
                    encoded(i, unsigned(2 * i + 2), 4,
                            [&moved_scene](int x, int y, const Colour&) { return moved_scene(x - 1, y); });
                detector.add(Seconds(i / rate), Seconds(1 / rate), tile_means(a, b), same_moment);
            }
            return std::any_of(detector.found().begin(), detector.found().end(),
                               [](const LastingDifference& d) { return d.kind == LastingKind::shift; });
        };
        QVERIFY(found(true));
        QVERIFY(!found(false));
    }

    void a_matrix_that_both_sides_tell_is_no_tint() {
        const auto compared = [](ColourMatrix a, ColourMatrix b) {
            LastingDetector detector;
            for (int i = 0; i < 20; ++i) {
                const Luma one = encoded(i, unsigned(2 * i + 1), 2);
                const Luma two = encoded(i, unsigned(2 * i + 2), 2, [](int, int, const Colour& colour) {
                    return converted(colour, ColourMatrix::bt601, ColourMatrix::bt709);
                });
                TileMeans tiles = tile_means(one, two);
                convert_b(tiles, a, b);
                detector.add(Seconds(i / rate), Seconds(1 / rate), tiles, true);
            }
            return detector.found().size();
        };
        QCOMPARE(compared(ColourMatrix::bt601, ColourMatrix::bt709), std::size_t(0));
        QVERIFY(compared(ColourMatrix::bt601, ColourMatrix::bt601) > 0);
        QVERIFY(compared(ColourMatrix::unknown, ColourMatrix::bt709) > 0);
    }

    void an_interruption_ends_what_lasted() {
        LastingDetector detector;
        for (int i = 0; i < 24; ++i) {
            if (i % 6 == 0) detector.interrupt();
            const Luma a = encoded(i, 1, 2);
            const Luma b = encoded(i, 2, 2, [](int, int, Colour colour) {
                colour[0] += 8;
                return colour;
            });
            detector.add(Seconds(i / rate), Seconds(1 / rate), tile_means(a, b), true);
        }
        QVERIFY(detector.found().empty());
        QCOMPARE(detector.looked_for().count(), 0.0);
    }

    void without_chroma_the_luma_alone_is_judged() {
        LastingDetector detector;
        for (int i = 0; i < 24; ++i)
            detector.add(Seconds(i / rate), Seconds(1 / rate),
                         tile_means(noisy(scene(i, wide, high), 4, unsigned(i + 1)),
                                    picture(wide, high,
                                            [luma = scene(i, wide, high)](int x, int y) {
                                                return luma.view.data[y * wide + x] + 4;
                                            })),
                         true);
        QCOMPARE(detector.found().size(), std::size_t(1));
        QVERIFY(detector.found().front().cause == ColourCause::brightness);
    }

    void pictures_too_small_or_of_other_sizes_have_no_tiles() {
        QVERIFY(tile_means(plain(1, 3, 3), plain(1, 3, 3)).empty());
        QVERIFY(tile_means(plain(1, 64, 48), plain(1, 64, 40)).empty());
        QVERIFY(tile_means({}, plain(1)).empty());
        LastingDetector detector;
        detector.add(Seconds(0), Seconds(1 / rate), {}, true);
        QVERIFY(detector.found().empty());
    }

    void what_is_found_is_bounded() {
        LastingDetector detector;
        const Luma a = encoded(0, 1, 0);
        const Luma b = encoded(0, 1, 0, [](int x, int y, Colour colour) {
            if (inside(x, y, 0.4, 0.4, 0.6, 0.6)) colour[0] += 30;
            return colour;
        });
        const TileMeans tiles = tile_means(a, b);
        for (int i = 0; i < 20'000; ++i)
            detector.add(Seconds(i * 0.25 + i / 12 * 10), Seconds(0.25 / 4), tiles, true);
        QCOMPARE(detector.found().size(), std::size_t(200));
    }

    void the_verdict_tells_a_mark_and_survives_json() {
        Comparison comparison({"stable", "canary"});
        for (int i = 0; i < 32; ++i) {
            for (const Side side : sides) {
                ComparedFrame frame;
                frame.at = Seconds(i / rate);
                frame.duration = Seconds(1 / rate);
                frame.luma = encoded(i, unsigned(2 * i + (side == Side::a ? 1 : 2)), 2,
                                     [side](int x, int y, Colour colour) {
                                         if (side == Side::b && inside(x, y, 0.05, 0.05, 0.25, 0.3))
                                             colour[0] -= 20;
                                         return colour;
                                     });
                comparison.push(side, std::move(frame));
            }
            while (comparison.waiting() > 0) comparison.score_next();
        }
        const Verdict verdict = comparison.verdict();
        QVERIFY(verdict.kind == Verdict::Kind::differ);
        QVERIFY2(
            QString::fromStdString(verdict.text)
                .contains(QRegularExpression("^canary is 20 levels darker in the upper left \\([^)]*of the "
                                             "picture\\) from 00:00.0")),
            verdict.text.c_str());
        QVERIFY(verdict.findings.at(0).kind == Finding::Kind::mark && verdict.findings.at(0).to_the_end);
        const auto read = parse_verdict(to_json(verdict));
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QVERIFY(*read == verdict);
    }
};

QTEST_GUILESS_MAIN(TestLasting)
#include "tst_lasting.moc"
