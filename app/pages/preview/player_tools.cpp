#include "app/pages/preview/player_tools.hpp"

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/pages/preview/tool_menus.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"

namespace qd::app {

using namespace widgets;

PlayerTools::PlayerTools(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      rate_(makeMenuButton(QStringLiteral("Speed"), this)),
      level_(makeMenuButton(QStringLiteral("Quality"), this)),
      audio_(makeMenuButton(QStringLiteral("Sound"), this)),
      subtitles_(makeMenuButton(QStringLiteral("Subtitles"), this)),
      network_(makeMenuButton(QStringLiteral("Network"), this)),
      more_(makeMenuButton(QStringLiteral("More"), this)) {
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

void PlayerTools::fillRates() {
    rate_->menu()->clear();
    const double now = session_.player().snapshot().rate;
    for (const double rate : playbackRates())
        addMenuChoice(session_, rate_->menu(), rateText(rate), std::abs(rate - now) < 1e-9, "preview.rate",
                      {{QStringLiteral("rate"), rate}});
}

void PlayerTools::fillLevels() {
    QMenu* menu = level_->menu();
    menu->clear();
    const auto& now = session_.player().snapshot().session;
    addMenuChoice(session_, menu, QStringLiteral("Automatic"), !now.locked_level, "preview.quality",
                  {{QStringLiteral("level"), -1}});
    menu->addSeparator();
    for (int i = int(now.presentation.levels.size()) - 1; i >= 0; --i)
        addMenuChoice(session_, menu, levelText(now.presentation, i), now.locked_level == i,
                      "preview.quality", {{QStringLiteral("level"), i}});
}

void PlayerTools::fillTracks() {
    const auto& now = session_.player().snapshot().session;
    audio_->menu()->clear();
    const auto& audio = now.presentation.audio_tracks;
    for (int i = 0; i < int(audio.size()); ++i)
        addMenuChoice(session_, audio_->menu(), trackText(audio[std::size_t(i)], i), now.audio_track == i,
                      "preview.audio", {{QStringLiteral("track"), i}});
    fillSubtitleMenu(session_, subtitles_->menu(), now.presentation.subtitle_tracks, now.subtitle_track);
}

void PlayerTools::fillNetworks() {
    QMenu* menu = network_->menu();
    menu->clear();
    const QString now = session_.player().networkName();
    for (const NetworkChoice& each : networkChoices())
        addMenuChoice(session_, menu, each.name,
                      each.id == QLatin1String("none") ? now.isEmpty() : now == each.name, "preview.network",
                      {{QStringLiteral("id"), each.id}});
    menu->addSeparator();
    QMenu* traces = menu->addMenu(QStringLiteral("After a trace"));
    for (const player::NetworkTrace& trace : player::network_traces())
        addMenuChoice(session_, traces,
                      QStringLiteral("%1 (%2 kbit/s in the mean)")
                          .arg(str(trace.name()))
                          .arg(std::lround(trace.mean_bps() / 1000)),
                      now == str(trace.name()), "preview.network",
                      {{QStringLiteral("id"), str(trace.name())}});
    menu->addSeparator();
    QAction* own = menu->addAction(QStringLiteral("Rate, latency and loss…"));
    connect(own, &QAction::triggered, this,
            [this] { session_.actions().trigger(QStringLiteral("preview.network")); });
}

void PlayerTools::fillMore() {
    addMenuActions(
        session_, more_->menu(),
        {"preview.snapshot", "preview.clip", "", "preview.loop", "preview.loop_all", "preview.live", "",
         "preview.statistics", "preview.subtitles_shown", "preview.timecode", "preview.frame_number",
         "preview.inspector", "", "preview.compare_addresses", "", "preview.pop_out", "preview.full_screen"});
}

void PlayerTools::showPlayer() {
    const PlayerAdapter& player = session_.player();
    const decode::PlaybackSnapshot& now = player.snapshot();
    const auto& presentation = now.session.presentation;
    const bool open = player.isOpen();
    const QString nothing = open ? QString() : QStringLiteral("Nothing plays");
    showOnMenuButton(rate_, rateText(now.rate), nothing);
    const int level = now.session.locked_level.value_or(now.shown_level);
    const QString height = level >= 0 && level < int(presentation.levels.size()) &&
                                   presentation.levels[std::size_t(level)].height > 0
                               ? QStringLiteral("%1p").arg(presentation.levels[std::size_t(level)].height)
                               : levelText(presentation, level);
    showOnMenuButton(level_,
                     now.session.locked_level ? QStringLiteral("Locked %1").arg(height)
                     : level >= 0             ? QStringLiteral("Auto %1").arg(height)
                                              : QStringLiteral("Auto"),
                     nothing);
    const auto& audio = presentation.audio_tracks;
    const bool several = now.session.audio_track >= 0 && now.session.audio_track < int(audio.size());
    showOnMenuButton(audio_,
                     several ? trackText(audio[std::size_t(now.session.audio_track)], now.session.audio_track)
                             : QStringLiteral("Sound"),
                     !open           ? nothing
                     : audio.empty() ? QStringLiteral("There is one sound only")
                                     : QString());
    showOnMenuButton(subtitles_, subtitleChoiceText(presentation.subtitle_tracks, now.session.subtitle_track),
                     !open                                  ? nothing
                     : presentation.subtitle_tracks.empty() ? QStringLiteral("There are no subtitles")
                                                            : QString());
    showOnMenuButton(network_,
                     player.networkName().isEmpty()
                         ? QStringLiteral("Network as it is")
                         : player.networkName().section(QStringLiteral(" ("), 0, 0),
                     {});
}

}  // namespace qd::app
