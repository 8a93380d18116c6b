#include "app/pages/preview/request_details.hpp"

#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {

/// Clocks of processes differ, and a log is flushed late.
constexpr std::chrono::minutes kLogMargin{2};
constexpr double kLeastTransferS = 0.001;  // below it a rate says nothing

QString orNone(const std::string& text) {
    return text.empty() ? kUnknown : str(text);
}

}  // namespace

QVector<QPair<QString, QString>> requestLines(const FetchRow& row) {
    if (row.skipped) {
        const auto& segment = row.skipped->segment;
        return {{QStringLiteral("What"), QStringLiteral("Segment %1 was left out").arg(segment.sequence)},
                {QStringLiteral("Why"), str(segment.reason)},
                {QStringLiteral("Track"), str(player::to_string(segment.track))},
                {QStringLiteral("Position"), formatPosition(qint64(segment.start.count() * 1000))},
                {QStringLiteral("Lasts"), formatSeconds(segment.duration.count())},
                {QStringLiteral("Given up"), str(core::format_rfc3339(row.at()))}};
    }
    const player::FetchRecord& r = row.record;
    const FetchPhases phases = phasesOf(r);
    const bool reused = r.timings.reused_connection;
    const auto phase = [reused](double value) {
        return reused ? QStringLiteral("reused") : formatSeconds(value);
    };
    QVector<QPair<QString, QString>> lines{
        {QStringLiteral("What"), fetchWord(r)},
        {QStringLiteral("Address"), str(r.url)},
        {QStringLiteral("Answer"), r.status > 0 ? QString::number(r.status) : QStringLiteral("none came")},
        {QStringLiteral("Problem"), r.error       ? str(r.error->message)
                                    : r.abandoned ? QStringLiteral("Given up for a lower level; no error")
                                                  : QStringLiteral("none")},
        {QStringLiteral("Attempt"), QString::number(r.attempt)},
        {QStringLiteral("Level"), r.level_bps > 0 ? formatBitrate(r.level_bps) : kUnknown},
        {QStringLiteral("Sent"), str(core::format_rfc3339(r.at))},
        {QStringLiteral("Arm"), str(r.served_by.arm)},
        {QStringLiteral("Served by"),
         r.served_by.instance.empty()
             ? kUnknown
             : QStringLiteral("%1 %2").arg(str(r.served_by.instance), str(r.served_by.version))},
        {QStringLiteral("Cache"), orNone(r.cache)},
        {QStringLiteral("DNS"), phase(phases.dns)},
        {QStringLiteral("Connect"), phase(phases.connect)},
        {QStringLiteral("TLS"), phase(phases.tls)},
        {QStringLiteral("First byte"), formatSeconds(phases.firstByte)},
        {QStringLiteral("Transfer"), formatSeconds(phases.transfer)},
        {QStringLiteral("Total"), formatSeconds(phases.total)},
        {QStringLiteral("Size"), r.bytes > 0 ? formatBytes(double(r.bytes)) : kUnknown},
        {QStringLiteral("Rate"),
         phases.transfer > kLeastTransferS ? formatBitrate(double(r.bytes) * 8 / phases.transfer) : kUnknown},
        {QStringLiteral("Request id"), orNone(r.request_id)},
        {QStringLiteral("Trace id"), orNone(r.trace_id)},
    };
    if (!row.side.isEmpty()) lines.insert(1, {QStringLiteral("Side"), row.side});
    if (r.kind == player::FetchKind::segment)
        lines.insert(
            2, {QStringLiteral("Position"), QStringLiteral("%1, lasts %2")
                                                .arg(formatPosition(qint64(r.media_start.count() * 1000)),
                                                     formatSeconds(r.media_duration.count()))});
    return lines;
}

QString requestLogText(const opsclient::RequestLog& log) {
    QStringList text;
    for (const auto& span : log.spans)
        text << QStringLiteral("%1  span  %2 %3: %4, %5 ms, status %6")
                    .arg(formatClock(msOf(span.started_at)), str(span.service), str(span.instance),
                         str(span.name))
                    .arg(span.duration_ms, 0, 'f', 1)
                    .arg(span.status > 0 ? QString::number(span.status) : QStringLiteral("none"));
    for (const auto& line : log.lines) {
        QString fields;
        for (const auto& [name, value] : line.fields)
            if (fields.size() < 400) fields += QStringLiteral(" %1=%2").arg(str(name), str(value));
        text << QStringLiteral("%1  %2  %3 %4: %5%6")
                    .arg(formatClock(msOf(line.at)), str(line.level), str(line.service), str(line.instance),
                         str(line.message), fields);
    }
    if (text.isEmpty()) text << QStringLiteral("No process of the site wrote about this request.");
    if (!log.complete)
        text << QStringLiteral("The search stopped early (%1): there may be more.").arg(str(log.stopped));
    return text.join(QLatin1Char('\n'));
}

