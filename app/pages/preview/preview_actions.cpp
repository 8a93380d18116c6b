#include "app/pages/preview/preview_actions.hpp"

#include <QTimer>
#include <algorithm>
#include <memory>
#include <utility>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

using decode::PlaybackState;

namespace {

constexpr int kFirstFrameMs = 15'000;

/// It has happened once a picture is on the screen: then it tells what it took.
void awaitFirstFrame(PlayerAdapter& player, Done done) {
    auto* waiting = new QObject(&player);
    const auto answered = std::make_shared<bool>(false);
    const auto finish = [waiting, answered, done = std::move(done)](Outcome outcome) {
        if (std::exchange(*answered, true)) return;
        waiting->deleteLater();
        done(std::move(outcome));
    };
    const QString address = player.address();
    const QString title = player.titleId();
    QObject::connect(&player, &PlayerAdapter::snapshotChanged, waiting, [&player, address, title, finish] {
        const decode::PlaybackSnapshot& now = player.snapshot();
        if (player.address() != address)
            return finish(core::fail(core::Errc::cancelled, "another title was chosen"));
        if (now.state == PlaybackState::failed && now.error) return finish(tl::unexpected(*now.error));
        if (!now.qoe.startup) return;
        finish(QVariantMap{{"title", title},
                           {"address", address},
                           {"startup_ms", now.qoe.startup->count() * 1000},
                           {"width", now.source_width},
                           {"height", now.source_height},
                           {"session", QString::fromStdString(now.session.session_id)}});
    });
    QTimer::singleShot(kFirstFrameMs, waiting, [finish] {
        finish(core::fail(core::Errc::timeout, "no picture came within {} s", kFirstFrameMs / 1000));
    });
}

}  // namespace

void PreviewActions::add(Spec spec) const {
    Command command;
    command.id = QString::fromUtf8(spec.id);
    command.title = QString::fromUtf8(spec.title);
    command.group = QStringLiteral("Preview");
    if (!spec.keys.isEmpty()) command.shortcut = spec.keys.first();
    command.run = std::move(spec.run);
    command.ask = std::move(spec.ask);
    command.blocked = std::move(spec.blocked);
    command.page = QStringLiteral("preview");
    command.parameters = std::move(spec.parameters);
    QAction* action = session.actions().add(std::move(command));
    if (spec.keys.size() > 1) action->setShortcuts(spec.keys);
}

std::function<void(const QVariantMap&, Done)> PreviewActions::simply(
    std::function<void(const QVariantMap&)> run) {
    return [run = std::move(run)](const QVariantMap& parameters, Done done) {
        run(parameters);
        done(QVariantMap{});
    };
}

bool PreviewActions::comparing() const {
    return session.previewFocus().isComparing() && session.comparison().isOpen();
}

QString PreviewActions::nothingPlays() const {
    return session.player().isOpen() || session.comparison().isOpen() ? QString()
                                                                      : QStringLiteral("Nothing plays");
}

QString PreviewActions::notAlone() const {
    if (comparing()) return QStringLiteral("Not while two paths are compared");
    return session.player().isOpen() ? QString() : QStringLiteral("Nothing plays");
}

QString PreviewActions::notCompared() const {
    return comparing() ? QString() : QStringLiteral("No two paths are compared");
}

double PreviewActions::positionS() const {
    return comparing() ? session.comparison().snapshot().position.count()
                       : session.player().position().count();
}

PreviewActions::Reach PreviewActions::reach() const {
    if (!comparing()) {
        const auto& presentation = session.player().snapshot().session.presentation;
        return {presentation.start, presentation.end, presentation.target_duration, presentation.live};
    }
    const compare::LockstepSnapshot& now = session.comparison().snapshot();
    const auto& presentation = now.side.a.session.presentation;
    return {presentation.start, now.end, presentation.target_duration, now.live};
}

void PreviewActions::seekTo(double positionS) const {
    const Reach all = reach();
    const core::Seconds now(this->positionS());
    // Whoever is nearer than that already is not sent back.
    const core::Seconds last =
        all.live ? std::max(liveEdge(all.to, all.target), std::min(now, all.to)) : all.to;
    const double from = all.from.count(), to = std::max(from, last.count());
    const double at = std::clamp(positionS, from, to);
    comparing() ? session.comparison().seek(at) : session.player().seek(qint64(at * 1000));
}

