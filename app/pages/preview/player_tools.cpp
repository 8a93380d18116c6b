#include "app/pages/preview/player_tools.hpp"

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"

namespace qd::app {

using namespace widgets;

PlayerTools::PlayerTools(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      rate_(menuButton(QStringLiteral("Speed"))),
      level_(menuButton(QStringLiteral("Quality"))),
      audio_(menuButton(QStringLiteral("Sound"))),
      subtitles_(menuButton(QStringLiteral("Subtitles"))),
      network_(menuButton(QStringLiteral("Network"))),
      more_(menuButton(QStringLiteral("More"))) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::sm, 0, space::sm, space::xs);
    row->setSpacing(space::xs);
    for (QPushButton* button : {rate_, level_, audio_, subtitles_, network_}) row->addWidget(button);
    row->addStretch();
    row->addWidget(new ActionButton(session.actions(), QStringLiteral("preview.compare"), ButtonKind::Quiet,
                                    this, QStringLiteral("Compare")));
    row->addWidget(new ActionButton(session.actions(), QStringLiteral("preview.evidence"), ButtonKind::Quiet,
                                    this, QStringLiteral("Evidence")));
    row->addWidget(more_);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(rate_->menu(), &QMenu::aboutToShow, this, &PlayerTools::fillRates);
    connect(level_->menu(), &QMenu::aboutToShow, this, &PlayerTools::fillLevels);
    for (QPushButton* button : {audio_, subtitles_})
        connect(button->menu(), &QMenu::aboutToShow, this, &PlayerTools::fillTracks);
    connect(network_->menu(), &QMenu::aboutToShow, this, &PlayerTools::fillNetworks);
    connect(&session.player(), &PlayerAdapter::networkChanged, this, &PlayerTools::showPlayer);
    fillMore();
    more_->setText(QStringLiteral("More"));
    showPlayer();
}

QPushButton* PlayerTools::menuButton(const QString& name) {
    QPushButton* button = makeButton({}, ButtonKind::Quiet, this);
    button->setObjectName(name.toLower());
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setMenu(new QMenu(button));
    return button;
}

namespace {

QAction* choice(Session& session, QMenu* menu, const QString& text, bool chosen, const char* action,
                const QVariantMap& parameters) {
    QAction* item = menu->addAction(text);
    item->setCheckable(true);
    item->setChecked(chosen);
    QObject::connect(item, &QAction::triggered, menu, [&session, action, parameters] {
        session.actions().invoke(QString::fromUtf8(action), parameters);
    });
    return item;
}

}  // namespace

void PlayerTools::fillRates() {
    rate_->menu()->clear();
    const double now = session_.player().snapshot().rate;
    for (const double rate : playbackRates())
        choice(session_, rate_->menu(), rateText(rate), std::abs(rate - now) < 1e-9, "preview.rate",
               {{QStringLiteral("rate"), rate}});
}

void PlayerTools::fillLevels() {
    QMenu* menu = level_->menu();
    menu->clear();
    const auto& now = session_.player().snapshot().session;
    choice(session_, menu, QStringLiteral("Automatic"), !now.locked_level, "preview.quality",
           {{QStringLiteral("level"), -1}});
    menu->addSeparator();
    for (int i = int(now.presentation.levels.size()) - 1; i >= 0; --i)
        choice(session_, menu, levelText(now.presentation, i), now.locked_level == i, "preview.quality",
               {{QStringLiteral("level"), i}});
}

void PlayerTools::fillTracks() {
    const auto& now = session_.player().snapshot().session;
    audio_->menu()->clear();
    subtitles_->menu()->clear();
    const auto& audio = now.presentation.audio_tracks;
    for (int i = 0; i < int(audio.size()); ++i)
        choice(session_, audio_->menu(), trackText(audio[std::size_t(i)], i), now.audio_track == i,
               "preview.audio", {{QStringLiteral("track"), i}});
    const auto& texts = now.presentation.subtitle_tracks;
    choice(session_, subtitles_->menu(), QStringLiteral("Off"), !now.subtitle_track, "preview.subtitles",
           {{QStringLiteral("track"), -1}});
    for (int i = 0; i < int(texts.size()); ++i)
        choice(session_, subtitles_->menu(), trackText(texts[std::size_t(i)], i), now.subtitle_track == i,
               "preview.subtitles", {{QStringLiteral("track"), i}});
}

