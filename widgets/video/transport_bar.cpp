#include "widgets/video/transport_bar.hpp"

#include <QHBoxLayout>
#include <QPainter>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

// "1:02 / 9:48" with a width that only depends on the duration.
class PositionLabel : public QWidget {
public:
    explicit PositionLabel(QWidget* parent) : QWidget(parent) { setFixedHeight(24); }
    void show(qint64 position, qint64 end, bool known, bool live) {
        // The end of what is live moves: how far it is away stands beside.
        const QString behind = live ? QString() : QStringLiteral(" / ") + formatPosition(end);
        const QString text = known ? formatPosition(position) + behind : QStringLiteral("–:– / –:–");
        if (text == text_) return;
        text_ = text;
        const QString widest = formatPosition(end) + behind;
        setFixedWidth(static_cast<int>(numberWidth(widest, textFont(Type::Small))) + 4);
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, QRectF(rect()), text_, textFont(Type::Small), Qt::AlignRight);
    }

private:
    QString text_;
};

}  // namespace

TransportBar::TransportBar(QWidget* parent)
    : QWidget(parent),
      play_(makeIconButton(Icon::Play, QStringLiteral("Play (Space)"), this)),
      back_(makeIconButton(Icon::Back, QStringLiteral("One frame back (,)"), this)),
      ahead_(makeIconButton(Icon::Next, QStringLiteral("One frame ahead (.)"), this)),
      mute_(makeIconButton(Icon::Volume, QStringLiteral("Mute (M)"), this)),
      statistics_(makeIconButton(Icon::Statistics, QStringLiteral("Statistics (I)"), this)),
      fullScreen_(makeIconButton(Icon::FullScreen, QStringLiteral("Full screen (F)"), this)),
      help_(makeIconButton(Icon::Keyboard, QStringLiteral("Keys (?)"), this)),
      clock_(new PositionLabel(this)),
      live_(new LiveButton(this)),
      volumeSlider_(new QSlider(Qt::Horizontal, this)),
      scrub_(new ScrubBar(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::sm, space::xs, space::sm, space::xs);
    row->setSpacing(space::xs);
    row->addWidget(back_);
    row->addWidget(play_);
    row->addWidget(ahead_);
    row->addWidget(scrub_, 1);
    row->addWidget(clock_);
    row->addWidget(live_);
    row->addSpacing(space::sm);
    row->addWidget(mute_);
    row->addWidget(volumeSlider_);
    row->addSpacing(space::sm);
    row->addWidget(statistics_);
    row->addWidget(fullScreen_);
    row->addWidget(help_);
    volumeSlider_->setRange(0, 100);
    volumeSlider_->setValue(100);
    volumeSlider_->setFixedWidth(84);
    volumeSlider_->setAccessibleName(QStringLiteral("Volume"));
    volumeSlider_->setFocusPolicy(Qt::TabFocus);
    statistics_->setCheckable(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);

    connect(play_, &QToolButton::clicked, this,
            [this] { playing_ ? emit pauseRequested() : emit playRequested(); });
    connect(back_, &QToolButton::clicked, this, [this] { emit stepRequested(-1); });
    connect(ahead_, &QToolButton::clicked, this, [this] { emit stepRequested(1); });
    connect(mute_, &QToolButton::clicked, this, [this] { emit muteRequested(!muted_); });
    connect(volumeSlider_, &QSlider::valueChanged, this, [this](int value) {
        volume_ = value / 100.0;
        emit volumeRequested(volume_);
    });
    connect(live_, &LiveButton::clicked, this, &TransportBar::liveRequested);
    connect(statistics_, &QToolButton::clicked, this, &TransportBar::statisticsToggled);
    connect(fullScreen_, &QToolButton::clicked, this, &TransportBar::fullScreenToggled);
    connect(help_, &QToolButton::clicked, this, &TransportBar::helpRequested);
    connect(scrub_, &ScrubBar::seekRequested, this, [this](qint64 ms, bool dragging) {
        showPosition();
        emit seekRequested(ms, dragging);
    });
    showPosition();
}

void TransportBar::setPlaying(bool playing) {
    playing_ = playing;
    const QString name = playing ? QStringLiteral("Pause (Space)") : QStringLiteral("Play (Space)");
    play_->setIcon(makeIcon(playing ? Icon::Pause : Icon::Play, Token::Text));
    play_->setAccessibleName(name);
    if (play_->isEnabled()) play_->setToolTip(name);
}

void TransportBar::setRange(qint64 fromMs, qint64 toMs) {
    scrub_->setRange(fromMs, toMs);
    showPosition();
}

void TransportBar::setPosition(qint64 ms) {
    scrub_->setPosition(ms);
    showPosition();
}

void TransportBar::setLive(const std::optional<LiveDistance>& distance) {
    live_->setDistance(distance);
    showPosition();
}

void TransportBar::setVolume(double volume) {
    volume_ = std::clamp(volume, 0.0, 1.0);
    const QSignalBlocker quiet(volumeSlider_);  // answering is not asking
    volumeSlider_->setValue(qRound(volume_ * 100));
}

void TransportBar::setMuted(bool muted) {
    muted_ = muted;
    mute_->setIcon(makeIcon(muted || !audio_ ? Icon::Muted : Icon::Volume));
    const QString name = muted ? QStringLiteral("Sound on (M)") : QStringLiteral("Mute (M)");
    mute_->setAccessibleName(name);
    if (audio_) mute_->setToolTip(name);
}

void TransportBar::setNoAudioReason(const QString& reason) {
    audio_ = reason.isEmpty();
    setDisabledReason(mute_, reason);
    setDisabledReason(volumeSlider_, reason);
    setMuted(muted_);
}

void TransportBar::setStatisticsShown(bool shown) {
    statistics_->setChecked(shown);
}

void TransportBar::setReady(bool ready, const QString& why) {
    const QString reason = ready ? QString() : why.isEmpty() ? QStringLiteral("Nothing to play") : why;
    for (QToolButton* button : {play_, back_, ahead_}) setDisabledReason(button, reason);
    scrub_->setEnabled(ready);
}

void TransportBar::showPosition() {
    static_cast<PositionLabel*>(clock_)->show(scrub_->position(), scrub_->end(), scrub_->duration() > 0,
                                              live_->distance().has_value());
}

}  // namespace qd::widgets
