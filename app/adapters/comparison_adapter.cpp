#include "app/adapters/comparison_adapter.hpp"

#include <mutex>
#include <tuple>
#include <utility>

#include "app/adapters/async.hpp"
#include "app/adapters/audio_output.hpp"
#include "app/adapters/frame_mailbox.hpp"
#include "app/models/values.hpp"

namespace qd::app {
namespace {

constexpr int kComparisonPollMs = 250;
constexpr std::size_t kMostScores = 20'000;
constexpr int kMostNotices = 20;
constexpr std::size_t kComparisonIdBytes = 8;

}  // namespace

/// The two pictures of one moment. The lockstep hands them out one after the other; they go on when both are
/// there, so that no picture is ever painted beside the one before.
class PairMailbox {
public:
    explicit PairMailbox(std::function<void()> notify)
        : a_(*this, compare::Side::a), b_(*this, compare::Side::b), notify_(std::move(notify)) {}

    decode::FrameSink& a() { return a_; }
    decode::FrameSink& b() { return b_; }
    compare::Both<decode::VideoFrame> take() {
        const std::lock_guard lock(mutex_);
        told_ = false;
        return ready_;
    }

private:
    struct Slot : decode::FrameSink {
        Slot(PairMailbox& box, compare::Side which) : owner(box), side(which) {}
        void on_frame(decode::VideoFrame frame) override { owner.put(side, std::move(frame)); }
        PairMailbox& owner;
        compare::Side side;
    };

    void put(compare::Side side, decode::VideoFrame frame) {
        {
            const std::lock_guard lock(mutex_);
            coming_[side] = std::move(frame);
            fresh_[side] = true;
            // At unlike frame rates one side shows the same picture again: it goes on with the other's next.
            const bool again = std::exchange(waited_[side], fresh_[side]);
            const bool alone = !coming_[compare::other(side)].pixels;
            if (!fresh_[compare::other(side)] && !again && !alone) return;
            // A side that has shown nothing (it may never) does not hold the other back, and its first
            // picture still meets the one it belongs to.
            if (!alone) fresh_ = waited_ = {};
            ready_ = coming_;
            if (std::exchange(told_, true)) return;
        }
        notify_();
    }