void PlayerTools::fillNetworks() {
    QMenu* menu = network_->menu();
    menu->clear();
    const QString now = session_.player().networkName();
    for (const NetworkChoice& each : networkChoices())
        choice(session_, menu, each.name, each.id == QLatin1String("none") ? now.isEmpty() : now == each.name,
               "preview.network", {{QStringLiteral("id"), each.id}});
    menu->addSeparator();
    QMenu* traces = menu->addMenu(QStringLiteral("After a trace"));
    for (const player::NetworkTrace& trace : player::network_traces())
        choice(session_, traces,
               QStringLiteral("%1 (%2 kbit/s in the mean)")
                   .arg(str(trace.name()))
                   .arg(std::lround(trace.mean_bps() / 1000)),
               now == str(trace.name()), "preview.network", {{QStringLiteral("id"), str(trace.name())}});
    menu->addSeparator();
    QAction* own = menu->addAction(QStringLiteral("Rate, latency and loss…"));
    connect(own, &QAction::triggered, this,
            [this] { session_.actions().trigger(QStringLiteral("preview.network")); });
}

void PlayerTools::fillMore() {
    for (const char* id : {"preview.snapshot", "preview.clip", "", "preview.loop", "preview.loop_all", "",
                           "preview.statistics", "preview.subtitles_shown", "preview.timecode",
                           "preview.frame_number", "preview.inspector", "", "preview.compare_addresses", "",
                           "preview.pop_out", "preview.full_screen"}) {
        if (*id == '\0')
            more_->menu()->addSeparator();
        else if (QAction* action = session_.actions().action(QString::fromUtf8(id)))
            more_->menu()->addAction(action);
    }
}

void PlayerTools::showPlayer() {
    const PlayerAdapter& player = session_.player();
    const decode::PlaybackSnapshot& now = player.snapshot();
    const auto& presentation = now.session.presentation;
    const bool open = player.isOpen();
    const QString nothing = open ? QString() : QStringLiteral("Nothing plays");
    const auto say = [](QPushButton* button, const QString& text, const QString& why) {
        if (button->text() != text) button->setText(text);
        button->setAccessibleName(QStringLiteral("%1: %2").arg(button->objectName(), text));
        setDisabledReason(button, why);
    };
    say(rate_, rateText(now.rate), nothing);
    const int level = now.session.locked_level.value_or(now.shown_level);
    const QString height = level >= 0 && level < int(presentation.levels.size()) &&
                                   presentation.levels[std::size_t(level)].height > 0
                               ? QStringLiteral("%1p").arg(presentation.levels[std::size_t(level)].height)
                               : levelText(presentation, level);
    say(level_,
        now.session.locked_level ? QStringLiteral("Locked %1").arg(height)
        : level >= 0             ? QStringLiteral("Auto %1").arg(height)
                                 : QStringLiteral("Auto"),
        nothing);
    const auto& audio = presentation.audio_tracks;
    const bool several = now.session.audio_track >= 0 && now.session.audio_track < int(audio.size());
    say(audio_,
        several ? trackText(audio[std::size_t(now.session.audio_track)], now.session.audio_track)
                : QStringLiteral("Sound"),
        !open           ? nothing
        : audio.empty() ? QStringLiteral("There is one sound only")
                        : QString());
    const auto& texts = presentation.subtitle_tracks;
    const auto chosen = now.session.subtitle_track;
    say(subtitles_,
        chosen && *chosen < int(texts.size()) ? trackText(texts[std::size_t(*chosen)], *chosen)
                                              : QStringLiteral("Subtitles off"),
        !open           ? nothing
        : texts.empty() ? QStringLiteral("There are no subtitles")
                        : QString());
    say(network_,
        player.networkName().isEmpty() ? QStringLiteral("Network as it is")
                                       : player.networkName().section(QStringLiteral(" ("), 0, 0),
        {});
}

}  // namespace qd::app
