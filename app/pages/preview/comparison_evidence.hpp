#pragma once
// What is kept of two paths in step as evidence: both pictures, every score, the verdict, and of each side
// all that is kept of a player. Pure: values in, files out.

#include "app/pages/preview/evidence.hpp"
#include "compare/lockstep.hpp"

namespace qd::app {

struct ComparisonEvidence {
    qint64 nowMs = 0;
    QByteArray picturePng;  // of both; empty: there was none
    compare::Both<EvidenceInput> side;
    compare::LockstepSnapshot snapshot;
    compare::Verdict verdict;
    std::vector<compare::PairScore> scores;
    std::vector<compare::SegmentRow> segments;
};

/// "comparison 2026-11-27 03.12.44 7f3a… 90bc…"; a valid file name everywhere.
QString comparisonEvidenceName(const ComparisonEvidence& input);
/// comparison.json, verdict.json, pictures.png, scores.csv, segments.csv; and in "a <name>/" and "b <name>/"
/// the files of evidenceFiles().
QVector<NamedBytes> comparisonEvidenceFiles(const ComparisonEvidence& input);
/// "stable against canary: pictures differ from 00:12.4 on, SSIM 0.61. Sessions 7f3a…, 90bc…."
QString comparisonEvidenceText(const ComparisonEvidence& input);

}  // namespace qd::app
