#pragma once
// Runs a playback: says what moment is shown and how fast it passes, and lets one stop, step and go
// elsewhere.

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>
#include <optional>

#include "app/pages/incidents/playback.hpp"

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace qd::app {

class PlaybackBar : public QWidget {
    Q_OBJECT

public:
    explicit PlaybackBar(QWidget* parent = nullptr);

    /// Begins to run.
    void begin(Playback playback);
    void end();
    const std::optional<Playback>& playback() const { return playback_; }
    bool isRunning() const { return timer_.isActive(); }
    void setRunning(bool running);
    void step(int by);
    /// To the next faster (+1) or slower (-1) of the speeds.
    void changeSpeed(int by);
    int speed() const;
    void seek(core::WallTime at);

signals:
    void moved();
    /// The person wants to go back to what is true now.
    void left();

private:
    void tick();
    void showMoment();

    std::optional<Playback> playback_;
    QTimer timer_;
    QElapsedTimer since_;
    QLabel* where_;
    QLabel* count_;
    QSlider* slider_;
    QComboBox* speeds_;
    QToolButton* run_;
};

}  // namespace qd::app
