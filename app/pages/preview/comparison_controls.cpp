#include "app/pages/preview/comparison_controls.hpp"

#include <QButtonGroup>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/pages/preview/tool_menus.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/video/live_button.hpp"
#include "widgets/video/scrub_bar.hpp"

namespace qd::app {

using namespace widgets;
using compare::Side;

namespace {

constexpr int kUsualGain = 8;

struct ModeWord {
    CompareMode mode;
    const char* word;
    const char* action;
};
constexpr ModeWord kModes[] = {
    {CompareMode::SideBySide, "Side by side", "preview.side_by_side"},
    {CompareMode::Wipe, "Wipe", "preview.wipe"},
    {CompareMode::Blink, "In turns", "preview.blink"},
    {CompareMode::Difference, "Difference", "preview.difference"},
};

QString withShortcut(const Command& command) {
    return QStringLiteral("%1 (%2)").arg(command.title, command.shortcut.toString(QKeySequence::NativeText));
}

}  // namespace

ComparisonControls::ComparisonControls(Session& session, QWidget* parent)
    : QWidget(parent), session_(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::sm, 0, space::sm, space::xs);
    column->setSpacing(space::xs);
    column->addLayout(makeTransport());
    column->addLayout(makeModes());
    column->addLayout(makeTools());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QHBoxLayout* ComparisonControls::makeTransport() {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::xs);
    auto* back = makeIconButton(Icon::Back, QStringLiteral("One frame back (,)"), this);
    play_ = makeIconButton(Icon::Play, QStringLiteral("Play (Space)"), this);
    auto* ahead = makeIconButton(Icon::Next, QStringLiteral("One frame ahead (.)"), this);
    const auto does = [this](QAbstractButton* button, const char* id) {
        connect(button, &QAbstractButton::clicked, this,
                [this, id] { session_.actions().trigger(QString::fromUtf8(id)); });
    };
    does(back, "preview.step_back");
    does(play_, "preview.toggle");
    does(ahead, "preview.step");
    scrub_ = new ScrubBar(this);
    connect(scrub_, &ScrubBar::seekRequested, this, [this](qint64 ms, bool dragging) {
        if (!dragging) session_.comparison().seek(double(ms) / 1000);
    });
    position_ = makeMutedLabel({}, Type::Small, this);
    position_->setMinimumWidth(96);
    position_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    live_ = new LiveButton(this);
    does(live_, "preview.live");
    for (QWidget* widget : std::initializer_list<QWidget*>{back, play_, ahead}) row->addWidget(widget);
    row->addWidget(scrub_, 1);
    row->addWidget(position_);
    row->addWidget(live_);
    return row;
}

QHBoxLayout* ComparisonControls::makeModes() {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::xs);
    modes_ = new QButtonGroup(this);
    for (const ModeWord& mode : kModes) {
        QPushButton* button = makeButton(QString::fromUtf8(mode.word), ButtonKind::Quiet, this);
        button->setCheckable(true);
        if (const Command* command = session_.actions().find(QString::fromUtf8(mode.action)))
            button->setToolTip(withShortcut(*command));
        button->setChecked(mode.mode == CompareMode::SideBySide);
        modes_->addButton(button, int(mode.mode));
        connect(button, &QPushButton::clicked, this,
                [this, mode] { emit session_.previewFocus().comparisonWanted(int(mode.mode)); });
        row->addWidget(button);
    }
    gain_ = new QSlider(Qt::Horizontal, this);
    gain_->setRange(1, 32);
    gain_->setValue(kUsualGain);
    gain_->setFixedWidth(72);
    gain_->setToolTip(QStringLiteral("How much the difference is amplified"));
    gain_->setAccessibleName(QStringLiteral("Amplification of the difference"));
    gain_->setVisible(false);
    connect(gain_, &QSlider::valueChanged, this, &ComparisonControls::gainChosen);
    row->addWidget(gain_);
    row->addStretch();
    return row;
}

