// From scores to a verdict and through JSON; from frames to scores.

#include <QtTest>
#include <cmath>

#include "compare/comparison.hpp"
#include "compare/level_match.hpp"
#include "compare/lockstep.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;

namespace {

PairScore pair_at(int i, double ssim, double psnr = 40) {
    PairScore score;
    score.number = std::uint64_t(i + 1);
    score.at = Seconds(i / 25.0);
    score.duration = Seconds(0.04);
    score.ssim = ssim;
    score.psnr_db = psnr;
    score.identical = ssim == 1;
    return score;
}
Judge judge() {
    return Judge({"stable", "canary"});
}
QString text(const Verdict& verdict) {
    return QString::fromStdString(verdict.text);
}
ComparedFrame frame(int i, int phase, std::optional<int> level = {}) {
    std::vector<std::uint8_t> samples(160 * 90);
    for (int y = 0; y < 90; ++y)
        for (int x = 0; x < 160; ++x)
            samples[std::size_t(y * 160 + x)] = std::uint8_t(
                level ? *level
                      : 120 + 80 * std::sin((x + 7 * phase) * 0.11) * std::cos((y - 5 * phase) * 0.17));
    ComparedFrame result;
    result.at = Seconds(i / 25.0);
    result.duration = Seconds(0.04);
    result.luma = make_luma(160, 90, std::move(samples));
    return result;
}
void score_all(Comparison& comparison) {
    while (comparison.waiting() > 0) comparison.score_next();
}

}  // namespace

class TestVerdict : public QObject {
    Q_OBJECT
private slots:
    void a_single_damaged_picture_is_a_difference_where_both_sides_carry_one_encoding() {
        const auto court_of = [](double usual) {
            Judge court = judge();
            for (int i = 0; i < 100; ++i) court.add(pair_at(i, i == 50 ? 0.88 : usual, i == 50 ? 27 : 60));
            return court.verdict();
        };
        const Verdict same_bytes = court_of(1);
        QVERIFY(same_bytes.kind == Verdict::Kind::differ);
        QCOMPARE(text(same_bytes), QStringLiteral("pictures differ at 00:02.0, SSIM 0.88"));
        QVERIFY(court_of(0.97).kind == Verdict::Kind::same);  // two encodings: noise may do that
    }
    void a_part_of_another_colour_is_a_difference_that_ssim_does_not_see() {
        Judge court = judge();
        for (int i = 0; i < 60; ++i) {
            PairScore score = pair_at(i, 0.97);
            score.patch = i >= 30 ? 130 : 12;
            court.add(score);
        }
        const Verdict verdict = court.verdict();
        QVERIFY(verdict.kind == Verdict::Kind::differ);
        QCOMPARE(text(verdict),
                 QStringLiteral("pictures differ from 00:01.2 on, a part of them by 130 levels of colour"));
        QCOMPARE(parse_verdict(to_json(verdict)), verdict);
        QCOMPARE(verdict.findings.at(0).worst_patch, std::optional(130.0));
    }
    void positions_read_as_a_clock() {
        QCOMPARE(position_text(Seconds(12.44)), std::string("00:12.4"));
        QCOMPARE(position_text(Seconds(0)), std::string("00:00.0"));
        QCOMPARE(position_text(Seconds(-3)), std::string("00:00.0"));
        QCOMPARE(position_text(Seconds(3723.99)), std::string("1:02:03.9"));
    }

    void good_scores_are_the_same() {
        Judge all = judge();
        for (int i = 0; i < 100; ++i) all.add(pair_at(i, 0.95 + 0.0004 * i));
        const Verdict verdict = all.verdict();
        QVERIFY(verdict.kind == Verdict::Kind::same);
        QCOMPARE(text(verdict), QString("pictures are the same over 4.0 s (100 pairs), SSIM at least 0.95"));
        QCOMPARE(verdict.pairs, std::uint64_t(100));
        QVERIFY(verdict.findings.empty() && !verdict.from);
        Judge identical = judge();
        for (int i = 0; i < 100; ++i) identical.add(pair_at(i, 1, 100));
        QCOMPARE(text(identical.verdict()), QString("pictures are the same to the last sample over 4.0 s (100 pairs)"));
    }

