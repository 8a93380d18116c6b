// A picture and a clip of what plays, as files.

#include <QDir>

#include "app/models/values.hpp"
#include "app/pages/preview/pair_picture.hpp"
#include "app/pages/preview/preview_actions.hpp"
#include "app/pages/preview/saving.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

constexpr double kClipBeforeS = 10;

/// "00.12.400": of a position, as part of a file's name.
QString positionForFile(double seconds) {
    return timecode(seconds).replace(QLatin1Char(':'), QLatin1Char('.'));
}

core::Result<QImage> pictureNow(const PreviewActions& shared) {
    return shared.comparing() ? grabPair(shared.session.comparison()) : shared.session.player().grab();
}

QString pictureName(const PreviewActions& shared) {
    const QString title =
        shared.comparing() ? shared.session.comparison().titleId() : shared.session.player().titleId();
    const QString what = !title.isEmpty()     ? title
                         : shared.comparing() ? QStringLiteral("two streams")
                                              : QStringLiteral("stream");
    return QStringLiteral("%1 %2.png")
        .arg(shared.comparing() ? what + QStringLiteral(" compared") : what,
             positionForFile(shared.positionS()));
}

void addSnapshot(const PreviewActions& shared) {
    Session& session = shared.session;
    shared.add(
        {"preview.snapshot",
         "Save the picture as PNG",
         {QKeySequence(Qt::Key_S)},
         [shared, &session](const QVariantMap& p, Done done) {
             const auto image = pictureNow(shared);
             if (!image) return done(tl::unexpected(image.error()));
             QString file = p.value("file").toString();
             if (file.isEmpty())
                 file = QDir(savingFolder(QStandardPaths::PicturesLocation)).filePath(pictureName(shared));
             saveFile(session, file, pngOf(*image), [shared, file, done](core::Result<> written) {
                 if (!written) return done(tl::unexpected(written.error()));
                 shared.tell(QStringLiteral("The picture is saved."), file);
                 done(QVariantMap{{"file", file}});
             });
         },
         [shared] { return shared.nothingPlays(); },
         {"file"},
         {}});
}

/// "0:12.5", "72.5" or "1:02:03"; NaN for what is none.
double positionOf(const QString& text) {
    double seconds = 0;
    for (const QString& part : text.trimmed().split(QLatin1Char(':'))) {
        bool valid = false;
        seconds = seconds * 60 + part.toDouble(&valid);
        if (!valid || seconds < 0) return qQNaN();
    }
    return seconds;
}

void askForClip(const PreviewActions& shared) {
    const decode::PlaybackSnapshot& now = shared.session.player().snapshot();
    const double at = now.position.count();
    double from = std::max(now.session.presentation.start.count(), at - kClipBeforeS), to = at;
    if (now.loop) {
        from = now.loop->from.count();
        to = now.loop->to.count() > 0 ? now.loop->to.count() : now.session.presentation.end.count();
    }
    const auto line = [](const char* key, const char* label, const QString& initial) {
        FormField field;
        field.key = QString::fromUtf8(key);
        field.label = QString::fromUtf8(label);
        field.initial = initial;
        field.required = true;
        return field;
    };
    FormDialog::ask(
        {.title = QStringLiteral("Export a clip"),
         .statement = QStringLiteral(
             "The level on the screen is copied as it was delivered, not encoded again. It begins at the key "
             "picture before, and ends at the one after."),
         .fields = {line("from", "From", timecode(from)), line("to", "To", timecode(to))},
         .action = QStringLiteral("Export"),
         .kind = widgets::ButtonKind::Primary,
         .preview = {},
         .check =
             [](const QVariantMap& p) {
                 const double first = positionOf(p.value("from").toString());
                 const double last = positionOf(p.value("to").toString());
                 if (qIsNaN(first) || qIsNaN(last))
                     return QStringLiteral("Positions are written 1:02.5 or in seconds");
                 return last > first ? QString() : QStringLiteral("The end comes before the beginning");
             }},
        shared.parent(), [shared](const QVariantMap& p) {
            shared.session.actions().invoke(QStringLiteral("preview.clip"), p);
        });
}

void addClips(const PreviewActions& shared) {
    Session& session = shared.session;
    ClipAdapter& clips = session.clips();
    shared.add({"preview.clip",
                "Export a clip",
                {QKeySequence(Qt::Key_X)},
                [shared, &session, &clips](const QVariantMap& p, Done done) {
                    const double from = positionOf(p.value("from").toString());
                    const double to = positionOf(p.value("to").toString());
                    if (qIsNaN(from) || qIsNaN(to) || to <= from)
                        return done(core::fail(core::Errc::invalid_argument,
                                               "from and to: positions, from before to"));
                    const PlayerAdapter& player = session.player();
                    decode::ClipRequest request;
                    request.url = player.address().toStdString();
                    request.headers = player.options().headers;
                    request.from = core::Seconds(from);
                    request.to = core::Seconds(to);
                    request.level = std::max(0, p.value("level", player.snapshot().shown_level).toInt());
                    QString file = p.value("file").toString();
                    if (file.isEmpty())
                        file = QDir(savingFolder(QStandardPaths::MoviesLocation))
                                   .filePath(QStringLiteral("%1 %2 to %3.mp4")
                                                 .arg(player.titleId().isEmpty() ? QStringLiteral("clip")
                                                                                 : player.titleId(),
                                                      positionForFile(from), positionForFile(to)));
                    QDir().mkpath(file.section(QLatin1Char('/'), 0, -2));
                    request.path = file.toStdString();
                    auto* once = new QObject(&clips);
                    QObject::connect(
                        &clips, &ClipAdapter::finished, once,
                        [shared, once, file, done](const ClipOutcome& outcome) {
                            const auto& report = outcome.report;
                            once->deleteLater();
                            if (!report) {
                                if (report.error().code == core::Errc::cancelled)
                                    shared.tell(QStringLiteral("The export was stopped."), {});
                                return done(tl::unexpected(report.error()));
                            }
                            shared.tell(
                                QStringLiteral("The clip is saved: %1 to %2.")
                                    .arg(timecode(report->from.count()), timecode(report->to.count())),
                                file);
                            done(QVariantMap{{"file", file}, {"bytes", qulonglong(report->bytes)}});
                        });
                    clips.start(std::move(request));
                },
                [shared, &clips]() -> QString {
                    if (clips.isRunning()) return QStringLiteral("A clip is being exported");
                    return shared.notAlone();
                },
                {"from", "to", "level", "file"},
                [shared] { askForClip(shared); }});
    shared.add(
        {"preview.clip_stop",
         "Stop the clip's export",
         {},
         PreviewActions::simply([&clips](auto&) { clips.cancel(); }),
         [&clips] { return clips.isRunning() ? QString() : QStringLiteral("No clip is being exported"); },
         {},
         {}});
}

}  // namespace

void addSaveActions(const PreviewActions& shared) {
    addSnapshot(shared);
    addClips(shared);
}

}  // namespace qd::app