    Slot a_, b_;
    std::mutex mutex_;
    compare::Both<decode::VideoFrame> coming_, ready_;
    compare::Both<bool> fresh_, waited_;
    bool told_ = false;
    std::function<void()> notify_;
};

ComparisonAdapter::ComparisonAdapter(OpsLink& link, QObject* parent) : QObject(parent), link_(link) {
    poll_.setInterval(kComparisonPollMs);
    connect(&poll_, &QTimer::timeout, this, &ComparisonAdapter::poll);
}

ComparisonAdapter::~ComparisonAdapter() {
    lockstep_.reset();
}

void ComparisonAdapter::playTitle(const QString& titleId, double startS) {
    const Endpoints& site = link_.endpoints();
    if (site.gateway.empty() || titleId.isEmpty()) return;
    const auto side = [&](const char* arm) {
        compare::SideOptions options;
        options.name = arm;
        options.url = site.gateway + "/api/v1/stream/" + http::percent_encode(titleId.toStdString());
        options.session.content_id = titleId.toStdString();
        options.session.session_id = link_.random().hex(kComparisonIdBytes);
        options.session.headers.set("X-Quarterdeck-Arm", arm);
        if (!site.token.empty()) options.session.headers.set("Authorization", "Bearer " + site.token);
        return options;
    };
    begin(titleId, side("stable"), side("canary"), startS);
}

void ComparisonAdapter::ensureTransports() {
    if (clientA_) return;
    const auto shaped = [this](player::Transport& inner) {
        return std::make_unique<player::ShapedTransport>(inner, link_.executor(), link_.clock(),
                                                         link_.random());
    };
    clientA_ = std::make_unique<http::Client>();
    clientB_ = std::make_unique<http::Client>();
    transportA_ = std::make_unique<player::HttpTransport>(*clientA_);
    transportB_ = std::make_unique<player::HttpTransport>(*clientB_);
    shapedA_ = shaped(*transportA_);
    shapedB_ = shaped(*transportB_);
}

void ComparisonAdapter::setNetwork(compare::Side side, const QString& name,
                                   const player::NetworkShape& shape) {
    ensureTransports();
    (side == compare::Side::a ? shapedA_ : shapedB_)->set_shape(shape);
    networkNames_[side] = shape == player::NetworkShape{} ? QString() : name;
    emit changed();
}

void ComparisonAdapter::play(compare::SideOptions a, compare::SideOptions b, double startS) {
    // Evidence names the sessions: each has its own, as a player's would.
    for (compare::SideOptions* side : {&a, &b})
        if (side->session.session_id.empty())
            side->session.session_id = link_.random().hex(kComparisonIdBytes);
    begin({}, std::move(a), std::move(b), startS);
}

void ComparisonAdapter::begin(const QString& titleId, compare::SideOptions a, compare::SideOptions b,
                              double startS) {
    const QPointer<QObject> guard(this);
    ensureTransports();
    // The way from the first byte is measured: connections of one side must not serve the other.
    lockstep_.reset();
    if (!frames_) {
        audio_ = std::make_unique<AudioOutput>();
        frames_ = std::make_unique<PairMailbox>([this, guard] {
            onUiThread(guard, [this] {
                const auto pair = frames_->take();
                if (open_) emit framesArrived(imageOf(pair.a), imageOf(pair.b));
            });
        });
    }
    audio_->setVolume(volume_);
    compare::LockstepCallbacks callbacks;
    callbacks.on_state = [this, guard](decode::PlaybackState) { onUiThread(guard, [this] { poll(); }); };
    callbacks.on_notice = [this, guard](const std::string& text) {
        onUiThread(guard, [this, text] {
            if (notices_.size() < kMostNotices) notices_ << QString::fromStdString(text);
        });
    };
    scores_.clear();
    notices_.clear();
    verdict_ = {};
    history_ = {};
    titleId_ = titleId;
    startedAtMs_ = msOf(link_.clock().now());
    open_ = true;
    compare::LockstepOptions options;
    options.start_at = core::Seconds(startS);
    lockstep_ = std::make_unique<compare::Lockstep>(
        compare::CompareServices{*shapedA_, *shapedB_, link_.executor(), link_.clock(), link_.random()},
        frames_->a(), frames_->b(), audio_.get(), options, std::move(callbacks));
    lockstep_->set_output_size(outputSize_.width(), outputSize_.height());
    lockstep_->play(std::move(a), std::move(b));
    poll_.start();
    emit opened();
    poll();
}

void ComparisonAdapter::pause() {
    if (lockstep_) lockstep_->pause();
}
void ComparisonAdapter::resume() {
    if (lockstep_) lockstep_->resume();
}
void ComparisonAdapter::seek(double positionS) {
    if (lockstep_) lockstep_->seek(core::Seconds(positionS));
}
void ComparisonAdapter::step(int frames) {
    if (!lockstep_) return;
    lockstep_->pause();
    lockstep_->step(frames);
}

void ComparisonAdapter::stop() {
    if (!open_) return;
    poll();
    open_ = false;
    poll_.stop();
    lockstep_->stop();
    emit changed();
}

void ComparisonAdapter::setAudible(compare::Side side) {
    if (!lockstep_) return;
    lockstep_->set_audible(side);
    poll();
}

void ComparisonAdapter::setOffset(std::optional<double> bMinusAS) {
    if (!lockstep_) return;
    lockstep_->set_offset(bMinusAS ? std::optional(core::Seconds(*bMinusAS)) : std::nullopt);
    poll();
}

void ComparisonAdapter::setOutputSize(QSize pixels) {
    if (pixels.isEmpty() || pixels == outputSize_) return;
    outputSize_ = pixels;
    if (lockstep_) lockstep_->set_output_size(pixels.width(), pixels.height());
}

void ComparisonAdapter::lockLevel(int level) {
    if (lockstep_ && level >= 0) lockstep_->lock_level(level);
}

void ComparisonAdapter::setLoop(std::optional<decode::LoopRange> range) {
    if (!lockstep_) return;
    lockstep_->set_loop(range);
    poll();
}

void ComparisonAdapter::selectSubtitles(int track) {
    if (!lockstep_) return;
    lockstep_->select_subtitles(track < 0 ? std::nullopt : std::optional<int>(track));
    poll();
}

void ComparisonAdapter::setVolume(double volume) {
    volume_ = volume;
    if (audio_) audio_->setVolume(volume);
}

bool ComparisonAdapter::isRunning() const {
    using decode::PlaybackState;
    switch (snapshot_.state) {
        case PlaybackState::starting:
        case PlaybackState::playing:
        case PlaybackState::stalled:
        case PlaybackState::seeking:
            return open_;
        default:
            return false;
    }
}

std::vector<compare::SegmentRow> ComparisonAdapter::segments() const {
    return lockstep_ ? lockstep_->segments() : std::vector<compare::SegmentRow>{};
}

std::vector<player::FetchRecord> ComparisonAdapter::fetches(compare::Side side) const {
    return lockstep_ ? lockstep_->fetches(side) : std::vector<player::FetchRecord>{};
}

std::vector<SkippedRow> ComparisonAdapter::skipped(compare::Side side) const {
    std::vector<SkippedRow> rows;
    if (!lockstep_) return rows;
    for (compare::SkippedAt& each : lockstep_->skipped(side))
        rows.push_back({rows.size() + 1, each.at, std::move(each.segment)});
    return rows;
}

std::vector<player::AbrDecision> ComparisonAdapter::decisions(compare::Side side) const {
    return lockstep_ ? lockstep_->decisions(side) : std::vector<player::AbrDecision>{};
}

std::vector<player::Notice> ComparisonAdapter::noticesOf(compare::Side side) const {
    return lockstep_ ? lockstep_->notices(side) : std::vector<player::Notice>{};
}

std::optional<decode::FrameInfo> ComparisonAdapter::frameInfo(compare::Side side) const {
    return open_ && lockstep_ ? lockstep_->frame_info(side) : std::nullopt;
}

decode::PlaybackSnapshot ComparisonAdapter::playback(compare::Side side) const {
    return lockstep_ ? lockstep_->playback(side) : decode::PlaybackSnapshot{};
}

core::Result<QImage> ComparisonAdapter::grab(compare::Side side) const {
    if (!open_ || !lockstep_) return core::fail(core::Errc::not_found, "nothing is compared");
    auto frame = lockstep_->grab(side);
    if (!frame) return tl::unexpected(frame.error());
    // A picture of its own: the next one may come while it is written.
    return imageOf(*frame).copy();
}

void ComparisonAdapter::poll() {
    if (!lockstep_ || !open_) return;
    const auto counts = [this] {
        const auto& presentation = snapshot_.side.a.session.presentation;
        return std::tuple(presentation.levels.size(), presentation.subtitle_tracks.size(), snapshot_.live);
    };
    const auto before = counts();
    snapshot_ = lockstep_->snapshot();
    if (counts() != before) emit presentationChanged();
    auto more = lockstep_->scores(scores_.empty() ? 0 : scores_.back().number);
    scores_.insert(scores_.end(), more.begin(), more.end());
    if (scores_.size() > kMostScores)
        scores_.erase(scores_.begin(), scores_.end() - std::ptrdiff_t(kMostScores));
    verdict_ = lockstep_->verdict();
    for (const compare::Side side : compare::sides)
        history_[side].add(historyPoint(lockstep_->playback(side), msOf(link_.clock().now())));
    emit changed();
}

}  // namespace qd::app
