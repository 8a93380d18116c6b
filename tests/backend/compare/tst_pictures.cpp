// Pictures and pairs of them: scores, and spans in which one side stands still or is black.

#include <QtTest>
#include <cmath>
#include <random>

#include "compare/freeze_black.hpp"
#include "compare/picture_score.hpp"
#include "compare/tile_means.hpp"
#include "sample_pictures.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;

namespace {

PictureScore score(const Luma& a, const Luma& b) {
    const auto result = score_pictures(a.view, b.view);
    if (!result) qFatal("%s", result.error().message.c_str());
    return *result;
}
/// The formula as it is written, window by window.
double slow_ssim(const LumaView& a, const LumaView& b) {
    const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
    double sum = 0;
    int windows = 0;
    for (int top = 0; top + 8 <= a.height / 4 * 4; top += 4)
        for (int left = 0; left + 8 <= a.width / 4 * 4; left += 4) {
            double ma = 0, mb = 0, va = 0, vb = 0, cov = 0;
            const auto each = [&](auto visit) {
                for (int y = top; y < top + 8; ++y)
                    for (int x = left; x < left + 8; ++x)
                        visit(double(a.data[y * a.stride_bytes + x]), double(b.data[y * b.stride_bytes + x]));
            };
            each([&](double p, double q) {
                ma += p / 64;
                mb += q / 64;
            });
            each([&](double p, double q) {
                va += (p - ma) * (p - ma) / 63;
                vb += (q - mb) * (q - mb) / 63;
                cov += (p - ma) * (q - mb) / 63;
            });
            sum += (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
            ++windows;
        }
    return sum / windows;
}
bool near(double value, double expected, double within) {
    if (std::abs(value - expected) <= within) return true;
    qWarning("%f is not %f", value, expected);
    return false;
}

}  // namespace

class TestPictures : public QObject {
    Q_OBJECT
private slots:
    void a_box_over_an_equal_picture_is_seen_in_its_part() {
        const Luma whole = scene(3, 320, 180);
        const Luma boxed = picture(320, 180, [&](int x, int y) {
            const int value = whole.view.data[y * whole.view.stride_bytes + x];
            return x >= 100 && x < 140 && y >= 60 && y < 100 ? value + 90 : value;
        });
        QVERIFY(score(whole, boxed).ssim > 0.9);
        QVERIFY(patch_difference(whole, boxed) > 60);
        QCOMPARE(patch_difference(whole, whole), 0.0);
        QVERIFY(patch_difference(whole, noisy(whole, 40)) < 10);  // averages out
        QVERIFY(patch_difference(plain(100), plain(130, 200, 90)) == 30);
        QCOMPARE(patch_difference(plain(7, 1, 1), plain(7, 3, 2)), 0.0);
        QCOMPARE(patch_difference({}, whole), 0.0);
    }
    void another_colour_is_seen_although_the_luma_is_equal() {
        Luma grey = plain(120), red = plain(120);
        const Luma neutral = plain(128, 32, 24), cr = plain(188, 32, 24);
        grey.chroma = {neutral.view, neutral.view};
        red.chroma = {neutral.view, cr.view};
        QVERIFY(score(grey, red).identical);
        QCOMPARE(patch_difference(grey, red), 60.0);
        QCOMPARE(patch_difference(plain(120), red), 0.0);  // chroma of one alone says nothing
    }
    void a_picture_is_identical_with_itself() {
        for (const auto& [width, height] : {std::pair{8, 8}, {160, 90}, {37, 29}, {640, 360}}) {
            const Luma luma = noisy(scene(3, width, height), 20);
            const auto result = score(luma, luma);
            QCOMPARE(result.ssim, 1.0);
            QCOMPARE(result.psnr_db, psnr_cap_db);
            QVERIFY(result.identical && !result.scaled);
            QCOMPARE(result.width, width);
            QCOMPARE(result.height, height);
        }
    }

    void a_constant_difference_has_the_psnr_of_the_formula() {
        // 20 log10(255 / difference)
        QVERIFY(near(score(plain(100), plain(101)).psnr_db, 48.1308, 0.001));
        QVERIFY(near(score(plain(100), plain(110)).psnr_db, 28.1308, 0.001));
        QVERIFY(near(score(plain(0), plain(255)).psnr_db, 0, 0.001));
        QVERIFY(!score(plain(100), plain(101)).identical);
        QCOMPARE(psnr_db(0, 100), psnr_cap_db);
        QCOMPARE(psnr_db(1e-30, 1e9), psnr_cap_db);
    }

