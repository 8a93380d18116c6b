#include <QSignalSpy>

#include "tests/widgets/support.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/score_plot.hpp"
#include "widgets/video/transport_bar.hpp"
#include "widgets/video/video_surface.hpp"

using namespace qd::widgets;

class VideoTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void pictureKeepsItsShape_data();
    void pictureKeepsItsShape();
    void paintsTheFrameAsItIs();
    void statesAreSaidInWords();
    void controlsAskAndChangeNothing();
    void seeksStayInsideTheTitle();
    void liveAxesNeedNotBeginAtZero();
    void theBarTellsWhatIsUnderThePointer();
    void draggingIsToldApart();
    void overlaysDoNotHideEachOther_data();
    void overlaysDoNotHideEachOther();
    void eachLayerComesAndGoesByItself();
    void differencesAreAmplified();
    void aWipeFollowsThePointer();
    void theWorstOfEachColumnIsPlotted();
    void bothBoundsAreDrawn();
    void thePlotIsReadByKeys();
    void findingsAreSaidInWords();
    void liveIsToldAndGoneTo();
    void withoutSoundItSaysWhy();
    void scrubbingAsksOnRelease();
    void answeringIsNotAsking();
    void doubleClickDoesNotToggleTwice();
};

namespace {
QImage picture(int w, int h, QRgb rgb = 0xff204060) {
    QImage image(w, h, QImage::Format_RGB32);
    image.fill(rgb);
    return image;
}
}  // namespace

void VideoTest::pictureKeepsItsShape_data() {
    QTest::addColumn<QSize>("source");
    QTest::addColumn<double>("aspect");
    QTest::addColumn<QRect>("expected");
    QTest::newRow("same") << QSize(640, 360) << 1.0 << QRect(0, 0, 640, 360);
    QTest::newRow("4:3 pillars") << QSize(480, 360) << 1.0 << QRect(80, 0, 480, 360);
    QTest::newRow("wide bars") << QSize(1280, 360) << 1.0 << QRect(0, 90, 640, 180);
    QTest::newRow("rotated") << QSize(360, 640) << 1.0 << QRect(219, 0, 203, 360);
    QTest::newRow("anamorphic") << QSize(480, 360) << 4.0 / 3 << QRect(0, 0, 640, 360);
}

void VideoTest::pictureKeepsItsShape() {
    QFETCH(QSize, source);
    QFETCH(double, aspect);
    QFETCH(QRect, expected);
    VideoSurface surface;
    surface.resize(640, 360);
    surface.setPixelAspect(aspect);
    surface.presentFrame(picture(source.width(), source.height()));
    QCOMPARE(surface.pictureRect(), expected);
}

void VideoTest::paintsTheFrameAsItIs() {
    VideoSurface surface;
    surface.resize(400, 400);
    surface.setState(VideoState::Playing);
    surface.presentFrame(picture(400, 200, 0xff3366cc));
    const QImage seen = surface.grab().toImage();
    QCOMPARE(seen.pixel(200, 200), 0xff3366cc);
    QCOMPARE(seen.pixel(200, 20), 0xff000000);
}

void VideoTest::statesAreSaidInWords() {
    VideoSurface surface;
    surface.setState(VideoState::Failed, "The segment could not be decoded.");
    QCOMPARE(surface.spokenText(), "Cannot play, The segment could not be decoded.");
    surface.setState(VideoState::Buffering);
    surface.setTag("Canary v2", Token::Canary);
    QCOMPARE(surface.spokenText(), "Buffering…, Canary v2");
}

