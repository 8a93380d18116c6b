#pragma once
// A title or any HLS address on the screen: decode::Playback's frames as QImages on the UI thread, the newest
// only, its sound on a device when there is one; and all that happened on the way.

#include <QImage>
#include <QObject>
#include <QTimer>
#include <deque>
#include <memory>
#include <vector>

#include "app/adapters/ops_link.hpp"
#include "app/models/fetch_model.hpp"
#include "app/models/playback_history.hpp"
#include "decode/playback.hpp"
#include "player/beacon.hpp"
#include "player/shaped_transport.hpp"

namespace qd::app {

class AudioOutput;
class FrameMailbox;

/// Which way the requests go.
enum class Path { Auto, Stable, Canary };
QString pathWord(Path path);  // "as viewers", "stable path", "canary path"

/// Of the picture on the screen.
struct ShownFrame {
    double atS = 0;
    std::optional<std::uint32_t> number;  // from the title's frame code
    int level = -1;
};

class PlayerAdapter : public QObject {
    Q_OBJECT

public:
    explicit PlayerAdapter(OpsLink& link, QObject* parent = nullptr);
    ~PlayerAdapter() override;

    void play(const QString& titleId, Path path);
    /// Any multivariant or media playlist; checked by hlsAddress() before.
    void playAddress(const QString& url);
    void pause();
    void resume();
    void seek(qint64 positionMs, decode::SeekMode mode = decode::SeekMode::exact);
    void step(int frames);
    void stop();
    void setRate(double rate);
    void setLoop(std::optional<decode::LoopRange> range);
    void setOutputSize(QSize pixels);
    /// -1: automatic.
    void lockLevel(int level);
    void selectAudio(int track);
    /// -1: off.
    void selectSubtitles(int track);
    void setVolume(double volume);  // 0..1
    double volume() const { return volume_; }
    void setMuted(bool muted);
    bool isMuted() const { return muted_; }
    /// Why there is no sound; empty when there is.
    QString noAudioReason() const;

    /// Holds for what is played next as well. `name` is for people: "3G", "800 kbit/s".
    void setNetwork(const QString& name, const player::NetworkShape& shape);
    void setNetworkTrace(player::NetworkTrace trace);
    const QString& networkName() const { return networkName_; }  // empty: as it is

    /// Empty while an address of no title of the site's plays.
    const QString& titleId() const { return titleId_; }
    /// What was opened; empty: nothing.
    const QString& address() const { return address_; }
    /// What was sent with it: for thumbnails and clips of the same.
    const player::SessionOptions& options() const { return options_; }
    Path path() const { return path_; }
    bool isOpen() const { return playback_ != nullptr && !address_.isEmpty(); }

    /// As of the last snapshotChanged(); 4 times a second while something is open.
    const decode::PlaybackSnapshot& snapshot() const { return snapshot_; }
    /// As of now; while a seek is under way, where it goes to: keys in quick succession add up.
    core::Seconds position() const { return playback_ ? playback_->snapshot().position : core::Seconds(0); }
    const ShownFrame& shownFrame() const { return shown_; }
    /// Oldest first, each at most 300 (the newest).
    const std::vector<player::FetchRecord>& fetches() const { return fetches_; }
    const std::vector<SkippedRow>& skipped() const { return skipped_; }
    const std::vector<player::AbrDecision>& decisions() const { return decisions_; }
    const std::vector<player::Notice>& notices() const { return notices_; }
    const PlaybackHistory& history() const { return history_; }
    std::vector<player::StallInterval> stalls() const;
    /// The cues at the picture on the screen.
    std::vector<player::Cue> cues() const;
    std::optional<decode::FrameInfo> frameInfo() const;
    /// The picture on the screen in its coded size.
    core::Result<QImage> grab() const;
    /// When it was asked to play, ms since the epoch; 0: never.
    qint64 startedAtMs() const { return startedAtMs_; }
    std::optional<player::BeaconStats> beacons() const;

signals:
    void frameArrived(const QImage& frame);
    void opened();  // something else plays from now on
    void stateChanged();
    void snapshotChanged();
    void presentationChanged();  // levels, tracks or being live are others than before
    void networkChanged();

private:
    void ensurePlayback();
    void begin(const QString& url, player::SessionOptions options);
    decode::PlaybackCallbacks callbacks();
    void poll();
    void applyVolume();
    void tellBeacon();

    OpsLink& link_;
    QString titleId_, address_;
    player::SessionOptions options_;
    Path path_ = Path::Auto;
    decode::PlaybackSnapshot snapshot_;
    ShownFrame shown_;
    std::vector<player::FetchRecord> fetches_;
    std::vector<SkippedRow> skipped_;
    std::vector<player::AbrDecision> decisions_;
    std::vector<player::Notice> notices_;
    PlaybackHistory history_;
    qint64 startedAtMs_ = 0;
    QTimer poll_;
    double volume_ = 0.8;
    bool muted_ = false;
    QSize outputSize_{1280, 720};
    QString networkName_;
    std::unique_ptr<player::HttpTransport> transport_;
    std::unique_ptr<player::ShapedTransport> shaped_;
    std::unique_ptr<player::BeaconSender> beacon_;
    std::unique_ptr<FrameMailbox> frames_;
    std::unique_ptr<AudioOutput> audio_;
    std::unique_ptr<decode::Playback> playback_;  // last: its threads use the others
};

}  // namespace qd::app
