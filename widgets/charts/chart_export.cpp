#include "widgets/charts/chart_export.hpp"

#include <QBuffer>
#include <QDateTime>
#include <QFontMetricsF>
#include <QLocale>
#include <QMap>
#include <QPainter>
#include <QSvgGenerator>
#include <QTextLayout>
#include <cmath>

#include "widgets/charts/time_series_chart.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int edge = space::lg;
constexpr int lineHeight = 17;
constexpr int mostFootLines = 8;

QDateTime utc(double ms) {
    return QDateTime::fromMSecsSinceEpoch(qint64(std::llround(ms)), Qt::UTC);
}

// Fields with a comma, a quote or a line end stand in quotes.
QByteArray field(QString text) {
    if (text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('"')) ||
        text.contains(QLatin1Char('\n')) || text.contains(QLatin1Char('\r')))
        text = QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
    return text.toUtf8();
}

QStringList footOf(const ChartContents& contents) {
    const QString pattern = QStringLiteral("yyyy-MM-dd HH:mm:ss");
    QStringList first;
    if (!contents.unit.isEmpty()) first << contents.unit;
    first << QStringLiteral("%1 to %2 UTC")
                 .arg(utc(contents.range.fromMs).toString(pattern),
                      utc(contents.range.toMs).toString(pattern));
    QStringList lines{first.join(QStringLiteral(" · "))};
    if (!contents.source.isEmpty())
        for (const QString& line : contents.source.split(QLatin1Char('\n'))) lines << line;
    return lines;
}

// Broken where the picture ends; a query has few blanks.
QStringList wrapped(const QStringList& lines, qreal width, const QFont& font) {
    QStringList out;
    for (const QString& line : lines) {
        QTextLayout layout(line, font);
        QTextOption option;
        option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        layout.setTextOption(option);
        layout.beginLayout();
        for (;;) {
            QTextLine part = layout.createLine();
            if (!part.isValid() || out.size() == mostFootLines) break;
            part.setLineWidth(width);
            out << line.mid(part.textStart(), part.textLength()).trimmed();
        }
        layout.endLayout();
    }
    return out;
}

// A picture of the chart, laid out once for both kinds.
class Picture {
public:
    Picture(TimeSeriesChart& chart, const QString& source) : chart_(chart), font_(textFont(Type::Micro)) {
        ChartContents contents = chart.contents();
        if (!source.isEmpty())
            contents.source += (contents.source.isEmpty() ? QString() : QStringLiteral("\n")) + source;
        foot_ = wrapped(footOf(contents), chart.width(), font_);
    }
    QSize size() const {
        return {chart_.width() + 2 * edge,
                chart_.height() + 2 * edge + space::sm + int(foot_.size()) * lineHeight};
    }
    void paint(QPainter& painter) const {
        painter.fillRect(QRect(QPoint(0, 0), size()), color(Token::Surface));
        painter.save();
        painter.translate(edge, edge);
        chart_.paintInto(painter);
        painter.restore();
        painter.setFont(font_);
        painter.setPen(color(Token::TextMuted));
        qreal y = edge + chart_.height() + space::sm;
        for (const QString& line : foot_) {
            painter.drawText(QRectF(edge, y, chart_.width(), lineHeight), Qt::AlignLeft | Qt::AlignVCenter,
                             line);
            y += lineHeight;
        }
    }

private:
    TimeSeriesChart& chart_;
    QFont font_;
    QStringList foot_;
};

}  // namespace

QString suffixOf(ChartFormat format) {
    switch (format) {
        case ChartFormat::Png:
            return QStringLiteral("png");
        case ChartFormat::Svg:
            return QStringLiteral("svg");
        case ChartFormat::Csv:
            break;
    }
    return QStringLiteral("csv");
}

QByteArray chartCsv(const ChartContents& contents) {
    QMap<qint64, QVector<double>> rows;
    for (qsizetype column = 0; column < contents.series.size(); ++column)
        for (const QPointF& point : contents.series[column].points) {
            if (!contents.range.contains(point.x())) continue;
            auto& row = rows[qint64(std::llround(point.x()))];
            if (row.isEmpty()) row.fill(qQNaN(), contents.series.size());
            row[column] = point.y();
        }
    QByteArray text("time");
    for (const Series& series : contents.series) {
        const QString name = series.name.isEmpty() ? contents.title : series.name;
        text +=
            ',' + field(contents.unit.isEmpty() ? name : QStringLiteral("%1 [%2]").arg(name, contents.unit));
    }
    text += '\n';
    for (auto row = rows.cbegin(); row != rows.cend(); ++row) {
        // Where nobody has a value there is no row: a gap is a gap.
        if (std::all_of(row->begin(), row->end(), [](double value) { return !std::isfinite(value); }))
            continue;
        text += utc(double(row.key())).toString(Qt::ISODateWithMs).toLatin1();
        for (const double value : *row) {
            text += ',';
            if (std::isfinite(value)) text += QByteArray::number(value, 'g', 15);
        }
        text += '\n';
    }
    return text;
}

QImage chartImage(TimeSeriesChart& chart, const QString& source, qreal scale) {
    const Picture picture(chart, source);
    QImage image(picture.size() * scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    QPainter painter(&image);
    picture.paint(painter);
    return image;
}

QByteArray chartSvg(TimeSeriesChart& chart, const QString& source) {
    const Picture picture(chart, source);
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);  // a pixel of CSS
    generator.setSize(picture.size());
    generator.setViewBox(QRect(QPoint(0, 0), picture.size()));
    generator.setTitle(chart.contents().title);
    generator.setDescription(footOf(chart.contents()).join(QLatin1Char('\n')));
    QPainter painter;
    if (painter.begin(&generator)) {
        picture.paint(painter);
        painter.end();
    }
    return buffer.data();
}

QString chartFileName(const ChartContents& contents) {
    QString name;
    for (const QChar c : contents.title.toLower()) {
        const bool plain = (c >= QLatin1Char('a') && c <= QLatin1Char('z')) || c.isDigit();
        if (plain)
            name += c;
        else if (!name.isEmpty() && !name.endsWith(QLatin1Char('-')))
            name += QLatin1Char('-');
    }
    while (name.endsWith(QLatin1Char('-'))) name.chop(1);
    if (name.isEmpty()) name = QStringLiteral("chart");
    return name.left(80) + utc(contents.range.toMs).toString(QStringLiteral("-yyyy-MM-ddTHHmm")) +
           QLatin1Char('Z');
}

QEvent::Type ChartExportEvent::eventType() {
    static const auto type = Type(QEvent::registerEventType());
    return type;
}

}  // namespace qd::widgets
