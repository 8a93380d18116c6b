#include "app/pages/preview/comparison_values.hpp"

#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;
using compare::Side;

namespace {

double deltaSeconds(const std::optional<core::Seconds>& value) {
    return value ? value->count() : qQNaN();
}

QString signedText(double value, const Formatter& format) {
    if (qIsNaN(value)) return kUnknown;
    if (std::abs(value) < 1e-9) return QStringLiteral("±0");
    return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + format(std::abs(value));
}

QString ratioText(double ratio) {
    return qIsNaN(ratio) ? kUnknown : formatPercent(ratio, 2);
}

QString ratioPoints(double ratio) {
    return QStringLiteral("%1 pp").arg(ratio * 100, 0, 'f', 2);
}

QString plainCount(double count) {
    return qIsNaN(count) ? kUnknown : QString::number(qint64(std::llround(count)));
}

double droppedOf(const compare::SideSnapshot& side) {
    if (!side.qoe.startup) return qQNaN();
    return double(side.qoe.frames_dropped_early + side.qoe.frames_dropped_late);
}

}  // namespace

QVector<DeltaRow> deltaRows(const compare::LockstepSnapshot& snapshot) {
    const compare::SideSnapshot &a = snapshot.side.a, &b = snapshot.side.b;
    const compare::Deltas& delta = snapshot.delta;
    const auto row = [](const char* name, double left, double right, double difference,
                        const Formatter& value, const Formatter& change, bool moreIsWorse, double noise,
                        const char* formula) {
        DeltaRow made{QString::fromUtf8(name),        value(left),    value(right),
                      signedText(difference, change), State::Neutral, QString::fromUtf8(formula)};
        const double worse = moreIsWorse ? difference : -difference;
        if (qIsNaN(difference))
            made.state = State::NoData;
        else if (worse > noise)
            made.state = State::Bad;
        else if (worse < -noise)
            made.state = State::Good;
        return made;
    };
    QVector<DeltaRow> rows{
        row("Start-up", deltaSeconds(a.qoe.startup), deltaSeconds(b.qoe.startup), deltaSeconds(delta.startup),
            formatSeconds, formatSeconds, true, 0.1, "Playback request to first frame; 0.1 s is noise"),
        row("Stalled", number(a.qoe.stalled_ratio()), number(b.qoe.stalled_ratio()),
            number(delta.stalled_ratio), ratioText, ratioPoints, true, 0.001,
            "Of watched time; waiting for the other side is none"),
        row("Bitrate", number(a.qoe.average_bps()), number(b.qoe.average_bps()), number(delta.average_bps),
            formatBitrate, formatBitrate, false, 1'000, "Mean over media time, at the same locked level"),
        row("Drops", droppedOf(a), droppedOf(b),
            delta.dropped_frames ? double(*delta.dropped_frames) : qQNaN(), plainCount, plainCount, true, 2,
            "Frames dropped early and late"),
        row("First byte", deltaSeconds(a.first_byte), deltaSeconds(b.first_byte),
            deltaSeconds(delta.first_byte), formatSeconds, formatSeconds, true, 0.02,
            "Median over the segments; 20 ms is noise"),
    };
    return rows;
}

VerdictLine verdictLine(const compare::Verdict& verdict, bool running) {
    VerdictLine line;
    line.text = str(verdict.text);
    switch (verdict.kind) {
        case compare::Verdict::Kind::same:
            line.state = State::Good;
            line.word = running ? QStringLiteral("Same so far") : QStringLiteral("Same");
            break;
        case compare::Verdict::Kind::differ:
            line.state = State::Bad;
            line.word = QStringLiteral("Different");
            break;
        case compare::Verdict::Kind::insufficient:
            line.state = State::NoData;
            line.word = running ? QStringLiteral("Not enough yet") : QStringLiteral("Not enough");
            break;
    }
    // The first in full; where the others are stands in the plot.
    const QStringList clauses = line.text.split(QStringLiteral("; "));
    QStringList detail;
    if (clauses.size() > 1) {
        detail = clauses;
        line.text = QStringLiteral("%1; and %2 more").arg(clauses.first()).arg(clauses.size() - 1);
    }
    for (const compare::Finding& finding : verdict.findings)
        if (detail.size() < 20) detail << str(finding.text);
    for (const std::string& note : verdict.notes) detail << str(note);
    line.detail = detail.join(QLatin1Char('\n'));
    return line;
}

QString scoreText(const compare::PairScore& score) {
    if (score.identical) return QStringLiteral("identical, sample by sample");
    return QStringLiteral("SSIM %1 · PSNR %2 dB").arg(score.ssim, 0, 'f', 4).arg(score.psnr_db, 0, 'f', 1);
}

QString scoreCaption(const std::vector<compare::PairScore>& scores, const compare::LockstepSnapshot& now) {
    if (!now.last_score) return {};
    constexpr double kHalfPictureS = 0.012;
    for (auto score = scores.rbegin(); score != scores.rend(); ++score)
        if (std::abs((score->at - now.position).count()) < kHalfPictureS) return scoreText(*score);
    return now.state == decode::PlaybackState::paused ? QStringLiteral("this pair was not scored")
                                                      : QString();
}

QVector<ScorePoint> scorePoints(const std::vector<compare::PairScore>& scores) {
    std::vector<const compare::PairScore*> order;
    order.reserve(scores.size());
    for (const auto& score : scores) order.push_back(&score);
    // A loop, or a seek back, scores the same moment again.
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->at < b->at; });
    QVector<ScorePoint> points;
    points.reserve(qsizetype(order.size()));
    for (const compare::PairScore* score : order) {
        const ScorePoint point{score->at.count() * 1000, score->ssim, score->psnr_db, score->segment.a};
        if (!points.isEmpty() && points.last().atMs >= point.atMs)
            points.last() = point;
        else
            points.append(point);
    }
    return points;
}

QVector<Shade> findingShades(const compare::Verdict& verdict) {
    using Kind = compare::Finding::Kind;
    QVector<Shade> shades;
    for (const compare::Finding& finding : verdict.findings) {
        const QString who = finding.side ? str(verdict.name[*finding.side]) : QStringLiteral("both");
        Shade shade{{finding.from.count() * 1000, finding.to.count() * 1000}, Token::Bad, {}};
        switch (finding.kind) {
            case Kind::differs:
                shade.label = QStringLiteral("pictures differ");
                break;
            case Kind::frozen:
                shade.label = who + QStringLiteral(" frozen");
                shade.color = Token::Warn;
                break;
            case Kind::black:
                shade.label = who + QStringLiteral(" black");
                break;
            case Kind::missing:
                shade.label = who + QStringLiteral(" lacks frames");
                shade.color = Token::Warn;
                break;
            case Kind::failed:
                shade.label = who + QStringLiteral(" failed");
                break;
            case Kind::mark:
                shade.label = QStringLiteral("mark");
                break;
            case Kind::tint:
                shade.label = QStringLiteral("tint");
                break;
            case Kind::shift:
                shade.label = QStringLiteral("shifted");
                break;
        }
        shades.append(shade);
    }
    return shades;
}

QString offsetText(const compare::LockstepSnapshot& snapshot) {
    if (!snapshot.offset) return QStringLiteral("offset still looked for");
    return str(snapshot.offset->text());
}

}  // namespace qd::app