    void plain_pictures_have_the_ssim_of_their_brightness() {
        // (2 * 100 * 120 + 6.5025) / (100^2 + 120^2 + 6.5025)
        QVERIFY(near(score(plain(100), plain(120)).ssim, 0.983611, 1e-5));
        // 6.5025 / (255^2 + 6.5025)
        QVERIFY(near(score(plain(0), plain(255)).ssim, 0.0000999900, 1e-7));
    }

    void an_inverted_picture_is_as_unlike_as_can_be() {
        const auto board = [](int even, int odd) {
            return picture(64, 64, [=](int x, int y) { return (x + y) % 2 == 0 ? even : odd; });
        };
        // Means are equal, the covariance is minus the variance v = 127.5^2 * 64 / 63: (-2v + C2) / (2v +
        // C2).
        QVERIFY(near(score(board(0, 255), board(255, 0)).ssim, -0.996463, 1e-5));
    }

    void ssim_is_that_of_the_formula_also_at_odd_sizes() {
        for (const auto& [width, height] : {std::pair{8, 8}, {37, 29}, {64, 64}, {101, 55}, {9, 120}}) {
            const Luma a = scene(1, width, height);
            for (const Luma& b : {noisy(a, 12), scene(2, width, height), plain(90, width, height)})
                QVERIFY(near(score(a, b).ssim, slow_ssim(a.view, b.view), 1e-4));
        }
    }

    void psnr_counts_every_sample_also_at_the_edges() {
        std::vector<std::uint8_t> samples(37 * 29, 50);
        const Luma a = make_luma(37, 29, samples);
        for (const std::size_t at : {std::size_t(36), std::size_t(37 * 28), std::size_t(37 * 29 - 1)}) {
            auto changed = samples;
            changed[at] = 60;
            const auto result = score(a, make_luma(37, 29, changed));
            QVERIFY(!result.identical);
            QVERIFY(near(result.psnr_db, 10 * std::log10(255.0 * 255 * 37 * 29 / 100), 0.001));
        }
    }

    void more_noise_scores_less() {
        const Luma clean = scene(1);
        double ssim = 1, psnr = psnr_cap_db;
        for (const int amplitude : {1, 2, 4, 8, 16, 32, 64, 120}) {
            const auto result = score(clean, noisy(clean, amplitude));
            QVERIFY(result.ssim < ssim && result.psnr_db < psnr);
            const auto turned = score(noisy(clean, amplitude), clean);
            QVERIFY(near(turned.ssim, result.ssim, 1e-6));  // either way round
            ssim = result.ssim;
            psnr = result.psnr_db;
        }
        QVERIFY(ssim < 0.3 && psnr < 16);
    }

    void the_larger_picture_is_scaled_down() {
        const Luma large = scene(1, 320, 180);
        const Luma small = shrink(large.view, 160, 90);
        const auto result = score(large, small);
        QVERIFY(result.scaled && result.identical);
        QCOMPARE(result.width, 160);
        QVERIFY(score(shrink(large.view, 200, 120), large).ssim > 0.97);
        QVERIFY(score(shrink(scene(9, 320, 180).view, 200, 120), large).ssim < 0.9);
    }

    void scaling_down_takes_means_of_areas() {
        const Luma luma = picture(4, 4, [](int x, int y) { return 10 * y + x; });
        const Luma half = shrink(luma.view, 2, 2);
        QCOMPARE(int(half.view.data[0]), 6);   // (0 + 1 + 10 + 11) / 4 = 5.5
        QCOMPARE(int(half.view.data[3]), 28);  // (22 + 23 + 32 + 33) / 4 = 27.5
        const Luma one = shrink(luma.view, 1, 1);
        QCOMPARE(int(one.view.data[0]), 17);  // 16.5
        QCOMPARE(shrink(luma.view, 9, 9).view.width, 4);
        // By no whole number: a sample that lies in two areas counts in each by its part.
        const Luma ramp = shrink(picture(5, 1, [](int x, int) { return 10 * x; }).view, 4, 1);
        const std::array expected{2, 14, 26, 38};  // (0 + 10 / 4) / 1.25, (10 * 3 / 4 + 20 / 2) / 1.25 ...
        for (std::size_t i = 0; i < expected.size(); ++i) QCOMPARE(int(ramp.view.data[i]), expected[i]);
    }

    void what_cannot_be_compared_is_said() {
        QCOMPARE(score_pictures({}, plain(1).view).error().code, core::Errc::unprocessable);
        QCOMPARE(score_pictures(plain(1, 7, 100).view, plain(1).view).error().code,
                 core::Errc::unprocessable);
    }