QHBoxLayout* ComparisonControls::makeTools() {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::xs);
    audible_ = makeButton({}, Icon::Volume, ButtonKind::Quiet, this);
    audible_->setObjectName(QStringLiteral("audible"));
    connect(audible_, &QPushButton::clicked, this,
            [this] { session_.actions().trigger(QStringLiteral("preview.audible")); });
    subtitles_ = makeMenuButton(QStringLiteral("Subtitles"), this);
    connect(subtitles_->menu(), &QMenu::aboutToShow, this, [this] {
        const compare::SideSnapshot& a = session_.comparison().snapshot().side.a;
        fillSubtitleMenu(session_, subtitles_->menu(), a.session.presentation.subtitle_tracks,
                         a.subtitle_track);
    });
    network_ = makeMenuButton(QStringLiteral("Network"), this);
    connect(network_->menu(), &QMenu::aboutToShow, this, &ComparisonControls::fillNetworks);
    auto* more = makeMenuButton(QStringLiteral("More"), this);
    more->setText(QStringLiteral("More"));
    addMenuActions(session_, more->menu(),
                   {"preview.snapshot", "preview.evidence", "", "preview.loop", "preview.loop_all",
                    "preview.live", "", "preview.inspector", "preview.quality", "preview.offset", "",
                    "preview.compare_addresses", "preview.compare"});
    for (QWidget* tool : std::initializer_list<QWidget*>{audible_, subtitles_, network_})
        row->addWidget(tool);
    row->addStretch();
    row->addWidget(more);
    return row;
}

void ComparisonControls::setMode(CompareMode mode) {
    if (auto* button = modes_->button(int(mode))) button->setChecked(true);
    gain_->setVisible(mode == CompareMode::Difference);
}

void ComparisonControls::showComparison(const ComparisonAdapter& both) {
    showTransport(both);
    showTools(both);
}

void ComparisonControls::showTransport(const ComparisonAdapter& both) {
    const compare::LockstepSnapshot& now = both.snapshot();
    const bool running = both.isRunning();
    const QString name = running ? QStringLiteral("Pause (Space)") : QStringLiteral("Play (Space)");
    if (play_->accessibleName() != name) {
        play_->setIcon(makeIcon(running ? Icon::Pause : Icon::Play, Token::Text));
        play_->setAccessibleName(name);
        play_->setToolTip(name);
    }
    const qint64 at = qint64(now.position.count() * 1000), end = qint64(now.end.count() * 1000);
    scrub_->setRange(qint64(now.side.a.session.presentation.start.count() * 1000), end);
    scrub_->setPosition(at);
    std::optional<TimeRange> loop;
    if (now.loop) {
        const double to = now.loop->to.count() > 0 ? now.loop->to.count() * 1000 : double(end);
        loop = TimeRange{now.loop->from.count() * 1000, to};
    }
    scrub_->setLoop(loop);
    const auto& presentation = now.side.a.session.presentation;
    live_->setDistance(now.live
                           ? std::optional(liveDistance(now.position, now.end, presentation.target_duration))
                           : std::nullopt);
    // The end of what is live moves: how far it is away stands beside.
    position_->setText(end <= 0   ? QStringLiteral("–:– / –:–")
                       : now.live ? formatPosition(at)
                                  : QStringLiteral("%1 / %2").arg(formatPosition(at), formatPosition(end)));
}

void ComparisonControls::showTools(const ComparisonAdapter& both) {
    const compare::LockstepSnapshot& now = both.snapshot();
    const QString heard = str(now.side[now.audible].name);
    audible_->setText(QStringLiteral("Sound: %1").arg(heard));
    audible_->setAccessibleName(QStringLiteral("Sound of %1; press for the other").arg(heard));
    const auto& texts = now.side.a.session.presentation.subtitle_tracks;
    showOnMenuButton(subtitles_, subtitleChoiceText(texts, now.side.a.subtitle_track),
                     texts.empty() ? QStringLiteral("There are no subtitles") : QString());
    QStringList held;
    for (const Side side : compare::sides)
        if (const QString& name = both.networkName(side); !name.isEmpty())
            held << QStringLiteral("%1 %2").arg(str(now.side[side].name),
                                                name.section(QStringLiteral(" ("), 0, 0));
    showOnMenuButton(network_, held.isEmpty() ? QStringLiteral("Network") : held.join(QStringLiteral(", ")),
                     {});
}

void ComparisonControls::fillNetworks() {
    QMenu* menu = network_->menu();
    menu->clear();
    const ComparisonAdapter& both = session_.comparison();
    for (const Side side : compare::sides) {
        menu->addSection(str(both.snapshot().side[side].name));
        const QString& now = both.networkName(side);
        for (const NetworkChoice& choice : networkChoices())
            addMenuChoice(
                session_, menu,
                QStringLiteral("%1: %2").arg(str(both.snapshot().side[side].name), choice.name),
                choice.shape == player::NetworkShape{} ? now.isEmpty() : now == choice.name,
                "preview.network",
                {{"id", choice.id}, {"side", side == Side::a ? QStringLiteral("a") : QStringLiteral("b")}});
    }
}

}  // namespace qd::app
