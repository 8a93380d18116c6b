#include "app/pages/incidents/playback_bar.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <algorithm>
#include <array>

#include "app/models/values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kTickMs = 100;
constexpr int kSliderSteps = 1'000;
constexpr std::array kSpeeds{1, 5, 15, 60, 150, 600};

}  // namespace

PlaybackBar::PlaybackBar(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::sm);
    const auto button = [&](Icon icon, const QString& name) {
        auto* made = makeIconButton(icon, name, this);
        row->addWidget(made);
        return made;
    };
    connect(button(Icon::Back, QStringLiteral("Previous event (Shift+Left)")), &QToolButton::clicked, this,
            [this] { step(-1); });
    run_ = button(Icon::Pause, QStringLiteral("Pause (Space)"));
    connect(run_, &QToolButton::clicked, this, [this] { setRunning(!isRunning()); });
    connect(button(Icon::Next, QStringLiteral("Next event (Shift+Right)")), &QToolButton::clicked, this,
            [this] { step(1); });
    where_ = makeLabel({}, Type::Body, Weight::Semibold, false, this);
    where_->setMinimumWidth(190);
    row->addWidget(where_);
    slider_ = new QSlider(Qt::Horizontal, this);
    slider_->setRange(0, kSliderSteps);
    slider_->setAccessibleName(QStringLiteral("Moment of the playback"));
    row->addWidget(slider_, 1);
    count_ = makeMutedLabel({}, Type::Small, this);
    row->addWidget(count_);
    speeds_ = new QComboBox(this);
    speeds_->setAccessibleName(QStringLiteral("Speed"));
    for (const int speed : kSpeeds) speeds_->addItem(QStringLiteral("%1×").arg(speed), speed);
    speeds_->setCurrentIndex(3);
    row->addWidget(speeds_);
    auto* leave = makeButton(QStringLiteral("Back to now"), ButtonKind::Primary, this);
    row->addWidget(leave);
    connect(leave, &QPushButton::clicked, this, &PlaybackBar::left);
    connect(speeds_, &QComboBox::currentIndexChanged, this, [this] { showMoment(); });
    connect(slider_, &QSlider::valueChanged, this, [this](int value) {
        if (!playback_) return;
        const auto whole = playback_->to() - playback_->from();
        seek(playback_->from() + whole * value / kSliderSteps);
    });
    timer_.setInterval(kTickMs);
    connect(&timer_, &QTimer::timeout, this, &PlaybackBar::tick);
}

void PlaybackBar::begin(Playback playback) {
    playback_ = std::move(playback);
    setRunning(true);
    emit moved();
}

void PlaybackBar::end() {
    timer_.stop();
    playback_.reset();
}

void PlaybackBar::setRunning(bool running) {
    if (!playback_) return;
    if (running) {
        if (playback_->atEnd()) seek(playback_->from());
        since_.start();
        timer_.start();
    } else {
        timer_.stop();
    }
    run_->setIcon(makeIcon(running ? Icon::Pause : Icon::Play));
    const QString name = running ? QStringLiteral("Pause (Space)") : QStringLiteral("Play (Space)");
    run_->setToolTip(name);
    run_->setAccessibleName(name);
    showMoment();
}

void PlaybackBar::step(int by) {
    if (!playback_) return;
    setRunning(false);
    playback_->step(by);
    showMoment();
    emit moved();
}

void PlaybackBar::changeSpeed(int by) {
    speeds_->setCurrentIndex(std::clamp(speeds_->currentIndex() + by, 0, speeds_->count() - 1));
}

int PlaybackBar::speed() const {
    return speeds_->currentData().toInt();
}

void PlaybackBar::seek(core::WallTime at) {
    if (!playback_) return;
    playback_->seek(at);
    showMoment();
    emit moved();
}

void PlaybackBar::tick() {
    if (!playback_) return timer_.stop();
    playback_->advance(std::chrono::milliseconds(since_.restart()), speed());
    if (playback_->atEnd()) setRunning(false);
    showMoment();
    emit moved();
}

void PlaybackBar::showMoment() {
    if (!playback_) return;
    where_->setText(QStringLiteral("Playback %1, %2")
                        .arg(formatClock(msOf(playback_->at())),
                             isRunning() ? QStringLiteral("%1×").arg(speed()) : QStringLiteral("paused")));
    count_->setText(QStringLiteral("event %1").arg(playback_->count()));
    const auto whole = playback_->to() - playback_->from();
    const QSignalBlocker quiet(slider_);
    if (!slider_->isSliderDown())
        slider_->setValue(whole.count() > 0
                              ? int((playback_->at() - playback_->from()) * kSliderSteps / whole)
                              : kSliderSteps);
}

}  // namespace qd::app
