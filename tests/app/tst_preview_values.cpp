// What the preview makes of values: no window, no network.

#include <QTest>

#include "app/models/fetch_model.hpp"
#include "app/models/playback_history.hpp"
#include "app/models/zip_archive.hpp"
#include "app/pages/incidents/timeline_items.hpp"
#include "app/pages/preview/comparison_evidence.hpp"
#include "app/pages/preview/comparison_values.hpp"
#include "app/pages/preview/evidence.hpp"
#include "app/pages/preview/pair_picture.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/pages/preview/qoe_lines.hpp"
#include "app/pages/preview/request_details.hpp"
#include "widgets/theme/theme.hpp"

using namespace qd;
using namespace qd::app;
using core::Seconds;
using decode::PlaybackState;

namespace {

constexpr qint64 kStart = 1'790'000'000'000;

player::FetchRecord segment(std::uint64_t number, int level, double start, unsigned status = 200) {
    player::FetchRecord r;
    r.number = number;
    r.sequence = number;
    r.level = level;
    r.level_bps = level == 0 ? 800'000 : 2'400'000;
    r.media_start = Seconds(start);
    r.media_duration = Seconds(4);
    r.at = core::WallTime(std::chrono::milliseconds(kStart + qint64(number) * 1000));
    r.status = status;
    r.bytes = status == 200 ? 400'000 : 0;
    r.url = "http://127.0.0.1/seg" + std::to_string(number) + ".m4s?sig=secret";
    r.served_by = {"canary", "v2", "edge-1"};
    r.trace_id = "0af7651916cd43dd8448eb211c80319c";
    r.timings = {std::chrono::microseconds(1000),   std::chrono::microseconds(3000),    {},
                 std::chrono::microseconds(20'000), std::chrono::microseconds(120'000), false};
    r.elapsed = r.timings.total;
    if (status != 200) r.error = core::Error{core::Errc::not_found, "404 Not Found"};
    return r;
}

decode::PlaybackSnapshot playing() {
    decode::PlaybackSnapshot s;
    s.state = PlaybackState::playing;
    s.position = Seconds(9);
    s.shown_level = 1;
    s.session.level = 1;
    s.session.session_id = "7f3a/../x";
    s.session.buffered = Seconds(12);
    player::LevelInfo low, high;
    low.bandwidth_bps = 800'000, low.height = 360;
    high.bandwidth_bps = 2'400'000, high.height = 720;
    s.session.presentation.levels = {low, high};
    s.session.presentation.end = Seconds(60);
    s.qoe.startup = Seconds(1.5);
    s.qoe.watched = Seconds(20);
    s.qoe.stalled = Seconds(1.2);
    s.qoe.longest_stall = Seconds(1.2);
    s.qoe.stalls = 1;
    s.qoe.bytes = 2'000'000;
    return s;
}

QString lineOf(const decode::PlaybackSnapshot& snapshot, QoeMetric metric) {
    for (const QoeLine& line : qoeLines(snapshot))
        if (line.metric == metric) return line.value;
    return {};
}

QList<quint64> numbers(const std::vector<FetchRow>& rows) {
    QList<quint64> found;
    for (const FetchRow& row : rows) found << (row.skipped ? 0 : row.record.number);
    return found;
}

EvidenceInput evidence() {
    EvidenceInput input;
    input.nowMs = kStart + 60'000;
    input.startedAtMs = kStart;
    input.title = QStringLiteral("Test card");
    input.address = QStringLiteral("http://127.0.0.1/api/v1/stream/t1?token=secret");
    input.path = QStringLiteral("canary path");
    input.framePng = "PNG";
    input.snapshot = playing();
    const PlaybackState course[] = {PlaybackState::starting, PlaybackState::playing, PlaybackState::playing,
                                    PlaybackState::stalled,  PlaybackState::stalled, PlaybackState::playing};
    qint64 at = kStart;
    for (const PlaybackState state : course) {
        decode::PlaybackSnapshot s = playing();
        s.state = state;
        input.history.add(historyPoint(s, at += 250));
    }
    input.fetches = {segment(1, 0, 0), segment(2, 1, 4, 404)};
    player::SkippedSegment skipped;
    skipped.sequence = 2;
    skipped.start = Seconds(4);
    skipped.duration = Seconds(4);
    skipped.reason = "404, twice";
    input.skipped = {{1, core::WallTime(std::chrono::milliseconds(kStart + 2500)), skipped}};
    return input;
}

}  // namespace

