#pragma once
// Two paths in step on the screen: compare::Lockstep's pictures in pairs on the UI thread, and what it found.

#include <QImage>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "app/adapters/ops_link.hpp"
#include "app/models/fetch_model.hpp"
#include "app/models/playback_history.hpp"
#include "compare/lockstep.hpp"
#include "player/shaped_transport.hpp"

namespace qd::app {

class AudioOutput;
class PairMailbox;

/// UI thread.
class ComparisonAdapter : public QObject {
    Q_OBJECT

public:
    explicit ComparisonAdapter(OpsLink& link, QObject* parent = nullptr);
    ~ComparisonAdapter() override;

    /// The stable path of a title of the site's beside its canary path.
    void playTitle(const QString& titleId, double startS = 0);
    /// Any two addresses.
    void play(compare::SideOptions a, compare::SideOptions b, double startS = 0);
    void pause();
    void resume();
    void seek(double positionS);
    void step(int frames);
    void stop();
    void setAudible(compare::Side side);
    /// Nothing: found from the pictures.
    void setOffset(std::optional<double> bMinusAS);
    void setOutputSize(QSize pixels);
    void lockLevel(int level);
    /// On the left side's timeline; both go round together.
    void setLoop(std::optional<decode::LoopRange> range);
    /// Of the left side's tracks, the right one follows; -1: off.
    void selectSubtitles(int track);
    void setVolume(double volume);
    /// Holds one side back, to rehearse a worse path; for what is compared next as well.
    void setNetwork(compare::Side side, const QString& name, const player::NetworkShape& shape);
    /// Empty: as it is.
    const QString& networkName(compare::Side side) const { return networkNames_[side]; }

    bool isOpen() const { return open_; }
    bool isRunning() const;
    /// As of the last changed(); 4 times a second while something is open.
    const compare::LockstepSnapshot& snapshot() const { return snapshot_; }
    const compare::Verdict& verdict() const { return verdict_; }
    /// Of the whole comparison as far as it is kept, oldest first.
    const std::vector<compare::PairScore>& scores() const { return scores_; }
    std::vector<compare::SegmentRow> segments() const;
    /// Empty while two addresses are compared.
    const QString& titleId() const { return titleId_; }
    /// When it was asked to play, ms since the epoch; 0: never.
    qint64 startedAtMs() const { return startedAtMs_; }
    /// Of one side, oldest first, as far as they are kept.
    std::vector<player::FetchRecord> fetches(compare::Side side) const;
    std::vector<SkippedRow> skipped(compare::Side side) const;
    std::vector<player::AbrDecision> decisions(compare::Side side) const;
    std::vector<player::Notice> noticesOf(compare::Side side) const;
    const PlaybackHistory& history(compare::Side side) const { return history_[side]; }
    std::optional<decode::FrameInfo> frameInfo(compare::Side side) const;
    /// As a player of its own would tell it.
    decode::PlaybackSnapshot playback(compare::Side side) const;
    /// The picture on the screen in its coded size.
    core::Result<QImage> grab(compare::Side side) const;
    const QStringList& notices() const { return notices_; }

signals:
    void framesArrived(const QImage& a, const QImage& b);
    void opened();
    void changed();
    void presentationChanged();  // levels, tracks or being live are others than before

private:
    void ensureTransports();
    void begin(const QString& titleId, compare::SideOptions a, compare::SideOptions b, double startS);
    void poll();

    OpsLink& link_;
    bool open_ = false;
    QSize outputSize_{640, 360};
    double volume_ = 0.8;
    compare::LockstepSnapshot snapshot_;
    compare::Verdict verdict_;
    std::vector<compare::PairScore> scores_;
    QStringList notices_;
    QString titleId_;
    qint64 startedAtMs_ = 0;
    compare::Both<PlaybackHistory> history_;
    compare::Both<QString> networkNames_;
    QTimer poll_;
    std::unique_ptr<http::Client> clientA_, clientB_;
    std::unique_ptr<player::HttpTransport> transportA_, transportB_;
    std::unique_ptr<player::ShapedTransport> shapedA_, shapedB_;
    std::unique_ptr<PairMailbox> frames_;
    std::unique_ptr<AudioOutput> audio_;
    std::unique_ptr<compare::Lockstep> lockstep_;  // last: its threads use the others
};

}  // namespace qd::app
