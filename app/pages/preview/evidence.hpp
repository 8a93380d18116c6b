#pragma once
// What is kept of a playback as evidence: the picture, the course of the player, every request, every choice
// of a level, and who it was (the session id that CMCD carried). Pure: values in, files out.

#include <QByteArray>
#include <QString>
#include <QVector>
#include <vector>

#include "app/models/fetch_model.hpp"
#include "app/models/playback_history.hpp"
#include "app/models/zip_archive.hpp"
#include "incidents/codec.hpp"

namespace qd::app {

struct EvidenceInput {
    qint64 nowMs = 0;
    qint64 startedAtMs = 0;
    QString title;        // of the site's; empty for an address
    QString address;      // without its query: signatures stay here
    QString path;         // "stable path"
    QString network;      // empty: as it is
    QByteArray framePng;  // empty: no picture was there
    decode::PlaybackSnapshot snapshot;
    std::optional<decode::FrameInfo> frame;
    PlaybackHistory history;
    std::vector<player::FetchRecord> fetches;
    std::vector<SkippedRow> skipped;
    std::vector<player::AbrDecision> decisions;
    std::vector<player::Notice> notices;
};

/// "playback 2026-11-27 03.12.44 7f3a…"; a valid file name everywhere.
QString evidenceName(const EvidenceInput& input);
/// summary.json, frame.png, history.csv, requests.csv, decisions.csv, notices.csv. No header that was sent
/// and no query of an address is in them.
QVector<NamedBytes> evidenceFiles(const EvidenceInput& input);

/// The stalls on the incident's axis: 1 while the picture stood, 0 while it moved, at each change, by the
/// wall clock. Nothing when the player has no history.
std::optional<incidents::EventRequest> stallEvidence(const EvidenceInput& input);

/// An address without what may sign it.
QString withoutQuery(const QString& address);

}  // namespace qd::app
