#pragma once
// What of an incident's timeline is before somebody's eyes, so that an action knows what it is about; and
// what actions ask of the page that shows it.

#include <QObject>
#include <QString>
#include <cstdint>

namespace qd::app {

/// UI thread only.
class TimelineFocus : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// The seq that names the chosen row of the journal; 0: none.
    std::uint64_t event() const { return event_; }
    void setEvent(std::uint64_t seq) {
        if (seq == event_) return;
        event_ = seq;
        emit eventChanged();
    }
    /// The stretch of the axis in sight, ms since the epoch.
    double fromMs() const { return fromMs_; }
    double toMs() const { return toMs_; }
    void setRange(double fromMs, double toMs) {
        fromMs_ = fromMs;
        toMs_ = toMs;
    }
    /// The objective whose curve is shown; empty: none.
    const QString& slo() const { return slo_; }
    void setSlo(const QString& id) { slo_ = id; }
    /// The milestone that is being moved on the axis, and to where; empty: none.
    const QString& retimed() const { return retimed_; }
    double retimedMs() const { return retimedMs_; }
    void setRetime(const QString& milestone, double ms) {
        retimed_ = milestone;
        retimedMs_ = ms;
    }
    /// What is shown is the past told again, not what is true now.
    bool isPlaying() const { return playing_; }
    void setPlaying(bool playing) {
        if (playing == playing_) return;
        playing_ = playing;
        emit playingChanged();
    }

signals:
    void eventChanged();
    void playingChanged();

    // Asked by actions, answered by the page.
    void playbackWanted();       // begin or end
    void playbackPauseWanted();  // run or stand still
    void playbackStepWanted(int by);
    void playbackSpeedWanted(int by);
    void searchWanted();
    void nextHitWanted(int by);
    void lanesWanted();
    void retimeEnded();  // whatever came of it, the milestone is no longer being moved

private:
    std::uint64_t event_ = 0;
    double fromMs_ = 0, toMs_ = 0;
    QString slo_;
    QString retimed_;
    double retimedMs_ = 0;
    bool playing_ = false;
};

}  // namespace qd::app