RequestDetails::RequestDetails(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      none_(makeMutedLabel(QStringLiteral("Choose a row for everything that is known of it."), Type::Small,
                           this)),
      form_(new QWidget),
      lines_(new QFormLayout(form_)),
      ask_(makeButton(QStringLiteral("Log lines of this request"), ButtonKind::Plain, this)),
      log_(new QPlainTextEdit(this)) {
    none_->setWordWrap(true);
    lines_->setContentsMargins(0, 0, 0, 0);
    lines_->setHorizontalSpacing(space::md);
    lines_->setVerticalSpacing(space::xs);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(form_);
    scroll->viewport()->setAutoFillBackground(false);
    form_->setAutoFillBackground(false);
    log_->setReadOnly(true);
    log_->setFont(monoFont(Type::Small));
    log_->setLineWrapMode(QPlainTextEdit::NoWrap);
    log_->setAccessibleName(QStringLiteral("Log lines of the chosen request"));
    log_->setVisible(false);
    log_->setMaximumHeight(140);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::sm);
    column->addWidget(none_);
    column->addWidget(scroll, 1);
    column->addWidget(log_);
    column->addWidget(ask_, 0, Qt::AlignLeft);
    connect(ask_, &QPushButton::clicked, this, &RequestDetails::readLog);
    showRow({});
}

void RequestDetails::showRow(const std::optional<FetchRow>& row) {
    const bool same = row && row_ && row->key() == row_->key();
    row_ = row;
    if (same) return;
    latest_.cancel();
    log_->setVisible(false);
    none_->setVisible(!row);
    const auto lines = row ? requestLines(*row) : QVector<QPair<QString, QString>>{};
    while (names_.size() < lines.size()) {
        names_.append(makeMutedLabel({}, Type::Small, form_));
        values_.append(makeLabel({}, Type::Small, Weight::Regular, false, form_));
        values_.last()->setWordWrap(true);
        values_.last()->setTextInteractionFlags(Qt::TextSelectableByMouse);
        lines_->addRow(names_.last(), values_.last());
    }
    for (qsizetype i = 0; i < names_.size(); ++i) {
        lines_->setRowVisible(int(i), i < lines.size());
        if (i >= lines.size()) continue;
        names_[i]->setText(lines[i].first);
        // An address has no spaces to break at.
        QString value = lines[i].second;
        if (lines[i].first == QLatin1String("Address"))
            value.replace(QLatin1Char('/'), QStringLiteral("/\u200B"))
                .replace(QLatin1Char('&'), QStringLiteral("&\u200B"));
        values_[i]->setText(value);
    }
    ask_->setVisible(row && !row->skipped);
    const bool ids = row && (!row->record.trace_id.empty() || !row->record.request_id.empty());
    setDisabledReason(ask_,
                      ids ? QString() : QStringLiteral("The request has neither a trace nor a request id"));
}

void RequestDetails::readLog() {
    opsclient::Client* client = session_.link().client();
    log_->setVisible(true);
    if (!client || !row_) return log_->setPlainText(QStringLiteral("There is no connection to the site."));
    opsclient::RequestLogQuery query;
    query.trace_id = row_->record.trace_id;
    query.request_id = row_->record.request_id;
    query.from = row_->record.at - kLogMargin;
    query.to = row_->record.at + std::chrono::duration_cast<std::chrono::milliseconds>(row_->record.elapsed) +
               kLogMargin;
    log_->setPlainText(QStringLiteral("Searching the site's logs…"));
    client->request_log(
        query, latest_.ask<opsclient::RequestLog>(this, [this](core::Result<opsclient::RequestLog> log) {
            log_->setPlainText(
                log ? requestLogText(*log)
                    : QStringLiteral("The logs could not be searched: %1").arg(str(log.error().message)));
        }));
}

}  // namespace qd::app
