#include <QAbstractTextDocumentLayout>
#include <QFont>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextDocument>

#include "app/adapters/postmortem_adapter.hpp"
#include "app/adapters/postmortem_document.hpp"

namespace qd::app {
namespace {

constexpr int kDpi = 150;
constexpr int kMarginMm = 18;
constexpr int kFootMm = 8;
constexpr int kMaxPages = 500;

double pixels(double mm) {
    return mm / 25.4 * kDpi;
}

}  // namespace

core::Result<> writePdf(const QString& html, const QString& file) {
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly))
        return core::fail(core::Errc::io, "writing {}: {}", file.toStdString(),
                          out.errorString().toStdString());
    QPdfWriter writer(&out);
    writer.setResolution(kDpi);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(kMarginMm, kMarginMm, kMarginMm, kMarginMm), QPageLayout::Millimeter);
    writer.setCreator(QStringLiteral("Quarterdeck"));

    QTextDocument document;
    document.documentLayout()->setPaintDevice(&writer);
    QFont body(QStringLiteral("Inter"));
    body.setPointSizeF(10);
    document.setDefaultFont(body);
    document.setDocumentMargin(0);
    fillDocument(document, html, paperColors(), 3);
    writer.setTitle(document.metaInformation(QTextDocument::DocumentTitle));
    const double width = writer.width();
    const double height = writer.height() - pixels(kFootMm);
    document.setPageSize({width, height});

    QPainter painter(&writer);
    if (!painter.isActive())
        return core::fail(core::Errc::io, "{} cannot be written as PDF", file.toStdString());
    const int pages = std::min(document.pageCount(), kMaxPages);
    QFont foot = body;
    foot.setPointSizeF(8);
    for (int page = 0; page < pages; ++page) {
        if (page > 0) writer.newPage();
        painter.save();
        painter.translate(0, -page * height);
        QAbstractTextDocumentLayout::PaintContext context;
        context.clip = QRectF(0, page * height, width, height);
        context.palette.setColor(QPalette::Text, Qt::black);
        painter.setClipRect(context.clip);
        document.documentLayout()->draw(&painter, context);
        painter.restore();
        painter.setFont(foot);
        painter.setPen(Qt::darkGray);
        painter.drawText(QRectF(0, height, width, pixels(kFootMm)), Qt::AlignBottom | Qt::AlignHCenter,
                         QStringLiteral("%1 / %2").arg(page + 1).arg(pages));
    }
    painter.end();
    if (!out.commit())
        return core::fail(core::Errc::io, "writing {}: {}", file.toStdString(),
                          out.errorString().toStdString());
    return {};
}

}  // namespace qd::app