void PreviewActions::tell(const QString& what, const QString& detail, bool bad) const {
    emit session.previewFocus().told(what, detail, bad);
}

void addPlayActions(const PreviewActions& shared) {
    Session& session = shared.session;
    PlayerAdapter& player = session.player();
    shared.add(
        {"preview.play",
         "Play the chosen title",
         {},
         [&session, &player](const QVariantMap& p, Done done) {
             QString id = p.value("title", session.selection().title()).toString();
             const auto& titles = session.catalog().titles();
             if (id.isEmpty()) id = session.previewFocus().offered();
             if (id.isEmpty())
                 for (const Title& title : titles)
                     if (title.isPlayable()) {
                         id = title.id;
                         break;
                     }
             const Title* title = session.catalog().find(id);
             if (id.isEmpty())
                 return done(core::fail(core::Errc::not_found,
                                        "no title can be played yet; any HLS address can (U)"));
             if (!title) return done(core::fail(core::Errc::not_found, "there is no such title"));
             if (!title->isPlayable())
                 return done(core::fail(core::Errc::conflict, "the title cannot be played yet"));
             const QString way = p.value("path", "auto").toString();
             session.selection().setTitle(id);
             session.previewFocus().setComparing(false);
             player.play(id, way == "canary" ? Path::Canary : way == "stable" ? Path::Stable : Path::Auto);
             awaitFirstFrame(player, std::move(done));
         },
         {},
         {"title", "path"},
         {}});
    shared.add({"preview.open_address",
                "Open any HLS address",
                {QKeySequence(Qt::Key_U)},
                [&session, &player](const QVariantMap& p, Done done) {
                    const auto url = hlsAddress(p.value("url").toString());
                    if (!url) return done(tl::unexpected(url.error()));
                    session.previewFocus().setComparing(false);
                    player.playAddress(*url);
                    awaitFirstFrame(player, std::move(done));
                },
                {},
                {"url"},
                [&session] {
                    session.actions().invoke(QStringLiteral("preview.open"));
                    emit session.previewFocus().addressWanted();
                }});
    shared.add({"preview.toggle",
                "Play, pause",
                {QKeySequence(Qt::Key_Space), QKeySequence(Qt::Key_K)},
                [shared, &session, &player](const QVariantMap&, Done done) {
                    if (shared.comparing()) {
                        ComparisonAdapter& both = session.comparison();
                        both.isRunning() ? both.pause() : both.resume();
                        return done(QVariantMap{});
                    }
                    if (!player.isOpen())
                        return session.actions().invoke("preview.play", {}, std::move(done));
                    switch (player.snapshot().state) {
                        case PlaybackState::starting:
                        case PlaybackState::playing:
                        case PlaybackState::stalled:
                        case PlaybackState::seeking:
                            player.pause();
                            break;
                        case PlaybackState::failed:
                            // Once more, from the beginning: whatever failed may be back.
                            if (player.titleId().isEmpty())
                                player.playAddress(player.address());
                            else
                                player.play(player.titleId(), player.path());
                            break;
                        default:
                            player.resume();
                    }
                    done(QVariantMap{});
                },
                {},
                {},
                {}});
    shared.add({"preview.pause",
                "Pause playback",
                {},
                PreviewActions::simply([shared, &session](auto&) {
                    shared.comparing() ? session.comparison().pause() : session.player().pause();
                }),
                {},
                {},
                {}});
    shared.add({"preview.resume",
                "Resume playback",
                {},
                PreviewActions::simply([shared, &session](auto&) {
                    shared.comparing() ? session.comparison().resume() : session.player().resume();
                }),
                {},
                {},
                {}});
    shared.add({"preview.stop",
                "Stop playback",
                {},
                PreviewActions::simply([&session](auto&) {
                    session.player().stop();
                    session.comparison().stop();
                }),
                {},
                {},
                {}});
}

