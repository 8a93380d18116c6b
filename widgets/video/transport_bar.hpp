#pragma once
#include <QKeyEvent>
#include <QSlider>
#include <QToolButton>
#include <QWidget>

#include "widgets/charts/series.hpp"
#include "widgets/video/scrub_bar.hpp"

namespace qd::widgets {

// Play/pause, scrub bar, position, volume, statistics, full screen. It changes nothing by itself but asks;
// the owner answers by the setters, so it always shows what the player really does. Keys: Space play/pause,
// Left/Right 5 s, Shift+Left/Right 1 s, Up/Down volume, M mute, F full screen, I statistics, ? help, Home
// start.
class TransportBar : public QWidget {
    Q_OBJECT
public:
    explicit TransportBar(QWidget* parent = nullptr);

    void setPlaying(bool playing);
    void setDuration(qint64 ms);
    void setPosition(qint64 ms);
    void setBuffered(const QVector<TimeRange>& ranges);
    void setStalls(const QVector<qint64>& positions);
    void setVolume(double volume);  // 0..1
    void setMuted(bool muted);
    // A reason (no sound device, no audio in this title) disables the volume and says why; empty enables.
    void setNoAudioReason(const QString& reason);
    void setStatisticsShown(bool shown);
    // Without a title nothing can be played.
    void setReady(bool ready, const QString& why = {});
    ScrubBar* scrubBar() const { return scrub_; }

public slots:
    // True if it was one of the player's keys. Give it the keys of the surface and the page.
    bool handleKey(QKeyEvent* event);

signals:
    void playRequested();
    void pauseRequested();
    void seekRequested(qint64 positionMs);
    void volumeRequested(double volume);
    void muteRequested(bool muted);
    void statisticsToggled();
    void fullScreenToggled();
    void helpRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void showPosition();

    QToolButton* play_;
    QToolButton* mute_;
    QToolButton* statistics_;
    QToolButton* fullScreen_;
    QToolButton* help_;
    QWidget* clock_;
    QSlider* volumeSlider_;
    ScrubBar* scrub_;
    double volume_ = 1;
    bool playing_ = false;
    bool muted_ = false;
    bool audio_ = true;
};

}  // namespace qd::widgets