    void it_says_from_where_they_differ() {
        Judge all = judge();
        for (int i = 0; i < 500; ++i) all.add(pair_at(i, i < 310 ? 0.97 : i == 400 ? 0.61 : 0.7));
        const Verdict verdict = all.verdict();
        QVERIFY(verdict.kind == Verdict::Kind::differ);
        QCOMPARE(text(verdict), QString("pictures differ from 00:12.4 on, SSIM 0.61"));
        QCOMPARE(verdict.from->count(), 12.4);
        QCOMPARE(*verdict.worst_ssim, 0.61);
        QCOMPARE(verdict.worst_at->count(), 16.0);
        QVERIFY(verdict.findings[0].to_the_end);
    }

    void a_difference_that_passes_has_an_end() {
        Judge all = judge();
        for (int i = 0; i < 100; ++i) all.add(pair_at(i, i >= 25 && i < 50 ? 0.4 : 0.99));
        QCOMPARE(text(all.verdict()), QString("pictures differ from 00:01.0 to 00:02.0, SSIM 0.40"));
    }

    void noise_at_a_cut_is_none_and_a_torn_picture_is() {
        Judge cuts = judge();
        for (int i = 0; i < 100; ++i) cuts.add(pair_at(i, i % 20 < 2 ? 0.75 : 0.97));
        QVERIFY(cuts.verdict().kind == Verdict::Kind::same);
        Judge torn = judge();
        for (int i = 0; i < 100; ++i) torn.add(pair_at(i, i == 30 ? 0.3 : 0.97));
        QVERIFY(torn.verdict().kind == Verdict::Kind::differ);
        Judge three = judge();
        for (int i = 0; i < 100; ++i) three.add(pair_at(i, i >= 30 && i < 33 ? 0.75 : 0.97));
        QVERIFY(three.verdict().kind == Verdict::Kind::differ);
    }

    void what_differs_on_and_off_is_one_difference() {
        Judge all = judge();
        for (int i = 0; i < 200; ++i) all.add(pair_at(i, i >= 50 && i < 150 && i % 10 < 5 ? 0.5 : 0.97));
        const Verdict verdict = all.verdict();
        QCOMPARE(verdict.findings.size(), std::size_t(1));
        QCOMPARE(verdict.findings[0].frames, std::uint64_t(50));
        QCOMPARE(text(verdict), QString("pictures differ from 00:02.0 to 00:05.8, SSIM 0.50"));
    }

    void another_brightness_is_a_difference() {
        Judge all = judge();
        for (int i = 0; i < 100; ++i) all.add(pair_at(i, 0.95, i < 50 ? 40 : 16.8));
        QCOMPARE(text(all.verdict()), QString("pictures differ from 00:02.0 on, PSNR 16.8 dB"));
    }

    void too_little_says_nothing() {
        QVERIFY(judge().verdict().kind == Verdict::Kind::insufficient);
        Judge few = judge();
        for (int i = 0; i < 9; ++i) few.add(pair_at(i, 1));
        QVERIFY(few.verdict().kind == Verdict::Kind::insufficient);
        QVERIFY(text(few.verdict()).contains("9 pairs"));
    }

    void missing_frames_are_told_by_side_and_place() {
        Judge all = judge();
        for (int i = 0; i < 50; ++i) all.add(pair_at(i, 1));
        for (int i = 50; i < 100; ++i) all.missing(Side::b, Seconds(i / 25.0), Seconds(0.04));
        for (int i = 100; i < 150; ++i) all.add(pair_at(i, 1));
        QCOMPARE(text(all.verdict()), QString("canary lacks 50 frames from 00:02.0 to 00:04.0"));
        QCOMPARE(all.verdict().missing.b, std::uint64_t(50));
        Judge one = judge();
        for (int i = 0; i < 100; ++i)
            i == 50 ? one.missing(Side::b, Seconds(2), Seconds(0.04)) : one.add(pair_at(i, 1));
        QVERIFY(one.verdict().kind == Verdict::Kind::same);
        Judge scattered = judge();  // never three in a row, but one in ten
        for (int i = 0; i < 200; ++i)
            i % 10 == 0 ? scattered.missing(Side::a, Seconds(i / 25.0), Seconds(0.04))
                        : scattered.add(pair_at(i, 1));
        QVERIFY(scattered.verdict().kind == Verdict::Kind::differ);
        QVERIFY(text(scattered.verdict()).contains("stable lacks 20 frames"));
    }

