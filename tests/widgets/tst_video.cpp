#include <QSignalSpy>

#include "tests/widgets/support.hpp"
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
    void keysAskAndChangeNothing();
    void seeksStayInsideTheTitle();
    void withoutSoundItSaysWhy();
    void scrubbingAsksOnRelease();
    void answeringIsNotAsking();
    void doubleClickDoesNotToggleTwice();
    void surfaceHandsKeysOn();
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

void VideoTest::keysAskAndChangeNothing() {
    TransportBar bar;
    bar.setDuration(60'000);
    bar.setPosition(30'000);
    QSignalSpy play(&bar, &TransportBar::playRequested);
    QSignalSpy pause(&bar, &TransportBar::pauseRequested);
    QSignalSpy seek(&bar, &TransportBar::seekRequested);
    QSignalSpy mute(&bar, &TransportBar::muteRequested);
    QSignalSpy full(&bar, &TransportBar::fullScreenToggled);
    QSignalSpy help(&bar, &TransportBar::helpRequested);
    QTest::keyClick(&bar, Qt::Key_Space);
    QTest::keyClick(&bar, Qt::Key_Space);
    QCOMPARE(play.count(), 2);  // still paused as long as nobody says otherwise
    bar.setPlaying(true);
    QTest::keyClick(&bar, Qt::Key_Space);
    QCOMPARE(pause.count(), 1);
    QTest::keyClick(&bar, Qt::Key_Right);
    QTest::keyClick(&bar, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(seek[0][0].toLongLong(), 35'000);
    QCOMPARE(seek[1][0].toLongLong(), 29'000);
    QTest::keyClick(&bar, Qt::Key_M);
    QTest::keyClick(&bar, Qt::Key_F);
    QTest::keyClick(&bar, Qt::Key_Question);
    QCOMPARE(mute.count() + full.count() + help.count(), 3);
    QTest::keyClick(&bar, Qt::Key_F, Qt::ControlModifier);  // find, not full screen
    QCOMPARE(full.count(), 1);
}

void VideoTest::seeksStayInsideTheTitle() {
    TransportBar bar;
    QSignalSpy seek(&bar, &TransportBar::seekRequested);
    QTest::keyClick(&bar, Qt::Key_Right);
    QCOMPARE(seek.count(), 0);  // nothing to seek in
    bar.setDuration(10'000);
    bar.setPosition(9000);
    QTest::keyClick(&bar, Qt::Key_Right);
    QCOMPARE(seek.last()[0].toLongLong(), 10'000);
    bar.setPosition(1000);
    QTest::keyClick(&bar, Qt::Key_Left);
    QCOMPARE(seek.last()[0].toLongLong(), 0);
}

void VideoTest::withoutSoundItSaysWhy() {
    TransportBar bar;
    bar.setNoAudioReason("There is no sound device");
    auto* slider = bar.findChild<QSlider*>();
    QVERIFY(!slider->isEnabled());
    QCOMPARE(slider->toolTip(), "There is no sound device");
    QSignalSpy mute(&bar, &TransportBar::muteRequested);
    QTest::keyClick(&bar, Qt::Key_M);
    QCOMPARE(mute.count(), 0);
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

void VideoTest::surfaceHandsKeysOn() {
    VideoSurface surface;
    TransportBar bar;
    connect(&surface, &VideoSurface::keyPressed, &bar, &TransportBar::handleKey);
    QSignalSpy play(&bar, &TransportBar::playRequested);
    QTest::keyClick(&surface, Qt::Key_Space);
    QCOMPARE(play.count(), 1);
}

QTEST_MAIN(VideoTest)
#include "tst_video.moc"
