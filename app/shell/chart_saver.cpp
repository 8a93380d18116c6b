#include "app/shell/chart_saver.hpp"

#include <QBuffer>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QGuiApplication>
#include <QSaveFile>
#include <QStandardPaths>

#include "widgets/charts/chart_export.hpp"
#include "widgets/charts/time_series_chart.hpp"

namespace qd::app {
namespace {

using widgets::ChartFormat;

QByteArray bytesOf(widgets::TimeSeriesChart& chart, ChartFormat format, const QString& source) {
    if (format == ChartFormat::Csv) return widgets::chartCsv(chart.contents());
    if (format == ChartFormat::Svg) return widgets::chartSvg(chart, source);
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    widgets::chartImage(chart, source).save(&buffer, "PNG");
    return buffer.data();
}

QString filterOf(ChartFormat format) {
    switch (format) {
        case ChartFormat::Png:
            return QStringLiteral("Pictures (*.png)");
        case ChartFormat::Svg:
            return QStringLiteral("Drawings (*.svg)");
        case ChartFormat::Csv:
            break;
    }
    return QStringLiteral("Tables (*.csv)");
}

}  // namespace

void saveChart(widgets::TimeSeriesChart& chart, std::optional<ChartFormat> format, const QString& site,
               QWidget* parent, ChartSaved done) {
    const QString source = site.isEmpty() ? QString() : QStringLiteral("Site %1").arg(site);
    const QString title = chart.contents().title;
    if (!format) {
        QGuiApplication::clipboard()->setImage(widgets::chartImage(chart, source));
        return done(QStringLiteral("The chart \"%1\" is on the clipboard.").arg(title), {}, false);
    }
    // Now, not once a name is given: a live chart goes on.
    const QByteArray bytes = bytesOf(chart, *format, source);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    auto* dialog = new QFileDialog(parent, QStringLiteral("Save the chart \"%1\"").arg(title), folder);
    dialog->setObjectName(QStringLiteral("chartFile"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(filterOf(*format));
    dialog->setDefaultSuffix(widgets::suffixOf(*format));
    dialog->selectFile(widgets::chartFileName(chart.contents()) + QLatin1Char('.') +
                       widgets::suffixOf(*format));
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [bytes, done](const QString& name) {
        QSaveFile file(name);
        const bool saved =
            file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
        done(saved ? QStringLiteral("The chart was saved.") : QStringLiteral("The chart could not be saved."),
             saved ? QDir::toNativeSeparators(name) : QStringLiteral("%1: %2").arg(name, file.errorString()),
             !saved);
    });
    dialog->open();
}

}  // namespace qd::app