void VideoTest::controlsAskAndChangeNothing() {
    TransportBar bar;
    bar.setDuration(60'000);
    bar.setPosition(30'000);
    QSignalSpy play(&bar, &TransportBar::playRequested);
    QSignalSpy pause(&bar, &TransportBar::pauseRequested);
    QSignalSpy step(&bar, &TransportBar::stepRequested);
    const auto press = [&](const QString& name) {
        for (QToolButton* button : bar.findChildren<QToolButton*>())
            if (button->accessibleName().startsWith(name)) return button->click();
        QFAIL(qPrintable(name));
    };
    press("Play");
    press("Play");
    QCOMPARE(play.count(), 2);  // still paused as long as nobody says otherwise
    bar.setPlaying(true);
    press("Pause");
    QCOMPARE(pause.count(), 1);
    press("One frame back");
    press("One frame ahead");
    QCOMPARE(step[0][0].toInt(), -1);
    QCOMPARE(step[1][0].toInt(), 1);
    bar.setReady(false, "Nothing plays");
    for (QToolButton* button : bar.findChildren<QToolButton*>())
        if (button->accessibleName().startsWith("One frame")) QCOMPARE(button->toolTip(), "Nothing plays");
}

void VideoTest::seeksStayInsideTheTitle() {
    ScrubBar bar;
    QSignalSpy seek(&bar, &ScrubBar::seekRequested);
    QTest::keyClick(&bar, Qt::Key_Right);
    QCOMPARE(seek.count(), 0);  // nothing to seek in
    bar.setDuration(10'000);
    bar.setPosition(9000);
    QTest::keyClick(&bar, Qt::Key_Right);
    QCOMPARE(seek.last()[0].toLongLong(), 10'000);
    QTest::keyClick(&bar, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(seek.last()[0].toLongLong(), 8000);
    QTest::keyClick(&bar, Qt::Key_PageUp);
    QCOMPARE(seek.last()[0].toLongLong(), 0);
    QTest::keyClick(&bar, Qt::Key_End);
    QCOMPARE(seek.last()[0].toLongLong(), 10'000);
}

void VideoTest::liveAxesNeedNotBeginAtZero() {
    ScrubBar bar;
    bar.resize(216, 24);
    bar.setRange(100'000, 300'000);
    QSignalSpy seek(&bar, &ScrubBar::seekRequested);
    QTest::mouseClick(&bar, Qt::LeftButton, {}, QPoint(58, 12));
    QCOMPARE(seek.last()[0].toLongLong(), 150'000);
    QTest::keyClick(&bar, Qt::Key_Home);
    QCOMPARE(seek.last()[0].toLongLong(), 100'000);
}

void VideoTest::theBarTellsWhatIsUnderThePointer() {
    QCOMPARE(formatScrubPosition(12'400, 30), "0:12.40 · frame 372");
    QCOMPARE(formatScrubPosition(12'400, 0), "0:12.40");
    QCOMPARE(formatScrubPosition(33'367, 30'000.0 / 1001), "0:33.36 · frame 1000");
    ScrubBar bar;
    bar.resize(216, 24);
    bar.setDuration(200'000);
    bar.setFrameRate(25);
    bar.setMarks({{{100'000, 104'000}, "Left out: 404"}});
    bar.setStalls({20'000});
    QSignalSpy wanted(&bar, &ScrubBar::previewWanted);
    bar.show();
    QTest::mouseMove(&bar, QPoint(109, 12));
    QTRY_COMPARE(wanted.count(), 1);
    QCOMPARE(wanted.last()[0].toLongLong(), 101'000);
    QVERIFY2(bar.hintText().contains("frame 2525"), qPrintable(bar.hintText()));
    QVERIFY(bar.hintText().contains("Left out: 404"));
    QVERIFY(!bar.hintText().contains("Stalled"));
    QTest::mouseMove(&bar, QPoint(28, 12));
    QTRY_VERIFY(bar.hintText().contains("Stalled here"));
    bar.setThumbnailProblem("No picture: 404");
    QVERIFY(bar.hintText().contains("No picture: 404"));
}

void VideoTest::draggingIsToldApart() {
    ScrubBar bar;
    bar.resize(216, 24);
    bar.setDuration(200'000);
    QSignalSpy seek(&bar, &ScrubBar::seekRequested);
    QTest::mousePress(&bar, Qt::LeftButton, {}, QPoint(58, 12));
    QTest::mouseRelease(&bar, Qt::LeftButton, {}, QPoint(108, 12));
    QVERIFY(!seek.last()[1].toBool());  // where it is let go of, the exact frame is wanted
}

void VideoTest::overlaysDoNotHideEachOther_data() {
    QTest::addColumn<QSizeF>("room");
    QTest::newRow("small") << QSizeF(240, 135);
    QTest::newRow("usual") << QSizeF(760, 428);
    QTest::newRow("full screen") << QSizeF(1920, 1080);
    QTest::newRow("narrow") << QSizeF(300, 600);
}

void VideoTest::overlaysDoNotHideEachOther() {
    QFETCH(QSizeF, room);
    OverlayContents contents;
    for (int i = 0; i < 14; ++i)
        contents.statistics.append(qMakePair(QString("label"), QString("some rather long value")));
    contents.subtitles = {"One line of what is said", "and another"};
    contents.frameNumber = "frame 123456";
    contents.timecode = "1:00:12.400";
    contents.tag = "Canary path";
    contents.stall = "Stalled 1.2 s";
    const bool all[overlayLayerCount] = {true, true, true, true};
    const OverlayPlaces places = placeOverlays(room, measureOverlays(contents, all, room));
    const QRectF boxes[] = {places.statistics, places.subtitles, places.frameNumber,
                            places.timecode,   places.tag,       places.stall};
    for (const QRectF& one : boxes) {
        QVERIFY(one.isEmpty() || QRectF({0, 0}, room).contains(one));
        for (const QRectF& other : boxes)
            QVERIFY(&one == &other || one.isEmpty() || other.isEmpty() || !one.intersects(other));
    }
    QVERIFY(!places.tag.isEmpty() && !places.timecode.isEmpty() && !places.stall.isEmpty());
    if (room.width() > 700) QVERIFY(!places.statistics.isEmpty());
}

void VideoTest::eachLayerComesAndGoesByItself() {
    VideoSurface surface;
    surface.resize(400, 300);
    surface.setState(VideoState::Playing);
    surface.presentFrame(picture(400, 300, 0xffffffff));
    surface.setTimecode("00:12.400");
    surface.setSubtitles({"Hello"});
    const QImage with = surface.grab().toImage();
    QCOMPARE(with.pixel(380, 20), 0xffffffff);  // no timecode yet
    surface.setLayerVisible(OverlayLayer::Timecode, true);
    QVERIFY(surface.grab().toImage().pixel(380, 30) != 0xffffffff);
    QVERIFY(surface.spokenText().contains("Hello"));
    surface.setLayerVisible(OverlayLayer::Subtitles, false);
    QVERIFY(!surface.spokenText().contains("Hello"));
}

void VideoTest::differencesAreAmplified() {
    const QImage a = picture(4, 2, 0xff101010), b = picture(4, 2, 0xff121810);
    QCOMPARE(differenceImage(a, b, 4).pixel(1, 1), qRgb(8, 32, 0));
    QCOMPARE(differenceImage(a, a, 32).pixel(0, 0), qRgb(0, 0, 0));
    QCOMPARE(differenceImage(a, b, 255).pixel(0, 0), qRgb(255, 255, 0));  // clamped
    QVERIFY(differenceImage(a, {}, 4).isNull());
    QCOMPARE(differenceImage(a, picture(4, 1), 1).size(), QSize(4, 1));
}

void VideoTest::aWipeFollowsThePointer() {
    CompareSurface surface;
    surface.resize(400, 200);
    surface.setMode(CompareMode::Wipe);
    surface.present(picture(400, 200, 0xffff0000), picture(400, 200, 0xff0000ff));
    QSignalSpy toggled(&surface, &CompareSurface::toggleRequested);
    QTest::mousePress(&surface, Qt::LeftButton, {}, QPoint(200, 150));
    QTest::mouseMove(&surface, QPoint(100, 150));
    QMouseEvent move(QEvent::MouseMove, QPointF(100, 150), QPointF(100, 150), Qt::NoButton, Qt::LeftButton,
                     {});
    QCoreApplication::sendEvent(&surface, &move);
    QTest::mouseRelease(&surface, Qt::LeftButton, {}, QPoint(100, 150));
    QCOMPARE(surface.wipe(), 0.25);
    QCOMPARE(toggled.count(), 0);
    const QImage seen = surface.grab().toImage();
    QCOMPARE(seen.pixel(60, 170), 0xffff0000);
    QCOMPARE(seen.pixel(300, 170), 0xff0000ff);
    QTest::keyClick(&surface, Qt::Key_Right);
    QVERIFY(qAbs(surface.wipe() - 0.27) < 1e-9);
}

void VideoTest::theWorstOfEachColumnIsPlotted() {
    ScorePlot plot;
    plot.resize(488, 160);
    QVERIFY(plot.spokenText().contains("No pair"));
    QVector<ScorePoint> scores;
    for (int i = 0; i < 10'000; ++i)
        scores.append({i * 40.0, i == 5'000 ? 0.31 : 0.99, 40, quint64(i / 100)});
    plot.setBounds(0.85, 22);
    plot.setRange({0, 400'000});
    plot.setScores(scores);
    QVERIFY(plot.lowest() <= 0.30);
    QVERIFY(plot.spokenText().contains("0.3100"));
    // The one bad frame of ten thousand is a line down to the bottom.
    const QImage seen = plot.grab().toImage();
    const QRgb ground = seen.pixel(246, 130);
    bool found = false;
    for (int x = 240; x < 250 && !found; ++x)
        for (int y = 110; y < 138 && !found; ++y) found = qAbs(qBlue(seen.pixel(x, y)) - qBlue(ground)) > 40;
    QVERIFY(found);
}

void VideoTest::bothBoundsAreDrawn() {
    ScorePlot plot;
    plot.resize(488, 162);  // a plot of 400 by 120
    plot.setRange({0, 10'000});
    plot.setScores({{0, 1, 100, 1}, {10'000, 1, 100, 2}});
    const QImage without = plot.grab().toImage();
    const auto changedRows = [&] {
        const QImage now = plot.grab().toImage();
        QVector<int> rows;
        for (int y = 22; y < 142; ++y) {
            int changed = 0;
            for (int x = 200; x < 280; ++x) changed += now.pixel(x, y) != without.pixel(x, y);
            if (changed > 20) rows << y;
        }
        return rows;
    };
    plot.setBounds(qQNaN(), 35);  // the middle of 10 to 60 dB
    const auto psnr = changedRows();
    QVERIFY2(psnr.size() == 1 && qAbs(psnr[0] - 82) <= 1, qPrintable(QString::number(psnr.size())));
    plot.setBounds(0.975, qQNaN());  // the middle of 0.95 to 1
    const auto ssim = changedRows();
    QVERIFY2(ssim.size() == 1 && qAbs(ssim[0] - 82) <= 1, qPrintable(QString::number(ssim.size())));
}

void VideoTest::thePlotIsReadByKeys() {
    ScorePlot plot;
    plot.resize(488, 160);
    plot.setRange({0, 4'000});
    QVector<ScorePoint> scores;
    for (int i = 0; i < 100; ++i) scores.append({i * 40.0, i == 50 ? 0.5 : 0.99, i == 50 ? 18.0 : 100.0, 7});
    plot.setScores(scores);
    plot.setFindings({{{2'000, 2'040}, Token::Bad, "pictures differ"}});
    QVERIFY(plot.focusPolicy() & Qt::TabFocus);
    QVERIFY(plot.readout().isEmpty());
    plot.setPosition(1'000);
    QTest::keyClick(&plot, Qt::Key_Right);  // from where the title is
    QCOMPARE(plot.readout(), "0:01.0  SSIM 0.9900  identical  segment 7");
    QTest::keyClick(&plot, Qt::Key_PageDown);
    QCOMPARE(plot.readout(), "0:02.0  SSIM 0.5000  PSNR 18.0 dB  segment 7  pictures differ");
    QCOMPARE(plot.spokenText(), plot.readout());
    QSignalSpy chosen(&plot, &ScorePlot::positionChosen);
    QTest::keyClick(&plot, Qt::Key_Return);
    QCOMPARE(chosen.last()[0].toDouble(), 2'000.0);
    QTest::keyClick(&plot, Qt::Key_Left, Qt::ShiftModifier);
    QVERIFY(plot.readout().contains("identical"));
    QTest::keyClick(&plot, Qt::Key_End);
    QVERIFY2(plot.readout().startsWith("0:03.9"), qPrintable(plot.readout()));
    QTest::keyClick(&plot, Qt::Key_PageUp);
    QVERIFY(plot.readout().startsWith("0:02.0"));
    scores.remove(0, 20);  // the oldest go: the same moment stays chosen
    plot.setScores(scores);
    QVERIFY2(plot.readout().startsWith("0:02.0"), qPrintable(plot.readout()));
    QTest::keyClick(&plot, Qt::Key_Escape);
    QVERIFY(plot.readout().isEmpty());
}

void VideoTest::findingsAreSaidInWords() {
    ScorePlot plot;
    plot.setBounds(0.85, 22);
    plot.setScores({{0, 0.99, 40, 1}, {1'000, 0.4, 12, 1}});
    plot.setFindings({{{1'000, 2'000}, Token::Bad, "canary black"}});
    QVERIFY2(plot.spokenText().contains("canary black at 0:01.0"), qPrintable(plot.spokenText()));
    QVERIFY(plot.spokenText().contains("below SSIM 0.85 or PSNR 22 dB"));
}

void VideoTest::liveIsToldAndGoneTo() {
    TransportBar bar;
    bar.setRange(0, 60'000);
    auto* live = bar.findChild<LiveButton*>();
    QVERIFY(live->isHidden());
    bar.setLive(LiveDistance{11.6, true});
    QVERIFY(!live->isHidden());
    QCOMPARE(live->text(), "Live, 12 s from the edge");
    bar.setLive(LiveDistance{95, false});
    QCOMPARE(live->text(), "1 min 35 s behind live");
    QVERIFY(live->accessibleName().contains("go to live"));
    QSignalSpy wanted(&bar, &TransportBar::liveRequested);
    QTest::keyClick(live, Qt::Key_Space);
    QCOMPARE(wanted.count(), 1);
    bar.setLive({});
    QVERIFY(live->isHidden());
}

void VideoTest::withoutSoundItSaysWhy() {
    TransportBar bar;
    bar.setNoAudioReason("There is no sound device");
    auto* slider = bar.findChild<QSlider*>();
    QVERIFY(!slider->isEnabled());
    QCOMPARE(slider->toolTip(), "There is no sound device");
    bar.setNoAudioReason({});
    QVERIFY(slider->isEnabled());
}

void VideoTest::scrubbingAsksOnRelease() {
    ScrubBar bar;
    bar.resize(216, 24);  // a track of 200 pixels
    bar.setDuration(200'000);
    QSignalSpy seek(&bar, &ScrubBar::seekRequested);
    QTest::mousePress(&bar, Qt::LeftButton, {}, QPoint(58, 12));
    QCOMPARE(seek.count(), 0);
    QTest::mouseRelease(&bar, Qt::LeftButton, {}, QPoint(108, 12));
    QCOMPARE(seek.last()[0].toLongLong(), 100'000);
    QCOMPARE(bar.spokenText(), "1:40 of 3:20");
}

void VideoTest::answeringIsNotAsking() {
    TransportBar bar;
    QSignalSpy volume(&bar, &TransportBar::volumeRequested);
    bar.setVolume(0.3);
    bar.setMuted(true);
    QCOMPARE(volume.count(), 0);
}

void VideoTest::doubleClickDoesNotToggleTwice() {
    VideoSurface surface;
    surface.resize(200, 100);
    QSignalSpy toggle(&surface, &VideoSurface::toggleRequested);
    QSignalSpy full(&surface, &VideoSurface::fullScreenRequested);
    QTest::mouseClick(&surface, Qt::LeftButton);
    QTest::mouseDClick(&surface, Qt::LeftButton);
    QCOMPARE(full.count(), 1);
    QCOMPARE(toggle.count() % 2, 0);  // playback is as it was before
}

QTEST_MAIN(VideoTest)
#include "tst_video.moc"