    void a_sketch_knows_black_and_change() {
        QCOMPARE(sketch(plain(16).view).mean, 16.0);
        QCOMPARE(sketch(plain(16).view).dark, 1.0);
        QCOMPARE(sketch(plain(40).view).dark, 0.0);
        QCOMPARE(sketch({}).mean, 0.0);
        for (const auto& [width, height] : {std::pair{1, 1}, {8, 3}, {1920, 1080}})
            QCOMPARE(sketch(plain(77, width, height).view).mean, 77.0);
        const Sketch one = sketch(scene(1).view);
        QCOMPARE(difference(one, one).mean, 0.0);
        QVERIFY(difference(one, sketch(noisy(scene(1), 6).view)).mean < 2);
        QVERIFY(difference(one, sketch(scene(3).view)).mean > 5);
    }

    void a_side_that_stands_still_while_the_other_moves_is_frozen() {
        FreezeBlackDetector detector;
        for (int i = 0; i < 150; ++i) {
            const Sketch a = sketch(scene(i).view);
            const Sketch b = sketch(scene(i < 50 || i >= 100 ? i : 50).view);
            const auto state = detector.add(Seconds(i / 25.0), Seconds(0.04), a, b);
            QVERIFY(!state.frozen.a && !state.black.a && !state.black.b);
            QCOMPARE(state.frozen.b, i >= 75 && i < 100);  // a second after it began
        }
        QCOMPARE(detector.spans().size(), std::size_t(1));
        const Span span = detector.spans()[0];
        QVERIFY(span.kind == SpanKind::frozen && span.side == Side::b);
        QVERIFY(near(span.from.count(), 2.04, 0.05) && near(span.to.count(), 4, 0.05));
    }

    void still_pictures_on_both_sides_are_not_frozen() {
        FreezeBlackDetector detector;
        for (int i = 0; i < 200; ++i) {
            // Both cut to another still picture, b a few frames later; noise as an encoder leaves it.
            const Sketch a = sketch(noisy(scene(i < 100 ? 1 : 20), 2, unsigned(i)).view);
            const Sketch b = sketch(noisy(scene(i < 103 ? 1 : 20), 2, unsigned(i + 1000)).view);
            const auto state = detector.add(Seconds(i / 25.0), Seconds(0.04), a, b);
            QVERIFY(!state.frozen.a && !state.frozen.b);
        }
        QVERIFY(detector.spans().empty());
    }

    void a_slow_movement_is_one_and_a_repeated_frame_is_no_freeze() {
        FreezeBlackDetector slow;
        for (int i = 0; i < 250; ++i) {
            // A hundredth of a step each frame on a, none on b.
            const Luma moving = picture(96, 54, [i](int x, int y) {
                return 120 + 80 * std::sin((x + 0.07 * i) * 0.11) * std::cos(y * 0.17);
            });
            slow.add(Seconds(i / 25.0), Seconds(0.04), sketch(moving.view), sketch(scene(0).view));
        }
        QCOMPARE(slow.spans().size(), std::size_t(1));
        FreezeBlackDetector repeated;
        for (int i = 0; i < 200; ++i)
            repeated.add(Seconds(i / 60.0), Seconds(1 / 60.0), sketch(scene(i).view),
                         sketch(scene(i / 10 * 10).view));
        QVERIFY(repeated.spans().empty());
    }

    void black_counts_where_the_other_is_not() {
        FreezeBlackDetector detector;
        const auto picture_at = [](int i, bool black) {
            return sketch((black ? noisy(plain(17, 96, 54), 2) : scene(i)).view);
        };
        for (int i = 0; i < 200; ++i) {
            // From 1 s to 2 s b alone, from 3 s to 4 s both, 0.2 s of a alone.
            const bool black_b = (i >= 25 && i < 50) || (i >= 75 && i < 100);
            const bool black_a = (i >= 75 && i < 100) || (i >= 150 && i < 155);
            detector.add(Seconds(i / 25.0), Seconds(0.04), picture_at(i, black_a), picture_at(i, black_b));
        }
        std::vector<Span> black;
        for (const Span& span : detector.spans())
            if (span.kind == SpanKind::black) black.push_back(span);
        QCOMPARE(black.size(), std::size_t(1));
        QVERIFY(black[0].side == Side::b);
        QVERIFY(near(black[0].from.count(), 1, 0.001) && near(black[0].to.count(), 2, 0.001));
    }

    void an_interruption_ends_what_lasted() {
        FreezeBlackDetector detector;
        for (int i = 0; i < 20; ++i)
            detector.add(Seconds(i / 25.0), Seconds(0.04), sketch(scene(i).view), sketch(scene(0).view));
        detector.interrupt();
        for (int i = 100; i < 120; ++i)
            detector.add(Seconds(i / 25.0), Seconds(0.04), sketch(scene(i).view), sketch(scene(0).view));
        QVERIFY(detector.spans().empty());
    }
};

QTEST_GUILESS_MAIN(TestPictures)
#include "tst_pictures.moc"
