#pragma once
// A title on the screen: decode::Playback's frames as QImages on the UI thread, the newest only, its sound on
// a device when there is one.

#include <QImage>
#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

#include "app/adapters/ops_link.hpp"
#include "decode/playback.hpp"

namespace qd::app {

class AudioOutput;
class FrameMailbox;

/// Which way the requests go.
enum class Path { Auto, Stable, Canary };

class PlayerAdapter : public QObject {
    Q_OBJECT

public:
    explicit PlayerAdapter(OpsLink& link, QObject* parent = nullptr);
    ~PlayerAdapter() override;

    void play(const QString& titleId, Path path);
    void pause();
    void resume();
    void seek(qint64 positionMs);
    void stop();
    void setOutputSize(QSize pixels);
    /// -1: automatic.
    void lockLevel(int level);
    void setVolume(double volume);  // 0..1
    double volume() const { return volume_; }
    /// Why there is no sound; empty when there is.
    QString noAudioReason() const;

    const QString& titleId() const { return titleId_; }
    Path path() const { return path_; }
    /// As of the last snapshotChanged(); 4 times a second while something is open.
    const decode::PlaybackSnapshot& snapshot() const { return snapshot_; }
    /// The newest 300 rows of the segment log, oldest first.
    const std::vector<player::FetchRecord>& fetches() const { return fetches_; }
    std::vector<player::StallInterval> stalls() const;
    bool isOpen() const { return playback_ != nullptr && !titleId_.isEmpty(); }

signals:
    void frameArrived(const QImage& frame);
    void stateChanged();
    void snapshotChanged();

private:
    void ensurePlayback();
    void poll();

    OpsLink& link_;
    QString titleId_;
    Path path_ = Path::Auto;
    decode::PlaybackSnapshot snapshot_;
    std::vector<player::FetchRecord> fetches_;
    QTimer poll_;
    double volume_ = 0.8;
    QSize outputSize_{1280, 720};
    std::unique_ptr<player::HttpTransport> transport_;
    std::unique_ptr<FrameMailbox> frames_;
    std::unique_ptr<AudioOutput> audio_;
    std::unique_ptr<decode::Playback> playback_;  // last: its threads use the others
};

}  // namespace qd::app
