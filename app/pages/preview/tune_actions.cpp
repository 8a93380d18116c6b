// How it plays: rate, loop, level, tracks, volume, network.

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/models/values.hpp"
#include "app/pages/preview/preview_actions.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

void addRates(const PreviewActions& shared) {
    PlayerAdapter& player = shared.session.player();
    const auto alone = [shared] { return shared.notAlone(); };
    shared.add(
        {"preview.slower",
         "Slower",
         {QKeySequence(Qt::Key_BracketLeft)},
         PreviewActions::simply([&player](auto&) { player.setRate(nextRate(player.snapshot().rate, -1)); }),
         alone,
         {},
         {}});
    shared.add(
        {"preview.faster",
         "Faster",
         {QKeySequence(Qt::Key_BracketRight)},
         PreviewActions::simply([&player](auto&) { player.setRate(nextRate(player.snapshot().rate, 1)); }),
         alone,
         {},
         {}});
    shared.add({"preview.rate",
                "Normal speed",
                {QKeySequence(Qt::Key_Backspace)},
                PreviewActions::simply([&player](const QVariantMap& p) {
                    player.setRate(std::clamp(p.value("rate", 1.0).toDouble(), 0.25, 4.0));
                }),
                alone,
                {"rate"},
                {}});
}

/// Of the title that plays alone, or of both.
std::optional<decode::LoopRange> loopNow(const PreviewActions& shared) {
    return shared.comparing() ? shared.session.comparison().snapshot().loop
                              : shared.session.player().snapshot().loop;
}

void setLoop(const PreviewActions& shared, std::optional<decode::LoopRange> range) {
    shared.comparing() ? shared.session.comparison().setLoop(range) : shared.session.player().setLoop(range);
}

void addLoops(const PreviewActions& shared) {
    Session& session = shared.session;
    const auto nothing = [shared] { return shared.nothingPlays(); };
    const auto press = std::make_shared<LoopPress>();
    const auto forget = [press] { *press = {}; };
    QObject::connect(&session.player(), &PlayerAdapter::opened, &session.player(), forget);
    QObject::connect(&session.comparison(), &ComparisonAdapter::opened, &session.comparison(), forget);
    QObject::connect(&session.previewFocus(), &PreviewFocus::comparingChanged, &session.previewFocus(),
                     forget);
    shared.add({"preview.loop",
                "Loop: set A, then B, then none",
                {QKeySequence(Qt::Key_R)},
                PreviewActions::simply([shared, press](auto&) {
                    press->range = loopNow(shared);
                    *press = pressLoop(*press, shared.positionS());
                    setLoop(shared, press->range);
                    if (press->markS)
                        shared.tell(QStringLiteral("The loop begins at %1.").arg(timecode(*press->markS)),
                                    QStringLiteral("R sets its end."));
                }),
                nothing,
                {},
                {}});
    shared.add({"preview.loop_all",
                "Loop the whole title",
                {QKeySequence(Qt::SHIFT | Qt::Key_R)},
                PreviewActions::simply([shared, press](auto&) {
                    *press = {};
                    setLoop(shared, loopNow(shared) ? std::nullopt : std::optional(decode::LoopRange{}));
                }),
                nothing,
                {},
                {}});
}

void addLevels(const PreviewActions& shared) {
    Session& session = shared.session;
    PlayerAdapter& player = session.player();
    const auto nothing = [shared] { return shared.nothingPlays(); };
    shared.add(
        {"preview.quality",
         "Next quality, and back to automatic",
         {QKeySequence(Qt::Key_Q)},
         PreviewActions::simply([shared, &session, &player](const QVariantMap& p) {
             const auto& snapshot = player.snapshot().session;
             if (shared.comparing()) {
                 const auto& side = session.comparison().snapshot().side.a;
                 const int count = int(side.session.presentation.levels.size());
                 if (count > 0)
                     session.comparison().lockLevel(p.value("level", (side.level + 1) % count).toInt());
                 return;
             }
             const int next = nextLevel(snapshot.locked_level, int(snapshot.presentation.levels.size()));
             player.lockLevel(p.value("level", next).toInt());
         }),
         nothing,
         {"level"},
         {}});
    shared.add({"preview.quality_auto",
                "Automatic quality",
                {QKeySequence(Qt::SHIFT | Qt::Key_Q)},
                PreviewActions::simply([&player](auto&) { player.lockLevel(-1); }),
                [shared] { return shared.notAlone(); },
                {},
                {}});
}

