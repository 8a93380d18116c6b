#include "app/pages/preview/comparison_values.hpp"

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
    QStringList detail;
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

QVector<QPointF> ssimPoints(const std::vector<compare::PairScore>& scores) {
    QVector<QPointF> points;
    points.reserve(qsizetype(scores.size()));
    for (const auto& score : scores) {
        const double at = score.at.count() * 1000;
        // A seek back begins anew: an axis has each moment once.
        while (!points.isEmpty() && points.last().x() >= at) points.removeLast();
        points.append({at, score.ssim});
    }
    return points;
}

QVector<QPointF> psnrPoints(const std::vector<compare::PairScore>& scores) {
    QVector<QPointF> points;
    points.reserve(qsizetype(scores.size()));
    for (const auto& score : scores) {
        const double at = score.at.count() * 1000;
        while (!points.isEmpty() && points.last().x() >= at) points.removeLast();
        points.append({at, score.psnr_db});
    }
    return points;
}

QVector<Shade> scoreShades(const std::vector<compare::PairScore>& scores, const QString& nameA,
                           const QString& nameB) {
    QVector<Shade> shades;
    const auto runs = [&](auto flag, Token color, const QString& label) {
        bool open = false;
        for (const auto& score : scores) {
            const double at = score.at.count() * 1000, end = at + score.duration.count() * 1000;
            if (flag(score) && !open) shades.append({{at, end}, color, label});
            if (flag(score)) shades.last().range.toMs = std::max(shades.last().range.fromMs, end);
            open = flag(score);
        }
    };
    for (const Side side : compare::sides) {
        const QString& name = side == Side::a ? nameA : nameB;
        runs([side](const auto& score) { return score.frozen[side]; }, Token::Warn,
             name + QStringLiteral(" frozen"));
        runs([side](const auto& score) { return score.black[side]; }, Token::Bad,
             name + QStringLiteral(" black"));
    }
    return shades;
}

QString offsetText(const compare::LockstepSnapshot& snapshot) {
    if (!snapshot.offset) return QStringLiteral("offset still looked for");
    return str(snapshot.offset->text());
}

}  // namespace qd::app
