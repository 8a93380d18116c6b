// Two paths in step on the preview page, against a real stream on loopback: what can be asked of a player can
// be asked of both. And what is live, in both views.

#include <QFileInfo>
#include <QHeaderView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/models/segment_pair_model.hpp"
#include "app/pages/preview/comparison_controls.hpp"
#include "app/pages/preview/comparison_view.hpp"
#include "app/pages/preview/frame_inspector.hpp"
#include "app/pages/preview/preview_page.hpp"
#include "app/pages/preview/request_details.hpp"
#include "app/pages/preview/segment_log_panel.hpp"
#include "app/pages/preview/segment_pair_panel.hpp"
#include "app/pages/preview/segment_requests.hpp"
#include "app/pages/preview/table_columns.hpp"
#include "app/shell/console.hpp"
#include "app/shell/preferences.hpp"
#include "backend/decode/title_site.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/live_button.hpp"
#include "widgets/video/score_plot.hpp"

using namespace qd;
using namespace qd::app;
using compare::Side;

class TestPreviewComparison : public QObject {
    Q_OBJECT

    std::unique_ptr<test::TitleSite> title_;
    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;
    Page* page_ = nullptr;

    Session& session() { return console_->session(); }
    ComparisonAdapter& both() { return session().comparison(); }
    ComparisonView* view() { return page_->findChild<ComparisonView*>(); }
    QString url(const char* name = "master.m3u8") { return QString::fromStdString(title_->url(name)); }
    QString notice() {
        for (auto* each : page_->findChildren<widgets::InlineNotice*>())
            if (each->isVisible()) return each->spokenText();
        return {};
    }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = {}) {
        QWidget* focused = console_->window().focusWidget();
        QTest::keyClick(focused ? focused : page_, which, modifiers);
    }
    void compare(const QString& address) {
        session().actions().invoke(
            "preview.compare", {{"a", address}, {"b", address}, {"name_a", "stable"}, {"name_b", "canary"}});
        QTRY_VERIFY_WITH_TIMEOUT(both().frameInfo(Side::a) && both().frameInfo(Side::b), 20'000);
        // What can be sought in is known from the snapshot.
        QTRY_VERIFY_WITH_TIMEOUT(both().snapshot().end.count() > 11, 20'000);
        QTRY_VERIFY(view()->isVisible());
        view()->setFocus();
    }
    void compareAt(double seconds) {
        compare(url());
        session().actions().invoke("preview.pause");
        QTRY_VERIFY_WITH_TIMEOUT(!both().isRunning(), 10'000);
        session().actions().invoke("preview.seek", {{"seconds", seconds}});
        const auto there = [&](Side side) {
            const auto info = both().frameInfo(side);
            return info && std::abs(info->at.count() - seconds) < 0.01;
        };
        QTRY_VERIFY_WITH_TIMEOUT(there(Side::a) && there(Side::b), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(both().snapshot().position.count() - seconds) < 0.01, 5'000);
    }
    void writePlaylist(const char* name, QString text) {
        QVERIFY(core::write_file_atomically(title_->root() / "media" / name, text.toStdString()));
    }
    QString readPlaylist(const char* name) {
        const auto text = core::read_file(title_->root() / "media" / name);
        return text ? QString::fromStdString(*text) : QString();
    }

private slots:
    void initTestCase() {
        title_ = std::make_unique<test::TitleSite>(12, 180, std::vector<int>{180});
        QString live = readPlaylist("180p/index.m3u8");
        QVERIFY(!live.isEmpty());
        live.remove(QLatin1String("#EXT-X-ENDLIST"))
            .replace(QLatin1String("PLAYLIST-TYPE:VOD"), QLatin1String("PLAYLIST-TYPE:EVENT"));
        writePlaylist("180p/live.m3u8", live);
        writePlaylist("subs.vtt",
                      "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00.000 --> 00:12.000\nHello "
                      "<b>there</b>\n");
        writePlaylist("subs.m3u8",
                      "#EXTM3U\n#EXT-X-TARGETDURATION:12\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:12,\nsubs.vtt\n"
                      "#EXT-X-ENDLIST\n");
        QString master = readPlaylist("master.m3u8");
        master.replace(QLatin1String("#EXT-X-STREAM-INF:"),
                       QLatin1String("#EXT-X-STREAM-INF:SUBTITLES=\"s\","));
        master.insert(master.indexOf(QLatin1Char('\n')) + 1,
                      QStringLiteral("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",LANGUAGE="
                                     "\"en\",URI=\"subs.m3u8\"\n"));
        writePlaylist("with_subtitles.m3u8", master);
    }
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        console_->window().resize(1440, 900);
        console_->window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&console_->window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive() && session().incidents().hasData(), 5'000);
        console_->window().showPage("preview");
        page_ = console_->window().page("preview");
        QTRY_VERIFY_WITH_TIMEOUT(page_->hasData(), 5'000);
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }
    void cleanupTestCase() { title_.reset(); }

    void a_loop_is_set_by_the_player_s_keys() {
        compareAt(2);
        key(Qt::Key_R);
        session().actions().invoke("preview.seek", {{"seconds", 4.0}});
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(both().snapshot().position.count() - 4) < 0.01, 10'000);
        key(Qt::Key_R);
        QTRY_VERIFY(both().snapshot().loop);
        QVERIFY(std::abs(both().snapshot().loop->from.count() - 2) < 0.05);
        QVERIFY(std::abs(both().snapshot().loop->to.count() - 4) < 0.05);
        QVERIFY(!session().player().snapshot().loop);
        key(Qt::Key_R);
        QTRY_VERIFY(!both().snapshot().loop);
        key(Qt::Key_R, Qt::ShiftModifier);
        QTRY_VERIFY(both().snapshot().loop);
    }
    void subtitles_of_both_are_chosen_and_shown() {
        compare(url("with_subtitles.m3u8"));
        QTRY_VERIFY(session().actions().find("preview.subtitles")->blocked().isEmpty());
        key(Qt::Key_C);
        QTRY_COMPARE_WITH_TIMEOUT(both().snapshot().side.b.subtitle_track, std::optional(0), 5'000);
        QTRY_VERIFY_WITH_TIMEOUT(view()->pictures()->spokenText().count("Hello there") == 2, 10'000);
        key(Qt::Key_C);
        QTRY_VERIFY(!both().snapshot().side.a.subtitle_track);
        QTRY_VERIFY(!view()->pictures()->spokenText().contains("Hello"));
    }
    void both_pictures_are_saved_in_one() {
        compareAt(2);
        QTemporaryDir folder;
        const QString file = folder.filePath("both.png");
        session().actions().invoke("preview.snapshot", {{"file", file}});
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(file), 30'000);
        const QImage image(file);
        QCOMPARE(image.width(), 2 * 320 + 4);
        QVERIFY(image.height() > 180 + 2 * 20);
        // Both play the same: the halves are one picture.
        const int top = (image.height() - 180) / 2;
        QCOMPARE(image.copy(0, top, 320, 180), image.copy(324, top, 320, 180));
    }
    void the_inspector_tells_of_both_frames() {
        compareAt(4);
        key(Qt::Key_I, Qt::ShiftModifier);
        auto* inspector = view()->findChild<FrameInspector*>();
        QTRY_VERIFY(inspector->isVisible());
        for (const int side : {0, 1}) {
            QTRY_COMPARE(inspector->value("Frame code", side), QStringLiteral("100"));
            QVERIFY(inspector->value("Codec", side).contains("H.264"));
        }
        QCOMPARE(inspector->value({}, 1), QStringLiteral("canary"));
        key(Qt::Key_I, Qt::ShiftModifier);
        QVERIFY(!inspector->isVisible());
    }
    void a_segment_opens_the_requests_of_both_sides() {
        compare(url());
        auto* pairs = view()->findChild<SegmentPairPanel*>();
        const auto bothCame = [&] {
            const SegmentPair* pair = pairs->model()->row(pairs->model()->rowCount() - 1);
            return pair && pair->row.first_byte.a && pair->row.first_byte.b;
        };
        QTRY_VERIFY_WITH_TIMEOUT(bothCame(), 10'000);
        pairs->table()->setFocus();
        pairs->table()->setCurrentIndex(pairs->model()->index(pairs->model()->rowCount() - 1, 0));
        const quint64 sequence = pairs->model()->row(pairs->model()->rowCount() - 1)->row.sequence;
        key(Qt::Key_Return);
        auto* requests = view()->findChild<SegmentRequests*>();
        QVERIFY(requests->isVisible());
        QStringList sides;
        for (const FetchRow& row : requests->model()->rows()) {
            sides << row.side;
            QCOMPARE(row.record.sequence, sequence);
        }
        QVERIFY2(sides.contains("stable") && sides.contains("canary"), qPrintable(sides.join(u',')));
        QVERIFY(requests->details()->logButton()->isVisible());
        key(Qt::Key_End);  // the other side's, which may have the same number
        QTRY_COMPARE(requests->table()->currentIndex().row(), requests->model()->rowCount() - 1);
        requests->details()->logButton()->click();
        QTRY_VERIFY(requests->details()->logText()->isVisible());
        key(Qt::Key_Escape);
        QVERIFY(!requests->isVisible());
        QVERIFY(pairs->table()->hasFocus());
    }
    void the_plot_has_both_bounds_and_leads_to_a_position() {
        compareAt(2);
        QTRY_VERIFY_WITH_TIMEOUT(!view()->plot()->scores().isEmpty(), 15'000);
        session().actions().invoke("preview.seek", {{"seconds", 8.0}});
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(both().snapshot().position.count() - 8) < 0.01, 10'000);
        QVERIFY2(view()->plot()->spokenText().contains("PSNR 22 dB"),
                 qPrintable(view()->plot()->spokenText()));
        view()->plot()->setFocus();
        key(Qt::Key_Home);
        QVERIFY(view()->plot()->readout().contains("segment"));
        key(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(both().snapshot().position.count() < 3, 10'000);
    }
    void evidence_of_both_goes_to_the_open_incident() {
        compare(url());
        QTRY_VERIFY(both().history(Side::a).points().size() > 2);
        QTemporaryDir folder;
        Outcome outcome = core::fail(core::Errc::internal, "not answered");
        session().actions().invoke("preview.evidence", {{"folder", folder.path()}},
                                   [&](Outcome told) { outcome = std::move(told); });
        QTRY_VERIFY_WITH_TIMEOUT(outcome.has_value() || outcome.error().message != "not answered", 30'000);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QFile archive((*outcome)["file"].toString());
        QVERIFY(archive.open(QIODevice::ReadOnly));
        const QByteArray bytes = archive.readAll();
        for (const char* name : {"verdict.json", "pictures.png", "scores.csv", "segments.csv",
                                 "a stable/requests.csv", "b canary/decisions.csv", "b canary/frame.png"})
            QVERIFY2(bytes.contains(name), name);
        for (const Side side : compare::sides) {
            const auto& id = both().snapshot().side[side].session.session_id;
            QVERIFY(!id.empty() && bytes.contains(QByteArray::fromStdString(id)));
        }
        QStringList paths;
        int stalls = 0;
        for (const auto& asked : opsd_->asked()) {
            paths << QString::fromStdString(asked.path);
            stalls += asked.body.find("\"playback/") != std::string::npos;
        }
        QCOMPARE(paths.count("/api/v1/incidents/inc-1/attachments"), 2);
        QCOMPARE(stalls, 2);
        QTRY_VERIFY2(notice().contains("inc-1"), qPrintable(notice()));
    }
    void what_is_live_says_so_and_is_gone_to() {
        session().actions().invoke("preview.open_address", {{"url", url("180p/live.m3u8")}});
        PlayerAdapter& player = session().player();
        QTRY_VERIFY_WITH_TIMEOUT(player.snapshot().qoe.startup, 10'000);
        session().actions().invoke("preview.pause");
        session().actions().invoke("preview.start");
        widgets::LiveButton* live = nullptr;
        for (auto* each : page_->findChildren<widgets::LiveButton*>())
            if (each->isVisible()) live = each;
        QVERIFY(live);
        QTRY_COMPARE_WITH_TIMEOUT(live->text(), QStringLiteral("12 s behind live"), 5'000);
        key(Qt::Key_L, Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(live->text(), QStringLiteral("Live, 6 s from the edge"), 5'000);
        session().actions().invoke("preview.stop");
        QTRY_VERIFY(!live->isVisible());
    }
    void what_is_live_is_compared_as_such() {
        compare(url("180p/live.m3u8"));
        QTRY_VERIFY_WITH_TIMEOUT(both().snapshot().live, 5'000);
        auto* live = view()->findChild<widgets::LiveButton*>();
        QTRY_VERIFY(live->isVisible());
        QVERIFY(session().actions().find("preview.live")->blocked().isEmpty());
        session().actions().invoke("preview.pause");
        session().actions().invoke("preview.start");
        QTRY_VERIFY_WITH_TIMEOUT(live->text().contains("behind live"), 10'000);
        live->click();
        QTRY_VERIFY_WITH_TIMEOUT(live->text().startsWith("Live,"), 10'000);
    }
    void the_log_shows_what_matters_and_the_rest_on_demand() {
        session().actions().invoke("preview.open_address", {{"url", url()}});
        auto* log = page_->findChild<SegmentLogPanel*>();
        QTRY_VERIFY_WITH_TIMEOUT(log->model()->rowCount() > 3, 10'000);
        auto* table = log->table();
        QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
        QVERIFY(table->isColumnHidden(FetchModel::Tls) && !table->isColumnHidden(FetchModel::Served));
        QMenu menu;
        log->columns()->fillMenu(&menu);
        const auto item = [&](const char* text) {
            for (QAction* action : menu.actions())
                if (action->text() == QLatin1String(text)) return action;
            return static_cast<QAction*>(nullptr);
        };
        QVERIFY(item("TLS") && !item("What") && !item("Side"));
        item("TLS")->trigger();
        QVERIFY(!table->isColumnHidden(FetchModel::Tls));
        QVERIFY(session().preferences().shownColumns("requests").contains("TLS"));
        item("Trace")->trigger();
        item("Connection")->trigger();
        QVERIFY(table->columnWidth(FetchModel::What) >= 140);  // it scrolls then, nothing is squeezed
        item("The usual columns")->trigger();
        QVERIFY(table->isColumnHidden(FetchModel::Tls));
        QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
    }
};

QTEST_MAIN(TestPreviewComparison)
#include "tst_preview_comparison.moc"
