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
    void show(qint64 position, qint64 duration) {
        const QString text = duration > 0
                                 ? formatPosition(position) + QStringLiteral(" / ") + formatPosition(duration)
                                 : QStringLiteral("–:– / –:–");
        if (text == text_) return;
        text_ = text;
        const QString widest = formatPosition(duration) + QStringLiteral(" / ") + formatPosition(duration);
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
      mute_(makeIconButton(Icon::Volume, QStringLiteral("Mute (M)"), this)),
      statistics_(makeIconButton(Icon::Statistics, QStringLiteral("Statistics (I)"), this)),
      fullScreen_(makeIconButton(Icon::FullScreen, QStringLiteral("Full screen (F)"), this)),
      help_(makeIconButton(Icon::Keyboard, QStringLiteral("Keys (?)"), this)),
      clock_(new PositionLabel(this)),
      volumeSlider_(new QSlider(Qt::Horizontal, this)),
      scrub_(new ScrubBar(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::sm, space::xs, space::sm, space::xs);
    row->setSpacing(space::xs);
    row->addWidget(play_);
    row->addWidget(scrub_, 1);
    row->addWidget(clock_);
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
    connect(mute_, &QToolButton::clicked, this, [this] { emit muteRequested(!muted_); });
    connect(volumeSlider_, &QSlider::valueChanged, this, [this](int value) {
        volume_ = value / 100.0;
        emit volumeRequested(volume_);
    });
    connect(statistics_, &QToolButton::clicked, this, &TransportBar::statisticsToggled);
    connect(fullScreen_, &QToolButton::clicked, this, &TransportBar::fullScreenToggled);
    connect(help_, &QToolButton::clicked, this, &TransportBar::helpRequested);
    connect(scrub_, &ScrubBar::seekRequested, this, [this](qint64 ms) {
        showPosition();
        emit seekRequested(ms);
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

void TransportBar::setDuration(qint64 ms) {
    scrub_->setDuration(ms);
    showPosition();
}

void TransportBar::setPosition(qint64 ms) {
    scrub_->setPosition(ms);
    showPosition();
}

void TransportBar::setBuffered(const QVector<TimeRange>& ranges) {
    scrub_->setBuffered(ranges);
}
void TransportBar::setStalls(const QVector<qint64>& positions) {
    scrub_->setStalls(positions);
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
    setDisabledReason(play_, ready ? QString() : why.isEmpty() ? QStringLiteral("Nothing to play") : why);
    scrub_->setEnabled(ready);
}

void TransportBar::showPosition() {
    static_cast<PositionLabel*>(clock_)->show(scrub_->position(), scrub_->duration());
}

bool TransportBar::handleKey(QKeyEvent* event) {
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
    const auto seek = [&](qint64 by) {
        if (scrub_->duration() <= 0) return;
        emit seekRequested(std::clamp<qint64>(scrub_->position() + by, 0, scrub_->duration()));
    };
    const auto louder = [&](double by) {
        if (audio_) emit volumeRequested(std::clamp(volume_ + by, 0.0, 1.0));
    };
    switch (event->key()) {
        case Qt::Key_Space:
            if (play_->isEnabled()) play_->click();
            break;
        case Qt::Key_Left:
            seek(shift ? -1000 : -5000);
            break;
        case Qt::Key_Right:
            seek(shift ? 1000 : 5000);
            break;
        case Qt::Key_Home:
            seek(-scrub_->duration());
            break;
        case Qt::Key_Up:
            louder(0.05);
            break;
        case Qt::Key_Down:
            louder(-0.05);
            break;
        case Qt::Key_M:
            if (audio_) emit muteRequested(!muted_);
            break;
        case Qt::Key_F:
            emit fullScreenToggled();
            break;
        case Qt::Key_I:
            emit statisticsToggled();
            break;
        case Qt::Key_Question:
            emit helpRequested();
            break;
        default:
            return false;
    }
    event->accept();
    return true;
}

void TransportBar::keyPressEvent(QKeyEvent* event) {
    if (!handleKey(event)) QWidget::keyPressEvent(event);
}

}  // namespace qd::widgets
