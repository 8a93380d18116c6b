// The preview against a real stream on loopback: what plays, what keys do, what is saved, two paths in step.

#include <QComboBox>
#include <QFileInfo>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/pages/preview/comparison_view.hpp"
#include "app/pages/preview/frame_inspector.hpp"
#include "app/pages/preview/metric_button.hpp"
#include "app/pages/preview/player_panel.hpp"
#include "app/pages/preview/preview_page.hpp"
#include "app/pages/preview/qoe_panel.hpp"
#include "app/pages/preview/request_details.hpp"
#include "app/pages/preview/segment_log_panel.hpp"
#include "app/pages/preview/source_field.hpp"
#include "app/shell/console.hpp"
#include "backend/decode/title_site.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/transport_bar.hpp"
#include "widgets/video/video_surface.hpp"

using namespace qd;
using namespace qd::app;
using decode::PlaybackState;

class TestPreviewPage : public QObject {
    Q_OBJECT

    std::unique_ptr<test::TitleSite> title_;
    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;
    Page* page_ = nullptr;

    Session& session() { return console_->session(); }
    PlayerAdapter& player() { return session().player(); }
    template <class W>
    W* find() {
        return page_->findChild<W*>();
    }
    QString url() { return QString::fromStdString(title_->url()); }
    QString notice() {
        auto* shown = find<widgets::InlineNotice>();
        for (auto* each : page_->findChildren<widgets::InlineNotice*>())
            if (each->isVisible()) shown = each;
        return shown->isVisible() ? shown->spokenText() : QString();
    }
    void play() {
        session().actions().invoke("preview.open_address", {{"url", url()}});
        QTRY_VERIFY_WITH_TIMEOUT(player().snapshot().qoe.startup, 10'000);
    }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = {}) {
        QWidget* focused = console_->window().focusWidget();
        QTest::keyClick(focused ? focused : page_, which, modifiers);
    }
    std::uint32_t frame() {
        const auto info = player().frameInfo();
        return info ? std::uint32_t(std::lround(info->at.count() * test::TitleSite::fps)) : 0;
    }

private slots:
    void initTestCase() { title_ = std::make_unique<test::TitleSite>(12, 180, std::vector<int>{180}); }
    void init() {
        title_->make_trouble({});
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
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

    void any_address_can_be_typed_and_plays() {
        auto* source = find<SourceField>();
        source->editAddress();
        source->lineEdit()->setText(url());
        QTest::keyClick(source->lineEdit(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(player().snapshot().qoe.startup, 10'000);
        QTRY_VERIFY(!find<widgets::VideoSurface>()->frame().isNull());
        QCOMPARE(source->currentText(), url());
        QVERIFY(player().titleId().isEmpty());
        QTRY_VERIFY(find<SegmentLogPanel>()->model()->rowCount() > 3);
        QVERIFY(find<QoePanel>()->button(QoeMetric::Startup)->accessibleName().contains("ms"));
        QVERIFY(!page_->findChild<QComboBox*>("source")->isHidden());
    }
    void the_title_that_is_offered_is_the_one_that_plays() {
        auto* source = find<SourceField>();
        QTRY_COMPARE(source->titleId(), QString("t1"));
        // A newer one becomes ready: it comes first in the list, and what was offered stays.
        auto titles = nlohmann::json::parse(opsd_->titles_now);
        titles["items"][1]["state"] = "ready";
        std::swap(titles["items"][0], titles["items"][1]);
        opsd_->titles_now = titles.dump();
        session().actions().invoke("app.refresh");
        QTRY_COMPARE(source->count(), 2);
        QCOMPARE(source->itemData(0).toString(), QString("t2"));
        QCOMPARE(source->titleId(), QString("t1"));
        session().actions().invoke("preview.toggle");
        QTRY_COMPARE(player().titleId(), QString("t1"));
        QCOMPARE(source->titleId(), QString("t1"));
    }
    void what_somebody_types_stays_when_the_titles_change() {
        auto* source = find<SourceField>();
        QTRY_COMPARE(source->titleId(), QString("t1"));
        session().selection().setTitle("t1");
        source->editAddress();
        QTest::keyClicks(source->lineEdit(), "http://some.host");
        auto titles = nlohmann::json::parse(opsd_->titles_now);
        titles["items"][1]["state"] = "ready";
        opsd_->titles_now = titles.dump();
        session().actions().invoke("app.refresh");
        QTRY_COMPARE(source->count(), 2);
        QCOMPARE(source->currentText(), QString("http://some.host"));
    }
    void what_is_no_address_says_why() {
        auto* source = find<SourceField>();
        source->lineEdit()->setText("ftp://host/a.m3u8");
        QTest::keyClick(source->lineEdit(), Qt::Key_Return);
        QTRY_VERIFY2(notice().contains("http://"), qPrintable(notice()));
        QVERIFY(!player().isOpen());
    }
    void a_stream_that_is_not_there_says_why_and_what_next() {
        session().actions().invoke("preview.open_address",
                                   {{"url", QString::fromStdString(title_->url("none.m3u8"))}});
        QTRY_COMPARE_WITH_TIMEOUT(player().snapshot().state, PlaybackState::failed, 10'000);
        auto* surface = find<widgets::VideoSurface>();
        QTRY_COMPARE(surface->state(), widgets::VideoState::Failed);
        QVERIFY2(surface->spokenText().contains("404"), qPrintable(surface->spokenText()));
        QVERIFY(surface->spokenText().contains("Check the address"));
        QVERIFY(find<QoePanel>()->button(QoeMetric::Startup)->value().contains("never started"));
    }
    void keys_in_quick_succession_add_up() {
        play();
        find<widgets::VideoSurface>()->setFocus();
        session().actions().invoke("preview.pause");
        QTRY_COMPARE(player().snapshot().state, PlaybackState::paused);
        session().actions().invoke("preview.seek", {{"seconds", 1.0}});
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 25u, 5'000);
        for (int i = 0; i < 3; ++i) key(Qt::Key_Right, Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 100u, 5'000);
    }
    void keys_do_what_a_good_player_s_do() {
        play();
        find<widgets::VideoSurface>()->setFocus();
        QTRY_COMPARE_WITH_TIMEOUT(player().snapshot().state, PlaybackState::playing, 5'000);
        key(Qt::Key_Space);
        QTRY_COMPARE(player().snapshot().state, PlaybackState::paused);
        session().actions().invoke("preview.seek", {{"seconds", 4.0}});
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 100u, 5'000);
        key(Qt::Key_Period);
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 101u, 5'000);
        key(Qt::Key_Comma);
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 100u, 5'000);
        key(Qt::Key_Right);
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 225u, 5'000);
        key(Qt::Key_BracketRight);
        QTRY_COMPARE(player().snapshot().rate, 1.25);
        key(Qt::Key_Backspace);
        QTRY_COMPARE(player().snapshot().rate, 1.0);
        key(Qt::Key_M);
        QVERIFY(player().isMuted());
        key(Qt::Key_Q);
        QTRY_COMPARE(player().snapshot().session.locked_level, std::optional(0));
        key(Qt::Key_Q, Qt::ShiftModifier);
        QTRY_VERIFY(!player().snapshot().session.locked_level);
        key(Qt::Key_R);
        session().actions().invoke("preview.seek", {{"seconds", 1.0}});
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 25u, 5'000);
        key(Qt::Key_R);
        QTRY_VERIFY(player().snapshot().loop);
        QCOMPARE(player().snapshot().loop->from.count(), 1.0);
        key(Qt::Key_R);
        QTRY_VERIFY(!player().snapshot().loop);
    }
    void layers_come_and_go_by_their_keys() {
        play();
        auto* surface = find<widgets::VideoSurface>();
        surface->setFocus();
        for (const auto& [which, layer] : {std::pair(Qt::Key_I, widgets::OverlayLayer::Statistics),
                                           {Qt::Key_N, widgets::OverlayLayer::FrameNumber},
                                           {Qt::Key_T, widgets::OverlayLayer::Timecode}}) {
            key(which);
            QVERIFY(surface->isLayerVisible(layer));
        }
        QTRY_VERIFY(!surface->overlays().timecode.isEmpty());
        QTRY_VERIFY(surface->overlays().frameNumber.startsWith("frame "));
        QVERIFY(surface->overlays().statistics.size() > 8);
        key(Qt::Key_I);
        QVERIFY(!surface->isLayerVisible(widgets::OverlayLayer::Statistics));
    }
    void the_table_keeps_the_keys_it_moves_by() {
        play();
        auto* log = find<SegmentLogPanel>();
        QTRY_VERIFY(log->model()->rowCount() > 3);
        log->table()->setFocus();
        log->table()->setCurrentIndex(log->model()->index(0, 0));
        const double before = player().snapshot().position.count();
        key(Qt::Key_J);
        QCOMPARE(log->table()->currentIndex().row(), 1);
        QVERIFY(player().snapshot().position.count() >= before);
        QVERIFY(log->details()->logButton()->isVisible());
        key(Qt::Key_M);  // which no table wants
        QVERIFY(player().isMuted());
    }
    void a_number_shows_the_requests_behind_it() {
        play();
        auto* log = find<SegmentLogPanel>();
        QTRY_VERIFY(log->model()->rowCount() > 4);
        find<QoePanel>()->button(QoeMetric::Failures)->click();
        QCOMPARE(log->model()->rowCount(), 0);
        find<QoePanel>()->button(QoeMetric::Bitrate)->click();
        QTRY_VERIFY(log->model()->rowCount() > 0);
        for (const FetchRow& row : log->model()->rows())
            QCOMPARE(row.record.kind, player::FetchKind::segment);
        find<QoePanel>()->button(QoeMetric::Bitrate)->click();
        QVERIFY(log->model()->rowCount() > 4);
    }
    void a_failed_segment_is_a_row_and_a_number() {
        title_->make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (request.target.find("00002") == std::string::npos) return std::nullopt;
            return http::Response::text(404, "gone");
        });
        play();
        auto* log = find<SegmentLogPanel>();
        const auto failed = [&] {
            for (const FetchRow& row : log->model()->rows())
                if (row.skipped || row.record.status == 404) return true;
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(failed(), 10'000);
        find<QoePanel>()->button(QoeMetric::Failures)->click();
        QTRY_VERIFY(log->model()->rowCount() > 0);
    }
    void the_inspector_tells_of_the_frame_on_the_screen() {
        play();
        session().actions().invoke("preview.pause");
        session().actions().invoke("preview.seek", {{"seconds", 4.0}});
        QTRY_COMPARE_WITH_TIMEOUT(frame(), 100u, 5'000);
        find<widgets::VideoSurface>()->setFocus();
        key(Qt::Key_I, Qt::ShiftModifier);
        FrameInspector* inspector = nullptr;  // the comparison has one of its own
        for (auto* each : page_->findChildren<FrameInspector*>())
            if (each->isVisible()) inspector = each;
        QVERIFY(inspector);
        QTRY_COMPARE(inspector->value("Position"), QStringLiteral("00:04.000"));
        QCOMPARE(inspector->value("Frame code"), QStringLiteral("100"));
        QVERIFY(inspector->value("Codec").contains("H.264"));
    }
    void outside_the_window_it_goes_on_playing() {
        play();
        session().actions().invoke("preview.pop_out");
        auto* panel = find<PlayerPanel>();
        QVERIFY(panel->isOutside());
        console_->window().showPage("incidents");
        QTest::qWait(100);
        QVERIFY(player().snapshot().state != PlaybackState::paused);
        QTest::keyClick(panel->surface()->window(), Qt::Key_Escape);
        QTRY_VERIFY(!panel->isOutside());
        QVERIFY(panel->isAncestorOf(panel->surface()));
    }
    void a_hidden_page_does_not_play() {
        play();
        console_->window().showPage("incidents");
        QTRY_COMPARE(player().snapshot().state, PlaybackState::paused);
        console_->window().showPage("preview");
        QTRY_VERIFY(player().snapshot().state != PlaybackState::paused);
    }
    void the_picture_is_saved_in_its_coded_size() {
        play();
        QTemporaryDir folder;
        const QString file = folder.filePath("shot.png");
        session().actions().invoke("preview.snapshot", {{"file", file}});
        QTRY_VERIFY(QFileInfo::exists(file));
        QCOMPARE(QImage(file).size(), QSize(320, 180));
    }
    void evidence_goes_to_the_open_incident_with_its_stalls() {
        play();
        QTRY_VERIFY(player().history().points().size() > 2);
        QTemporaryDir folder;
        Outcome outcome = core::fail(core::Errc::internal, "not answered");
        session().actions().invoke("preview.evidence", {{"folder", folder.path()}},
                                   [&](Outcome told) { outcome = std::move(told); });
        QTRY_VERIFY_WITH_TIMEOUT(outcome.has_value(), 5'000);
        QVERIFY(QFileInfo((*outcome)["file"].toString()).size() > 2'000);
        QStringList paths;
        bool stalls = false;
        for (const auto& asked : opsd_->asked()) {
            paths << QString::fromStdString(asked.path);
            stalls |= asked.body.find("\"playback/") != std::string::npos;
        }
        QCOMPARE(paths.count("/api/v1/incidents/inc-1/attachments"), 2);  // the archive and the picture
        QVERIFY(paths.contains("/api/v1/incidents/inc-1/events"));
        QVERIFY(stalls);
        QTRY_VERIFY2(notice().contains("inc-1"), qPrintable(notice()));
    }
    void without_an_open_incident_it_says_where_the_evidence_is() {
        opsd_->incidents_now.front().state = incidents::State::resolved;
        opsd_->push("incident", "inc-1");
        QTRY_COMPARE_WITH_TIMEOUT(session().incidents().openCount(), 0, 5'000);
        play();
        QTemporaryDir folder;
        session().actions().invoke("preview.evidence", {{"folder", folder.path()}});
        QTRY_VERIFY2(notice().contains("no incident is open"), qPrintable(notice()));
        QVERIFY(notice().contains(folder.path()));
        QVERIFY(opsd_->asked().empty());
    }
    void a_clip_is_cut_out_and_told_of() {
        play();
        QTemporaryDir folder;
        const QString file = folder.filePath("clip.mp4");
        session().actions().invoke("preview.clip", {{"from", "1"}, {"to", "0:05"}, {"file", file}});
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(file).size() > 10'000, 10'000);
        QTRY_VERIFY2(notice().contains("clip is saved"), qPrintable(notice()));
        Outcome outcome;
        session().actions().invoke("preview.clip", {{"from", "5"}, {"to", "1"}},
                                   [&](Outcome told) { outcome = std::move(told); });
        QVERIFY(!outcome);
    }
    void subtitles_are_chosen_and_shown() {
        const auto media = title_->root() / "media";
        QVERIFY(core::write_file_atomically(media / "subs.vtt",
                                            "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00."
                                            "000 --> 00:12.000\nHello <b>there</b>\n"));
        QVERIFY(core::write_file_atomically(media / "subs.m3u8",
                                            "#EXTM3U\n#EXT-X-TARGETDURATION:12\n#EXT-X-PLAYLIST-TYPE:VOD\n"
                                            "#EXTINF:12,\nsubs.vtt\n#EXT-X-ENDLIST\n"));
        auto master = core::read_file(media / "master.m3u8");
        QVERIFY(master);
        QString text = QString::fromStdString(*master);
        text.replace(QLatin1String("#EXT-X-STREAM-INF:"),
                     QLatin1String("#EXT-X-STREAM-INF:SUBTITLES=\"s\","));
        text.insert(
            text.indexOf(QLatin1Char('\n')) + 1,
            QStringLiteral("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",LANGUAGE=\"en\","
                           "URI=\"subs.m3u8\"\n"));
        QVERIFY(core::write_file_atomically(media / "with_subtitles.m3u8", text.toStdString()));
        session().actions().invoke("preview.open_address",
                                   {{"url", QString::fromStdString(title_->url("with_subtitles.m3u8"))}});
        QTRY_VERIFY_WITH_TIMEOUT(player().snapshot().qoe.startup, 10'000);
        QTRY_VERIFY(session().actions().find("preview.subtitles")->blocked().isEmpty());
        auto* surface = find<widgets::VideoSurface>();
        surface->setFocus();
        if (!player().snapshot().session.subtitle_track) key(Qt::Key_C);
        QTRY_COMPARE(player().snapshot().session.subtitle_track, std::optional(0));
        QTRY_COMPARE_WITH_TIMEOUT(surface->overlays().subtitles, QStringList{"Hello there"}, 5'000);
        key(Qt::Key_C);
        QTRY_VERIFY(!player().snapshot().session.subtitle_track);
        QTRY_VERIFY(surface->overlays().subtitles.isEmpty());
    }
    void the_bar_shows_pictures_of_what_is_under_the_pointer() {
        play();
        auto* scrub = find<PlayerPanel>()->transport()->scrubBar();
        ThumbnailAdapter thumbnails(session().link());
        QSignalSpy arrived(&thumbnails, &ThumbnailAdapter::arrived);
        thumbnails.open(player().address(), player().options());
        thumbnails.request(6'000, 160);
        QTRY_VERIFY_WITH_TIMEOUT(arrived.count() > 0, 5'000);
        QVERIFY(arrived[0][1].value<QImage>().width() <= 160);
        QVERIFY(arrived[0][0].toLongLong() <= 6'000);
        QTRY_VERIFY(scrub->duration() > 0);
        const QPointF middle(scrub->width() / 2.0, 12);
        QMouseEvent over(QEvent::MouseMove, middle, scrub->mapToGlobal(middle), Qt::NoButton, Qt::NoButton,
                         {});
        QCoreApplication::sendEvent(scrub, &over);
        QVERIFY2(scrub->hintText().contains("frame 1"), qPrintable(scrub->hintText()));  // of 300
    }
    void a_bad_network_is_rehearsed() {
        play();
        session().actions().invoke("preview.network", {{"rate_kbit", 800}, {"latency_ms", 100}});
        QCOMPARE(player().networkName(), QStringLiteral("800 kbit/s, 100 ms"));
        Outcome outcome;
        session().actions().invoke("preview.network", {{"id", "no such trace"}},
                                   [&](Outcome told) { outcome = std::move(told); });
        QVERIFY(!outcome);
        session().actions().invoke("preview.network", {{"id", "none"}});
        QVERIFY(player().networkName().isEmpty());
    }
    void two_paths_are_compared_in_step() {
        session().actions().invoke("preview.compare",
                                   {{"a", url()}, {"b", url()}, {"name_a", "stable"}, {"name_b", "canary"}});
        auto* view = find<ComparisonView>();
        QTRY_VERIFY(view->isVisible());
        QSignalSpy pairs(&session().comparison(), &ComparisonAdapter::framesArrived);
        QTRY_VERIFY_WITH_TIMEOUT(pairs.count() > 5, 15'000);
        // Both play the same: the two pictures of a moment are one picture.
        QCOMPARE(pairs.last()[0].value<QImage>(), pairs.last()[1].value<QImage>());
        QTRY_VERIFY_WITH_TIMEOUT(session().comparison().verdict().kind == compare::Verdict::Kind::same,
                                 15'000);
        view->setFocus();
        key(Qt::Key_D);
        QCOMPARE(view->pictures()->mode(), widgets::CompareMode::Difference);
        key(Qt::Key_W);
        QCOMPARE(view->pictures()->mode(), widgets::CompareMode::Wipe);
        key(Qt::Key_O);
        QTRY_COMPARE(session().comparison().snapshot().audible, compare::Side::b);
        QVERIFY(!session().actions().find("preview.clip")->blocked().isEmpty());
        session().actions().invoke("preview.network", {{"id", "3g"}});
        QVERIFY(session().comparison().networkName(compare::Side::b).startsWith("3G"));
        QVERIFY(session().comparison().networkName(compare::Side::a).isEmpty());
        QVERIFY(!session().comparison().segments().empty());
        key(Qt::Key_V);
        QTRY_VERIFY(!view->isVisible());
        QVERIFY(!session().comparison().isOpen());
    }
    /// For the eye: both views in both themes into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        for (const char* theme : {"dark", "light"}) {
            session().actions().invoke("app.theme", {{"theme", QString::fromUtf8(theme)}});
            const auto shoot = [&](const char* name) {
                QVERIFY(console_->window().grabTo(QStringLiteral("%1/%2-%3.png").arg(folder, name, theme)));
            };
            QTest::qWait(300);
            shoot("idle");
            play();
            auto* surface = find<widgets::VideoSurface>();
            for (const auto layer : {widgets::OverlayLayer::Statistics, widgets::OverlayLayer::Timecode,
                                     widgets::OverlayLayer::FrameNumber})
                surface->setLayerVisible(layer, true);
            surface->setLayerVisible(widgets::OverlayLayer::Subtitles, true);
            QTest::qWait(4'000);
            session().actions().invoke("preview.loop");
            session().actions().invoke("preview.ahead");
            QTest::qWait(500);
            session().actions().invoke("preview.loop");
            auto* log = find<SegmentLogPanel>();
            log->table()->setCurrentIndex(log->model()->index(1, 0));
            find<QoePanel>()->button(QoeMetric::Bitrate)->click();
            QTest::qWait(500);
            for (auto* each : page_->findChildren<widgets::InlineNotice*>()) each->hide();
            QTest::qWait(200);
            shoot("playing");
            session().actions().invoke("preview.inspector");
            session().actions().invoke("preview.pause");
            QTest::qWait(300);
            shoot("inspector");
            session().actions().invoke("preview.inspector");
            session().actions().invoke(
                "preview.compare", {{"a", url()}, {"b", url()}, {"name_a", "stable"}, {"name_b", "canary"}});
            QTest::qWait(5'000);
            shoot("compare");
            session().actions().invoke("preview.difference");
            QTest::qWait(300);
            shoot("difference");
            session().actions().invoke("preview.compare");
            session().actions().invoke("preview.stop");
            QTest::qWait(200);
        }
        session().actions().invoke("app.help");
        QTest::qWait(300);
        for (QWidget* top : QApplication::topLevelWidgets())
            if (top->isVisible() && top->objectName() == "shortcutSheet")
                top->grab().save(folder + "/keys.png");
    }
};

QTEST_MAIN(TestPreviewPage)
#include "tst_preview_page.moc"
