#include "app/adapters/postmortem_pdf.hpp"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QEventLoop>
#include <QFont>
#include <QHashSeed>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>

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

/// QPdfWriter writes its fonts in the order of a hash, whose seed is random. A hash keeps the seed it was
/// made with, so the others are not disturbed.
class FixedHashOrder {
public:
    FixedHashOrder() { QHashSeed::setDeterministicGlobalSeed(); }
    ~FixedHashOrder() { QHashSeed::resetRandomGlobalSeed(); }
    FixedHashOrder(const FixedHashOrder&) = delete;
    FixedHashOrder& operator=(const FixedHashOrder&) = delete;
};

void draw(QPdfWriter& writer, QPainter& painter, QTextDocument& document, const QFont& body, double height) {
    painter.setRenderHint(QPainter::LosslessImageRendering);
    const double width = writer.width();
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
}

}  // namespace

core::Result<QByteArray> pdfOf(const QString& html) {
    const FixedHashOrder order;
    // A document's layout starts timers for its lazy steps, and a thread that Qt has not started has nobody
    // to hold them until a loop has been made there. It is never run: pageCount() lays all of it out.
    const QEventLoop timers;
    QBuffer out;
    out.open(QIODevice::WriteOnly);
    {
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
        const double height = writer.height() - pixels(kFootMm);
        document.setPageSize({double(writer.width()), height});

        QPainter painter(&writer);
        if (!painter.isActive()) return core::fail(core::Errc::io, "the document cannot be laid out as PDF");
        draw(writer, painter, document, body, height);
    }
    return withoutCreationDate(out.data());
}

QByteArray withoutCreationDate(QByteArray pdf) {
    constexpr qsizetype kEntry = 20;  // "0000000016 00000 n \n", PDF 1.4, 3.4.3
    const qsizetype from = pdf.indexOf("/CreationDate (");
    const qsizetype end = from < 0 ? -1 : pdf.indexOf('\n', from);
    const qsizetype start = pdf.lastIndexOf("startxref\n");
    if (end < 0 || start < end) return pdf;
    const qsizetype cut = end + 1 - from;
    qsizetype table = pdf.mid(start + 10, 12).split('\n').first().toLongLong();
    const QByteArray head = pdf.mid(table, 40);
    const qsizetype counted = head.indexOf('\n', 5);
    bool ok = false;
    const qsizetype count =
        head.startsWith("xref\n0 ") ? head.mid(7, counted - 7).toLongLong(&ok) : qsizetype(0);
    const qsizetype first = table + counted + 1;
    if (!ok || count < 0 || first + count * kEntry > start) return pdf;
    for (qsizetype i = 0; i < count; ++i) {
        const qsizetype at = first + i * kEntry;
        const qsizetype offset = pdf.mid(at, 10).toLongLong();
        if (offset > from) pdf.replace(at, 10, QByteArray::number(offset - cut).rightJustified(10, '0'));
    }
    const qsizetype written = start + 10;
    pdf.replace(written, pdf.indexOf('\n', written) - written, QByteArray::number(table - cut));
    return pdf.remove(from, cut);
}

}  // namespace qd::app
