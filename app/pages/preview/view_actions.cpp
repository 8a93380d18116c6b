// What lies over the picture, where it is shown, and two paths beside each other.

#include "app/models/values.hpp"
#include "app/pages/preview/preview_actions.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/video_overlays.hpp"

namespace qd::app {

using widgets::CompareMode;
using widgets::OverlayLayer;

void addViewActions(const PreviewActions& shared) {
    Session& session = shared.session;
    PreviewFocus& focus = session.previewFocus();
    // The page answers: it is built by going there.
    const auto there = [&session](std::function<void()> then) {
        return PreviewActions::simply([&session, then = std::move(then)](auto&) {
            session.actions().invoke(QStringLiteral("preview.open"));
            then();
        });
    };
    const auto layer = [&](const char* id, const char* title, QKeySequence key, OverlayLayer which) {
        shared.add({id,
                    title,
                    {key},
                    there([&focus, which] { emit focus.layerToggled(int(which)); }),
                    [shared] { return shared.notAlone(); },
                    {},
                    {}});
    };
    layer("preview.statistics", "Statistics over the picture", QKeySequence(Qt::Key_I),
          OverlayLayer::Statistics);
    layer("preview.frame_number", "Frame number over the picture", QKeySequence(Qt::Key_N),
          OverlayLayer::FrameNumber);
    layer("preview.timecode", "Timecode over the picture", QKeySequence(Qt::Key_T), OverlayLayer::Timecode);
    layer("preview.subtitles_shown", "Subtitles over the picture", QKeySequence(Qt::SHIFT | Qt::Key_C),
          OverlayLayer::Subtitles);
    shared.add({"preview.inspector",
                "Frame inspector",
                {QKeySequence(Qt::SHIFT | Qt::Key_I)},
                there([&focus] { emit focus.inspectorWanted(); }),
                [shared] { return shared.nothingPlays(); },
                {},
                {}});
    shared.add({"preview.full_screen",
                "Picture on the full screen",
                {QKeySequence(Qt::Key_F)},
                there([&focus] { emit focus.fullScreenWanted(); }),
                {},
                {},
                {}});
    shared.add({"preview.pop_out",
                "Picture in a window of its own",
                {QKeySequence(Qt::Key_P)},
                there([&focus] { emit focus.popOutWanted(); }),
                {},
                {},
                {}});
}

namespace {

Form addressesForm(const PlayerAdapter& player) {
    Form form;
    form.title = QStringLiteral("Compare two addresses");
    form.statement = QStringLiteral(
        "Both are played in step, at the same level; their pictures are scored frame by frame.");
    const QString hint = QStringLiteral("https://... of a playlist");
    form.fields = {
        {"a", "A", FormField::Kind::Line, player.isOpen() ? player.address() : QString(), hint, true, {}},
        {"b", "B", FormField::Kind::Line, {}, hint, true, {}}};
    form.action = QStringLiteral("Compare");
    form.check = [](const QVariantMap& values) {
        for (const char* side : {"a", "b"})
            if (const auto url = hlsAddress(values.value(side).toString()); !url)
                return QString(side).toUpper() + ": " + QString::fromStdString(url.error().message);
        return QString();
    };
    return form;
}

}  // namespace

void addCompareActions(const PreviewActions& shared) {
    Session& session = shared.session;
    PreviewFocus& focus = session.previewFocus();
    ComparisonAdapter& both = session.comparison();
    shared.add({"preview.compare",
                "Stable and canary beside each other, and back",
                {QKeySequence(Qt::Key_V)},
                [shared, &session, &focus, &both](const QVariantMap& p, Done done) {
                    const QString a = p.value("a").toString(), b = p.value("b").toString();
                    if (focus.isComparing() && a.isEmpty() && !p.contains("title")) {
                        both.stop();
                        focus.setComparing(false);
                        return done(QVariantMap{{"comparing", false}});
                    }
                    // An address has no other path: what to hold it against is asked for.
                    if (a.isEmpty() && b.isEmpty() && !p.contains("title") && session.player().isOpen() &&
                        session.player().titleId().isEmpty()) {
                        session.actions().trigger(QStringLiteral("preview.compare_addresses"));
                        return done(QVariantMap{{"comparing", false}});
                    }
                    const double at = session.player().isOpen() ? shared.positionS() : 0;
                    if (!a.isEmpty() || !b.isEmpty()) {
                        const auto left = hlsAddress(a), right = hlsAddress(b);
                        if (!left) return done(tl::unexpected(left.error()));
                        if (!right) return done(tl::unexpected(right.error()));
                        session.player().stop();
                        both.play(
                            {p.value("name_a", "A").toString().toStdString(), left->toStdString(), {}},
                            {p.value("name_b", "B").toString().toStdString(), right->toStdString(), {}});
                    } else {
                        const QString id = p.value("title", session.player().titleId().isEmpty()
                                                                ? session.selection().title()
                                                                : session.player().titleId())
                                               .toString();
                        const Title* title = session.catalog().find(id);
                        if (!title || !title->isPlayable())
                            return done(core::fail(
                                core::Errc::not_found,
                                "choose a title of the site first, or name two addresses: a and b"));
                        session.player().stop();
                        both.playTitle(id, at);
                    }
                    both.setVolume(session.player().isMuted() ? 0 : session.player().volume());
                    session.actions().invoke(QStringLiteral("preview.open"));
                    focus.setComparing(true);
                    done(QVariantMap{{"comparing", true}});
                },
                {},
                {"title", "a", "b", "name_a", "name_b"},
                {}});
    shared.add({"preview.compare_addresses",
                "Compare two addresses",
                {QKeySequence(Qt::SHIFT | Qt::Key_V)},
                [&session](const QVariantMap& p, Done done) {
                    session.actions().invoke(QStringLiteral("preview.compare"), p, std::move(done));
                },
                {},
                {"a", "b", "name_a", "name_b"},
                [shared, &session] {
                    FormDialog::ask(addressesForm(session.player()), shared.parent(),
                                    [&session](const QVariantMap& values) {
                                        session.actions().invoke(QStringLiteral("preview.compare"), values);
                                    });
                }});
    const auto mode = [&](const char* id, const char* title, QKeySequence key, CompareMode which) {
        shared.add(
            {id,
             title,
             {key},
             PreviewActions::simply([&focus, which](auto&) { emit focus.comparisonWanted(int(which)); }),
             [shared] { return shared.notCompared(); },
             {},
             {}});
    };
    mode("preview.side_by_side", "Compare side by side", QKeySequence(Qt::Key_H), CompareMode::SideBySide);
    mode("preview.wipe", "Compare by a wipe", QKeySequence(Qt::Key_W), CompareMode::Wipe);
    mode("preview.blink", "Compare in turns", QKeySequence(Qt::Key_B), CompareMode::Blink);
    mode("preview.difference", "Show the difference", QKeySequence(Qt::Key_D), CompareMode::Difference);
    shared.add(
        {"preview.audible",
         "Hear the other side",
         {QKeySequence(Qt::Key_O)},
         PreviewActions::simply([&both](auto&) { both.setAudible(compare::other(both.snapshot().audible)); }),
         [shared] { return shared.notCompared(); },
         {},
         {}});
    shared.add({"preview.offset",
                "Offset of the sides: found from the pictures",
                {QKeySequence(Qt::SHIFT | Qt::Key_O)},
                PreviewActions::simply([&both](const QVariantMap& p) {
                    both.setOffset(p.contains("seconds") ? std::optional(p.value("seconds").toDouble())
                                                         : std::nullopt);
                }),
                [shared] { return shared.notCompared(); },
                {"seconds"},
                {}});
}

}  // namespace qd::app
