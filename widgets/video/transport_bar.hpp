#pragma once
#include <QSlider>
#include <QToolButton>
#include <QWidget>

#include "widgets/video/live_button.hpp"
#include "widgets/video/scrub_bar.hpp"

namespace qd::widgets {

// Play/pause, frame steps, scrub bar, position, volume, statistics, full screen. It changes nothing by itself
// but asks; the owner answers by the setters, so it always shows what the player really does.
class TransportBar : public QWidget {
    Q_OBJECT
public:
    explicit TransportBar(QWidget* parent = nullptr);

    void setPlaying(bool playing);
    void setRange(qint64 fromMs, qint64 toMs);
    void setDuration(qint64 ms) { setRange(0, ms); }
    void setPosition(qint64 ms);
    // Of a title that is still being made; nothing: "position / duration" alone.
    void setLive(const std::optional<LiveDistance>& distance);
    void setVolume(double volume);  // 0..1
    void setMuted(bool muted);
    bool isMuted() const { return muted_; }
    // A reason (no sound device, no audio in this title) disables the volume and says why; empty enables.
    void setNoAudioReason(const QString& reason);
    void setStatisticsShown(bool shown);
    // Without a title nothing can be played.
    void setReady(bool ready, const QString& why = {});
    ScrubBar* scrubBar() const { return scrub_; }

signals:
    void playRequested();
    void pauseRequested();
    void stepRequested(int frames);
    void liveRequested();
    void seekRequested(qint64 positionMs, bool dragging);
    void volumeRequested(double volume);
    void muteRequested(bool muted);
    void statisticsToggled();
    void fullScreenToggled();
    void helpRequested();

private:
    void showPosition();

    QToolButton* play_;
    QToolButton* back_;
    QToolButton* ahead_;
    QToolButton* mute_;
    QToolButton* statistics_;
    QToolButton* fullScreen_;
    QToolButton* help_;
    QWidget* clock_;
    LiveButton* live_;
    QSlider* volumeSlider_;
    ScrubBar* scrub_;
    double volume_ = 1;
    bool playing_ = false;
    bool muted_ = false;
    bool audio_ = true;
};

}  // namespace qd::widgets
