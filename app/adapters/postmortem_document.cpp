#include "app/adapters/postmortem_document.hpp"

#include <QImage>
#include <QPainter>
#include <QSvgRenderer>
#include <QTextDocument>
#include <QUrl>

namespace qd::app {
namespace {

constexpr int kChartWidth = 640;  // fits the text's width on A4 and beside the list in a small window
constexpr qsizetype kMaxCharts = 50;

/// Qt's SVG renderer takes colours from a style sheet, but no size of text: that has to be an attribute.
QByteArray styled(const QString& svg, const DocumentColors& colors) {
    const QString style =
        QStringLiteral(
            "<style>.grid{stroke:%1} .objective{stroke:%2;stroke-dasharray:6 4}"
            ".sli{fill:none;stroke:%3;stroke-width:2} .mark{stroke:%4;stroke-dasharray:2 3}</style>")
            .arg(colors.line.name(), colors.bad.name(), colors.accent.name(), colors.soft.name());
    const QString text =
        QStringLiteral("<text font-family=\"Inter\" font-size=\"12\" fill=\"%1\" ").arg(colors.soft.name());
    QString whole = svg;
    whole.insert(whole.indexOf(QLatin1Char('>')) + 1, style);
    whole.replace(QStringLiteral("<text "), text);
    whole.replace(0, 4, QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    return whole.toUtf8();
}

QImage drawn(const QString& svg, const DocumentColors& colors, double pixelRatio) {
    QSvgRenderer renderer(styled(svg, colors));
    const QSizeF box = renderer.viewBoxF().size();
    if (!renderer.isValid() || box.isEmpty()) return {};
    QImage image((QSizeF(kChartWidth, kChartWidth * box.height() / box.width()) * pixelRatio).toSize(),
                 QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter);
    return image;
}

}  // namespace

DocumentColors paperColors() {
    return {Qt::black, QColor(0x44, 0x44, 0x44), QColor(0xcc, 0xcc, 0xcc), QColor(0x00, 0x4a, 0x99),
            QColor(0xaa, 0x00, 0x00)};
}

void fillDocument(QTextDocument& document, const QString& html, const DocumentColors& colors,
                  double pixelRatio) {
    static const QString closing = QStringLiteral("</svg>");
    document.setDefaultStyleSheet(
        QStringLiteral("body,h1,h2,h3{color:%1} th{text-align:left} td,th{padding:3px 10px 3px 0}"
                       "a{color:%2} code,pre,.evidence,.meta,figcaption{color:%3}")
            .arg(colors.text.name(), colors.accent.name(), colors.soft.name()));
    QString text;
    qsizetype read = 0;
    for (qsizetype chart = 0; chart < kMaxCharts; ++chart) {
        const qsizetype from = html.indexOf(QLatin1String("<svg"), read);
        const qsizetype end = from < 0 ? -1 : html.indexOf(closing, from);
        if (end < 0) break;
        const qsizetype to = end + closing.size();
        text += QStringView(html).mid(read, from - read);
        const QImage image = drawn(html.mid(from, to - from), colors, pixelRatio);
        if (!image.isNull()) {
            const QString name = QStringLiteral("chart:%1").arg(chart);
            document.addResource(QTextDocument::ImageResource, QUrl(name), image);
            text += QStringLiteral("<p><img src=\"%1\" width=\"%2\" height=\"%3\"></p>")
                        .arg(name)
                        .arg(kChartWidth)
                        .arg(qRound(double(kChartWidth) * image.height() / image.width()));
        }
        read = to;
    }
    text += QStringView(html).mid(read);
    // QTextDocument knows widths as attributes only; what happened needs most of a timeline's.
    text.replace(QLatin1String("<table>"), QLatin1String("<table width=\"100%\">"));
    text.replace(QLatin1String("<th>UTC</th>"), QLatin1String("<th width=\"17%\">UTC</th>"));
    text.replace(QLatin1String("<th>what</th>"), QLatin1String("<th width=\"38%\">what</th>"));
    document.setHtml(text);
}

}  // namespace qd::app