class TestPreviewValues : public QObject {
    Q_OBJECT

private slots:
    void addresses_are_opened_or_refused_with_a_reason_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("opened");
        QTest::addColumn<QString>("why");
        QTest::newRow("plain") << "  http://host:80/a/master.m3u8 "
                               << "http://host:80/a/master.m3u8"
                               << "";
        QTest::newRow("query") << "https://h/x.m3u8?a=1&b=2#t"
                               << "https://h/x.m3u8?a=1&b=2"
                               << "";
        QTest::newRow("nothing") << "  "
                                 << ""
                                 << "address of a playlist";
        QTest::newRow("no scheme") << "host/master.m3u8"
                                   << ""
                                   << "http://";
        QTest::newRow("file") << "file:///etc/passwd"
                              << ""
                              << "http://";
        QTest::newRow("no host") << "http:///a.m3u8"
                                 << ""
                                 << "host";
        QTest::newRow("password") << "http://me:pw@host/a"
                                  << ""
                                  << "password";
        QTest::newRow("spaces") << "http://ho st/a"
                                << ""
                                << "no address";
        QTest::newRow("long") << "http://h/" + QString(5'000, 'a') << ""
                              << "4,000";
    }
    void addresses_are_opened_or_refused_with_a_reason() {
        QFETCH(QString, typed);
        QFETCH(QString, opened);
        QFETCH(QString, why);
        const auto url = hlsAddress(typed);
        QCOMPARE(url ? *url : QString(), opened);
        if (!url)
            QVERIFY2(QString::fromStdString(url.error().message).contains(why), url.error().message.c_str());
    }
    void every_failure_has_a_next_step() {
        for (const auto code : {core::Errc::not_found, core::Errc::permission_denied, core::Errc::unavailable,
                                core::Errc::corrupt, core::Errc::internal, core::Errc::timeout})
            for (const bool site : {false, true}) {
                const Advice advice = adviceFor({code, "why"}, site);
                QCOMPARE(advice.why, QStringLiteral("why"));
                QVERIFY(!advice.next.isEmpty());
            }
    }
    void rates_go_up_and_down_within_bounds() {
        QCOMPARE(nextRate(1, 1), 1.25);
        QCOMPARE(nextRate(1, -1), 0.75);
        QCOMPARE(nextRate(1.1, 1), 1.25);
        QCOMPARE(nextRate(4, 1), 4.0);
        QCOMPARE(nextRate(0.25, -1), 0.25);
        QCOMPARE(rateText(0.25), QStringLiteral("0.25×"));
    }
    void tracks_and_levels_go_round() {
        QCOMPARE(nextTrack(-1, 2, true), 0);
        QCOMPARE(nextTrack(1, 2, true), -1);
        QCOMPARE(nextTrack(1, 2, false), 0);
        QCOMPARE(nextTrack(0, 0, true), -1);
        QCOMPARE(nextLevel(std::nullopt, 2), 0);
        QCOMPARE(nextLevel(0, 2), 1);
        QCOMPARE(nextLevel(1, 2), -1);
    }
    void a_loop_takes_two_presses_in_any_order() {
        LoopPress press = pressLoop({}, 20);
        QCOMPARE(*press.markS, 20.0);
        press = pressLoop(press, 5);
        QVERIFY(press.range && !press.markS);
        QCOMPARE(press.range->from.count(), 5.0);
        QCOMPARE(press.range->to.count(), 20.0);
        press = pressLoop(press, 7);
        QVERIFY(!press.range && !press.markS);
        press = pressLoop(pressLoop({}, 3), 3);
        QVERIFY(press.range->to > press.range->from);
    }
    void timecodes_have_milliseconds() {
        QCOMPARE(timecode(12.4), QStringLiteral("00:12.400"));
        QCOMPARE(timecode(3'612.0405), QStringLiteral("1:00:12.041"));
        QCOMPARE(timecode(-1), QStringLiteral("00:00.000"));
        QCOMPARE(timecode(59.9996), QStringLiteral("01:00.000"));
    }
    void not_started_is_never_zero() {
        decode::PlaybackSnapshot s = playing();
        s.qoe = {};
        s.state = PlaybackState::starting;
        s.shown_level = -1;
        QCOMPARE(lineOf(s, QoeMetric::Startup), QStringLiteral("not started yet"));
        for (const QoeMetric metric :
             {QoeMetric::Stalled, QoeMetric::Bitrate, QoeMetric::Picture, QoeMetric::Switches,
              QoeMetric::Frames, QoeMetric::Received, QoeMetric::FirstByte})
            QCOMPARE(lineOf(s, metric), kUnknown);
        for (const QoeLine& line : qoeLines({})) {
            QCOMPARE(line.value, kUnknown);
            QVERIFY(!line.known);
        }
        s.qoe.outcome = player::Outcome::start_failure;
        QCOMPARE(lineOf(s, QoeMetric::Startup), QStringLiteral("never started"));
        QCOMPARE(lineOf(playing(), QoeMetric::Stalled), QStringLiteral("6.00 % · 1.20 s in 1 stall"));
    }
    void a_number_leads_to_its_segments() {
        QoeContext context{playing(), {}};
        player::StallInterval stall;
        stall.media_at = Seconds(4);
        context.stalls = {stall};
        auto records = std::vector{segment(1, 0, 0),  segment(2, 0, 4),       segment(3, 1, 8),
                                   segment(4, 1, 12), segment(5, 1, 16, 404), segment(6, 1, 56)};
        const auto rows = fetchRows(records, evidence().skipped);
        QCOMPARE(numbers(contributing(QoeMetric::Startup, rows, context)), (QList<quint64>{0, 2, 1}));
        QCOMPARE(numbers(contributing(QoeMetric::Stalled, rows, context)), (QList<quint64>{0, 2}));
        QCOMPARE(numbers(contributing(QoeMetric::Picture, rows, context)), (QList<quint64>{3}));
        QCOMPARE(numbers(contributing(QoeMetric::Switches, rows, context)), (QList<quint64>{3}));
        QCOMPARE(numbers(contributing(QoeMetric::Buffer, rows, context)), (QList<quint64>{4, 3}));
        QCOMPARE(numbers(contributing(QoeMetric::Failures, rows, context)), (QList<quint64>{5, 0}));
        QCOMPARE(numbers(contributing(QoeMetric::Bitrate, rows, context)), (QList<quint64>{6, 4, 3, 2, 1}));
        context.snapshot.qoe.startup.reset();
        QVERIFY(contributing(QoeMetric::Startup, rows, context).empty());
        QVERIFY(contributing(QoeMetric::Switches, {}, context).empty());
    }
    void phases_of_a_transfer_are_told_apart() {
        const FetchPhases fresh = phasesOf(segment(1, 0, 0));
        QCOMPARE(fresh.dns, 0.001);
        QCOMPARE(fresh.connect, 0.002);
        QVERIFY(qIsNaN(fresh.tls));
        QCOMPARE(fresh.firstByte, 0.02);
        QCOMPARE(fresh.transfer, 0.1);
        auto reused = segment(1, 0, 0);
        reused.timings.reused_connection = true;
        QVERIFY(qIsNaN(phasesOf(reused).dns) && qIsNaN(phasesOf(reused).connect));
        auto never = segment(1, 0, 0);
        never.timings = {};
        never.elapsed = {};
        const FetchPhases none = phasesOf(never);
        for (const double value :
             {none.dns, none.connect, none.tls, none.firstByte, none.transfer, none.total})
            QVERIFY(qIsNaN(value));
    }
    void a_left_out_segment_is_a_row() {
        FetchModel model;
        const EvidenceInput input = evidence();
        model.update(fetchRows(input.fetches, input.skipped));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, FetchModel::What).data().toString(), QStringLiteral("segment 2 left out"));
        QCOMPARE(model.index(0, FetchModel::Status).data().toString(), QStringLiteral("skipped"));
        for (int column = FetchModel::Dns; column <= FetchModel::Rate; ++column)
            QCOMPARE(model.index(0, column).data().toString(), QStringLiteral("–"));
        QCOMPARE(model.index(1, FetchModel::Size).data().toString(),
                 QStringLiteral("–"));  // 404: nothing came
        QCOMPARE(requestLines(model.rows()[0])[1].second, QStringLiteral("404, twice"));
    }
    void a_request_s_log_says_when_it_is_not_all() {
        opsclient::RequestLog log;
        QVERIFY(requestLogText(log).contains("No process"));
        log.lines.push_back(
            {core::WallTime{}, "error", "edge", "edge-1", "upstream reset", {{"status", "502"}}});
        log.complete = false;
        log.stopped = "time";
        const QString text = requestLogText(log);
        QVERIFY(text.contains("upstream reset") && text.contains("status=502") &&
                text.contains("stopped early"));
    }
    void history_is_bounded_and_knows_its_stalls() {
        const PlaybackHistory history = evidence().history;
        const auto stalls = history.stalls();
        QCOMPARE(stalls.size(), 1);
        QCOMPARE(stalls[0].range.span(), 500.0);  // until the picture moved again
        PlaybackHistory many;
        for (qint64 i = 1; i <= 6'000; ++i) many.add(historyPoint(playing(), i * 250));
        QCOMPARE(many.points().size(), PlaybackHistory::kMostPoints);
        many.add(historyPoint(playing(), 5));  // the clock was set back
        QCOMPARE(many.points().back().atMs, 1'500'000);
        decode::PlaybackSnapshot unknown;
        QVERIFY(qIsNaN(historyPoint(unknown, 1).throughputBps) && qIsNaN(historyPoint(unknown, 1).bufferS));
    }
    void evidence_holds_everything_and_no_secret() {
        const EvidenceInput input = evidence();
        const auto files = evidenceFiles(input);
        QStringList names;
        for (const NamedBytes& file : files) {
            names << file.name;
            QVERIFY2(!file.bytes.contains("secret"), qPrintable(file.name));
        }
        QCOMPARE(names, (QStringList{"summary.json", "frame.png", "history.csv", "requests.csv",
                                     "decisions.csv", "notices.csv"}));
        QVERIFY(files[0].bytes.contains("7f3a/../x"));
        QVERIFY(files[2].bytes.contains(",stalled,"));
        QVERIFY(files[3].bytes.contains("skipped segment"));
        QVERIFY(files[3].bytes.contains("404 Not Found"));
        QVERIFY(!evidenceName(input).contains('/'));
        EvidenceInput blank = input;
        blank.framePng.clear();
        QCOMPARE(evidenceFiles(blank).size(), 5);
    }
    void evidence_of_two_holds_both_and_no_secret() {
        ComparisonEvidence input;
        input.nowMs = kStart + 60'000;
        input.picturePng = "PNG";
        for (const auto side : compare::sides) {
            input.side[side] = evidence();
            auto& now = input.snapshot.side[side];
            now.name = side == compare::Side::a ? "stable" : "../can ary";
            now.url = "http://127.0.0.1/api/v1/stream/t1?token=secret";
            now.session.session_id = side == compare::Side::a ? "aaaa" : "bbbb";
        }
        input.snapshot.delta.startup = Seconds(0.4);
        input.verdict.text = "pictures differ from 00:12.4 on, SSIM 0.61";
        compare::PairScore score;
        score.number = 7;
        score.ssim = 0.61;
        score.frozen.b = true;
        input.scores = {score};
        compare::SegmentRow row;
        row.sequence = 3;
        row.first_byte.a = Seconds(0.02);
        input.segments = {row};
        QStringList names;
        QByteArray all;
        for (const NamedBytes& file : comparisonEvidenceFiles(input)) {
            names << file.name;
            all += file.bytes;
            QVERIFY2(!file.bytes.contains("secret"), qPrintable(file.name));
            QVERIFY2(!file.name.contains(".."), qPrintable(file.name));
        }
        QCOMPARE(names.mid(0, 5), (QStringList{"comparison.json", "verdict.json", "pictures.png",
                                               "scores.csv", "segments.csv"}));
        QCOMPARE(names.size(), 5 + 2 * 6);
        QVERIFY(names.contains("a stable/requests.csv") && names.contains("b ---can-ary/frame.png"));
        QVERIFY(all.contains("\"startup_s\": 0.4") && all.contains("\"stalled_ratio\": null"));
        QVERIFY(all.contains("\n7,0.0000,0.0000,0,0,,,0.61000,") && all.contains(",no,b,\n"));
        QVERIFY(all.contains("\n3,0.000,0.020000,,,,,\n"));
        QVERIFY(comparisonEvidenceName(input).endsWith("aaaa bbbb"));
        QVERIFY(comparisonEvidenceText(input).contains("pictures differ"));
    }
    void a_pair_is_one_picture_with_whose_and_how_alike() {
        QVERIFY(paintPair({}).isNull());
        QImage red(320, 180, QImage::Format_RGB32), blue(160, 90, QImage::Format_RGB32);
        red.fill(0xffff0000);
        blue.fill(0xff0000ff);
        PairPicture pair{{red, blue}, {"stable", "canary"}, "00:12.400", "SSIM 0.6100"};
        const QImage image = paintPair(pair);
        QCOMPARE(image.width(), 320 + 4 + 160);
        const int top = (image.height() - 180) / 2;
        QCOMPARE(image.pixel(10, top + 10), 0xffff0000);
        QCOMPARE(image.pixel(324 + 10, top + 10), 0xff0000ff);
        const auto inked = [&](const QRect& where) {
            for (int y = where.top(); y < where.bottom(); ++y)
                for (int x = where.left(); x < where.right(); ++x)
                    if (qGray(image.pixel(x, y)) > 150) return true;
            return false;
        };
        QVERIFY(inked({0, 0, 320, top}) && inked({324, 0, 160, top}));  // the names
        QVERIFY(inked({0, top + 180, 320, top}));                       // the position and the score
        pair.picture.b = {};
        QCOMPARE(paintPair(pair).width(), 320 + 4 + 320);
    }
    void an_archive_is_what_others_open() {
        const QByteArray zip = zipOf({{"a.txt", "123456789"}, {"b/c.txt", ""}}, kStart);
        QVERIFY(zip.startsWith("PK\x03\x04"));
        QCOMPARE(zip.mid(14, 4).toHex(), QByteArray("2639f4cb"));  // CRC-32 of "123456789", cbf43926
        QCOMPARE(zip.right(22).left(4), QByteArray("PK\x05\x06"));
        QCOMPARE(int(zip.right(22)[8]), 2);
        QVERIFY(zip.contains("b/c.txt"));
    }
    void stalls_lie_on_the_incident_s_axis() {
        const auto request = stallEvidence(evidence());
        QVERIFY(request);
        QVERIFY(incidents::check_body(request->kind, request->body));
        QVERIFY(QString::fromStdString(request->body.text).contains("stalled once for 1.20 s in all"));
        incidents::Event event;
        event.seq = 1;
        event.kind = request->kind;
        event.occurred_at = *request->occurred_at;
        event.body = request->body;
        const IncidentJournal journal({event});
        const auto items = timelineItems(journal, {}, 0);
        const auto stall = std::find_if(items.begin(), items.end(), [](const auto& item) {
            return item.id.endsWith(QLatin1String(".stall1"));
        });
        QVERIFY(stall != items.end());
        QCOMPARE(stall->lane, widgets::Lane::Stalls);
        QCOMPARE(stall->fromMs, double(kStart + 1000));
        QCOMPARE(stall->toMs, double(kStart + 1500));
        EvidenceInput nothing = evidence();
        nothing.history.clear();
        QVERIFY(!stallEvidence(nothing));
    }
    void deltas_say_who_is_worse_and_what_is_not_known() {
        compare::LockstepSnapshot s;
        s.side.a.name = "stable";
        s.side.b.name = "canary";
        for (const DeltaRow& row : deltaRows(s)) {
            QCOMPARE(row.a, kUnknown);
            QCOMPARE(row.delta, kUnknown);
            QCOMPARE(row.state, widgets::State::NoData);
        }
        s.side.a.first_byte = Seconds(0.02);
        s.side.b.first_byte = Seconds(0.09);
        s.delta.first_byte = Seconds(0.07);
        s.delta.startup = Seconds(-0.4);
        const auto rows = deltaRows(s);
        QCOMPARE(rows[4].delta, QStringLiteral("+70 ms"));
        QCOMPARE(rows[4].state, widgets::State::Bad);
        QCOMPARE(rows[0].state, widgets::State::Good);
    }
    void scores_are_points_of_the_title() {
        std::vector<compare::PairScore> scores(4);
        for (std::size_t i = 0; i < 4; ++i) {
            scores[i].at = Seconds(double(i));
            scores[i].duration = Seconds(1);
            scores[i].ssim = 0.9;
        }
        QCOMPARE(scorePoints(scores).size(), 4);
        scores.push_back(scores[1]);  // a lap of a loop: each moment once, as it was seen last
        scores.back().ssim = 0.5;
        const auto points = scorePoints(scores);
        QCOMPARE(points.size(), 4);
        QCOMPARE(points[1].ssim, 0.5);
        QCOMPARE(points[2].ssim, 0.9);
        QCOMPARE(scoreText(scores[0]), QStringLiteral("SSIM 0.9000 · PSNR 0.0 dB"));
        compare::Verdict verdict;
        verdict.kind = compare::Verdict::Kind::differ;
        verdict.text = "pictures differ from 00:12.4 on, SSIM 0.61";
        QCOMPARE(verdictLine(verdict, true).state, widgets::State::Bad);
        QCOMPARE(verdictLine(verdict, true).text,
                 QStringLiteral("pictures differ from 00:12.4 on, SSIM 0.61"));
        verdict.text = "canary is black from 00:06.0 on; pictures differ; canary lacks frames";
        QCOMPARE(verdictLine(verdict, true).text,
                 QStringLiteral("canary is black from 00:06.0 on; and 2 more"));
        QVERIFY(verdictLine(verdict, true).detail.contains("canary lacks frames"));
        QCOMPARE(verdictLine({}, true).word, QStringLiteral("Not enough yet"));
    }
    void findings_are_shades_with_their_kind_in_words() {
        using Kind = compare::Finding::Kind;
        compare::Verdict verdict;
        verdict.name = {"stable", "canary"};
        for (const Kind kind : {Kind::differs, Kind::frozen, Kind::black, Kind::missing, Kind::failed}) {
            compare::Finding finding;
            finding.kind = kind;
            if (kind != Kind::differs) finding.side = compare::Side::b;
            finding.from = Seconds(1);
            finding.to = Seconds(3);
            verdict.findings.push_back(finding);
        }
        QStringList words;
        for (const auto& shade : findingShades(verdict)) {
            words << shade.label;
            QCOMPARE(shade.range, (widgets::TimeRange{1'000, 3'000}));
        }
        QCOMPARE(words, (QStringList{"pictures differ", "canary frozen", "canary black",
                                     "canary lacks frames", "canary failed"}));
    }
    void live_is_told_by_segments_from_its_end() {
        QCOMPARE(liveEdge(Seconds(60), Seconds(4)), Seconds(48));
        QCOMPARE(liveEdge(Seconds(5), Seconds(4)), Seconds(0));
        QCOMPARE(liveDistance(Seconds(45), Seconds(60), Seconds(4)), (widgets::LiveDistance{15, true}));
        QCOMPARE(liveDistance(Seconds(20), Seconds(60), Seconds(4)), (widgets::LiveDistance{40, false}));
        QCOMPARE(liveDistance(Seconds(61), Seconds(60), Seconds(4)), (widgets::LiveDistance{0, true}));
    }
    void a_frame_is_told_without_guessing() {
        decode::FrameInfo info;
        const auto value = [&](const char* name) {
            for (const auto& [key, text] : frameLines(info, {}))
                if (key == QLatin1String(name)) return text;
            return QString();
        };
        QCOMPARE(value("Picture type"), QStringLiteral("not told"));
        QCOMPARE(value("QP, mean"), QStringLiteral("not exported by this codec"));
        QCOMPARE(value("Frame code"), QStringLiteral("none in the picture"));
        info.picture_type = 'I';
        info.key = true;
        info.qp = 23.45;
        info.pts = 90'000;
        info.time_base_num = 1;
        info.time_base_den = 90'000;
        QCOMPARE(value("Picture type"), QStringLiteral("I, key picture"));
        QCOMPARE(value("PTS"), QStringLiteral("90000 × 1/90000 s"));
    }
};

QTEST_MAIN(TestPreviewValues)
#include "tst_preview_values.moc"
