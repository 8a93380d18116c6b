#include <QFileDialog>
#include <QFileInfo>

#include "app/adapters/postmortem_pdf.hpp"
#include "app/pages/postmortems/postmortems_page.hpp"
#include "app/shell/session.hpp"
#include "core/files.hpp"

namespace qd::app {
namespace {

void savePostmortem(Session& session, const QString& incident, const QString& format, const QString& file,
                    Done done) {
    const bool pdf = format == QLatin1String("pdf");
    session.postmortem().read(
        incident, pdf ? QStringLiteral("html") : format, &session,
        [&session, pdf, file, done](core::Result<std::string> document) {
            if (!document) return done(tl::unexpected(document.error()));
            auto finished = deliver<std::size_t>(&session, [file, done](core::Result<std::size_t> written) {
                if (!written) return done(tl::unexpected(written.error()));
                done(QVariantMap{{"file", file}, {"bytes", qulonglong(*written)}});
            });
            session.link().executor().post(
                [text = std::move(*document), pdf, path = file.toStdString(), finished]() mutable {
                    if (pdf) {
                        const auto paper = pdfOf(QString::fromStdString(text));
                        if (!paper) return finished(tl::unexpected(paper.error()));
                        text = paper->toStdString();
                    }
                    const auto written = core::write_file_atomically(path, text);
                    if (!written) return finished(tl::unexpected(written.error()));
                    finished(text.size());
                });
        });
}

void askWhere(Session& session, QWidget* parent) {
    const QString incident = session.postmortem().incident();
    auto* dialog = new QFileDialog(parent, QStringLiteral("Save the post-mortem"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({QStringLiteral("Markdown (*.md)"), QStringLiteral("PDF (*.pdf)"),
                            QStringLiteral("HTML (*.html)"), QStringLiteral("JSON (*.json)")});
    dialog->setDefaultSuffix(QStringLiteral("md"));
    dialog->selectFile(QStringLiteral("postmortem-%1.md").arg(incident));
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.section(QStringLiteral("*."), 1).chopped(1));
    });
    QObject::connect(dialog, &QFileDialog::fileSelected, &session, [&session, incident](const QString& file) {
        const QString suffix = QFileInfo(file).suffix().toLower();
        const QString format =
            QStringList{"pdf", "html", "json"}.contains(suffix) ? suffix : QStringLiteral("md");
        session.actions().invoke("postmortem.save",
                                 {{"incident", incident}, {"format", format}, {"file", file}});
    });
    dialog->open();
}

}  // namespace

void addPostmortemActions(Session& session, DialogParent parent) {
    session.actions().add(
        {.id = "postmortem.save",
         .title = "Save the post-mortem",
         .group = "Post-mortem",
         .shortcut = QKeySequence(Qt::CTRL | Qt::Key_S),
         .run =
             [&session](const QVariantMap& p, Done done) {
                 QString incident =
                     p.value("incident", p.value("id", session.postmortem().incident())).toString();
                 if (incident.isEmpty()) incident = session.selection().incident();
                 const QString format = p.value("format", "md").toString();
                 const QString file = p.value("file", p.value("to")).toString();
                 if (incident.isEmpty() || file.isEmpty())
                     return done(
                         core::fail(core::Errc::invalid_argument, "an incident and a file are needed"));
                 if (!QStringList{"md", "pdf", "html", "json"}.contains(format))
                     return done(
                         core::fail(core::Errc::invalid_argument, "the format is md, pdf, html or json"));
                 savePostmortem(session, incident, format, file, std::move(done));
             },
         .ask = [&session, parent] { askWhere(session, parent()); },
         .blocked = [&session]() -> QString {
             if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
             return session.postmortem().incident().isEmpty() && session.selection().incident().isEmpty()
                        ? QStringLiteral("Choose an incident first")
                        : QString();
         },
         .page = "postmortems",
         .parameters = {"incident", "format", "file"}});
}

}  // namespace qd::app
