// All that is known of a playback, or of two in step, as one archive, and with the incident that is open.

#include <QDir>
#include <memory>

#include "app/models/values.hpp"
#include "app/pages/incidents/attachments.hpp"
#include "app/pages/preview/comparison_evidence.hpp"
#include "app/pages/preview/pair_picture.hpp"
#include "app/pages/preview/preview_actions.hpp"
#include "app/pages/preview/saving.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

/// What is written, and what of it an incident gets.
struct EvidenceParcel {
    QString name;
    QByteArray archive;
    QString archiveNote;
    QByteArray picturePng;  // empty: there is none
    QString pictureNote;
    std::vector<incidents::EventRequest> stalls;
};

QString titleName(Session& session, const QString& id) {
    const Title* title = session.catalog().find(id);
    return title && !title->title.isEmpty() ? title->title : id;
}

EvidenceInput gatherPlayer(Session& session) {
    const PlayerAdapter& player = session.player();
    EvidenceInput input;
    input.nowMs = msOf(session.link().clock().now());
    input.startedAtMs = player.startedAtMs();
    input.title = titleName(session, player.titleId());
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

EvidenceInput gatherSide(Session& session, compare::Side side) {
    const ComparisonAdapter& both = session.comparison();
    const compare::LockstepSnapshot& now = both.snapshot();
    EvidenceInput input;
    input.nowMs = msOf(session.link().clock().now());
    input.startedAtMs = both.startedAtMs();
    input.title = titleName(session, both.titleId());
    input.address = str(now.side[side].url);
    input.path = QStringLiteral("%1, compared with %2")
                     .arg(str(now.side[side].name), str(now.side[compare::other(side)].name));
    input.network = both.networkName(side);
    input.snapshot = both.playback(side);
    input.frame = both.frameInfo(side);
    input.history = both.history(side);
    input.fetches = both.fetches(side);
    input.skipped = both.skipped(side);
    input.decisions = both.decisions(side);
    input.notices = both.noticesOf(side);
    if (const auto image = both.grab(side)) input.framePng = pngOf(*image);
    return input;
}

EvidenceParcel parcelOfPlayer(Session& session) {
    EvidenceInput input = gatherPlayer(session);
    if (const auto image = session.player().grab()) input.framePng = pngOf(*image);
    EvidenceParcel parcel;
    parcel.name = evidenceName(input);
    parcel.archive = zipOf(evidenceFiles(input), input.nowMs);
    parcel.archiveNote =
        QStringLiteral("Playback evidence, session %1").arg(str(input.snapshot.session.session_id));
    parcel.picturePng = input.framePng;
    parcel.pictureNote = QStringLiteral("The picture at %1").arg(timecode(input.snapshot.position.count()));
    if (auto event = stallEvidence(input)) parcel.stalls.push_back(std::move(*event));
    return parcel;
}

EvidenceParcel parcelOfPair(Session& session) {
    const ComparisonAdapter& both = session.comparison();
    ComparisonEvidence input;
    input.nowMs = msOf(session.link().clock().now());
    input.snapshot = both.snapshot();
    input.verdict = both.verdict();
    input.scores = both.scores();
    input.segments = both.segments();
    for (const compare::Side side : compare::sides) input.side[side] = gatherSide(session, side);
    if (const auto image = grabPair(both)) input.picturePng = pngOf(*image);
    EvidenceParcel parcel;
    parcel.name = comparisonEvidenceName(input);
    parcel.archive = zipOf(comparisonEvidenceFiles(input), input.nowMs);
    parcel.archiveNote = comparisonEvidenceText(input);
    parcel.picturePng = input.picturePng;
    parcel.pictureNote = QStringLiteral("Both pictures at %1").arg(timecode(input.snapshot.position.count()));
    for (const compare::Side side : compare::sides)
        if (auto event = stallEvidence(input.side[side])) parcel.stalls.push_back(std::move(*event));
    return parcel;
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

using Step = std::function<void(Done)>;

/// One after the other; the first that fails ends it.
void inTurn(std::shared_ptr<const std::vector<Step>> steps, std::size_t at, Done done) {
    if (at == steps->size()) return done(QVariantMap{});
    (*steps)[at]([steps, at, done](Outcome outcome) {
        if (!outcome) return done(std::move(outcome));
        inTurn(steps, at + 1, done);
    });
}

void attachAll(const PreviewActions& shared, EvidenceParcel parcel, const QString& incident,
               const QString& file, Done done) {
    Session& session = shared.session;
    auto steps = std::make_shared<std::vector<Step>>();
    const auto attach = [&](const QString& name, const QString& note, const QByteArray& bytes) {
        steps->push_back([&session, incident, name, note, bytes](Done next) {
            attachBytes(session, incident, name, note, bytes, std::move(next));
        });
    };
    attach(file.section(QLatin1Char('/'), -1), parcel.archiveNote, parcel.archive);
    if (!parcel.picturePng.isEmpty())
        attach(parcel.name + QStringLiteral(".png"), parcel.pictureNote, parcel.picturePng);
    for (incidents::EventRequest& event : parcel.stalls)
        steps->push_back([&session, incident, event = std::move(event)](Done next) {
            session.incidents().post(incident, event, std::move(next));
        });
    inTurn(steps, 0, [shared, incident, file, done](Outcome last) {
        if (!last) {
            shared.tell(QStringLiteral("The evidence was saved, but not attached to %1.").arg(incident),
                        QStringLiteral("%1 It is in %2.").arg(str(last.error().message), file), true);
            return done(std::move(last));
        }
        shared.tell(QStringLiteral("The evidence is attached to %1.").arg(incident),
                    QStringLiteral("Also in %1.").arg(file));
        done(QVariantMap{{"incident", incident}, {"file", file}});
    });
}

}  // namespace

void addEvidenceActions(const PreviewActions& shared) {
    Session& session = shared.session;
    shared.add({"preview.evidence",
                "Save evidence and attach it to the open incident",
                {QKeySequence(Qt::Key_E)},
                [shared, &session](const QVariantMap& p, Done done) {
                    const auto parcel = std::make_shared<EvidenceParcel>(
                        shared.comparing() ? parcelOfPair(session) : parcelOfPlayer(session));
                    QString folder = p.value("folder").toString();
                    if (folder.isEmpty())
                        folder = QDir(savingFolder(QStandardPaths::DocumentsLocation))
                                     .filePath(QStringLiteral("evidence"));
                    const QString file = QDir(folder).filePath(parcel->name + QStringLiteral(".zip"));
                    saveFile(session, file, parcel->archive,
                             [shared, &session, parcel, file, done](core::Result<> written) {
                                 if (!written) return done(tl::unexpected(written.error()));
                                 const incidents::Incident* incident = openIncident(session);
                                 if (incident)
                                     return attachAll(shared, std::move(*parcel), str(incident->id.value),
                                                      file, done);
                                 shared.tell(QStringLiteral("The evidence is saved; no incident is open."),
                                             file);
                                 done(QVariantMap{{"file", file}});
                             });
                },
                [shared] { return shared.nothingPlays(); },
                {"folder"},
                {}});
}

}  // namespace qd::app