void addSeekActions(const PreviewActions& shared) {
    const auto nothing = [shared] { return shared.nothingPlays(); };
    const auto by = [&](const char* id, const char* title, QKeySequence key, double seconds) {
        shared.add({id,
                    title,
                    {key},
                    PreviewActions::simply(
                        [shared, seconds](auto&) { shared.seekTo(shared.positionS() + seconds); }),
                    nothing,
                    {},
                    {}});
    };
    by("preview.back", "Back 5 s", QKeySequence(Qt::Key_Left), -5);
    by("preview.ahead", "Ahead 5 s", QKeySequence(Qt::Key_Right), 5);
    by("preview.back_1", "Back 1 s", QKeySequence(Qt::SHIFT | Qt::Key_Left), -1);
    by("preview.ahead_1", "Ahead 1 s", QKeySequence(Qt::SHIFT | Qt::Key_Right), 1);
    by("preview.back_30", "Back 30 s", QKeySequence(Qt::Key_J), -30);
    by("preview.ahead_30", "Ahead 30 s", QKeySequence(Qt::Key_L), 30);
    by("preview.start", "To the beginning", QKeySequence(Qt::Key_Home), -1e9);
    by("preview.end", "To the end, or to what is live", QKeySequence(Qt::Key_End), 1e9);
    shared.add({"preview.live",
                "Go to live",
                {QKeySequence(Qt::SHIFT | Qt::Key_L)},
                PreviewActions::simply([shared](auto&) {
                    const PreviewActions::Reach all = shared.reach();
                    shared.seekTo(liveEdge(all.to, all.target).count());
                }),
                [shared]() -> QString {
                    if (const QString why = shared.nothingPlays(); !why.isEmpty()) return why;
                    return shared.reach().live ? QString() : QStringLiteral("What plays is not live");
                },
                {},
                {}});
    shared.add({"preview.seek",
                "Go to a position",
                {},
                [shared](const QVariantMap& p, Done done) {
                    bool valid = false;
                    const double to = p.value("seconds").toDouble(&valid);
                    if (!valid) return done(core::fail(core::Errc::invalid_argument, "seconds: a number"));
                    shared.seekTo(to);
                    done(QVariantMap{});
                },
                nothing,
                {"seconds"},
                {}});
    const auto step = [&](const char* id, const char* title, QKeySequence key, int frames) {
        shared.add({id,
                    title,
                    {key},
                    PreviewActions::simply([shared, frames](const QVariantMap& p) {
                        const int wanted = std::clamp(p.value("frames", frames).toInt(), -1'000, 1'000);
                        if (shared.comparing())
                            shared.session.comparison().step(wanted);
                        else
                            shared.session.player().step(wanted);
                    }),
                    nothing,
                    {"frames"},
                    {}});
    };
    step("preview.step_back", "One frame back", QKeySequence(Qt::Key_Comma), -1);
    step("preview.step", "One frame ahead", QKeySequence(Qt::Key_Period), 1);
}

void addPreviewActions(Session& session, std::function<QWidget*()> parent) {
    const PreviewActions shared{session, std::move(parent)};
    addPlayActions(shared);
    addSeekActions(shared);
    addTuneActions(shared);
    addViewActions(shared);
    addCompareActions(shared);
    addSaveActions(shared);
    addEvidenceActions(shared);
    ActionRegistry* actions = &session.actions();
    for (const auto signal : {&PlayerAdapter::opened, &PlayerAdapter::stateChanged})
        QObject::connect(&session.player(), signal, actions, &ActionRegistry::updateEnabled);
    QObject::connect(&session.comparison(), &ComparisonAdapter::opened, actions,
                     &ActionRegistry::updateEnabled);
    QObject::connect(&session.previewFocus(), &PreviewFocus::comparingChanged, actions,
                     &ActionRegistry::updateEnabled);
    QObject::connect(&session.clips(), &ClipAdapter::runningChanged, actions, &ActionRegistry::updateEnabled);
    QObject::connect(&session.comparison(), &ComparisonAdapter::presentationChanged, actions,
                     &ActionRegistry::updateEnabled);
    // Which tracks there are is known a moment after the first picture is asked for.
    QObject::connect(&session.player(), &PlayerAdapter::presentationChanged, actions,
                     &ActionRegistry::updateEnabled);
}

}  // namespace qd::app
