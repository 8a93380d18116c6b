#include <QTimer>
#include <memory>
#include <utility>

#include "app/pages/preview/preview_page.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

namespace {

constexpr int kFirstFrameMs = 15'000;

/// It has happened once a picture is on the screen: then it tells what it took.
void awaitFirstFrame(PlayerAdapter& player, const QString& id, Done done) {
    auto* waiting = new QObject(&player);
    const auto answered = std::make_shared<bool>(false);
    const auto finish = [waiting, answered, done = std::move(done)](Outcome outcome) {
        if (std::exchange(*answered, true)) return;
        waiting->deleteLater();
        done(std::move(outcome));
    };
    QObject::connect(&player, &PlayerAdapter::snapshotChanged, waiting, [&player, id, finish] {
        const decode::PlaybackSnapshot& now = player.snapshot();
        if (player.titleId() != id)
            return finish(core::fail(core::Errc::cancelled, "another title was chosen"));
        if (now.state == decode::PlaybackState::failed && now.error)
            return finish(tl::unexpected(*now.error));
        if (!now.qoe.startup) return;
        finish(QVariantMap{{"title", id},
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

void addPreviewActions(Session& session) {
    PlayerAdapter& player = session.player();
    const auto add = [&session](const QString& id, const QString& title, QStringList parameters, auto run) {
        session.actions().add({.id = id,
                               .title = title,
                               .group = QStringLiteral("Preview"),
                               .shortcut = {},
                               .run = run,
                               .ask = {},
                               .blocked = {},
                               .page = {},
                               .parameters = std::move(parameters)});
    };
    add("preview.play", "Play the chosen title", {"title", "path"},
        [&session, &player](const QVariantMap& p, Done done) {
            QString id = p.value("title", session.selection().title()).toString();
            const auto& titles = session.catalog().titles();
            if (id.isEmpty())
                for (const Title& title : titles)
                    if (title.isPlayable()) {
                        id = title.id;
                        break;
                    }
            const Title* title = session.catalog().find(id);
            if (!title) return done(core::fail(core::Errc::not_found, "there is no such title"));
            if (!title->isPlayable())
                return done(core::fail(core::Errc::conflict, "the title cannot be played yet"));
            const QString way = p.value("path", "auto").toString();
            session.selection().setTitle(id);
            player.play(id, way == "canary" ? Path::Canary : way == "stable" ? Path::Stable : Path::Auto);
            awaitFirstFrame(player, id, std::move(done));
        });
    const auto simple = [&player](void (PlayerAdapter::*what)()) {
        return [&player, what](const QVariantMap&, Done done) {
            (player.*what)();
            done(QVariantMap{});
        };
    };
    add("preview.pause", "Pause playback", {}, simple(&PlayerAdapter::pause));
    add("preview.resume", "Resume playback", {}, simple(&PlayerAdapter::resume));
    add("preview.stop", "Stop playback", {}, simple(&PlayerAdapter::stop));
}

}  // namespace qd::app