    void spans_explain_the_scores_within_them() {
        Judge all = judge();
        for (int i = 0; i < 150; ++i) all.add(pair_at(i, i >= 50 && i < 100 ? 0.28 : 0.99));
        all.set_spans({{SpanKind::black, Side::b, Seconds(2), Seconds(4)},
                       {SpanKind::frozen, Side::b, Seconds(2.04), Seconds(4)}});
        QCOMPARE(text(all.verdict()),
                 QString("canary is black from 00:02.0 to 00:04.0 while stable is not, SSIM 0.28"));
        QCOMPARE(all.verdict().findings.size(), std::size_t(2));
    }

    void a_side_that_failed_is_said() {
        Judge never = judge();
        never.failed(Side::b, std::nullopt, "the server answered 404");
        QVERIFY(never.verdict().kind == Verdict::Kind::insufficient);
        QCOMPARE(text(never.verdict()), QString("canary could not be played: the server answered 404"));
        for (const Side side : sides) {
            Judge later = judge();
            for (int i = 0; i < 50; ++i) later.add(pair_at(i, 1));
            later.failed(side, Seconds(2), "gone");
            // A canary that fails where the reference does not is no good; without a reference nothing is
            // known.
            QVERIFY(later.verdict().kind ==
                    (side == Side::b ? Verdict::Kind::differ : Verdict::Kind::insufficient));
            QVERIFY(text(later.verdict()).contains("failed at 00:02.0: gone"));
        }
    }

    void after_a_seek_back_the_same_is_found_once() {
        Judge all = judge();
        for (int lap = 0; lap < 3; ++lap) {
            for (int i = 0; i < 100; ++i) all.add(pair_at(i, i >= 25 && i < 50 ? 0.4 : 0.99));
            all.interrupt();
        }
        QCOMPARE(all.verdict().findings.size(), std::size_t(1));
    }

    void findings_and_notes_are_bounded() {
        Judge all = judge();
        for (int i = 0; i < 100'000; ++i) {
            all.add(pair_at(i, i % 10 < 5 ? 0.2 : 1));
            all.note("note " + std::to_string(i));
        }
        all.failed(Side::b, Seconds(1), std::string(1'000'000, 'x'));
        const Verdict verdict = all.verdict();
        QVERIFY(verdict.findings.size() <= most_findings);
        QVERIFY(verdict.notes.size() <= most_notes);
        QVERIFY(parse_verdict(to_json(verdict)).has_value());
    }