void addSubtitles(const PreviewActions& shared) {
    Session& session = shared.session;
    const auto tracks = [shared, &session] {
        return shared.comparing()
                   ? session.comparison().snapshot().side.a.session.presentation.subtitle_tracks.size()
                   : session.player().snapshot().session.presentation.subtitle_tracks.size();
    };
    shared.add({"preview.subtitles",
                "Next subtitles, then none",
                {QKeySequence(Qt::Key_C)},
                PreviewActions::simply([shared, &session, tracks](const QVariantMap& p) {
                    const auto chosen = shared.comparing()
                                            ? session.comparison().snapshot().side.a.subtitle_track
                                            : session.player().snapshot().session.subtitle_track;
                    const int track =
                        p.value("track", nextTrack(chosen.value_or(-1), int(tracks()), true)).toInt();
                    shared.comparing() ? session.comparison().selectSubtitles(track)
                                       : session.player().selectSubtitles(track);
                }),
                [shared, tracks]() -> QString {
                    if (const QString why = shared.nothingPlays(); !why.isEmpty()) return why;
                    return tracks() == 0 ? QStringLiteral("There are no subtitles") : QString();
                },
                {"track"},
                {}});
}

void addTracks(const PreviewActions& shared) {
    PlayerAdapter& player = shared.session.player();
    shared.add({"preview.audio",
                "Next audio track",
                {QKeySequence(Qt::Key_A)},
                PreviewActions::simply([&player](const QVariantMap& p) {
                    const auto& snapshot = player.snapshot().session;
                    const int next = nextTrack(snapshot.audio_track,
                                               int(snapshot.presentation.audio_tracks.size()), false);
                    player.selectAudio(p.value("track", next).toInt());
                }),
                [shared, &player]() -> QString {
                    if (const QString why = shared.notAlone(); !why.isEmpty()) return why;
                    return player.snapshot().session.presentation.audio_tracks.size() > 1
                               ? QString()
                               : QStringLiteral("There is one sound only");
                },
                {"track"},
                {}});
    addSubtitles(shared);
}

void addSound(const PreviewActions& shared) {
    Session& session = shared.session;
    const auto set = [&session](double volume) {
        volume = std::clamp(volume, 0.0, 1.0);
        session.player().setVolume(volume);
        session.player().setMuted(false);
        session.comparison().setVolume(volume);
        session.preferences().setVolume(int(std::lround(volume * 100)));
    };
    const auto louder = [&](const char* id, const char* title, QKeySequence key, double by) {
        shared.add({id,
                    title,
                    {key},
                    PreviewActions::simply([&session, set, by](const QVariantMap& p) {
                        set(p.value("volume", session.player().volume() + by).toDouble());
                    }),
                    {},
                    {"volume"},
                    {}});
    };
    louder("preview.louder", "Louder", QKeySequence(Qt::Key_Up), 0.05);
    louder("preview.quieter", "Quieter", QKeySequence(Qt::Key_Down), -0.05);
    shared.add({"preview.mute",
                "Mute",
                {QKeySequence(Qt::Key_M)},
                PreviewActions::simply([&session](auto&) {
                    const bool muted = !session.player().isMuted();
                    session.player().setMuted(muted);
                    session.comparison().setVolume(muted ? 0 : session.player().volume());
                }),
                {},
                {},
                {}});
}

