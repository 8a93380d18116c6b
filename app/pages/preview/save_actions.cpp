// A picture, a clip, evidence: what is kept of a playback as files, and with an incident.

#include <QBuffer>
#include <QDir>
#include <QStandardPaths>

#include "app/models/values.hpp"
#include "app/pages/incidents/attachments.hpp"
#include "app/pages/preview/evidence.hpp"
#include "app/pages/preview/preview_actions.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"
#include "core/files.hpp"

namespace qd::app {
namespace {

constexpr double kClipBeforeS = 10;

QByteArray pngOf(const QImage& image) {
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return png;
}

QString folderFor(QStandardPaths::StandardLocation where) {
    QString base = QStandardPaths::writableLocation(where);
    if (base.isEmpty()) base = QDir::homePath();
    return QDir(base).filePath(QStringLiteral("quarterdeck"));
}

/// Written off the UI thread; `then` runs on it, with nothing or the error.
void writeFile(Session& session, const QString& file, QByteArray bytes,
               std::function<void(core::Result<>)> then) {
    auto told = deliver<void>(&session, std::move(then));
    session.link().executor().post([told, file = std::filesystem::path(file.toStdString()), bytes] {
        std::error_code error;
        std::filesystem::create_directories(file.parent_path(), error);
        if (error)
            return told(core::fail(core::Errc::io, "{} cannot be made: {}", file.parent_path().string(),
                                   error.message()));
        told(core::write_file_atomically(file, std::string_view(bytes.constData(), std::size_t(bytes.size())),
                                         0600));
    });
}

EvidenceInput gather(Session& session) {
    const PlayerAdapter& player = session.player();
    EvidenceInput input;
    input.nowMs = msOf(session.link().clock().now());
    input.startedAtMs = player.startedAtMs();
    const Title* title = session.catalog().find(player.titleId());
    input.title = title && !title->title.isEmpty() ? title->title : player.titleId();
    input.address = player.address();
    input.path = pathWord(player.path());
    input.network = player.networkName();
    input.snapshot = player.snapshot();
    input.frame = player.frameInfo();
    input.history = player.history();
    input.fetches = player.fetches();
    input.skipped = player.skipped();
    input.decisions = player.decisions();
    input.notices = player.notices();
    return input;
}

/// The one somebody looks at when it is open, else the open one that was detected last.
const incidents::Incident* openIncident(Session& session) {
    if (!session.link().isLive()) return nullptr;
    const incidents::Incident* shown = session.incidents().find(session.selection().incident());
    if (shown && incidents::is_open(shown->state)) return shown;
    const incidents::Incident* latest = nullptr;
    for (const incidents::Incident& incident : session.incidents().incidents())
        if (incidents::is_open(incident.state) && (!latest || incident.detected_at > latest->detected_at))
            latest = &incident;
    return latest;
}

/// Archive, picture, stall timeline, one after the other; the first that fails ends it.
void attachAll(const PreviewActions& shared, const EvidenceInput& input, const QString& incident,
               const QString& file, const QByteArray& archive, Done done) {
    Session& session = shared.session;
    const auto finish = [shared, incident, file, done](core::Result<QVariantMap> last) {
        if (!last) {
            shared.tell(QStringLiteral("The evidence was saved, but not attached to %1.").arg(incident),
                        QStringLiteral("%1 It is in %2.").arg(str(last.error().message), file), true);
            return done(std::move(last));
        }
        shared.tell(QStringLiteral("The evidence is attached to %1.").arg(incident),
                    QStringLiteral("Also in %1.").arg(file));
        done(QVariantMap{{"incident", incident}, {"file", file}});
    };
    const auto stalls = [&session, input, incident, finish](Outcome before) {
        if (!before) return finish(std::move(before));
        auto event = stallEvidence(input);
        if (!event) return finish(QVariantMap{});
        session.incidents().post(incident, std::move(*event), finish);
    };
    const auto picture = [&session, input, incident, stalls](Outcome before) {
        if (!before || input.framePng.isEmpty()) return stalls(std::move(before));
        attachBytes(session, incident, evidenceName(input) + QStringLiteral(".png"),
                    QStringLiteral("The picture at %1").arg(timecode(input.snapshot.position.count())),
                    input.framePng, stalls);
    };
    attachBytes(session, incident, file.section(QLatin1Char('/'), -1),
                QStringLiteral("Playback evidence, session %1").arg(str(input.snapshot.session.session_id)),
                archive, picture);
}

void addEvidence(const PreviewActions& shared) {
    Session& session = shared.session;
    shared.add(
        {"preview.evidence",
         "Save evidence and attach it to the open incident",
         {QKeySequence(Qt::Key_E)},
         [shared, &session](const QVariantMap& p, Done done) {
             EvidenceInput input = gather(session);
             if (const auto image = session.player().grab()) input.framePng = pngOf(*image);
             QString folder = p.value("folder").toString();
             if (folder.isEmpty())
                 folder =
                     QDir(folderFor(QStandardPaths::DocumentsLocation)).filePath(QStringLiteral("evidence"));
             const QString file = QDir(folder).filePath(evidenceName(input) + QStringLiteral(".zip"));
             const QByteArray archive = zipOf(evidenceFiles(input), input.nowMs);
             writeFile(session, file, archive,
                       [shared, &session, input, file, archive, done](core::Result<> written) {
                           if (!written) return done(tl::unexpected(written.error()));
                           const incidents::Incident* incident = openIncident(session);
                           if (incident)
                               return attachAll(shared, input, str(incident->id.value), file, archive, done);
                           shared.tell(QStringLiteral("The evidence is saved; no incident is open."), file);
                           done(QVariantMap{{"file", file}});
                       });
         },
         [shared] { return shared.notAlone(); },
         {"folder"},
         {}});
}

void addSnapshot(const PreviewActions& shared) {
    Session& session = shared.session;
    shared.add({"preview.snapshot",
                "Save the picture as PNG",
                {QKeySequence(Qt::Key_S)},
                [shared, &session](const QVariantMap& p, Done done) {
                    const auto image = session.player().grab();
                    if (!image) return done(tl::unexpected(image.error()));
                    QString file = p.value("file").toString();
                    if (file.isEmpty()) {
                        QString at = timecode(session.player().snapshot().position.count());
                        const QString name = session.player().titleId().isEmpty()
                                                 ? QStringLiteral("stream")
                                                 : session.player().titleId();
                        file = QDir(folderFor(QStandardPaths::PicturesLocation))
                                   .filePath(QStringLiteral("%1 %2.png")
                                                 .arg(name, at.replace(QLatin1Char(':'), QLatin1Char('.'))));
                    }
                    writeFile(session, file, pngOf(*image), [shared, file, done](core::Result<> written) {
                        if (!written) return done(tl::unexpected(written.error()));
                        shared.tell(QStringLiteral("The picture is saved."), file);
                        done(QVariantMap{{"file", file}});
                    });
                },
                [shared] { return shared.notAlone(); },
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
    shared.add(
        {"preview.clip",
         "Export a clip",
         {QKeySequence(Qt::Key_X)},
         [shared, &session, &clips](const QVariantMap& p, Done done) {
             const double from = positionOf(p.value("from").toString());
             const double to = positionOf(p.value("to").toString());
             if (qIsNaN(from) || qIsNaN(to) || to <= from)
                 return done(
                     core::fail(core::Errc::invalid_argument, "from and to: positions, from before to"));
             const PlayerAdapter& player = session.player();
             decode::ClipRequest request;
             request.url = player.address().toStdString();
             request.headers = player.options().headers;
             request.from = core::Seconds(from);
             request.to = core::Seconds(to);
             request.level = std::max(0, p.value("level", player.snapshot().shown_level).toInt());
             QString file = p.value("file").toString();
             if (file.isEmpty())
                 file = QDir(folderFor(QStandardPaths::MoviesLocation))
                            .filePath(QStringLiteral("%1 %2 to %3.mp4")
                                          .arg(player.titleId().isEmpty() ? QStringLiteral("clip")
                                                                          : player.titleId(),
                                               timecode(from).replace(QLatin1Char(':'), QLatin1Char('.')),
                                               timecode(to).replace(QLatin1Char(':'), QLatin1Char('.'))));
             QDir().mkpath(file.section(QLatin1Char('/'), 0, -2));
             request.path = file.toStdString();
             auto* once = new QObject(&clips);
             QObject::connect(&clips, &ClipAdapter::finished, once,
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
    addEvidence(shared);
}

}  // namespace qd::app