    void a_verdict_survives_json() {
        Judge all = judge();
        for (int i = 0; i < 150; ++i) all.add(pair_at(i, i >= 50 && i < 100 ? 0.25 : 0.5, 12.5));
        all.missing(Side::b, Seconds(6), Seconds(0.04));
        all.set_offset({Seconds(0.08), OffsetMethod::frame_code, Seconds(0.04)});
        all.set_fps(Side::a, 25);
        all.note("x");
        all.failed(Side::b, Seconds(6), "gone \"\\\n\xff");
        const Verdict verdict = all.verdict();
        const auto read = parse_verdict(to_json(verdict));
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->kind, verdict.kind);
        QCOMPARE(read->offset, std::string("offset +2 frames (by frame code)"));
        QVERIFY(parse_verdict(to_json(*read)) == *read);
        QCOMPARE(read->findings.size(), verdict.findings.size());
        QVERIFY(read->fps.a == 25.0 && !read->fps.b);
    }

    void what_is_no_verdict_is_refused() {
        for (const char* wrong :
             {"", "[]", "{}", R"({"verdict":"maybe","pairs":1})", R"({"verdict":"same"})",
              R"({"verdict":"same","pairs":-1})", R"({"verdict":"same","pairs":1,"worst_ssim":7})",
              R"({"verdict":"same","pairs":1,"findings":[{"kind":"differs"}]})",
              R"({"verdict":"same","pairs":1,"findings":{}})", R"({"verdict":"same","pairs":1,"notes":[1]})"})
            QVERIFY2(!parse_verdict(wrong), wrong);
        QVERIFY(parse_verdict(R"({"verdict":"same","pairs":1})").has_value());
        QCOMPARE(parse_verdict(std::string(300'000, ' ')).error().code, core::Errc::too_large);
    }

    void frames_become_a_verdict() {
        Comparison comparison({"stable", "canary"});
        comparison.begin_at(Seconds(0));
        for (int i = 0; i < 150; ++i) {
            comparison.push(Side::a, frame(i, i));
            comparison.push(Side::b, i >= 50 && i < 75 ? frame(i, i, 16) : frame(i, i));
            score_all(comparison);
        }
        comparison.end(Side::a);
        comparison.end(Side::b);
        const Verdict verdict = comparison.verdict();
        QCOMPARE(verdict.pairs, std::uint64_t(150));
        QCOMPARE(verdict.identical, std::uint64_t(125));
        QVERIFY2(
            text(verdict).startsWith("canary is black from 00:02.0 to 00:03.0 while stable is not, SSIM 0."),
            qPrintable(text(verdict)));
        QVERIFY(verdict.fps.a == 25.0);
    }

    void skipped_pairs_are_counted_and_change_nothing() {
        Comparison comparison({"stable", "canary"});
        for (int i = 0; i < 100; ++i) {
            comparison.push(Side::a, frame(i, i));
            comparison.push(Side::b, frame(i, i));
            if (i % 2 == 0)
                comparison.skip_next();
            else
                score_all(comparison);
        }
        QCOMPARE(comparison.verdict().skipped, std::uint64_t(50));
        QVERIFY(comparison.verdict().kind == Verdict::Kind::same);
    }

    void levels_match_by_index_and_else_by_likeness() {
        const auto level = [](double bps, int height) {
            player::LevelInfo info;
            info.bandwidth_bps = bps;
            info.height = height;
            info.width = height * 16 / 9;
            return info;
        };
        const std::vector ladder{level(4e5, 240), level(1e6, 480), level(3e6, 720)};
        const LevelMatch top = match_levels(ladder, ladder, -1);
        QVERIFY(top.a == 2 && top.b == 2 && top.notice.empty());
        QVERIFY(match_levels(ladder, ladder, 1).b == 1 && match_levels(ladder, ladder, 99).a == 2);
        const std::vector fewer{level(1.1e6, 480), level(3e6, 720)};
        const LevelMatch shifted = match_levels(ladder, fewer, 1);
        QVERIFY(shifted.b == 0 && !shifted.notice.empty());
        const LevelMatch lowest = match_levels(ladder, fewer, 0);
        QVERIFY(lowest.b == 0 && !lowest.notice.empty());
        const std::vector unknown{player::LevelInfo{}};
        QVERIFY(match_levels(unknown, unknown, -1).notice.empty());
    }

    void deltas_exist_where_both_have_figures() {
        SideSnapshot a, b;
        QVERIFY(!deltas(a, b).startup && !deltas(a, b).dropped_frames && !deltas(a, b).stalled_ratio);
        a.qoe.startup = Seconds(0.2);
        b.qoe.startup = Seconds(0.5);
        b.first_byte = Seconds(0.01);
        a.qoe.frames_shown = b.qoe.frames_shown = 10;
        b.qoe.frames_dropped_late = 3;
        const Deltas result = deltas(a, b);
        QVERIFY(std::abs(result.startup->count() - 0.3) < 1e-9);
        QCOMPARE(*result.dropped_frames, std::int64_t(3));
        QVERIFY(!result.first_byte);
    }
};

QTEST_GUILESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