void askForNetwork(const PreviewActions& shared) {
    const auto number = [](const char* key, const char* label, int initial, int most) {
        FormField field;
        field.key = QString::fromUtf8(key);
        field.label = QString::fromUtf8(label);
        field.kind = FormField::Kind::Number;
        field.initial = initial;
        field.most = most;
        return field;
    };
    FormDialog::ask(
        {.title = QStringLiteral("Rehearse a network"),
         .statement = QStringLiteral("What the player asks for is held back to this, from now on. The "
                                     "server is asked as fast as before."),
         .fields = {number("rate_kbit", "Rate in kbit/s, 0: as it is", 1500, 1'000'000),
                    number("latency_ms", "Added latency in ms", 80, 60'000),
                    number("loss_percent", "Answers that break off, %", 0, 100)},
         .action = QStringLiteral("Rehearse"),
         .kind = widgets::ButtonKind::Primary,
         .preview = {},
         .check = {}},
        shared.parent(), [shared](const QVariantMap& p) {
            shared.session.actions().invoke(QStringLiteral("preview.network"), p);
        });
}

/// In a comparison the side that is named, the second where none is; alone, the player.
core::Result<QString> rehearse(const PreviewActions& shared, const QVariantMap& p, const QString& name,
                               const player::NetworkShape& shape) {
    if (!shared.comparing()) {
        shared.session.player().setNetwork(name, shape);
        return shared.session.player().networkName();
    }
    const QString side = p.value("side", "b").toString();
    if (side != "a" && side != "b") return core::fail(core::Errc::invalid_argument, "side: a or b");
    const auto which = side == "a" ? compare::Side::a : compare::Side::b;
    shared.session.comparison().setNetwork(which, name, shape);
    return shared.session.comparison().networkName(which);
}

core::Result<QString> rehearseNamed(const PreviewActions& shared, const QVariantMap& p) {
    const QString id = p.value("id").toString();
    for (const NetworkChoice& choice : networkChoices())
        if (choice.id == id) return rehearse(shared, p, choice.name, choice.shape);
    auto trace = player::network_trace(id.toStdString());
    if (!trace) return tl::unexpected(trace.error());
    if (shared.comparing())
        return core::fail(core::Errc::conflict, "two paths are compared on a network that stays the same");
    shared.session.player().setNetworkTrace(std::move(*trace));
    return shared.session.player().networkName();
}

core::Result<QString> rehearseShape(const PreviewActions& shared, const QVariantMap& p) {
    player::NetworkShape shape;
    shape.rate_bps = std::max(0.0, p.value("rate_kbit").toDouble() * 1000);
    shape.latency = core::Seconds(std::max(0.0, p.value("latency_ms").toDouble() / 1000));
    const double loss =
        p.contains("loss") ? p.value("loss").toDouble() : p.value("loss_percent").toDouble() / 100;
    shape.loss = std::clamp(loss, 0.0, 1.0);
    return rehearse(shared, p, networkText(shape), shape);
}

void addNetwork(const PreviewActions& shared) {
    shared.add({"preview.network",
                "Rehearse a network: rate, latency, loss",
                {QKeySequence(Qt::SHIFT | Qt::Key_N)},
                [shared](const QVariantMap& p, Done done) {
                    const auto name = p.value("id").toString().isEmpty() ? rehearseShape(shared, p)
                                                                         : rehearseNamed(shared, p);
                    if (!name) return done(tl::unexpected(name.error()));
                    done(QVariantMap{{"network", *name}});
                },
                {},
                {"id", "rate_kbit", "latency_ms", "loss", "side"},
                [shared] { askForNetwork(shared); }});
}

}  // namespace

void addTuneActions(const PreviewActions& shared) {
    addRates(shared);
    addLoops(shared);
    addLevels(shared);
    addTracks(shared);
    addSound(shared);
    addNetwork(shared);
}

}  // namespace qd::app
