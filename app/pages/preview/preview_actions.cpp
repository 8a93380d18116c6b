#include "app/pages/preview/preview_page.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

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
            done(QVariantMap{{"title", id}});
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
